"""The last day of a deadline, with closed days, short months and days of every year."""

from datetime import date

import pytest

from webapp.procedures.rules import Deadline
from webapp.procedures.rules_deadlines import NoLastDayError, is_closed, last_day


def never(day: date) -> bool:
    return False


def test_fourteen_days_count_from_the_day_after_the_event() -> None:
    assert last_day(Deadline(since="moving", days=14), date(2026, 11, 2), never) == date(2026, 11, 16)


def test_closed_last_day_moves_to_the_next_open_one() -> None:
    # 2026-11-21 is a Saturday, 23 November a holiday
    assert last_day(Deadline(since="moving", days=14), date(2026, 11, 7), is_closed) == date(2026, 11, 24)


def test_deadline_at_the_end_of_the_year_waits_for_the_office_to_open() -> None:
    assert last_day(Deadline(since="moving", days=14), date(2026, 12, 15), is_closed) == date(2027, 1, 4)


def test_two_years_from_a_leap_day_end_on_the_last_of_february() -> None:
    assert last_day(Deadline(since="death", years=2), date(2028, 2, 29), never) == date(2030, 2, 28)


def test_three_months_from_the_end_of_november_end_on_the_last_of_february() -> None:
    assert last_day(Deadline(since="cause", months=3), date(2026, 11, 30), never) == date(2027, 2, 28)


def test_days_before_an_expiry_fall_back_to_an_open_day() -> None:
    # 60 days before 2027-02-25 is Sunday 27 December 2026
    assert last_day(Deadline(since="expiry", days_before=60), date(2027, 2, 25), is_closed) == date(2026, 12, 25)


@pytest.mark.parametrize(("today", "expected"), [
    (date(2026, 7, 1), date(2026, 7, 31)), (date(2026, 7, 31), date(2026, 7, 31)),
    (date(2026, 8, 1), date(2027, 7, 31)),
])  # fmt: skip
def test_day_of_every_year_is_the_next_one(today: date, expected: date) -> None:
    assert last_day(Deadline(every_year="07-31"), today, never) == expected


def test_deadline_without_a_span_is_refused() -> None:
    with pytest.raises(NoLastDayError):
        last_day(Deadline(since="moving"), date(2026, 1, 1), never)


def test_ward_that_never_opens_is_refused() -> None:
    with pytest.raises(NoLastDayError):
        last_day(Deadline(since="moving", days=1), date(2026, 1, 1), lambda day: True)


@pytest.mark.parametrize(("day", "closed"), [
    (date(2026, 11, 24), False), (date(2026, 11, 23), True), (date(2026, 11, 22), True), (date(2026, 12, 29), True),
    (date(2027, 1, 3), True), (date(2027, 1, 4), False),
])  # fmt: skip
def test_office_is_closed_on_weekends_holidays_and_at_new_year(day: date, closed: bool) -> None:
    assert is_closed(day) is closed
