"""A helper's slip: somebody who may look or fill in, for one thing and until a day."""
