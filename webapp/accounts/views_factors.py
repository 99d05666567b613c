"""The second factor: one-time codes and passkeys, set up and asked for."""
