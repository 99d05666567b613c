"""The catalogue: finding a procedure, life events, the best channel, deadlines and offices; content only, no tables."""
