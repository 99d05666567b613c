"""Build-time gates: easy Japanese, plain Japanese and reviewed readings, checked before content is published."""

from webapp.reading.gates.findings import Finding
from webapp.reading.gates.pages import check_texts

__all__ = ["Finding", "check_texts"]
