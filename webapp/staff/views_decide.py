"""Deciding, with a second pair of eyes where the procedure says so."""
