"""The list of things to do of a life event: by last day, with what is not known, chosen from, changed by later answers, taken home."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from icalendar import Calendar

from tests.autopilot import read_form
from tests.drafts.browser import BrowserResident, State, plain, words
from tests.drafts.making import answers_about, make_book
from tests.drafts.test_journeys import DICTIONARY
from tests.drafts.test_plan import make_procedure
from webapp.drafts.rules_events import Choice, plan_event
from webapp.drafts.rules_todo import TodoList, list_todos
from webapp.facts.rules_conditions import Condition
from webapp.kit.clock import today
from webapp.procedures.rules import Deadline, Procedure
from webapp.procedures.rules_catalogue import EventAsk, EventDefinition, LifeEvent, Member
from webapp.procedures.rules_deadlines import find_open_day, is_closed
from webapp.procedures.service_content import load_closed_days
from webapp.reading.rules_dates import write_day
from webapp.reading.rules_texts import Text

TODAY = date(2026, 4, 20)
DOG, MOVED = "event.has_dog", "applicant.moved_on"
CLAIM = "child-allowance-claim"
SPANS = {
    "thirty": {"days": 30},
    "none": None,
    "fourteen": {"days": 14},
    "counted": {"days": 14, "first_day_counts": True},
}


def make_due(slug: str, span: dict[str, Any] | None) -> Procedure:
    """Return a procedure with a deadline that counts from moving."""
    made = make_procedure(slug, [])
    deadline = Deadline(since="moving", **span) if span else None
    return replace(made, define=msgspec.structs.replace(made.define, deadline=deadline))


def list_for(answers: dict[str, Any], closed: Any = is_closed, when: Condition | None = None) -> TodoList:
    """Return the list of an event with four procedures that all count from the day of moving; `when` is the last one's."""
    members = tuple(Member(procedure=slug, when=when if slug == "counted" else None) for slug in SPANS)
    asks = (EventAsk(fact=DOG), EventAsk(fact=MOVED))
    define = EventDefinition(order=1, asks=asks, since={"moving": MOVED}, members=members)
    event = LifeEvent("moving", define, {"title": Text({"ja": "引っ越し"})}, {})
    book = make_book({slug: make_due(slug, span) for slug, span in SPANS.items()}, DICTIONARY, event)
    return list_todos(event, plan_event(book, event, answers, Choice(), TODAY), DICTIONARY, TODAY, closed)


def dues(todos: TodoList) -> dict[str, date | None]:
    """Return the last days of what is needed, in order."""
    return {one.procedure.slug: one.due for one in todos.needed}


def test_what_ends_first_stands_first_and_what_never_ends_last():
    assert dues(list_for({DOG: "no", MOVED: "2026-11-09"})) == {
        "counted": date(2026, 11, 24), "fourteen": date(2026, 11, 24), "thirty": date(2026, 12, 9), "none": None,
    }  # fmt: skip
    assert list(dues(list_for({DOG: "no", MOVED: "2026-11-11"}))) == ["counted", "fourteen", "thirty", "none"]


def test_day_that_is_over_is_no_deadline_but_still_comes_first():
    todos = list_for({DOG: "no", MOVED: "2026-04-01"})
    assert dues(todos) == {"counted": None, "fourteen": None, "thirty": date(2026, 5, 1), "none": None}
    assert [one.passed for one in todos.needed] == [date(2026, 4, 14), date(2026, 4, 15), None, None]
    assert list_for({DOG: "no", MOVED: "2026-04-06"}).needed[1].due == TODAY, "on the last day there is still time"


def test_without_the_day_of_moving_the_order_of_the_event_stays_and_no_day_is_shown():
    for day in ({}, {MOVED: "unknown"}):
        assert dues(list_for({DOG: "no", **day})) == dict.fromkeys(SPANS)


@pytest.mark.parametrize(("moved", "last"), [
    ("2026-11-02", "2026-11-16"),  # Monday to Monday
    ("2026-11-07", "2026-11-24"),  # Saturday; Monday 23 November is a holiday
    ("2026-12-15", "2027-01-04"),  # the ward is closed from 29 December to 3 January
    ("2026-04-22", "2026-05-07"),  # Golden Week: 6 May is the holiday of 3 May
])  # fmt: skip
def test_last_day_waits_for_the_ward_to_open(moved, last):
    assert dues(list_for({DOG: "no", MOVED: moved}))["fourteen"] == date.fromisoformat(last)


def test_day_on_which_the_ward_itself_is_closed_moves_the_last_day_too(tmp_path: Path):
    file = tmp_path / "closed.yaml"
    file.write_text("- {day: 2026-11-16, source: 区の案内}\n- {day: 2026-11-17, source: 区の案内}\n", encoding="utf-8")
    days = load_closed_days(file)
    found = dues(list_for({DOG: "no", MOVED: "2026-11-02"}, lambda day: is_closed(day) or day in days))
    assert (found["fourteen"], found["counted"]) == (date(2026, 11, 18), date(2026, 11, 18))


def test_what_may_be_needed_stands_by_itself_and_what_is_not_needed_nowhere():
    dog = Condition(fact=DOG, is_="yes")
    for answer, needed, maybe in (("yes", True, False), ("unknown", False, True), ("no", False, False)):
        todos = list_for({DOG: answer, MOVED: "2026-11-09"}, when=dog)
        assert ("counted" in dues(todos), [one.procedure.slug for one in todos.maybe]) == (needed, ["counted"] * maybe)


@pytest.mark.parametrize(("scope", "answers", "slug", "last"), [
    ("events/bereavement", {"deceased.died_on": "2026-11-04"}, "death-notification", "2026-11-10"),
    ("events/bereavement", {"deceased.died_on": "2026-11-02"}, "death-notification", "2026-11-09"),  # the 8th is a Sunday
    (
        "events/pregnancy-birth",
        {"event.baby_born": "yes", "event.birth_reported": "no"}
        | answers_about({"id": "b", "birth": "2026-11-04", "via": {"birth": "baby.birth"}}, baby="b"),
        "birth-notification", "2026-11-17",
    ),
    ("events/moving-in", {MOVED: "2026-11-04"}, "moving-in", "2026-11-18"),  # here the first day does not count
])  # fmt: skip
def test_deadlines_of_the_family_register_count_the_day_itself(shelf, scope, answers, slug, last):
    book = shelf.find(scope)
    planned = plan_event(book, book.event, answers, Choice(), TODAY)
    assert dues(list_todos(book.event, planned, book.dictionary, TODAY, is_closed))[slug] == date.fromisoformat(last)


@pytest.fixture
def mover(family) -> tuple[BrowserResident, str]:
    """Return a resident who is written about as far as the list of the household, and the draft's address."""
    return family


def choose(resident: BrowserResident, base: str, *slugs: str) -> State:
    """Choose on the list of things to do; return how the draft stands then."""
    resident.send_page(base, "todo", {"procedure": list(slugs)})
    return resident.look(base)


def test_list_comes_after_the_first_questions_and_only_for_life_events(resident):
    base = resident.begin("events/moving-in")
    first = resident.look(base).made.first_open().key
    assert resident.client.get(f"{base}/todo").headers["Location"] == f"{base}/{first}"
    assert resident.client.get(f"{base}/check").headers["Location"] == f"{base}/{first}"
    alone = resident.begin("procedures/moving-in")
    assert resident.client.get(f"{alone}/todo").headers["Location"] == f"{alone}/"


def test_page_lists_in_order_with_the_last_days_and_why(resident):
    resident.choose |= {"event.insurance_now": {"": "national"}}
    base = resident.begin("events/moving-in")
    state = resident.hurry(base, "todo")
    page = resident.see(f"{base}/todo")
    listed = re.findall(r'href="/ja/procedures/([^"]+)"', page[page.index("cards todo") :])
    expected = list_todos(state.book.event, state.event, state.book.dictionary, today(), is_closed)
    assert listed[: len(expected.needed)] == list(dues(expected))
    assert [one for one in dues(expected).values() if one] == sorted(one for one in dues(expected).values() if one)
    said = words(page)
    for slug, due in dues(expected).items():
        assert due is None or f"{write_day(due, 'ja')}まで" in said
        assert plain(state.book.event.reasons[slug].voices["ja"]) in said
    form = read_form(page)
    assert form.ticked["procedure"] == form.choices["procedure"], "what is needed is ticked beforehand"


def test_closed_day_of_the_catalogue_moves_the_last_day_on_the_page(resident, app):
    base = resident.begin("events/moving-in")
    state = resident.hurry(base, "todo")
    todos = list_todos(state.book.event, state.event, state.book.dictionary, today(), is_closed)
    due = dues(todos)["moving-in"]
    later = find_open_day(due + timedelta(days=1), is_closed, 1)
    ward = app.extensions["madoguchi"]
    app.extensions["madoguchi"] = replace(ward, catalogue=replace(ward.catalogue, closed_days=frozenset({due})))
    page = words(resident.see(f"{base}/todo"))
    assert f"{write_day(later, 'ja')}まで" in page
    assert f"{write_day(due, 'ja')}まで" not in page
    calendar = Calendar.from_ical(resident.client.get(f"{base}/deadlines.ics").data)
    assert due not in [event["DTSTART"].dt for event in calendar.walk("VEVENT")]


def test_passed_days_are_said_to_be_over_and_stand_in_no_calendar(resident):
    long_ago = today() - timedelta(days=60)
    parts = {"era": "western", "year": str(long_ago.year), "month": str(long_ago.month), "day": str(long_ago.day)}
    resident.choose |= {MOVED: parts, "event.mynumber_card": {"": "yes"}}
    base = resident.begin("events/moving-in")
    resident.hurry(base, "todo")
    over = write_day(find_open_day(long_ago + timedelta(days=14), is_closed, 1), "ja")
    page = words(resident.see(f"{base}/todo"))
    assert f"{over}）は過ぎました" in page
    assert f"{over}まで" not in page
    calendar = Calendar.from_ical(resident.client.get(f"{base}/deadlines.ics").data)
    assert all(event["DTSTART"].dt >= today() for event in calendar.walk("VEVENT"))


def test_what_is_not_known_may_be_chosen_too(resident):
    resident.choose |= {DOG: {"": "unknown"}, "event.has_children": {"": "no"}}
    base, dog = resident.begin("events/moving-in"), "dog-change-or-death"
    resident.hurry(base, "todo")
    page = resident.see(f"{base}/todo")
    form = read_form(page)
    assert set(form.choices["procedure"]) - set(form.ticked["procedure"]) == {dog}, "without children nothing is open"
    assert words(page).index("いっしょに確かめること") < words(page).index(resident.title(dog))
    without = choose(resident, base, "moving-in")
    assert (without.active, "dog.name" in without.asked) == (["moving-in"], False)
    with_dog = choose(resident, base, "moving-in", dog)
    assert (with_dog.active, "dog.name" in with_dog.asked) == (["moving-in", dog], True)
    assert set(read_form(resident.see(f"{base}/todo")).ticked["procedure"]) == {"moving-in", dog}


def test_unticked_procedures_are_left_out_and_ticked_again_they_bring_their_answers_back(mover):
    resident, base = mover
    full = resident.hurry(base)
    assert CLAIM in full.active
    others = [one for one in full.active if one != CLAIM]
    left = choose(resident, base, *others)
    assert left.active == others
    assert not {"spouse.occupation", "bank.use_registered", "children.raised_by_me"} & {*left.asked, *left.made.answers}
    assert CLAIM not in read_form(resident.see(f"{base}/todo")).ticked["procedure"]
    back = choose(resident, base, *full.active)
    assert back.made.first_open() is None
    assert back.made.answers == full.made.answers


def test_later_answer_takes_a_procedure_away_and_says_why_and_brings_it_back_with_its_answers(mover):
    resident, base = mover
    resident.choose |= {"work.occupation": {"": "civil-servant"}, "work.employer_pays": {"": "no"}}
    full = resident.hurry(base)
    assert CLAIM in full.active
    for _ in range(2):
        where = resident.send_page(base, "work.employer_pays", {"work.employer_pays": "yes", "back": "check"})
        assert where == f"{base}/check"
        page = words(resident.see(where))
        assert f"「{resident.title(CLAIM)}」は、しなくてよくなりました。" in page
        assert plain(full.book.event.removed[CLAIM].voices["ja"]) in page
        state = resident.look(base)
        assert state.active == [one for one in full.active if one != CLAIM]
        assert "bank.use_registered" not in state.made.answers
        where = resident.send_page(base, "work.employer_pays", {"work.employer_pays": "no", "back": "check"})
        page = words(resident.see(where))
        assert f"「{resident.title(CLAIM)}」が加わりました。" in page
        assert plain(full.book.event.reasons[CLAIM].voices["ja"]) in page
        assert resident.look(base).made.answers == full.made.answers
    resident.send_page(base, "applicant.support", {"applicant.support": "interpreter", "back": "check"})
    assert "が加わりました" not in words(resident.see(f"{base}/check")), "old news is not told again"


def test_nothing_chosen_says_so_and_changes_nothing(mover):
    resident, base = mover
    before = resident.look(base)
    for chosen in ([], ["no-such-procedure"], ["dog-change-or-death"], ["seal-registration"]):
        answer = resident.post(f"{base}/todo", {"procedure": chosen})
        assert answer.status_code == 422
        assert "まだ選んでいません" in words(answer.text)
        assert "ここで書く手続きを、1つ以上選んでください。" in words(answer.text)
        first = re.search(r'<a href="#(procedure-[a-z-]+)"', answer.text)[1]
        assert f'id="{first}"' in answer.text
        assert "<title>エラー" in answer.text
    assert resident.look(base).active == before.active
    assert resident.look(base).draft.choice == before.draft.choice


def test_ticks_survive_a_switch_of_voice(mover):
    resident, base = mover
    answer = resident.post(f"{base}/todo", {"procedure": ["moving-in"], "then": "voice:en"})
    assert answer.headers["Location"] == f"{base}/todo".replace("/ja/", "/en/")
    assert list(resident.look(base).active) == ["moving-in"]
