"""Build-time gates: easy Japanese, plain Japanese and reviewed readings, checked before content is published."""

from webapp.reading.gates.findings import Finding
from webapp.reading.gates.pages import check_texts
from webapp.reading.gates.published import fill_days

__all__ = ["Finding", "check_texts", "fill_days"]
