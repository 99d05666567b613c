"""Last days for one's own calendar, and the list on paper."""

import re
from datetime import date, timedelta

from icalendar import Calendar

from tests.drafts.browser import plain, words
from tests.drafts.household import JIRO, SORA
from tests.drafts.test_todo import DOG, MOVED, dues
from webapp.drafts.rules_todo import list_todos
from webapp.kit.clock import today
from webapp.procedures.rules_deadlines import find_open_day, is_closed
from webapp.reading.rules_dates import write_day


def test_calendar_has_the_last_days_and_nothing_of_what_was_answered(family):
    resident, base = family
    state = resident.hurry(base)
    answer = resident.client.get(f"{base}/deadlines.ics")
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "no-store"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    todos = list_todos(state.book.event, state.event, state.book.dictionary, today(), is_closed)
    expected = {resident.title(slug): due for slug, due in dues(todos).items() if due}
    assert {plain(str(one["SUMMARY"])): one["DTSTART"].dt for one in events} == expected
    assert all(one["DTEND"].dt - one["DTSTART"].dt == timedelta(days=1) for one in events)
    assert len({str(one["UID"]) for one in events}) == len(events)
    unfolded = re.sub("UID:.*", "", answer.text.replace("\r\n ", ""))
    told = [one["name"]["name"] for one in state.draft.answers["people"].values() if "name" in one]
    assert {JIRO, SORA} <= set(told)
    assert not [one for one in (*told, "阿佐谷南", "1-15-1", "03-1234", "1990") if one in unfolded]


def test_calendar_of_one_procedure_alone_has_its_last_day(resident):
    base = resident.begin("procedures/moving-in")
    assert resident.client.get(f"{base}/deadlines.ics").status_code == 404, "nobody knows the day yet"
    state = resident.hurry(base)
    (event,) = Calendar.from_ical(resident.client.get(f"{base}/deadlines.ics").data).walk("VEVENT")
    moved = date.fromisoformat(state.made.answers[MOVED])
    assert event["DTSTART"].dt == find_open_day(moved + timedelta(days=14), is_closed, 1)


def test_printed_list_has_everything_in_order_and_nobodys_name(resident):
    resident.choose |= {DOG: {"": "unknown"}, "event.insurance_now": {"": "national"}}
    base = resident.begin("events/moving-in")
    state = resident.hurry(base)
    page = words(resident.see(f"{base}/print/list"))
    todos = list_todos(state.book.event, state.event, state.book.dictionary, today(), is_closed)
    places = [page.index(resident.title(one.procedure.slug)) for one in (*todos.needed, *todos.maybe)]
    assert places == sorted(places)
    assert all(f"{write_day(due, 'ja')}まで" in page for due in dues(todos).values() if due)
    assert todos.bring
    assert not [one["name"]["name"] for one in state.draft.answers["people"].values() if one["name"]["name"] in page]
