"""What the ward has to tell people: rows written in the same transaction as the event; another room delivers them."""
