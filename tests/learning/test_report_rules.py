"""What the report decides: small groups are hidden, and no hidden number can be worked out by who knows the rules."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from webapp.learning.rules_report import (
    COLUMNS,
    LEAST,
    USUAL_COLUMNS,
    Shown,
    hide_small,
    keep_columns,
    limits_of_keeping,
    make_report,
    pick_measures,
    rate,
    read_columns,
)  # fmt: skip

FACES = ("unsure", "middle", "sure", "")


@dataclass
class Somebody:
    """A learner as the table has one."""

    tutorial: str = "names"
    steps_done: int = 0
    hands: int = 0
    finished: str = ""
    age_band: str = ""
    visits: str = ""
    before: str = ""
    after: str = ""


def share_out(total: int, groups: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to share people out into groups."""
    if groups == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in share_out(total - first, groups - 1):
            yield (first, *rest)


def hide(numbers: Sequence[int]) -> tuple[int | None, ...] | None:
    shown = hide_small({str(n): number for n, number in enumerate(numbers)})
    return None if shown is None else tuple(shown.values())


@pytest.mark.parametrize(("numbers", "shown"), [
    ((5, 7), (5, 7)),
    ((12, 0), (12, 0)),
    ((9, 3), None),
    ((10, 6, 3), (10, None, None)),
    ((10, 6, 6, 3), (10, None, None, None)),
    ((10, 3, 3, 0), (10, None, None, 0)),
    ((20, 9, 1, 1), (20, None, None, None)),
    ((20, 9, 4, 4), (20, None, None, None)),
    ((10, 2, 2), None),
])  # fmt: skip
def test_small_groups_are_hidden_with_as_many_others_as_it_takes(numbers, shown):
    assert hide(numbers) == shown


@pytest.mark.parametrize("groups", [2, 3, 4, 5])
def test_no_hidden_number_can_be_worked_out_even_by_who_knows_the_rule(groups):
    """Every class of up to 14 people: what is shown always fits two numbers at least for each hidden group."""
    for total in range(LEAST, 15 if groups < 5 else 13):
        fits = defaultdict(list)
        for numbers in share_out(total, groups):
            fits[hide(numbers)].append(numbers)
        for shown, possible in fits.items():
            for place in range(groups):
                if shown is None or shown[place] is None:
                    assert len({numbers[place] for numbers in possible}) > 1, (shown, possible)


@settings(max_examples=300, deadline=None)
@given(some.lists(some.integers(0, 25), min_size=2, max_size=6).filter(lambda numbers: sum(numbers) >= LEAST))
def test_larger_classes_keep_their_secrets_too(numbers):
    shown = hide(numbers)
    if shown is None:
        assert any(0 < number < LEAST for number in numbers)
        return
    hidden = [place for place, number in enumerate(shown) if number is None]
    assert all(number is None or number == 0 or number >= LEAST for number in shown)
    secret = sum(numbers[place] for place in hidden)
    assert not hidden or secret >= LEAST, "the hidden groups together are no small group either"
    seen = [{numbers[place]} for place in hidden]
    for others in share_out(secret, len(hidden)) if 0 < len(hidden) < 4 else ():
        other = list(numbers)
        for place, number in zip(hidden, others, strict=True):
            other[place] = number
        if hide(other) == shown:
            for known, number in zip(seen, others, strict=True):
                known.add(number)
    assert len(hidden) > 3 or all(len(known) > 1 for known in seen)


def tell(shown: Shown | None) -> tuple[int | None, ...] | None:
    return None if shown is None else tuple(shown.values())


def counts_of(pairs: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
    """Return every small number behind the three measures, by measure and group."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for before, after in pairs:
        found["before", before] += 1
        found["after", after] += 1
        unsaid = "" in (before, after)
        found[
            "moved",
            ""
            if unsaid
            else str((FACES.index(after) > FACES.index(before)) - (FACES.index(after) < FACES.index(before))),
        ] += 1
    return found


def publish(pairs: Sequence[tuple[str, str]]) -> tuple[tuple[int | None, ...] | None, ...]:
    return tuple(map(tell, rate([(before or "unsaid", after or "unsaid") for before, after in pairs])))


def spread(kinds: Sequence[tuple[str, str]], numbers: Sequence[int]) -> list[tuple[str, str]]:
    return [kind for kind, number in zip(kinds, numbers, strict=True) for _ in range(number)]


def expect_secrets(shown: object, possible: Sequence[Mapping[tuple[str, str], int]]) -> None:
    for key in {key for counts in possible for key in counts}:
        values = {counts.get(key, 0) for counts in possible}
        assert len(values) > 1 or not 0 < values.pop() < LEAST, (shown, key)


@pytest.mark.parametrize(("faces", "people"), [(FACES[:3], range(5, 11)), (FACES, range(5, 7))])
def test_no_small_group_can_be_worked_out_from_before_after_and_moved_together(faces, people):
    """Every way in which a few people can answer twice: no published answer fits one small number alone."""
    kinds = list(product(faces, faces))
    for total in people:
        fits = defaultdict(list)
        for numbers in share_out(total, len(kinds)):
            pairs = spread(kinds, numbers)
            fits[publish(pairs)].append(counts_of(pairs))
        for shown, possible in fits.items():
            expect_secrets(shown, possible)


def list_tables(rows: Sequence[int], columns: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield every table whose rows and columns have these sums."""
    if not rows:
        if not any(columns):
            yield ()
        return
    for row in share_out(rows[0], len(columns)):
        left = [column - number for column, number in zip(columns, row, strict=True)]
        if min(left) >= 0:
            for rest in list_tables(rows[1:], left):
                yield (*row, *rest)


@settings(max_examples=60, deadline=None)
@given(some.data(), some.sampled_from([FACES[:2], FACES[1:3], FACES[::2], FACES[2:], FACES[:3], FACES[1:]]))
def test_whole_numbers_before_and_after_give_no_small_move_away(data, faces):
    """Where both are shown, every class that they fit is tried; their zeros say which faces nobody chose."""
    rows = data.draw(some.lists(some.integers(5, 7), min_size=len(faces), max_size=len(faces)))
    columns = data.draw(some.lists(some.sampled_from([0, 5, 6, 8]), min_size=len(faces), max_size=len(faces)))
    columns[-1] += sum(rows) - sum(columns)
    if columns[-1] != 0 and columns[-1] < LEAST:
        return
    kinds, fits = list(product(faces, faces)), defaultdict(list)
    for numbers in list_tables(rows, columns):
        pairs = spread(kinds, numbers)
        fits[publish(pairs)].append(counts_of(pairs))
    for shown, possible in fits.items():
        assert shown[0] is not None
        assert shown[1] is not None
        expect_secrets(shown, possible)


def make_class(**several: Sequence[tuple[object, int]]) -> list[Somebody]:
    """Return people by what some of them did: make_class(hands=[(2, 6), (0, 6)])."""
    columns = {name: [value for value, number in runs for _ in range(number)] for name, runs in several.items()}
    return [Somebody(**dict(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True)]


def groups_of(report, key, about=""):
    return next(one.groups for one in report.measures if (one.key, one.about) == (key, about))


def test_a_class_of_fewer_than_five_tells_nothing_at_all():
    report = make_report([Somebody()] * 4, {"names": 3})
    assert (report.came, report.measures) == (None, ())
    assert make_report([], {"names": 3}).came == 0


def test_a_class_is_told_by_age_visits_and_who_finished_what():
    people = make_class(
        age_band=[("60-69", 8), ("70-79", 12)], visits=[("first", 15), ("", 5)], finished=[("names", 14), ("", 6)]
    )
    report = make_report(people, {"names": 3, "moving": 9})
    assert report.came == 20
    assert {key: n for key, n in groups_of(report, "age").items() if n} == {"60-69": 8, "70-79": 12}
    assert groups_of(report, "visits") == {"first": 15, "again": 0, "unsaid": 5}
    assert groups_of(report, "finished", "names") == {"finished": 14, "open": 6}
    assert groups_of(report, "finished", "moving") == {"finished": 0, "open": 20}


def test_hands_are_told_with_how_often_they_were_raised_unless_few_raised_one():
    many = make_report(make_class(hands=[(2, 6), (0, 6)]), {"names": 3}).measures
    few = make_report(make_class(hands=[(2, 3), (0, 9)]), {"names": 3}).measures
    assert [(one.groups, one.times) for one in many if one.key == "hands"] == [({"raised": 6, "quiet": 6}, 12)]
    assert [(one.groups, one.times) for one in few if one.key == "hands"] == [(None, None)]


def test_how_far_people_came_is_told_only_where_no_number_of_who_finished_could_be_worked_out_from_it():
    apart = make_class(steps_done=[(3, 6), (1, 7)], finished=[("names", 6), ("", 7)])
    assert groups_of(make_report(apart, {"names": 3}), "steps") == {"all": 6, "half": 0, "some": 7, "none": 0}
    few = make_class(steps_done=[(3, 6), (2, 2), (1, 6)], finished=[("names", 6), ("", 8)])
    assert groups_of(make_report(few, {"names": 3}), "steps") is None
    other = make_class(steps_done=[(3, 9), (1, 7)], finished=[("names", 6), ("moving", 3), ("", 7)])
    assert groups_of(make_report(other, {"names": 3, "moving": 3}), "steps") is None


def test_rating_is_told_before_and_after_with_how_it_moved():
    people = make_class(before=[("unsure", 6), ("middle", 6)], after=[("sure", 7), ("middle", 5)])
    report = make_report(people, {"names": 3})
    assert groups_of(report, "before") == {"unsure": 6, "middle": 6, "sure": 0, "unsaid": 0}
    assert groups_of(report, "after") == {"unsure": 0, "middle": 5, "sure": 7, "unsaid": 0}
    assert groups_of(report, "moved") == {"up": 7, "same": 5, "down": 0, "unsaid": 0}


def test_words_that_nobody_offered_count_as_nothing_said():
    people = make_class(age_band=[("=1+1", 6)], visits=[("often", 6)], before=[("best", 6)])
    report = make_report(people, {"names": 3})
    assert groups_of(report, "age")["unsaid"] == 6
    assert groups_of(report, "before")["unsaid"] == 6


def test_columns_are_chosen_kept_and_only_known_ones():
    assert read_columns("") == USUAL_COLUMNS
    assert read_columns(" ".join(keep_columns(["hands", "age", "nonsense"]))) == ("age", "hands")
    assert read_columns(" ".join(keep_columns([]))) == ()
    assert read_columns(" ".join(keep_columns(COLUMNS))) == COLUMNS
    report = make_report(make_class(hands=[(1, 9)]), {"names": 3})
    assert [one.key for one in pick_measures(report, ("visits", "rating"))] == ["visits", "before", "after", "moved"]


def test_a_class_is_kept_for_one_to_ninety_days_after_its_end_and_never_until_yesterday():
    end = date(2026, 11, 27)
    assert limits_of_keeping(end, end) == (date(2026, 11, 28), date(2027, 2, 25))
    assert limits_of_keeping(end, date(2026, 12, 24)) == (date(2026, 12, 24), date(2027, 2, 25))
    assert limits_of_keeping(end, date(2027, 6, 1)) == (date(2027, 2, 25), date(2027, 2, 25))
