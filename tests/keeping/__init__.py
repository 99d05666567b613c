"""How long things are kept, erasing them for good, new keys, backups."""
