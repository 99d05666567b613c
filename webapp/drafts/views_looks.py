"""Who of the ward looked at what was sent, when and why."""
