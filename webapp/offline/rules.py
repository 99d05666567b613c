"""What a device may keep and how large that is; what a browser is told about the service as an app. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

THEME, GROUND = "#0a5233", "#fffdf8"
FIXED = ("", "procedures/", "events/", "learn/", "help", "words", "accessibility", "privacy")
ICONS = (
    ("icon-192", 192, "any"), ("icon-512", 512, "any"), ("maskable-192", 192, "maskable"), ("maskable-512", 512, "maskable"),
)  # fmt: skip
SHORTCUTS = (("find", "手続きをさがす"), ("slip", "控えで続ける"), ("learn/", "練習して覚える"))
SIZES = {("ja", False): (3_600, 14_200), ("ja", True): (4_500, 40_900), ("en", False): (2_950, 9_800)}
"""A page on the wire and on the device, in bytes on average: measured, and held to within a quarter by a test."""
PROGRAMS = 60_000


@dataclass(frozen=True, slots=True)
class Readable:
    """What is worth having without a network: paths behind the voice, best first, and the office that is called."""

    paths: tuple[str, ...]
    office: Any = None


@dataclass(frozen=True, slots=True)
class Size:
    """How large all readable pages are: what is received and what is kept, in millions of bytes as they are told."""

    sent: str
    kept: str


def list_readable(
    procedures: Iterable[str], events: Iterable[str], audiences: Iterable[str], tutorials: Iterable[str]
) -> tuple[str, ...]:
    """Return the paths of everything that can be read, from the keys of what the ward has."""
    learn = [path for slug in tutorials for path in (f"learn/{slug}", f"learn/{slug}/print/a4")]
    sheets = [f"procedures/{slug}" for slug in procedures]
    return (*FIXED, *(f"events/{slug}" for slug in events), *(f"for/{key}" for key in audiences), *sheets, *learn)


def tell_size(count: int, lang: str, ruby: bool) -> Size:
    """Return how large this many pages are in a language, with readings or without."""
    sent, kept = SIZES.get((lang, ruby and lang == "ja"), SIZES["en", False])
    return Size(_write_millions(count * sent), _write_millions(count * kept + PROGRAMS))


def _write_millions(size: int) -> str:
    """Write a number of bytes in millions, with one digit behind the point while it is small."""
    millions = size / 1_000_000
    return f"{millions:.1f}" if millions < 10 else f"{millions:.0f}"


def describe_app(voice: str, lang: str, say: Mapping[str, str], addresses: Mapping[str, str]) -> dict[str, Any]:
    """Return the manifest in one voice. `say` has each text of it in that voice, `addresses` its icons."""
    icons = [
        {"src": addresses[name], "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in ICONS
    ]
    return {
        "id": "/", "name": say["name"], "short_name": say["name"], "description": say["about"], "lang": lang, "dir": "ltr",
        "start_url": f"/{voice}/", "scope": "/", "display": "standalone", "theme_color": THEME, "background_color": GROUND,
        "icons": icons,
        "shortcuts": [{"name": say[path], "url": f"/{voice}/{path}", "icons": icons[:1]} for path, _ in SHORTCUTS],
    }  # fmt: skip
