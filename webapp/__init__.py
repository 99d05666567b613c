"""Madoguchi: the ward office counter for everyone."""
