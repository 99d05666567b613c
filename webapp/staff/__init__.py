"""Behind the counter: a section's inbox, one application, what is to be mended, decisions, the counter and what leaves the house."""
