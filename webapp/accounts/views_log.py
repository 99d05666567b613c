"""The log for auditors: what was done and looked at, whether the chain holds."""
