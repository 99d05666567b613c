"""The strip of a class as a learner's browser has it."""

import re

from tests.learning.classes import csrf_of, list_people
from webapp.kit.database import open_session
from webapp.learning.service_lessons import set_pace
from webapp.learning.tables import Learner, Lesson

VOICES = ("ja", "ja-easy", "en")


def press(client, taught, what: str, value: str, back: str = ""):
    """Press a button of the strip on the class's page."""
    home = f"/ja/class/{taught.id}/"
    sent = {"csrf": csrf_of(client, taught), "value": value, "back": back or home}
    return client.post(f"{home}{what}", data=sent)


def lead(taught, mode: str, step: str = "", paused: bool = False) -> None:
    """Lead the class as its instructor does."""
    with open_session(taught.engine) as session:
        set_pace(session, session.get_one(Lesson, taught.id), mode, "sample", step, paused)


def strip_of(html: str) -> str:
    """Return the strip of a page."""
    found = re.search(r'<section class="class-strip".*?</section>', html, re.S)
    assert found, "no strip"
    return re.sub(r"<rt.*?</rt>|<rp.*?</rp>|<span[^>]*>|</span>|</?ruby[^>]*>", "", found[0])


def poll_address(html: str) -> tuple[str, str]:
    """Return the address that a strip is asked for at, and its mark."""
    poll, rev = re.search(r'data-poll="([^"]+)"', html), re.search(r'data-rev="([^"]+)"', html)
    assert poll
    assert rev
    return poll[1].replace("&amp;", "&"), rev[1]


def person(taught) -> Learner:
    """Return the only one in the class."""
    return list_people(taught.engine, taught.id)[0]
