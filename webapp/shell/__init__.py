"""Templates only: base layouts and one accessible component per file."""
