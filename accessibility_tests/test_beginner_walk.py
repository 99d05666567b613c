"""A beginner with a phone at 200 % text: is what to do next on the screen without scrolling, and how far is the answer?

SHOTS=folder keeps a picture of each step for a person to look at.
"""

import os
from pathlib import Path

import pytest

from accessibility_tests.browser import set_width
from accessibility_tests.checks import check_reflow
from accessibility_tests.learners import Learner
from accessibility_tests.looking import go

WIDTH, HEIGHT = 360, 740
MOST = {"ja": (1.0, 1.5, 4.0), "ja-easy": (1.25, 1.8, 4.25), "en": (1.0, 1.5, 4.0)}
"""How many screens down may end: what to do, the button that leads to a mistake, and where the answer begins.

Easy Japanese has furigana and longer sentences: one step of ten ends on the second screen. On the page where everything is
looked through before it is sent, the answer is the link to the promises.
"""
MEASURE = """
  document.getElementById('guide').scrollIntoView();
  const all = selector => [...document.querySelectorAll(selector)].filter(e => e.getClientRects().length);
  const ends = selector => Math.max(0, ...all(selector).map(e => e.getBoundingClientRect().bottom)) / innerHeight;
  const fields = '#question :is(input:not([type=hidden]), textarea, select), #question .buttons button';
  const first = document.querySelector('main a[href="#promises"]') ?? document.querySelector(fields);
  return [ends('#guide > .step, #guide > .action'), ends('#guide button[value^="mistake:"]'),
          first.getBoundingClientRect().top / innerHeight, parseFloat(getComputedStyle(document.body).fontSize)];
"""


def take_picture(driver, name):
    """Keep a picture of what is on the screen, where somebody wants one."""
    if os.environ.get("SHOTS"):
        folder = Path(os.environ["SHOTS"])
        folder.mkdir(parents=True, exist_ok=True)
        driver.get_screenshot_as_file(str(folder / f"{name}.png"))


@pytest.mark.parametrize("voice", ["ja", "ja-easy", "en"])
def test_what_to_do_is_on_a_phones_first_screen_at_double_text(site, driver, voice):
    learner = Learner(site, "beginner").begin()
    player, figures = learner.player, {}
    for step in learner.tutorial.steps:
        player.reach(step)
        set_width(driver, WIDTH, HEIGHT)
        go(
            driver,
            site,
            learner.see(step.define.at),
            voice,
            f"largest.standard.normal.{'on' if voice == 'ja-easy' else 'off'}",
        )
        assert check_reflow(driver) == []
        *figures[step.key], size = driver.execute_script(MEASURE)
        assert size >= 32, size
        take_picture(driver, f"{voice}-{step.number:02}-{step.key}-1-guide")
        driver.execute_script("document.querySelector('#question').scrollIntoView()")
        take_picture(driver, f"{voice}-{step.number:02}-{step.key}-2-question")
        for mistake in step.mistakes:
            player.make(step, mistake)
        player.do(step)
    print(voice, {key: [round(one, 2) for one in three] for key, three in figures.items()})
    far = {key: three for key, three in figures.items() if any(a > b for a, b in zip(three, MOST[voice], strict=True))}
    assert far == {}
