"""The once-only dictionary: what can be asked, how each kind is read and shown, conditions on answers."""
