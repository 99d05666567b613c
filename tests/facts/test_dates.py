"""Days as people write them."""

from datetime import date

import pytest

from tests.facts.making import answer, codes, shown
from tests.facts.samples import make_fact
from webapp.facts.rules_days import find_bound

DAY = make_fact("date")
BIRTH = make_fact("date", earliest="today-150y", latest="today")


def type_day(fact, era, year, month, day, **more):
    return answer(fact, era=era, year=year, month=month, day=day, **more)


@pytest.mark.parametrize(
    ("era", "year", "month", "day", "iso"),
    [
        ("western", "2024", "2", "29", "2024-02-29"),
        ("western", "２０２４", "１２", "０１", "2024-12-01"),
        ("western", "2024年", "4月", "1日", "2024-04-01"),
        ("reiwa", "8", "11", "24", "2026-11-24"),
        ("reiwa", "元", "5", "1", "2019-05-01"),
        ("heisei", "元", "1", "8", "1989-01-08"),
        ("heisei", "31", "4", "30", "2019-04-30"),
        ("showa", "64", "1", "7", "1989-01-07"),
        ("showa", "元年", "12", "25", "1926-12-25"),
        ("taisho", "15", "12", "25", "1926-12-25"),
        ("meiji", "45", "7", "30", "1912-07-30"),
        ("taisho", "1", "7", "30", "1912-07-30"),
    ],
)
def test_days_are_understood_in_both_calendars(era, year, month, day, iso):
    assert type_day(DAY, era, year, month, day).value == iso


@pytest.mark.parametrize("era", ["reiwa", "heisei", "showa", ""])
def test_a_western_year_is_understood_whatever_era_was_picked(era):
    assert type_day(DAY, era, "2024", "5", "6").value == "2024-05-06"


@pytest.mark.parametrize(
    ("era", "year", "month", "day", "said"),
    [
        ("showa", "64", "2", "1", "平成元年"),
        ("heisei", "35", "4", "1", "令和5年"),
        ("heisei", "1", "1", "7", "昭和64年"),
        ("reiwa", "1", "4", "30", "平成31年"),
        ("taisho", "15", "12", "26", "昭和元年"),
    ],
)
def test_a_day_outside_its_era_is_told_which_era_it_is(era, year, month, day, said):
    outcome = type_day(DAY, era, year, month, day)
    assert codes(outcome) == [("era", "date-other-era")]
    assert said in outcome.gaps[0].values["day"].in_voice("ja").words


def test_every_missing_part_is_named():
    assert codes(type_day(DAY, "western", "2024", "", "")) == [
        ("month", "date-month-missing"),
        ("day", "date-day-missing"),
    ]
    assert codes(type_day(DAY, "western", "", "4", "1")) == [("year", "date-year-missing")]
    assert codes(type_day(DAY, "western", "", "", "")) == [("year", "date-missing")]


@pytest.mark.parametrize(
    ("year", "month", "day", "gap"),
    [
        ("2023", "2", "29", ("day", "date-not-in-calendar")),
        ("2024", "4", "31", ("day", "date-not-in-calendar")),
        ("2024", "13", "1", ("month", "date-month-number")),
        ("2024", "0", "1", ("month", "date-month-number")),
        ("0", "1", "1", ("year", "date-year-number")),
        ("24", "1", "1", ("year", "date-western-year")),
        ("いつか", "1", "1", ("year", "date-year-number")),
        ("9" * 9000, "1", "1", ("year", "date-year-number")),
        ("2024" + " " * 30 + "5", "1", "1", ("year", "date-year-number")),
        ("2024", "²月x", "1", ("month", "date-month-number")),
    ],
)
def test_days_that_are_none_say_which_part_to_mend(year, month, day, gap):
    assert codes(type_day(DAY, "western", year, month, day)) == [gap]


def test_an_era_that_never_was_is_asked_again():
    assert codes(type_day(DAY, "edo", "3", "1", "1")) == [("era", "date-era")]


def test_bounds_let_their_own_day_in():
    assert type_day(BIRTH, "western", "2026", "11", "24").value == "2026-11-24"
    assert codes(type_day(BIRTH, "western", "2026", "11", "25")) == [("year", "date-future")]
    assert codes(type_day(BIRTH, "western", "1876", "11", "23")) == [("year", "date-early")]


@pytest.mark.parametrize(
    ("expression", "day"),
    [
        ("today", date(2024, 2, 29)),
        ("today-1y", date(2023, 2, 28)),
        ("today+1m", date(2024, 3, 29)),
        ("today-30d", date(2024, 1, 30)),
        ("today+10m", date(2024, 12, 29)),
        ("2020-01-02", date(2020, 1, 2)),
    ],
)
def test_bounds_move_with_today(expression, day):
    assert find_bound(expression, date(2024, 2, 29)) == day


def test_not_knowing_the_day_is_an_answer_where_content_says_so():
    fact = make_fact("date", unknown=True)
    assert answer(fact, unknown="yes", era="western").value == "unknown"
    assert codes(type_day(fact, "western", "2024", "", "", unknown="yes")) == [("unknown", "unknown-or-value")]
    assert codes(answer(DAY, unknown="yes")) == [("year", "date-missing")]


def test_a_day_is_shown_in_both_calendars():
    assert shown(DAY, "2026-11-24") == ["2026年11月24日（令和8年）"]
    assert shown(DAY, "1989-01-08") == ["1989年1月8日（平成元年）"]
    assert shown(DAY, "2026-11-24", "en")[0].startswith("24 November 2026")
