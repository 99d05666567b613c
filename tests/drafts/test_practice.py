"""Practice: every form and every life event is practised to its end, with a sample family, on pages that say so."""

import os
import re
from collections.abc import Iterator

import pytest
from sqlmodel import Session

from tests.autopilot import read_form
from tests.drafts.learner import (
    Learner,
    QuickPilot,
    Ward,
    check_mark,
    count_rows,
    open_draft,
    open_ward,
    read_filled,
    secret_of,
    write,
)
from tests.drafts.test_events import EVENTS
from tests.drafts.test_journeys import DICTIONARY, FORMS, VOICES
from tests.drafts.town import strip
from webapp.drafts.service_hand_over import find_hand_over, read_own
from webapp.drafts.service_slips import get_slip
from webapp.drafts.tables import PracticeHandOver
from webapp.kit.clock import today
from webapp.kit.safety import make_token

PUBLISHED = [*(FORMS if os.environ.get("SOAK") else FORMS[::8]), *(f"events/{slug}" for slug in EVENTS)]
"""Every event and every eighth form; with SOAK=1 all. The real ones are all walked elsewhere, on the same pages."""
BOTH_ENDS = "events/moving-within"
"""A life event that ends in sending and at the counter."""
NO_PAGES = {"", "changes", "deadlines.ics", "files/<upload_id>"}
"""Views of a draft that show no page of practice; its questions never change under it."""
FROM_SAMPLES = "「見本」で書いたことが入っています"


@pytest.fixture(scope="module")
def ward(tmp_path_factory) -> Iterator[Ward]:
    """Yield a ward in which everybody practises."""
    with open_ward(tmp_path_factory.mktemp("ward")) as opened:
        yield opened


def make_pilot(ward: Ward, kind: type[QuickPilot] = Learner) -> QuickPilot:
    """Return somebody who practises in a browser of their own."""
    return kind(ward.app.test_client(), DICTIONARY, today(), door="practice")


def describe_view(rule: str) -> str:
    """Return which view of a draft an address or a rule belongs to."""
    return rule.rsplit("<draft_id>", maxsplit=1)[-1].lstrip("/")


@pytest.mark.parametrize("path", PUBLISHED)
def test_everything_is_practised_to_its_end_with_the_sample_family_and_nothing_of_it_is_real(ward, path, monkeypatch):
    learner = make_pilot(ward)
    base = write(learner, path, send=True)
    assert count_rows(ward.engine, practice=False) == {}
    assert ward.find_real_files() == []
    assert count_rows(ward.engine, practice=True)["practice_draft"] == 1
    ward.run_jobs(monkeypatch, days=7)
    assert learner.client.get(f"{base}/sent").status_code == 200
    ward.run_jobs(monkeypatch, days=8)
    assert count_rows(ward.engine, practice=True) == {}
    assert list((ward.settings.data_dir / "practice-uploads").iterdir()) == []
    assert learner.client.get(f"{base}/sent").status_code == 404


@pytest.mark.parametrize("voice", VOICES)
def test_every_page_and_print_of_a_draft_says_that_it_is_practice(ward, voice):
    """The client looks for the mark on each page; here all views are shown, also those that are yet to come."""
    learner = make_pilot(ward)
    base = write(learner, BOTH_ENDS, voice)
    member = open_draft(ward.engine, learner, base).answers["household.members"][0]["id"]
    for page in ("check", "slip", "print/list", f"people/{member}", f"household.members/{member}"):
        learner.client.get(f"{base}/{page}")
    for page in ("check", "todo"):
        assert learner.client.post(f"{base}/{page}", data={"csrf": make_token(secret_of(learner))}).status_code == 422
    learner.send(f"{base}/check")
    for page in ("sent", "answers", "counter", "sheet", "print/a4", "print/80mm", "phone", "todo", "looks"):
        assert learner.client.get(f"{base}/{page}").status_code == 200
    views = ward.app.url_map.bind("localhost")
    shown = {describe_view(views.match(path, return_rule=True)[0].rule) for path in learner.client.shown}
    rules = (one for one in ward.app.url_map.iter_rules() if "GET" in one.methods and "<draft_id>" in one.rule)
    # Nobody is told of practice, and no counter receives it: those views have no twin.
    others = ("/learn/", "/drafts/<", "/staff/")
    of_drafts = (one for one in rules if not any(part in one.rule for part in others))
    assert {describe_view(one.rule) for one in of_drafts} == shown | NO_PAGES
    assert count_rows(ward.engine, practice=False) == {}


def test_qr_codes_of_practice_lead_to_pages_that_say_so(ward):
    learner = make_pilot(ward)
    draft = open_draft(ward.engine, learner, write(learner, BOTH_ENDS, send=True))
    with Session(ward.engine) as session:
        codes, _ = read_own(find_hand_over(session, PracticeHandOver, draft.row.id), draft.key)
        slip = get_slip(session, draft, ward.settings.pepper)
    for path in (f"/practice/c/{codes.token}", f"/ja/slip/{slip.token}"):
        page = ward.app.test_client().get(path, follow_redirects=True)
        assert page.status_code == 200
        check_mark(page.text)


def test_sample_family_is_offered_and_chosen_by_name_and_the_applicant_is_shown_for_confirming(ward):
    learner = make_pilot(ward)
    begin = learner.follow(learner.start("moving-in"))
    family = [person["name"]["name"] for person in ward.app.extensions["madoguchi"].samples.people]
    assert len(family) > 2
    assert all(name in strip(learner.look_at(begin)) for name in family)
    where, seen = learner.step(begin), {}
    while not where.endswith("/check"):
        page = seen[where.rsplit("/", 1)[1]] = learner.look_at(where)
        if FROM_SAMPLES in strip(page):
            where = learner.follow(learner.client.post(where, data=read_filled(page)).headers["Location"])
        else:
            where = learner.step(where)
    assert {key for key, page in seen.items() if FROM_SAMPLES in strip(page)} >= {"applicant.name", "applicant.birth"}
    assert read_filled(seen["applicant.name"])["applicant.name:name"] == family[:1]
    ticks = re.findall(r'type="checkbox" name="household.members"[^>]*><span>(\S+ \S+)', seen["household.members"])
    assert ticks == family[1:]
    told = open_draft(ward.engine, learner, where.removesuffix("/check")).answers
    named = {key: one["name"]["name"] for key, one in told["people"].items()}
    assert named[told["roles"]["applicant"]] == family[0]
    assert {named[one["id"]] for one in told["household.members"]} < {*family[1:]}
    assert "household.members/new" not in "".join(learner.seen), "nobody has to be written"


def test_button_for_samples_fills_a_page_that_then_passes(ward):
    pilot = make_pilot(ward, QuickPilot)
    where = pilot.step(pilot.follow(pilot.start("dog-registration")))
    assert read_filled(pilot.look_at(where))["applicant.name:name"] == [""], "without the family nothing is filled in"
    typed = read_form(pilot.look_at(where)).hidden
    assert pilot.client.post(where, data=typed).status_code == 422
    filled = pilot.follow(pilot.client.post(where, data={**typed, "then": "sample"}).headers["Location"])
    assert filled == where
    assert read_filled(pilot.look_at(where))["applicant.name:name"] == ["見本 花子"]
    assert pilot.client.post(where, data=read_filled(pilot.look_at(where))).status_code == 303
