"""Answering procedures in one pass: plan, pages, save and come back with a slip, check, send."""
