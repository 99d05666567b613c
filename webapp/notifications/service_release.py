"""Letting go of what waits with staff: a way that is stopped, or leads nowhere, must not take messages with it.

Whoever needs a way and what waits on it locks the way first, so that the worker puts nothing new on it meanwhile.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from webapp.notifications.tables import CallTask, LetterTask, Way
from webapp.outbox.service_claims import select_listed, wait_again

STILL_TO_DO: dict[Any, str] = {CallTask: "open", LetterTask: "waiting"}

LOCKED_BY_OTHERS = "55P03"
"""What PostgreSQL calls it; on SQLite nobody else writes meanwhile."""


class WayBusy(Exception):
    """A way is being changed by somebody else: nothing failed, it is looked at again when that is done."""


def lock_way(session: Session, way_id: str, wait: bool = True) -> Any:
    """Return a way as it is now, locked until the transaction ends, or None.

    Raises WayBusy where somebody else has it locked and `wait` is False.
    """
    query = select(Way).where(Way.id == way_id).with_for_update(nowait=not wait)
    try:
        return session.exec(query.execution_options(populate_existing=True)).first()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") == LOCKED_BY_OTHERS:
            raise WayBusy from error
        raise


def let_go(session: Session, way_id: str, now: datetime) -> None:
    """Take every call and letter that waits on a way off the lists; their messages go up the ladder anew."""
    for table, state in STILL_TO_DO.items():
        query = select(table).where(col(table.way_id) == way_id, col(table.state) == state).with_for_update()
        for task in session.exec(query.execution_options(populate_existing=True)).all():
            wait_again(session, task.message_id, now)
            session.delete(task)
    session.flush()


def free_stranded(session: Session, now: datetime) -> int:
    """Put back what stands on no list though staff were to tell it, or on one for a way that is gone; return how many."""
    for table, state in STILL_TO_DO.items():
        lost = select(Way.id).where(col(Way.gone_at).is_not(None), Way.id == table.way_id, col(table.state) == state)
        for way_id in session.exec(lost.distinct()).all():
            let_go(session, way_id, now)
    listed = session.exec(select_listed()).all()  # before what is open: what is listed meanwhile is not in it
    known = list_open(session)
    stranded = [one for one in listed if one not in known]
    for message_id in stranded:
        wait_again(session, message_id, now)
    return len(stranded)


def list_open(session: Session) -> set[str]:
    """Return the messages that staff still work on: not those of which something became untrue meanwhile."""
    found = (
        session.exec(
            select(table.message_id).where(col(table.state) == state, col(table.message_id).in_(select_listed()))
        )
        for table, state in STILL_TO_DO.items()
    )
    return {message_id for ids in found for message_id in ids}
