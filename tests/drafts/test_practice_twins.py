"""Practice is the real thing but for where it goes: every form asks the same on the same pages, and refuses the same."""

import re
from collections.abc import Iterator

import pytest

from tests.autopilot import find_errors, read_form
from tests.drafts.learner import QuickPilot, Ward, open_ward
from tests.drafts.test_journeys import DICTIONARY, SOME
from tests.drafts.town import strip
from webapp.kit.clock import today


@pytest.fixture(scope="module")
def ward(tmp_path_factory) -> Iterator[Ward]:
    """Yield one ward for all of this."""
    with open_ward(tmp_path_factory.mktemp("ward")) as opened:
        yield opened


def begin(pilot: QuickPilot, slug: str) -> str:
    """Begin without the sample family; return the first page."""
    where = pilot.follow(pilot.start(slug))
    return pilot.step(where) if where.endswith("/begin") else where


def describe(address: str, html: str) -> tuple[str, list[str], list[str], list[str]]:
    """Return which page of a draft this is, its fields, its headings and labels, and its errors.

    People stand there without their ids. What is kept for next time is no part of practice.
    """
    page = re.sub("[0-9a-f]{24}", "somebody", address.split("/", 4)[4])
    asked = re.sub(r"<fieldset class=\"field\">\s*<legend><h2>.*?</fieldset>", "", html, flags=re.S)
    words = re.findall(r"<(h1|label|legend|dt)[^>]*>(.*?)</\1>", asked, re.S)
    fields = [name for name in read_form(html).names if name != "keep"]
    return page, fields, [strip(one) for _, one in words], find_errors(html)


@pytest.mark.parametrize("slug", SOME)
def test_practice_asks_and_refuses_what_the_real_form_does(ward, slug):
    pilots = [QuickPilot(ward.app.test_client(), DICTIONARY, today(), door=door) for door in ("start", "practice")]
    where = [begin(pilot, slug) for pilot in pilots]
    for _ in range(200):
        real, practice = (describe(w, p.look_at(w)) for p, w in zip(pilots, where, strict=True))
        assert real == practice
        if real[0] == "check":
            break
        refused = [p.client.post(w, data=read_form(p.look_at(w)).hidden) for p, w in zip(pilots, where, strict=True)]
        assert refused[0].status_code == refused[1].status_code
        if refused[0].status_code == 422:
            assert describe(where[0], refused[0].text) == describe(where[1], refused[1].text)
        where = [p.step(w) for p, w in zip(pilots, where, strict=True)]
    assert real[0] == "check"
    assert not [page for _, page in pilots[0].pages if 'class="practice"' in page or "練習" in page]
    assert pilots[1].client.shown
