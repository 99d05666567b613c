"""Shared machines in libraries and lobbies: pairing, one resident after the other, and leaving no trace."""
