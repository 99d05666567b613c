"""Benchmarks: our pages, readings, search and sends against stated peers in the same run. They print; they never fail."""
