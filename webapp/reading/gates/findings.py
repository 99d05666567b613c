"""What a gate says when a text may not be published."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why a page may not be published: page id, rule id, the text, and the detail with its number."""

    page: str
    rule: str
    text: str
    detail: str
