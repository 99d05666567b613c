"""What a draft already says about how to reach whoever wrote it: shown for confirming, never used by itself."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from webapp.applications.service import read_sent
from webapp.drafts.service import OpenDraft
from webapp.drafts.service_hand_over import find_hand_over, read_own

NAME, ADDRESS, PHONE, MAIL = "applicant.name", "applicant.address", "applicant.phone", "applicant.mail"


def find_contact(session: Session, draft: OpenDraft, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return what was written of name, number, mail address and address, by the fields of the pages that ask for a way.

    What was sent is looked up where it went; `answers` are those of a draft that is still written.
    """
    found: dict[str, Any] = {}
    for part in _list_answers(session, draft, answers):
        for key in (NAME, ADDRESS, PHONE, MAIL):
            if part.get(key) and key not in found:
                found[key] = part[key]
    name = _read(found.get(NAME), "name")
    lines = [
        _read(found.get(ADDRESS), "area") + _read(found.get(ADDRESS), "block"),
        _read(found.get(ADDRESS), "building"),
    ]
    return {
        "name": name, "to": name, "number": _word(found.get(PHONE)), "address": _word(found.get(MAIL)),
        "postal": _read(found.get(ADDRESS), "postal"), "lines": "\n".join(line for line in lines if line),
    }  # fmt: skip


def _list_answers(session: Session, draft: OpenDraft, answers: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return every set of answers that this draft's key opens."""
    if not draft.is_sent:
        return [answers]
    parts: list[Mapping[str, Any]] = [
        one.answers for one in read_sent(session, draft.store.applications, draft.row.id, draft.key)
    ]
    row = find_hand_over(session, draft.store.hand_over, draft.row.id)
    return [*parts, read_own(row, draft.key)[1].answers] if row else parts


def _read(value: Any, part: str) -> str:
    """Return one part of a value, or nothing."""
    return _word(value.get(part)) if isinstance(value, Mapping) else ""


def _word(value: Any) -> str:
    """Return a value that is words, or nothing."""
    return value if isinstance(value, str) else ""
