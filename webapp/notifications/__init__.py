"""Telling people: ways to reach somebody, web push, mail, calls and letters, and the delivery that empties the outbox."""
