"""Every life event is walked from its first question to the receipts, in every voice; nothing is asked twice on the way."""

import os
import re
from collections import Counter

import pytest
from sqlmodel import Session, select

from tests.autopilot import Autopilot, read_form
from tests.drafts.test_journeys import CATALOGUE, DICTIONARY, VOICES
from webapp.applications.tables import Application
from webapp.drafts.tables import HandOver
from webapp.kit.clock import today

EVENTS = sorted(slug for slug, event in CATALOGUE.events.items() if event.has_guide)
SEVEN = {"moving-in", "moving-within", "moving-out", "pregnancy-birth", "bereavement", "care", "illness-income"}
YES = {key: {"": "yes"} for key, fact in DICTIONARY.facts.items() if fact.define.kind == "yesno"}


@pytest.fixture
def pilot(client) -> Autopilot:
    """Return a resident with a browser of their own."""
    return Autopilot(client, DICTIONARY, today())


def list_asked(pilot: Autopilot) -> Counter[tuple[str, str]]:
    """Count how often each meaning was asked on the pages that were answered, about each person apart."""
    asked: Counter[tuple[str, str]] = Counter()
    texts = dict(pilot.pages)
    for address in dict.fromkeys(pilot.seen):
        names = {name.split(":")[0] for name in read_form(texts[address]).names} if address in texts else set()
        for key in names & DICTIONARY.facts.keys():
            fact = DICTIONARY.facts[key]
            if fact.define.kind not in ("people", "person", "file"):
                about = address.rsplit("/", 1)[-1] if fact.define.within else fact.define.of or ""
                asked[fact.define.is_ or fact.define.meaning, about] += 1
    return asked


def test_the_seven_events_have_guides():
    assert set(EVENTS) == SEVEN


WALKS = [
    (slug, voice)
    for number, slug in enumerate(EVENTS)
    for place, voice in enumerate(VOICES)
    if os.environ.get("SOAK") or number % len(VOICES) == place
]
"""Each life event in one voice, dealt out; with SOAK=1 each in every voice."""


@pytest.mark.parametrize(("slug", "voice"), WALKS)
def test_event_can_be_walked_to_its_receipts_and_asks_nothing_twice(pilot, client, slug, voice, sqlite_engine):
    check = pilot.walk_to_check(pilot.start(f"events/{slug}", voice))
    twice = {what: count for what, count in list_asked(pilot).items() if count > 1 and what[1] != "new"}
    assert not twice
    sent = client.get(pilot.send(check))
    assert sent.status_code == 200
    with Session(sqlite_engine) as session:
        receipts = [row.receipt for row in session.exec(select(Application))]
        handed = list(session.exec(select(HandOver)))
    assert receipts or handed
    assert all(f"{one[:5]}-{one[5:10]}-{one[10:]}" in sent.text for one in receipts)
    assert len(set(receipts)) == len(receipts)


@pytest.mark.parametrize("slug", EVENTS if os.environ.get("SOAK") else EVENTS[::2])
def test_event_answered_with_yes_throughout_ends(pilot, client, slug):
    pilot.choose = YES
    check = pilot.walk_to_check(pilot.start(f"events/{slug}"))
    assert client.get(pilot.send(check)).status_code == 200


@pytest.mark.parametrize("slug", EVENTS)
def test_event_answered_with_i_do_not_know_gets_a_list_and_nobody_is_refused(pilot, client, slug):
    where = pilot.follow(pilot.start(f"events/{slug}"))
    while not where.endswith("/todo"):
        form = read_form(client.get(where).text)
        data = dict(form.hidden)
        for fact in pilot.facts_of(form.names, where):
            if not fact.define.unknown:
                data |= pilot.fill(fact)
            elif fact.define.kind in ("choice", "choices", "yesno"):
                data[fact.key] = "unknown"
            else:
                data[f"{fact.key}:unknown"] = "yes"
        answer = client.post(where, data=data)
        assert answer.status_code == 303, where
        where = pilot.follow(answer.headers["Location"])
    page = client.get(where)
    assert page.status_code == 200
    assert re.search(r'name="procedure"|class="cards todo"', page.text)
