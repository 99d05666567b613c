"""Learners: who takes part, known by their browser alone; hands, following, and what they tell for the report."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from webapp.kit.crypto import derive_key, keyed_hash
from webapp.kit.ids import is_id, new_id
from webapp.learning.rules_class import AGE_BANDS, NICKNAME_LETTERS, RATINGS, SEAT_LETTERS, VISITS, tidy_words
from webapp.learning.tables import Learner, LearnerWay, Lesson


def learner_lookup(browser_secret: bytes, lesson_id: str) -> bytes:
    """Return the hash under which a browser's learner in a lesson is found."""
    return keyed_hash(derive_key(browser_secret, "learner"), lesson_id)


def join(session: Session, lesson: Lesson, browser_secret: bytes, seat: str, nickname: str, now: datetime) -> Learner:
    """Let a browser into a lesson, once: whoever is in already stays the same, with the seat or name that is given now."""
    known = find_learner(session, lesson.id, browser_secret)
    if known is None:
        learner = Learner(id=new_id(), lesson_id=lesson.id, joined_at=now, seen_at=now, stepped_at=now)
        way = LearnerWay(lookup=learner_lookup(browser_secret, lesson.id), learner_id=learner.id)
        try:
            with session.begin_nested():
                session.add(learner)
                session.flush()
                session.add(way)
                session.flush()
            known = learner
        except IntegrityError:  # the same button was pressed twice in one moment
            known = find_learner(session, lesson.id, browser_secret)
            if known is None:
                raise
    if seat or nickname:
        set_name(session, known, seat, nickname)
    return known


def set_name(session: Session, learner: Learner, seat: str, nickname: str) -> None:
    """Change by which seat or nickname the instructor knows somebody; both may be empty."""
    learner.seat, learner.nickname = tidy_words(seat)[:SEAT_LETTERS], tidy_words(nickname)[:NICKNAME_LETTERS]
    touch_learner(session, learner)


def find_learner(session: Session, lesson_id: str, browser_secret: bytes | None) -> Learner | None:
    """Return who a browser is in a lesson."""
    if browser_secret is None or not is_id(lesson_id):
        return None
    query = select(Learner).join(LearnerWay).where(LearnerWay.lookup == learner_lookup(browser_secret, lesson_id))
    return session.exec(query).first()


def get_learner(session: Session, learner_id: str) -> Learner:
    """Return a learner by id. Raises LookupError."""
    learner = session.get(Learner, learner_id)
    if learner is None:
        raise LookupError(learner_id)
    return learner


def let_in(session: Session, learner: Learner, browser_secret: bytes) -> None:
    """Let another device be the same learner, as after a slip. Who that device was before, without having begun, is gone."""
    lookup = learner_lookup(browser_secret, learner.lesson_id)
    way = session.get(LearnerWay, lookup)
    if way is not None and way.learner_id == learner.id:
        return
    if way is None:
        session.add(LearnerWay(lookup=lookup, learner_id=learner.id))
    else:
        other, way.learner_id = way.learner_id, learner.id
        session.add(way)
        session.flush()
        _forget_unused(session, other)
    touch_learner(session, learner)


def _forget_unused(session: Session, learner_id: str) -> None:
    """Take somebody out of a lesson whom no device is any more and who never began."""
    learner = session.get(Learner, learner_id)
    ways = session.exec(select(func.count()).select_from(LearnerWay).where(LearnerWay.learner_id == learner_id)).one()
    if learner is not None and not ways and not learner.tutorial:
        session.delete(learner)


def touch_learner(session: Session, learner: Learner) -> None:
    """Move a learner's `rev` on in the database itself, so that two changes at once are two steps."""
    learner.rev = Learner.rev + 1
    session.add(learner)
    session.flush()


def raise_hand(session: Session, learner: Learner, now: datetime) -> None:
    """Raise a hand; one that is up already keeps its place in the queue."""
    if learner.hand_at is None:
        learner.hand_at, learner.coming_at, learner.hands = now, None, learner.hands + 1
        touch_learner(session, learner)


def lower_hand(session: Session, learner: Learner) -> None:
    """Lower a hand."""
    if learner.hand_at is not None:
        learner.hand_at = learner.coming_at = None
        touch_learner(session, learner)


def answer_hand(session: Session, learner: Learner, now: datetime) -> None:
    """Tell somebody with a raised hand that the instructor is on the way."""
    if learner.hand_at is not None and learner.coming_at is None:
        learner.coming_at = now
        touch_learner(session, learner)


def settle_hand(session: Session, learner: Learner) -> None:
    """Lower somebody's hand from the instructor's side: they were helped."""
    lower_hand(session, learner)


def find_queue_place(session: Session, learner: Learner) -> int:
    """Return a raised hand's place in the queue, from 1; 0 without one."""
    if learner.hand_at is None:
        return 0
    earlier = (
        (col(Learner.hand_at) < learner.hand_at) | ((col(Learner.hand_at) == learner.hand_at) & (Learner.id < learner.id))
    )  # fmt: skip
    query = select(func.count()).select_from(Learner).where(Learner.lesson_id == learner.lesson_id, earlier)
    return session.exec(query).one() + 1


def decline(session: Session, learner: Learner) -> None:
    """Let a learner go their own way while the instructor leads."""
    _set_declined(session, learner, True)


def undecline(session: Session, learner: Learner) -> None:
    """Let a learner come along with the instructor again."""
    _set_declined(session, learner, False)


def _set_declined(session: Session, learner: Learner, declined: bool) -> None:
    """Note whether a learner comes along."""
    if learner.declined != declined:
        learner.declined = declined
        touch_learner(session, learner)


def set_rating(session: Session, learner: Learner, when: str, rating: str) -> None:
    """Keep how sure somebody is of doing it alone, before or after; "" takes it back."""
    if when not in ("before", "after") or rating not in ("", *RATINGS):
        raise ValueError(f"{when}: {rating}")
    if getattr(learner, when) != rating:
        setattr(learner, when, rating)
        touch_learner(session, learner)


def set_about(session: Session, learner: Learner, age_band: str, visits: str) -> None:
    """Keep what somebody tells for the numbers of the report; each may be empty."""
    if age_band not in ("", *AGE_BANDS) or visits not in ("", *VISITS):
        raise ValueError(f"{age_band}, {visits}")
    if (learner.age_band, learner.visits) != (age_band, visits):
        learner.age_band, learner.visits = age_band, visits
        touch_learner(session, learner)
