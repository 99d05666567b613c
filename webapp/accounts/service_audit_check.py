"""Reading the whole log and finding any entry that was changed, removed, added, moved or cut off. It only reads."""

import time
from collections.abc import Iterator
from datetime import datetime, timezone

from sqlalchemy import func
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from webapp.accounts.rules_audit import Finding, Line, Report, Walk
from webapp.accounts.rules_audit_seals import Files, check_seals
from webapp.accounts.service_audit import HEAD
from webapp.accounts.service_audit_seals import copy_seals, keep_report, load_seals, seal_missed
from webapp.accounts.tables import AuditEntry, AuditHead
from webapp.config import Settings
from webapp.kit.clock import now, today
from webapp.kit.database import open_session, signing_keys
from webapp.kit.logs import log

AT_ONCE = 2000
_COLUMNS = (AuditEntry.number, AuditEntry.at, AuditEntry.account_id, AuditEntry.what, AuditEntry.about, AuditEntry.why,
            AuditEntry.mac)  # fmt: skip
_NO_TIME = datetime(1, 1, 1, tzinfo=timezone.utc)


def check_log(engine: Engine, settings: Settings) -> Report:
    """Read the whole log and all seals, and keep what was found beside them. Nobody waits for it who writes meanwhile."""
    begun, moment = time.perf_counter(), now()
    folder = settings.data_dir / "seals"
    copies = load_seals(settings.seal_dir) if settings.seal_dir else None
    with Session(engine) as session:
        report = verify(session, load_seals(folder), copies, moment, begun)
    keep_report(folder, report, settings.audit_keys)
    return report


def seal_log(engine: Engine, settings: Settings) -> None:
    """Seal the days that are over and not sealed yet, copy the seals, and, once a day, read the whole log."""
    with open_session(engine) as session:
        days = seal_missed(session, settings.data_dir, today(), settings.audit_keys)
    if settings.seal_dir and not copy_seals(settings.data_dir, settings.seal_dir):
        log.warning("seals of the log could not be copied to SEAL_DIR")
    if days and not check_log(engine, settings).holds:
        log.error("the log does not hold: python -m webapp audit says where")


def verify(
    session: Session, seals: Files, copies: Files | None = None, moment: datetime | None = None,
    begun: float | None = None,
) -> Report:  # fmt: skip
    """Return what is found when the chain is walked from its first entry to its last and compared with the seals.

    What is written meanwhile is left for the next time: the walk ends where the chain ended when it began.
    """
    begun = time.perf_counter() if begun is None else begun
    keys = signing_keys(session)
    sealed, wrong = check_seals(seals, copies, keys)
    highest = session.exec(select(func.max(AuditEntry.number))).one() or 0
    head = session.exec(select(AuditHead).execution_options(populate_existing=True)).all()
    end = next((one for one in head if one.id == HEAD), None)
    walk = Walk(keys, end.began if end else 0, sealed)
    if end is None or len(head) > 1 or end.began > end.number:
        walk.find("head", highest)
    last = end.number if end else highest
    for line in _read_lines(session, last):
        walk.take(line)
    walk.end(last, end.mac if end else walk.before, highest)
    for day in sorted(walk.sealed_days - set(seals) - set(copies or ())):
        wrong.append(Finding("seal-missing", day=day))
    for one in sorted(wrong, key=lambda one: one.kind == "copy-missing"):
        walk.find(one.kind, one.number, one.day)
    return Report(
        moment or now(), walk.entries, walk.number, walk.began, len(seals), tuple(walk.findings), walk.more,
        round(time.perf_counter() - begun, 3),
    )  # fmt: skip


def _read_lines(session: Session, last: int) -> Iterator[Line]:
    """Yield the entries in their order, up to a number; what cannot be read as an entry comes as one that says nothing."""
    after: int | None = None
    while True:
        numbers = (
            select(AuditEntry.number).where(AuditEntry.number <= last).order_by(col(AuditEntry.number)).limit(AT_ONCE)
        )
        query = select(*_COLUMNS).where(AuditEntry.number <= last).order_by(col(AuditEntry.number)).limit(AT_ONCE)  # type: ignore[call-overload]  # more columns than SQLModel has words for
        if after is not None:
            numbers, query = numbers.where(AuditEntry.number > after), query.where(AuditEntry.number > after)
        try:
            lines = [Line(*row) for row in session.exec(query)]
        except (TypeError, ValueError):
            lines = [_read_line(session, number) for number in session.exec(numbers).all()]
        yield from lines
        if len(lines) < AT_ONCE:
            return
        after = lines[-1].number


def _read_line(session: Session, number: int) -> Line:
    """Return one entry of a page on which something cannot be read."""
    try:
        return Line(*session.exec(select(*_COLUMNS).where(AuditEntry.number == number)).one())  # type: ignore[call-overload]  # as above
    except (TypeError, ValueError):
        return Line(number, _NO_TIME, None, "", "", "", b"")
