"""What the ladder decides, for whatever ways there are and whatever comes of a try."""

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.kit.clock import WARD_ZONE
from webapp.notifications.rules_ladder import (
    ASKED_FOR_NOW,
    BY_PEOPLE,
    PAUSES,
    RUNGS,
    Outcome,
    climb,
    find_quiet_end,
    find_rung,
    judge,
    name_end,
)

NOON = datetime(2026, 11, 27, 3, 0, tzinfo=timezone.utc)
RESULTS = ("sent", "gone", "later", "refused", "unreachable")
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(timezone.utc))
channels = st.frozensets(st.sampled_from(RUNGS))
outcomes = st.builds(
    Outcome,
    st.sampled_from(RESULTS),
    st.none(),
    st.one_of(st.none(), st.timedeltas(timedelta(), timedelta(hours=24))),
)
hours = st.integers(0, 23)


def at(hour: int, minute: int = 0) -> datetime:
    """Return a moment of a day in the ward."""
    return datetime(2026, 11, 27, hour, minute, tzinfo=WARD_ZONE).astimezone(timezone.utc)


@given(st.sampled_from(("", *RUNGS)), channels, channels)
def test_a_rung_is_one_that_was_chosen_and_never_below_where_the_message_stands(channel, allowed, ways):
    rung = find_rung(channel, allowed, ways)
    start = RUNGS.index(channel) if channel else 0
    possible = [one for one in RUNGS[start:] if one in allowed & ways]
    assert rung == (possible[0] if possible else None)


@given(channels, channels)
def test_a_message_without_a_rung_ends_by_a_name_that_says_why(allowed, ways):
    end = name_end(allowed, ways)
    assert (end == "failed") == bool(allowed & ways)
    assert (end == "unheard") == (not allowed & ways and bool(allowed & set(BY_PEOPLE)))


@given(st.sampled_from(("push", "mail")), st.integers(0, 9), st.lists(outcomes, min_size=1, max_size=6), moments)
def test_after_a_try_a_message_is_sent_or_waits_or_climbs(channel, tries, results, now):
    standing = judge(channel, tries, results, now)
    found = {one.result for one in results}
    if "sent" in found:
        assert standing.state == "sent"
    elif found & {"later", "unreachable"} and tries < len(PAUSES):
        assert (standing.state, standing.channel, standing.tries) == ("waiting", channel, tries + 1)
        asked = [one.wait for one in results if one.wait and one.result in ("later", "unreachable")]
        assert standing.due_at - now == max([PAUSES[tries], *asked])
    else:
        assert standing == climb(channel, now)
        assert standing.due_at == now


@given(st.data())
def test_every_ladder_comes_to_an_end(data):
    allowed, ways, now = data.draw(channels), data.draw(channels), NOON
    channel, tries, steps = "", 0, 0
    while (rung := find_rung(channel, allowed, ways)) is not None and rung not in BY_PEOPLE:
        tries = tries if rung == channel else 0
        standing = judge(rung, tries, data.draw(st.lists(outcomes, min_size=1, max_size=3)), now)
        if standing.state != "waiting":
            break
        channel, tries, now, steps = standing.channel, standing.tries, standing.due_at, steps + 1
        assert steps <= 2 * (len(PAUSES) + 1)


def test_the_pauses_grow_from_a_minute_to_half_a_day():
    assert [pause.total_seconds() / 60 for pause in PAUSES] == [1, 5, 30, 120, 720]
    assert all(one < two for one, two in pairwise(PAUSES))


@given(moments, hours, hours, st.sampled_from(("push", "mail")), st.sampled_from(("received", "draft-ending")))
def test_what_waits_for_the_morning_comes_outside_the_quiet_hours_and_soon(now, first, last, channel, kind):
    end = find_quiet_end(kind, channel, now, (first, last), WARD_ZONE)
    here = now.astimezone(WARD_ZONE)
    quiet = {(first + n) % 24 for n in range((last - first) % 24)}
    assert (end is not None) == (here.hour in quiet)
    if end is not None:
        assert now < end <= now + timedelta(days=1)
        assert end.astimezone(WARD_ZONE).hour == last
        assert find_quiet_end(kind, channel, end, (first, last), WARD_ZONE) is None


@pytest.mark.parametrize(
    ("hour", "minute", "is_quiet"),
    [(20, 59, False), (21, 0, True), (0, 0, True), (7, 59, True), (8, 0, False), (12, 0, False)],
)
def test_the_usual_night_is_from_nine_to_eight(hour, minute, is_quiet):
    assert (find_quiet_end("received", "push", at(hour, minute), (21, 8), WARD_ZONE) is not None) == is_quiet


@given(moments, st.sampled_from(RUNGS), st.sampled_from(("received", *ASKED_FOR_NOW)))
def test_lists_of_staff_and_what_was_just_asked_for_know_no_night(now, channel, kind):
    if channel in BY_PEOPLE or kind in ASKED_FOR_NOW:
        assert find_quiet_end(kind, channel, now, (21, 8), WARD_ZONE) is None


@given(moments, hours)
def test_equal_hours_mean_no_night(now, hour):
    assert find_quiet_end("received", "push", now, (hour, hour), WARD_ZONE) is None
