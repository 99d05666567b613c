"""The once-only dictionary: what can be asked, how each kind of question is read and shown, and conditions over answers."""
