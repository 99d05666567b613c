"""Mending what a section asked about, in one's own voice, and taking an application back."""
