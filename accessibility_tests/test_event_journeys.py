"""The three life events that ask the most, walked by a family in a real browser from the event's page to the counter's code.

Three ways: a phone of 320 px with JavaScript off in easy Japanese with furigana; the keyboard alone in Japanese; English.
Each event is walked in one way in `make soak`; all nine with JOURNEYS=all, and in `make a11y`. In every run procedures are walked
in a browser (test_journeys) and events without one (tests/drafts/test_events).
"""

import os

import pytest

from accessibility_tests.families import EVENTS
from accessibility_tests.walks import WAYS, walk_in_browser

ALL = [(slug, way) for slug in EVENTS for way in WAYS]
CHOSEN = ALL if os.environ.get("JOURNEYS") == "all" else list(zip(EVENTS, WAYS, strict=True))


@pytest.mark.long
@pytest.mark.parametrize(("slug", "way"), CHOSEN)
def test_family_walks_a_life_event_to_its_receipts_and_the_code_for_the_counter(site, slug, way):
    end = walk_in_browser(site, slug, EVENTS[slug], WAYS[way])
    assert end.findings == []
    assert end.promised > 2
    assert len(set(end.receipts)) + end.handed == end.promised
    assert end.receipts
    assert end.spoken
