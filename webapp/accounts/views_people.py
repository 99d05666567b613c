"""The people who work here: invited, given roles, helped back in, switched off."""
