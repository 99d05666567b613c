"""Page checks in a real browser: every page, every voice, every look."""
