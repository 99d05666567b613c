"""The counter: what a resident prepared is taken, identity ticked; slips made anew; forms filled in for somebody."""
