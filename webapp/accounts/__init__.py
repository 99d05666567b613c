"""Who works here: instructors and staff, their sign-in, their roles, and the log of what they did."""
