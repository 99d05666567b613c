"""Dealing pages out: which are looked at in every run, in which voice and look, and what was walked to once is kept.

Every page in every voice and look is `make a11y`; every page once is `make soak` (SOAK=1).
"""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from itertools import cycle

from selenium.webdriver import Chrome

from accessibility_tests.looking import LOOKS, VOICES, look_at
from accessibility_tests.site import Site, Visit

EVERY = bool(os.environ.get("SOAK"))
Walk = Callable[[Site], list[Visit]]


def remember(walk: Walk) -> Walk:
    """Walk a site once: the way to a page takes longer than looking at it, and more than one test wants the same pages."""
    walked: dict[str, list[Visit]] = {}

    @wraps(walk)
    def go_once(site: Site) -> list[Visit]:
        """Return the pages as they were listed the first time on this site."""
        if site.base not in walked:
            walked[site.base] = walk(site)
        return walked[site.base]

    return go_once


def choose(site: Site, visits: Sequence[Visit]) -> Iterator[Visit]:
    """Yield the first visit of each route, and every third one of those that show another state of a route met before."""
    urls, met = site.app.url_map.bind("localhost"), set()
    for number, visit in enumerate(visits):
        rule = urls.match(visit.in_voice("ja").partition("?")[0], return_rule=True)[0]
        if EVERY or rule.endpoint not in met or number % 3 == 0:
            yield visit
        met.add(rule.endpoint)


def look_round(
    driver: Chrome, site: Site, visits: Sequence[Visit], deep_every: int = 4, all_of_them: bool = False
) -> list[str]:
    """Return what is wrong with pages, voices and looks dealt out; zoom, spacing and keyboard at some of them.

    Residents' pages in their further states are looked at by turns, unless `all_of_them`.
    """
    looks, found = cycle(LOOKS), []
    for number, visit in enumerate(visits if all_of_them else choose(site, visits)):
        deep = number % deep_every == 0
        found += look_at(driver, site, visit, VOICES[number % len(VOICES)], *next(looks), deep)
    return found
