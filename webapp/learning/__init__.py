"""Learning by doing: tutorials beside practice drafts, and classes that an instructor leads."""
