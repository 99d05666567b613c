"""Drafts that open each other: what was sent, what is written again in its place, and what is mended of either.

They have one data key, and each has ways of its own. So whoever takes ways from one has to think of the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from webapp.applications.service_desk import list_mending
from webapp.drafts.service import OpenDraft, open_row
from webapp.drafts.tables import Draft


@dataclass(frozen=True, slots=True)
class Family:
    """The ids of other drafts: `inner` are opened from a draft, `outer` open it or are opened from what opens it."""

    inner: frozenset[str] = frozenset()
    outer: frozenset[str] = frozenset()


def find_family(session: Session, draft: OpenDraft) -> Family:
    """Return the drafts that belong to one; in practice nothing is written again or mended."""
    if draft.store.is_practice:
        return Family()
    inner = _walk(session, draft, [draft.row.id], up=False)
    every = _walk(session, draft, [draft.row.id], up=True)
    mending = {one for id_ in inner for one in list_mending(session, id_)}
    others = {one for id_ in every - inner for one in list_mending(session, id_)}
    return Family(frozenset(inner | mending) - {draft.row.id}, frozenset((every | others) - inner - mending))


def _walk(session: Session, draft: OpenDraft, begin: Iterable[str], up: bool) -> set[str]:
    """Return the ids of all drafts that are there and can be walked to, from what was sent to what is written again.

    With `up` also the other way. Each is looked at once, however they name each other.
    """
    found, left = set[str](), list(begin)
    while left:
        row = session.get(Draft, left.pop())
        if row is None or row.id in found:
            continue
        found.add(row.id)
        one = draft if row.id == draft.row.id else open_row(row, draft.key)
        left += [*one.again.values(), *([one.replaces["draft"]] if up and one.replaces else [])]
    return found
