"""Tests of the furigana engine, and the corpus of ward sentences that scores it."""
