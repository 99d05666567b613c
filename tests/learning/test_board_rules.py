"""What the board decides: rows, stuck, order, filters, counts, and the mark of change."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from tests.learning.classroom import make_tutorial
from webapp.learning.rules_board import (
    count_new_hands,
    count_rows,
    count_steps,
    filter_rows,
    first_sentence,
    list_to_visit,
    make_rev,
    make_rows,
    read_newest_hand,
    spell_code,
)  # fmt: skip
from webapp.learning.rules_lesson_form import Filled, Problem, Wish, fill_known, fill_new, read_wish
from webapp.reading.rules_texts import Text

NOW = datetime(2026, 11, 27, 5, 0, tzinfo=timezone.utc)
TOKYO = ZoneInfo("Asia/Tokyo")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


TUTORIALS = {"names": make_tutorial("names", "名前"), "moving": make_tutorial("moving", "引っ越し", 2)}


@dataclass
class Somebody:
    """A learner as the table has one."""

    id: str
    seat: str = ""
    nickname: str = ""
    joined_at: datetime = NOW - minutes(30)
    seen_at: datetime = NOW
    tutorial: str = "names"
    step: str = "one"
    level: str = "together"
    steps_done: int = 0
    stepped_at: datetime = NOW
    last_error: str = ""
    hand_at: datetime | None = None
    coming_at: datetime | None = None
    finished: str = ""
    simulated: bool = False
    declined: bool = False


def rows_of(*people: Somebody, paused: bool = False):
    return make_rows(people, TUTORIALS, NOW, paused)


def test_hands_come_first_by_their_time_then_who_is_stuck_longest_then_seats_as_people_count():
    people = (
        Somebody("s10", seat="10"), Somebody("s2", seat="2"), Somebody("name", nickname="あき"), Somebody("none"),
        Somebody("stuck4", seat="1", stepped_at=NOW - minutes(4)), Somebody("stuck9", stepped_at=NOW - minutes(9)),
        Somebody("late", hand_at=NOW - minutes(1)), Somebody("early", hand_at=NOW - minutes(2)),
    )  # fmt: skip
    order = ["early", "late", "stuck9", "stuck4", "s2", "s10", "name", "none"]
    assert [row.id for row in rows_of(*people)] == order
    assert [row.id for row in rows_of(*reversed(people))] == order
    assert [row.place for row in rows_of(*people)][:3] == [1, 2, 0]


@pytest.mark.parametrize(
    ("who", "paused", "stuck"),
    [
        (Somebody("a", stepped_at=NOW - minutes(3)), False, True),
        (Somebody("a", stepped_at=NOW - minutes(2.9)), False, False),
        (Somebody("a", stepped_at=NOW - minutes(9)), True, False),
        (Somebody("a", stepped_at=NOW - minutes(9), step="", steps_done=3, finished="names"), False, False),
        (Somebody("a", stepped_at=NOW - minutes(9), step="one", finished="names"), False, True),
        (Somebody("a", stepped_at=NOW - minutes(9), tutorial="", step=""), False, False),
        (Somebody("a", stepped_at=NOW - minutes(9), tutorial="gone"), False, False),
    ],
    ids=("three", "less", "all listen", "through", "begun anew", "not begun", "unknown tutorial"),
)
def test_stuck_is_three_minutes_at_a_step_that_is_being_done(who, paused, stuck):
    assert rows_of(who, paused=paused)[0].stuck is stuck


def test_a_row_says_which_step_and_which_mistake_and_nothing_else():
    row = rows_of(Somebody("a", step="two", last_error="one:empty", seen_at=NOW - minutes(2.5)))[0]
    assert (row.step.number, len(row.tutorial.steps), row.mistake.define.key) == (2, 3, "empty")
    assert row.quiet_minutes == 2
    assert rows_of(Somebody("a", seen_at=NOW - timedelta(seconds=59)))[0].quiet_minutes == 0
    assert rows_of(Somebody("a", last_error="refused"))[0].refused
    assert rows_of(Somebody("a", last_error="refused"))[0].mistake is None
    assert not rows_of(Somebody("a"))[0].refused
    assert rows_of(Somebody("a", last_error="gone:gone"))[0].mistake is None


def test_the_nameless_are_counted_in_the_order_of_joining_and_keep_their_number():
    first, second = Somebody("b", joined_at=NOW - minutes(9)), Somebody("a", joined_at=NOW - minutes(8))
    assert {row.id: row.number for row in rows_of(first, second)} == {"b": 1, "a": 2}
    second.hand_at = NOW
    assert {row.id: row.number for row in rows_of(first, second)} == {"b": 1, "a": 2}


def test_filters_and_counts_and_whom_to_visit():
    rows = rows_of(
        Somebody("hand", hand_at=NOW), Somebody("stuck", stepped_at=NOW - minutes(5)), Somebody("well"),
        Somebody("through", step="", finished="names"), Somebody("new", tutorial="", step=""),
    )  # fmt: skip
    assert [row.id for row in filter_rows(rows, "hands")] == ["hand"]
    assert [row.id for row in filter_rows(rows, "stuck")] == ["stuck"]
    assert len(filter_rows(rows, "all")) == 5
    assert [row.id for row in list_to_visit(rows)] == ["hand", "stuck"]
    counts = count_rows(rows)
    assert (counts.here, counts.hands, counts.stuck, counts.finished, counts.waiting) == (5, 1, 1, 1, 1)


def test_the_big_screen_counts_people_at_steps_in_the_order_of_the_steps():
    rows = rows_of(
        Somebody("a", step="two"), Somebody("b", step="one"), Somebody("c", step="two"),
        Somebody("d", tutorial="moving"), Somebody("e", step="", finished="names"),
    )  # fmt: skip
    found = [(one.tutorial.slug, one.step.key, one.count) for one in count_steps(rows)]
    assert found == [("names", "one", 1), ("names", "two", 2), ("moving", "one", 1)]


def test_the_mark_changes_with_lesson_learners_number_minute_and_hands():
    mark = make_rev(1, 5, 2, NOW, None)
    others = (
        make_rev(2, 5, 2, NOW, None), make_rev(1, 6, 2, NOW, None), make_rev(1, 5, 3, NOW, None),
        make_rev(1, 5, 2, NOW + minutes(1), None), make_rev(1, 5, 2, NOW, NOW),
    )  # fmt: skip
    assert len({mark, *others}) == 6
    assert mark == make_rev(1, 5, 2, NOW + timedelta(seconds=59), None)


def test_only_hands_that_are_new_are_told():
    old = Somebody("a", hand_at=NOW - minutes(2))
    known = read_newest_hand(make_rev(1, 1, 1, NOW, old.hand_at))
    assert count_new_hands(rows_of(old), known) == 0
    assert count_new_hands(rows_of(old, Somebody("b", hand_at=NOW)), known) == 1
    assert read_newest_hand("drop table") is None
    assert read_newest_hand("") is None


def test_a_mistake_is_told_by_its_first_sentence():
    text = Text(
        {"ja": "「書いてください。」と出ます。次です。", "en": 'It says "Write." in red. Then more.', "x": "終わりなし"}
    )
    assert first_sentence(text).voices["ja"] == "「書いてください。」と出ます。"
    assert first_sentence(text).voices["en"] == 'It says "Write." in red.'
    assert first_sentence(text).voices["x"] == "終わりなし"


def test_a_code_is_said_digit_by_digit():
    assert spell_code("407912", "ja") == "よん ゼロ なな、きゅう いち に"
    assert spell_code("407912", "en") == "four zero seven, nine one two"


def test_a_new_class_is_filled_in_so_that_one_press_is_enough():
    filled = fill_new(datetime(2026, 11, 27, 5, 10, tzinfo=timezone.utc), TOKYO)
    assert filled.values["start"] == "now"
    assert (filled.values["end_day"], filled.values["end_time"]) == ("2026-11-27", "16:00")
    wish = read_wish(Filled(("names",), filled.values), TUTORIALS, NOW, TOKYO)
    assert wish == Wish(("names",), "", NOW, datetime(2026, 11, 27, 7, 0, tzinfo=timezone.utc))


def test_a_class_late_at_night_ends_the_day_after():
    values = fill_new(datetime(2026, 11, 27, 14, 10, tzinfo=timezone.utc), TOKYO).values
    assert (values["end_day"], values["end_time"]) == ("2026-11-28", "01:00")


def change(**values: str) -> Filled:
    """Return a well-filled form with some fields changed."""
    well = {"place": "", "start": "at", "start_day": "2026-11-28", "start_time": "10:00", "end_day": "2026-11-28",
            "end_time": "12:00"}  # fmt: skip
    return Filled(("names",), {**well, **values})


@pytest.mark.parametrize(
    ("filled", "problem"),
    [
        (Filled((), change().values), Problem("tutorial-1", "tutorials")),
        (Filled(("gone",), change().values), Problem("tutorial-1", "tutorials")),
        (change(place="あ" * 61), Problem("place", "place")),
        (change(start_day=""), Problem("start-day", "start-form")),
        (change(start_day="2028-01-01"), Problem("start-day", "start-far")),
        (change(end_time="25:00"), Problem("end-day", "end-form")),
        (change(end_day="2026-02-30"), Problem("end-day", "end-form")),
        (change(end_day="x" * 500), Problem("end-day", "end-form")),
        (change(start="now", end_day="2026-11-27", end_time="13:59"), Problem("end-day", "end-over")),
        (change(end_time="10:00"), Problem("end-day", "end-order")),
        (change(end_time="22:01"), Problem("end-day", "end-long")),
    ],
)
def test_what_is_to_be_mended_is_named_with_its_field(filled, problem):
    found = read_wish(filled, TUTORIALS, NOW, TOKYO)
    assert problem in found
    assert problem.message


def test_days_and_times_are_read_as_people_write_them():
    wish = read_wish(
        change(end_day="２０２６/11/28", end_time="１１時５分", place=" 3階\n 会議室 "), TUTORIALS, NOW, TOKYO
    )
    assert wish.ends_at == datetime(2026, 11, 28, 2, 5, tzinfo=timezone.utc)
    assert wish.place == "3階 会議室"
    assert fill_known(wish, TOKYO).values["end_time"] == "11:05"
