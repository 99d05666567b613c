"""Ground floor: database, content loading, encryption, clock, ids and web safety; it knows nothing of the town."""
