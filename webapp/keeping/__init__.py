"""Keeping the ward: new master keys, backups, and bringing back what was backed up. Commands only, no pages."""
