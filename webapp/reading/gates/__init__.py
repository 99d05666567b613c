"""Build-time gates: easy Japanese, plain Japanese and reviewed readings, checked before content is published."""
