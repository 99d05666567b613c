"""The same done with several applications at once: each by itself inside the wall, and only as it was looked at."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlmodel import Session

from webapp.accounts.rules import Clerk
from webapp.applications.rules_cases import DEEDS, Deed, works_in
from webapp.applications.rules_inbox import read_labels, write_labels
from webapp.applications.service_cases import Case, Stale, change, find_row, write_down
from webapp.applications.service_decisions import finish
from webapp.applications.service_inbox import list_here
from webapp.applications.service_looks import find_why
from webapp.applications.service_vault import Vault
from webapp.applications.tables import Application
from webapp.kit.crypto import CannotOpen

BatchDeed = Literal["assign", "hand-back", "label", "unlabel", "finish"]


@dataclass(frozen=True, slots=True)
class Batch:
    """What is done with all: given to a `colleague`, handed back, a `label` put on or taken off, put away when decided."""

    deed: BatchDeed
    colleague: Clerk | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class BatchDone:
    """What came of it, as ids: done; changed by somebody else meanwhile and left alone; not possible with these.

    `unasked`: a colleague works on it, and whoever asks has not said why they touch it.
    """

    done: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)


def change_many(
    session: Session, clerk: Clerk, batch: Batch, ticked: Mapping[str, int], vault: Vault, now: datetime
) -> BatchDone:
    """Do one thing with each ticked application (`ticked`: the version of each that was looked at).

    What is not in somebody's sections is passed over without a word. Nothing of any application is opened but its key.
    """
    came = BatchDone()
    here: dict[str, frozenset[str]] = {}
    for id_ in sorted(ticked):  # always in the same order, so that two batches at once never wait for each other
        row = find_row(session, clerk, id_, write=True)
        if row is None:
            continue
        if row.section not in here:
            here[row.section] = list_here(session, row.section)
        if not _allows(batch, row):
            came.refused.append(id_)
        elif _needs_reason(clerk, batch, row, here[row.section]) and not find_why(session, clerk, row, now):
            came.unasked.append(id_)
        else:
            _try_one(session, clerk, batch, row, ticked[id_], vault, now, came)
    return came


def _try_one(
    session: Session, clerk: Clerk, batch: Batch, row: Application, version: int, vault: Vault, now: datetime,
    came: BatchDone,
) -> None:  # fmt: skip
    """Change one application, and note what came of it."""
    try:
        _change_one(session, clerk, batch, row, version, vault, now)
    except Stale:
        came.stale.append(row.id)
    except CannotOpen:
        came.refused.append(row.id)
    else:
        came.done.append(row.id)


def _allows(batch: Batch, row: Application) -> bool:
    """Tell whether an application can have this done: by its state, and only to somebody of its own section."""
    deeds: dict[BatchDeed, Deed] = {"label": "label", "unlabel": "label", "finish": "finish"}
    deed: Deed = deeds.get(batch.deed, "assign")
    if deed not in DEEDS.get(row.state, ()):
        return False
    return batch.deed != "assign" or (batch.colleague is not None and works_in(batch.colleague, row.section))


def _needs_reason(clerk: Clerk, batch: Batch, row: Application, here: Collection[str]) -> bool:
    """Tell whether somebody has to have said why: to take over, hand back or put away what a colleague `here` works on.

    Else a batch would open what asks for a reason. A section's head gives work to others and puts it away without one:
    nothing of it lies open for them by that, and the history says who it was.
    """
    if batch.deed not in ("assign", "hand-back", "finish") or row.assigned_to in (None, clerk.id):
        return False
    to = batch.colleague.id if batch.colleague else ""
    if row.assigned_to not in here or row.assigned_to == to:
        return False
    opens = batch.deed == "hand-back" or to == clerk.id  # whoever hands it back could take it next
    return opens or not clerk.has("head", row.section)


def _change_one(
    session: Session, clerk: Clerk, batch: Batch, row: Application, version: int, vault: Vault, now: datetime
) -> None:
    """Change one application and write it down; where it is so already, nothing is written. Raises Stale, CannotOpen."""
    if version != row.version:
        raise Stale
    if batch.deed == "finish":
        finish(session, Case(row, vault.unwrap(row), {}), clerk.id, now, version)
        return
    columns, happened = _find_change(clerk, batch, row)
    if all(getattr(row, name) == value for name, value in columns.items()):
        return
    case = Case(row, vault.unwrap(row), {})
    change(session, row, now, version, **columns)
    for order, (kind, content) in enumerate(happened):  # each a moment later, so that the history keeps this order
        write_down(session, case, kind, now + timedelta(microseconds=order), clerk.id, **content)


def _find_change(
    clerk: Clerk, batch: Batch, row: Application
) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    """Return the columns that change, and what happens by it, in order; whoever takes one on begins to check it."""
    if batch.deed in ("label", "unlabel"):
        had = set(read_labels(row.labels))
        now_has = had | {batch.label} if batch.deed == "label" else had - {batch.label}
        kept = write_labels(now_has)
        return {"labels": kept}, [("labelled", {"labels": list(read_labels(kept))})]
    to = batch.colleague.id if batch.deed == "assign" and batch.colleague else None
    columns: dict[str, Any] = {"assigned_to": to}
    happened: list[tuple[str, dict[str, Any]]] = [("assigned", {"to": to or ""})] if row.assigned_to != to else []
    if to == clerk.id and row.state == "received":
        columns["state"] = "checking"
        happened.append(("checking", {}))
    return columns, happened
