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
MOST_VIEWPORTS = 3.0
"""How many screens below the guide's beginning the first answer may be."""
MEASURE = """
  document.getElementById('guide').scrollIntoView();
  const bottom = e => e ? e.getBoundingClientRect().bottom : 0;
  const say = [...document.querySelectorAll('#guide > .step, #guide > .action')].filter(e => e.getClientRects().length);
  const mended = document.querySelector('#guide > .said');
  const first = document.querySelector('#question :is(input:not([type=hidden]), textarea, select), #question .buttons button');
  return [Math.max(...say.map(bottom)), first.getBoundingClientRect().top, parseFloat(getComputedStyle(document.body).fontSize)];
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
    player, figures, far = learner.player, [], []
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
        bottom, answer, size = driver.execute_script(MEASURE)
        assert size >= 32, size
        take_picture(driver, f"{voice}-{step.number:02}-{step.key}-1-guide")
        driver.execute_script("document.querySelector('#question').scrollIntoView()")
        take_picture(driver, f"{voice}-{step.number:02}-{step.key}-2-question")
        figures.append((step.key, round(bottom / HEIGHT, 2), round(answer / HEIGHT, 2)))
        far += [f"{step.key}: what to do ends {bottom / HEIGHT:.2f} screens down"] if bottom > HEIGHT else []
        far += (
            [f"{step.key}: the answer is {answer / HEIGHT:.2f} screens down"]
            if answer > MOST_VIEWPORTS * HEIGHT
            else []
        )
        for mistake in step.mistakes:
            player.make(step, mistake)
        player.do(step)
    print(voice, figures)
    assert far == []
