"""The inbox of a section: what waits, found and sorted out, several at once."""
