"""Asking a resident to mend something, and looking at what came back."""
