"""The content desk: what is missing, unconfirmed or stale, and how a draft of a procedure would look."""
