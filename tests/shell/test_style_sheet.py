"""The style sheet: colours that everybody can tell apart in every look, sizes that follow the reader, little weight."""

import itertools
import re

import brotli
import pytest

from webapp.config import ROOT

CSS = (ROOT / "static" / "css" / "main.css").read_text(encoding="utf-8")
RULES = re.sub(r"/\*.*?\*/", "", CSS, flags=re.S)
TEXTS = ("text", "soft", "accent", "bad")
GROUNDS = ("page", "ground", "field", "good-ground", "bad-ground")


def read_palettes() -> dict[str, dict[str, str]]:
    """Return the colours of each look; a look that leaves one out has it from the light one."""
    blocks = [m for m in re.finditer(r"([^{}]+)\{([^{}]*--page:[^{}]*)\}", RULES)]
    colours = [dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})", block[2])) for block in blocks]
    return {
        f"{n} {block[1].strip()}": colours[0] | own for n, (block, own) in enumerate(zip(blocks, colours, strict=True))
    }


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour as WCAG defines it."""
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PALETTES = read_palettes()


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_every_look_has_its_colours():
    assert len(PALETTES) == 6  # light, dark chosen, dark by the system, more contrast, high, paper


@pytest.mark.parametrize("look", PALETTES)
def test_text_stands_out_seven_to_one_on_every_ground(look):
    palette = PALETTES[look]
    weak = {
        f"{text} on {ground}": round(contrast(palette[text], palette[ground]), 2)
        for text, ground in itertools.product(TEXTS, GROUNDS)
        if contrast(palette[text], palette[ground]) < 7
    }
    assert not weak
    assert contrast(palette["on-accent"], palette["accent"]) >= 7
    assert contrast(palette["text"], palette["mark"]) >= 7


@pytest.mark.parametrize("look", PALETTES)
def test_edges_and_rings_stand_out_three_to_one(look):
    palette = PALETTES[look]
    for ground in GROUNDS:
        assert contrast(palette["edge"], palette[ground]) >= 3
        assert max(contrast(palette[ring], palette[ground]) for ring in ("ring", "ring-gap")) >= 3
    assert contrast(palette["ring"], palette["ring-gap"]) >= 3


def test_no_size_of_text_is_fixed_in_pixels():
    assert not re.findall(r"font(?:-size)?:[^;}]*\dpx", RULES)
    assert not re.findall(r"(?:^|[;{\s])(?:min-)?(?:height|width):\s*(?!1px)\d+px", RULES)


def test_old_browsers_understand_the_sheet():
    """No layers and no nesting: a browser that does not know them would show nothing of the rules inside."""
    assert "@layer" not in RULES
    for block in re.findall(r"\{([^{}]*)\}", RULES):
        assert "&" not in block
    assert not re.findall(r"\{[^{}@]*\{[^{}]*\{[^{}]*\{", RULES)


def test_nothing_is_justified_or_cut_off():
    assert "justify;" not in RULES.replace("justify-content", "")
    hidden = [rule for rule in re.findall(r"([^{}]+)\{[^{}]*overflow:\s*hidden", RULES)]
    assert [one.strip() for one in hidden] == [".vh", ".sheet thead"], "seen by nobody, heard by screen readers"


def test_sheet_is_light():
    assert len(brotli.compress(CSS.encode())) <= 7_000
