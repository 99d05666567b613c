"""The same done with several applications at once: each by itself inside the wall, and only as it was looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session

from webapp.accounts.rules import Clerk
from webapp.accounts.service_audit import note
from webapp.applications.rules_cases import DEEDS, Deed, works_in
from webapp.applications.rules_inbox import read_labels, write_labels
from webapp.applications.service_cases import Case, Stale, change, find_row, write_down
from webapp.applications.service_vault import Vault
from webapp.applications.tables import Application
from webapp.kit.crypto import CannotOpen

BatchDeed = Literal["assign", "hand-back", "label", "unlabel"]


@dataclass(frozen=True, slots=True)
class Batch:
    """What is done with all of them: given to a `colleague`, handed back to the section, a `label` put on or taken off."""

    deed: BatchDeed
    colleague: Clerk | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class BatchDone:
    """What came of it, as ids: done; changed by somebody else meanwhile and left alone; not possible with these."""

    done: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def change_many(
    session: Session, clerk: Clerk, batch: Batch, ticked: Mapping[str, int], vault: Vault, now: datetime
) -> BatchDone:
    """Do one thing with each ticked application (`ticked`: the version of each that was looked at).

    What is not in somebody's sections is passed over without a word. Nothing of any application is opened but its key.
    """
    came = BatchDone()
    for id_ in sorted(ticked):  # always in the same order, so that two batches at once never wait for each other
        row = find_row(session, clerk, id_, write=True)
        if row is None:
            continue
        if not _allows(batch, row):
            came.refused.append(id_)
            continue
        try:
            _change_one(session, clerk, batch, row, ticked[id_], vault, now)
        except Stale:
            came.stale.append(id_)
        except CannotOpen:
            came.refused.append(id_)
        else:
            came.done.append(id_)
    return came


def _allows(batch: Batch, row: Application) -> bool:
    """Tell whether an application can have this done: by its state, and only to somebody of its own section."""
    deed: Deed = "label" if batch.deed in ("label", "unlabel") else "assign"
    if deed not in DEEDS.get(row.state, ()):
        return False
    return batch.deed != "assign" or (batch.colleague is not None and works_in(batch.colleague, row.section))


def _change_one(
    session: Session, clerk: Clerk, batch: Batch, row: Application, version: int, vault: Vault, now: datetime
) -> None:
    """Change one application and write it down; where it is so already, nothing is written. Raises Stale, CannotOpen."""
    if version != row.version:
        raise Stale
    columns, kind, content = _find_change(batch, row)
    if all(getattr(row, name) == value for name, value in columns.items()):
        return
    case = Case(row, vault.unwrap(row), {})
    change(session, row, now, version, **columns)
    write_down(session, case, kind, now, clerk.id, **content)
    note(session, now, clerk.id, f"application-{kind}", row.id)


def _find_change(batch: Batch, row: Application) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """Return the columns that change, the kind of happening, and what it says."""
    if batch.deed in ("label", "unlabel"):
        had = set(read_labels(row.labels))
        now_has = had | {batch.label} if batch.deed == "label" else had - {batch.label}
        kept = write_labels(now_has)
        return {"labels": kept}, "labelled", {"labels": list(read_labels(kept))}
    to = batch.colleague.id if batch.deed == "assign" and batch.colleague else None
    return {"assigned_to": to}, "assigned", {"to": to or ""}
