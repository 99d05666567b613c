"""Another slip opens all that was sent with the lost one: only whoever may receive all of it makes one, and it leaves no way open."""

from itertools import combinations

import pytest
from sqlmodel import Session, select

from tests.drafts.browser import words
from tests.drafts.mending import Sent
from tests.staff.counters import COUNTER, come_with, list_log, open_desk, prepare, rows, spoken
from tests.staff.test_counter_parts import CHOOSE
from tests.staff.test_reissue import DOG, NAME, ask, come_back, slip_of
from webapp.accounts.rules import Grant
from webapp.accounts.service import set_grants
from webapp.applications.service import Applications, Parcel, receive
from webapp.applications.service_cases import open_with
from webapp.applications.service_looks import list_looks
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application
from webapp.drafts.service_slips import get_slip
from webapp.drafts.tables import WayIn
from webapp.kit.clock import now
from webapp.kit.database import open_session

SECTIONS = ("environment-dogs", "tax", "care-insurance")


@pytest.fixture
def sent(app):
    """Return a resident who sent something, and the draft's address."""
    return come_with(app, DOG, **NAME)


def send_more(resident, base, settings):
    """Send two more applications of other sections with the first, as a life event does; return all three by section."""
    key, draft_id = resident.look(base).draft.key, base.split("/")[3]
    with open_session(resident.engine) as session:
        first = session.exec(select(Application)).one()
        first.section = SECTIONS[0]
        answers = open_with(first, key).answers
        for slug, section in (("dog-vaccination", SECTIONS[1]), ("dog-registration", SECTIONS[2])):
            parcel = Parcel(draft_id, slug, first.definition, "ja", answers, 14, key, section)
            receive(session, Applications.REAL, parcel, open_vault(settings), now(), 365)
    with Session(resident.engine) as session:
        return {row.section: row for row in session.exec(select(Application))}


def test_whoever_misses_one_of_the_sections_gets_no_slip_whatever_number_they_type(app, sent, settings):
    resident, base = sent
    by_section = send_more(resident, base, settings)
    key = resident.look(base).draft.key
    desk = open_desk(app, ("officer:tax",), "kakari")
    subsets = [set(one) for size in range(1, 4) for one in combinations(SECTIONS, size)]
    assert len(subsets) == 7
    for held in subsets:
        with open_session(app.extensions["engine"]) as session:
            set_grants(session, desk.account_id, frozenset(Grant("officer", one) for one in held), now())
        number = by_section[sorted(held)[0]].receipt
        answer = ask(desk, number)
        assert answer.status_code == (200 if held == set(SECTIONS) else 422), held
        if held != set(SECTIONS):
            assert "見つかりませんでした" in words(answer.text)
    with Session(app.extensions["engine"]) as session:
        looks = [list_looks(session, open_with(row, key)) for row in by_section.values()]
    assert [[(one.account_id, one.what, one.why) for one in each] for each in looks] == [
        [(desk.account_id, "opened", "resident-asked")]
    ] * 3, "each of the three says that somebody opened it"
    reissued = {about for what, about, _ in list_log(app) if what == "slip-reissued"}
    assert reissued == {row.id for row in by_section.values()}


def test_what_still_waits_at_the_counter_for_another_section_counts(app):
    resident, base = prepare(app, "events/moving-in", {**CHOOSE, **NAME}, ["moving-in", "care-need-after-move"])
    own = open_desk(app, ("officer:care-insurance",), "kaigo")
    assert own.accept(spoken(resident, base)).status_code == 303
    (row,) = rows(app, Application)
    assert row.section == "care-insurance"
    assert ask(own, row.receipt).status_code == 422
    assert ask(open_desk(app), row.receipt).status_code == 200


def test_number_of_the_slip_finds_it_as_well_and_a_helpers_does_not(desk, app, sent):
    resident, base = sent
    number, _ = slip_of(resident.see(f"{base}/sent"))
    (row,) = rows(app, Application)
    assert number.replace("-", "") != row.receipt
    made = resident.post(f"{base}/helpers", {"name": "むすめ", "scope": "look", "days": "30"})
    helper = slip_of(resident.see(made.headers["Location"]))[0]
    assert ask(desk, helper).status_code == 422
    assert ask(desk, number, name="違う人").status_code == 422
    answer = ask(desk, number)
    assert answer.status_code == 200
    assert come_back(app, slip_of(answer.text)) == 303


def test_who_knows_no_number_is_told_where_it_is_found(app):
    for roles, leads in ((("reception",), False), (("reception", "officer:tax"), True)):
        page = open_desk(app, roles, f"mado{leads}").client.get(f"{COUNTER}/slip").text
        assert "名前からさがします" in words(page)
        assert ('href="/ja/staff/inbox/"' in page.split("<main")[1]) == leads


def begin_mending(sent, app, settings):
    """Have something of what was sent asked for; return the application, the draft that mends it, and that one's slip."""
    resident, base = sent
    (row,) = rows(app, Application)
    mended = Sent(resident, base, settings, row.procedure, row.id)
    fact = next(one for one in mended.case().answers if one != "applicant.name")
    mended.ask(**{fact.replace(".", "__"): "x"})
    child = mended.begin()
    return row, child, get_child_slip(resident, child, settings)


def test_lost_phone_opens_nothing_through_what_was_being_mended_either(desk, sent, app, settings):
    resident, base = sent
    row, child, old = begin_mending(sent, app, settings)
    assert ask(desk, row.receipt, phone="yes").status_code == 200
    assert come_back(app, (old.number, old.code)) == 422, "nor by a slip that was made for it"
    for place in (f"{child}/", f"{child}/check", f"{child}/slip", f"{base}/sent"):
        assert resident.client.get(place).status_code == 404, place
    assert "kept" not in resident.client.get("/ja/slip").text
    ways = {(one.draft_id, one.kind) for one in rows(app, WayIn)}
    assert ways == {(base.split("/")[3], "qr"), (base.split("/")[3], "code")}


def get_child_slip(resident, child, settings):
    """Make the slip of a draft that mends, as its page does."""
    draft = resident.look(child).draft
    with open_session(resident.engine) as session:
        session.add(draft.row)
        return get_slip(session, draft, settings.pepper)


def test_without_a_lost_phone_its_browser_goes_on_mending(desk, sent, app, settings):
    resident, _ = sent
    row, child, old = begin_mending(sent, app, settings)
    assert ask(desk, row.receipt).status_code == 200
    assert resident.client.get(f"{child}/check").status_code in {200, 303}
    assert come_back(app, (old.number, old.code)) == 422
    assert get_child_slip(resident, child, settings) != old
