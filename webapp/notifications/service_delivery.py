"""The delivery: takes messages out of the outbox one by one and brings each up its ladder. Only the worker imports this.

One transaction claims a message and begins a try; then the network is touched; then a second transaction writes what came
of it. A kill in between leaves a try without an end: the message is claimed again when its lease is over, and may reach a
device twice, under the same topic.
"""

import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from webapp.config import Settings
from webapp.kit.clock import WARD_ZONE, day_of, now
from webapp.kit.database import open_session
from webapp.kit.ids import new_id
from webapp.kit.logs import log
from webapp.notifications.rules_days import find_last_day, is_late, is_over
from webapp.notifications.rules_ladder import PAUSES, Outcome, find_quiet_end, find_rung, judge, name_end
from webapp.notifications.rules_push import find_life, make_topic, write_payload
from webapp.notifications.service_mail import Mail, send_mail
from webapp.notifications.service_push import Push, send_push
from webapp.notifications.service_release import WayBusy
from webapp.notifications.service_staff_mail import KIND as STAFF_MAIL
from webapp.notifications.service_staff_mail import list_mailboxes, load_staff_texts
from webapp.notifications.service_tasks import list_task
from webapp.notifications.service_texts import MessageTexts, load_message_texts, say_mail, say_push
from webapp.notifications.service_ways import OpenWay, list_ways, mark_gone
from webapp.notifications.tables import Attempt
from webapp.outbox.rules import BY_PEOPLE, Standing
from webapp.outbox.service import open_params
from webapp.outbox.service_claims import Claim, claim_due, finish, is_due, keep_claim, stand_on
from webapp.reading.service import load_voices

LOOK_SECONDS = 2.0
LINES = 4
LAST_WORDS_SECONDS = 25.0


@dataclass(frozen=True, slots=True)
class Errand:
    """A claimed message with the channel it is tried on and the ways of that channel that have not got it yet."""

    claim: Claim
    channel: str
    tries: int
    params: Mapping[str, str]
    ways: Sequence[OpenWay]
    attempt_id: str
    earlier: Sequence[Outcome]


@dataclass(frozen=True)
class Deliverer:
    """What a delivery needs: the database, the ward's settings and texts, the languages of its voices, a clock."""

    engine: Engine
    settings: Settings
    texts: Mapping[str, MessageTexts]
    langs: Mapping[str, str]
    clock: Callable[[], datetime] = now
    stopping: threading.Event = field(default_factory=threading.Event)

    def deliver_next(self) -> bool:
        """Bring the message that is due the longest one step on; tell whether there was one."""
        with Session(self.engine) as session:
            if not is_due(session, self.clock()):
                return False
        with open_session(self.engine) as session:
            claim = claim_due(session, new_id(), self.clock())
            errand = self._prepare(session, claim) if claim else None
        if errand:
            self._run(errand)
        return claim is not None

    def _prepare(self, session: Session, claim: Claim) -> Errand | None:
        """Decide what is done with a claimed message; one that cannot be read must not hold up the others."""
        try:
            with session.begin_nested():  # what fails inside is undone alone: the claim itself holds
                return self._decide(session, claim)
        except OperationalError:
            raise
        except WayBusy:  # a resident is just choosing: looked at again when that is done
            moment = self.clock()
            soon = Standing("waiting", claim.channel, claim.tries, moment + timedelta(seconds=LOOK_SECONDS))
            finish(session, claim, soon, claim.channel, moment)
            return None
        except Exception as error:  # a key that is lost, texts that are missing: told in the log, tried again for hours
            tell_failure("message not prepared", error)
            moment, tries = self.clock(), claim.tries
            standing = Standing("failed", claim.channel, tries, moment)
            if tries < len(PAUSES):
                standing = Standing("waiting", claim.channel, tries + 1, moment + PAUSES[tries])
            finish(session, claim, standing, claim.channel, moment)
            return None

    def _decide(self, session: Session, claim: Claim) -> Errand | None:
        """Return the errand for a message, or None if it ended, waits for the morning, or went to a list of staff."""
        moment, params = self.clock(), open_params(claim, self.settings.master_keys)
        if is_over(claim.kind, params, day_of(moment)):
            finish(session, claim, Standing("stopped", claim.channel, claim.tries, moment), claim.channel, moment)
            return None
        ways = self._list_ways(session, claim, moment)
        open_channels = {way.channel for way in ways}
        allowed = self.texts[claim.kind].channels
        rung = find_rung(claim.channel, allowed, open_channels)
        if rung is None:
            end = Standing(name_end(allowed, open_channels), claim.channel, claim.tries, moment)
            finish(session, claim, end, claim.channel, moment)
            return None
        chosen = [way for way in ways if way.channel == rung]
        if rung in BY_PEOPLE:
            list_task(session, claim.id, chosen[0], moment)
            finish(session, claim, Standing("listed", rung, 0, moment), claim.channel, moment)
            return None
        end_of_night = find_quiet_end(claim.kind, rung, moment, self.settings.quiet_hours, WARD_ZONE)
        if end_of_night:
            finish(session, claim, Standing("waiting", claim.channel, claim.tries, end_of_night), claim.channel, moment)
            return None
        return self._begin(session, claim, rung, params, chosen)

    def _list_ways(self, session: Session, claim: Claim, moment: datetime) -> list[OpenWay]:
        """Return the ways to whom a message is for: a resident's own, or the mailbox of a section of the staff."""
        if claim.kind == STAFF_MAIL:
            return list_mailboxes(claim.about, self.settings, moment)
        return list_ways(session, claim.about, self.settings.master_keys)

    def _begin(
        self, session: Session, claim: Claim, rung: str, params: Mapping[str, str], chosen: Sequence[OpenWay]
    ) -> Errand | None:
        """Begin a channel: a device that is known to have got the message, before a kill, does not get it again."""
        moment, tries = self.clock(), claim.tries if rung == claim.channel else 0
        told = set(
            session.exec(select(Attempt.way_id).where(Attempt.message_id == claim.id, Attempt.outcome == "sent"))
        )
        ways = [way for way in chosen if way.id not in told]
        earlier = [Outcome("sent")] if told else []
        if not ways:
            finish(session, claim, judge(rung, tries, earlier, moment), claim.channel, moment)
            return None
        stand_on(session, claim, rung, tries)
        attempt_id = begin_attempt(session, claim.id, ways[0], moment)
        return Errand(claim, rung, tries, params, ways, attempt_id, earlier)

    def _run(self, errand: Errand) -> None:
        """Send over each way; after each one write what came of it, hold on to the message, and begin the next."""
        outcomes, attempt_id = list(errand.earlier), errand.attempt_id
        for place, way in enumerate(errand.ways):
            outcome = self._send(errand, way)
            outcomes.append(outcome)
            with open_session(self.engine) as session:
                moment = self.clock()
                end_attempt(session, attempt_id, outcome, moment)
                if outcome.result == "gone":
                    mark_gone(session, way.id, moment)
                if place + 1 < len(errand.ways):
                    if not keep_claim(session, errand.claim, moment):
                        return
                    attempt_id = begin_attempt(session, errand.claim.id, errand.ways[place + 1], moment)
                else:
                    standing = judge(errand.channel, errand.tries, outcomes, moment)
                    finish(session, errand.claim, standing, errand.channel, moment)

    def _send(self, errand: Errand, way: OpenWay) -> Outcome:
        """Send over one way. A failure of ours counts as one of the network: tried again, then the next channel."""
        try:
            outcome = self._push(errand, way) if errand.channel == "push" else self._mail(errand, way)
        except Exception as error:
            tell_failure("message not sent", error)
            outcome = Outcome("unreachable")
        facts = {
            "message": errand.claim.id,
            "channel": errand.channel,
            "outcome": outcome.result,
            "status": outcome.status,
        }
        log.info("delivery", extra={"facts": facts})
        return outcome

    def _push(self, errand: Errand, way: OpenWay) -> Outcome:
        """Send to one device."""
        claim, voice = errand.claim, way.voice
        topic = make_topic(self.settings, claim.kind, claim.about)
        words, lang = say_push(self.texts[claim.kind], voice), self.langs.get(voice, "ja")
        payload = write_payload(words, lang, f"{self.site}/{voice}/notice", topic)
        moment = self.clock()
        life = find_life(claim.kind, find_last_day(claim.kind, errand.params), moment.astimezone(WARD_ZONE))
        return send_push(way.details, Push(claim.kind, topic, payload, life), self.settings, moment)

    def _mail(self, errand: Errand, way: OpenWay) -> Outcome:
        """Send to one address."""
        token = way.details.get("stop", "")
        params = {**errand.params, "site": self.site, "stop": token, "place": way.details.get("place", "slip")}
        late = is_late(errand.claim.kind, errand.params, day_of(self.clock()))
        subject, body = say_mail(self.texts[errand.claim.kind], way.voice, params, late)
        stop = f"{self.site}/{way.voice}/notices/stop/{token}" if token else ""
        return send_mail(way.details, Mail(errand.claim.id, subject, body, stop), self.settings, self.clock())

    @property
    def site(self) -> str:
        """Return the address of the service; without PUBLIC_URL it is tried out on one machine."""
        return self.settings.public_url or f"http://{self.settings.host}:{self.settings.port}"

    def deliver_until_stopped(self) -> None:
        """Empty the outbox again and again; whatever fails is told in the log and passes."""
        while not self.stopping.is_set():
            try:
                went_on = self.deliver_next()
            except Exception as error:
                tell_failure("delivery failed", error)
                went_on = False
            if not went_on:
                self.stopping.wait(LOOK_SECONDS)


def begin_attempt(session: Session, message_id: str, way: OpenWay, moment: datetime) -> str:
    """Note that a try begins, before it does."""
    row = Attempt(id=new_id(), message_id=message_id, way_id=way.id, channel=way.channel, began_at=moment)
    session.add(row)
    return row.id


def end_attempt(session: Session, attempt_id: str, outcome: Outcome, moment: datetime) -> None:
    """Note what came of a try; it may have been erased meanwhile with everything about the resident."""
    row = session.get(Attempt, attempt_id)
    if row is not None:
        row.ended_at, row.outcome, row.status = moment, outcome.result, outcome.status
        session.add(row)


def tell_failure(event: str, error: Exception) -> None:
    """Log the kind of a failure and where it happened, without its message: that may quote a resident."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = [f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno}" for frame in frames]
    log.error(event, extra={"facts": {"kind": type(error).__name__, "where": where}})


def make_deliverer(settings: Settings, engine: Engine, clock: Callable[[], datetime] = now) -> Deliverer:
    """Return a deliverer with the ward's texts. Raises ContentError."""
    voices = load_voices(settings.content_dir)
    texts = load_message_texts(settings.content_dir, tuple(voices))
    texts |= load_staff_texts(settings.content_dir, tuple(voices))
    return Deliverer(engine, settings, texts, {code: voice.lang for code, voice in voices.items()}, clock)


class DeliveryLines:
    """The delivery beside the timed jobs: several lines, so that one slow push service does not hold up everybody."""

    def __init__(self, deliverer: Deliverer) -> None:
        self.deliverer = deliverer
        self.threads = [
            threading.Thread(target=deliverer.deliver_until_stopped, name=f"delivery-{number}", daemon=True)
            for number in range(LINES)
        ]

    def start(self) -> None:
        """Begin to deliver."""
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is in hand and begin nothing new; what takes too long is left to its lease."""
        self.deliverer.stopping.set()
        end = now() + timedelta(seconds=LAST_WORDS_SECONDS)
        for thread in self.threads:
            thread.join(max((end - now()).total_seconds(), 0.1))
