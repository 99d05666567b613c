"""The frame that a shared machine puts around every page, and the parts of its own pages that are said in every voice."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import current_app, g
from markupsafe import Markup

from webapp.drafts.service import holder_hash, list_unslipped
from webapp.kiosk.rules import GRACE, Settings, call_word, idle_seconds, read_settings
from webapp.kiosk.rules_keys import KEYS
from webapp.kiosk.service import find_call
from webapp.kiosk.service_sittings import list_unheld, show_sitting
from webapp.kiosk.tables import Kiosk, Sitting
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.qr import draw_qr
from webapp.reading.rules import Choice
from webapp.reading.service import render_part, render_sample

MARKS = Markup(
    'data-kiosk="{}" data-kiosk-sitting="{}" data-kiosk-at="{}" data-kiosk-aloud="{}" data-kiosk-keypad="{}" '
    'data-kiosk-lower="{}" data-kiosk-volume="{}" data-kiosk-speed="{}" data-idle="{:g}" data-warn="{:g}"'
)
COUNTS = tuple(range(60, 0, -10))
"""At how many seconds the page says how many are left."""


@dataclass
class KioskSurface:
    """One request from a shared machine. `machine` is None where its key opens nothing (any more).

    `noted` are the drafts of which the slip was opened here for paper or for a phone.
    """

    machine: Kiosk | None
    sitting: Sitting | None
    idle: float
    warn: float
    noted: tuple[str, ...] = ()
    chosen: Settings | None = None
    name: str = "kiosk"

    @property
    def settings(self) -> Settings:
        """Return what whoever sits here set, or is about to."""
        return self.chosen or read_settings(self.sitting.settings if self.sitting is not None else "")

    @property
    def is_used(self) -> bool:
        """Tell whether somebody sits here."""
        return self.sitting is not None and self.sitting.state == "used"

    @property
    def is_helped(self) -> bool:
        """Tell whether staff stand beside whoever sits here."""
        until = self.sitting.helped_until if self.sitting is not None else None
        return until is not None and until > now()

    @property
    def help(self) -> str:
        """Return how a call for help stands: none, asked, late or coming."""
        call = find_call(get_session(), self.machine.id) if self.machine is not None and self.is_used else None
        return call_word(call.asked_at, call.coming_at, now()) if call is not None else "none"

    @property
    def has_unslipped(self) -> bool:
        """Tell whether something was begun here that would be lost at the end."""
        secret = g.get("browser_secret")
        return self.is_used and secret is not None and bool(list_unslipped(get_session(), holder_hash(secret)))

    @cached_property
    def unheld(self) -> list[Any]:
        """Return what was sent or got a slip here, and of which nobody took the slip along as far as can be known."""
        if not self.is_used or self.sitting is None:
            return []
        return list_unheld(get_session(), g.get("browser_secret"), self.sitting.began_at, self.noted)

    @property
    def grace_minutes(self) -> int:
        """Return how long a machine without a network keeps what was written."""
        return int(GRACE.total_seconds()) // 60

    def outward(self, address: str) -> Markup:
        """Return an address outside this service for a machine that shows nothing else: as words, and as a code for one's phone."""
        return render_part("kiosk/_outward.html", address=address, qr=draw_qr(address))

    @property
    def news(self) -> str:
        """Return in one word what a page has to know between two beats."""
        return f"{'helped' if self.is_helped else 'alone'}-{self.help}"

    @property
    def idle_now(self) -> float:
        """Return how many seconds nobody may touch the machine now before it asks."""
        helped_until = self.sitting.helped_until if self.sitting is not None else None
        return idle_seconds(helped_until, now(), self.idle)

    def marks(self) -> Markup:
        """Return attributes for the html element."""
        chosen = self.settings
        switches = ("on" if one else "off" for one in (chosen.aloud, chosen.keypad, chosen.lower))
        state = "used" if self.is_used else "waiting"
        shown = show_sitting(self.sitting.lookup) if self.sitting is not None else ""
        at = f"/{g.voice.code}/kiosk/"
        return MARKS.format(state, shown, at, *switches, chosen.volume, chosen.speed, self.idle_now, self.warn)

    def head(self) -> Markup:
        """Return style sheets and scripts."""
        return render_part("kiosk/_head.html")

    def bar(self) -> Markup:
        """Return what stands before the header of every page: help, settings, the end."""
        return render_part("kiosk/_bar.html", kiosk=self) if self.is_used else Markup()

    def foot(self) -> Markup:
        """Return what stands at the end of every page: what it asks when nobody is there, and before the end."""
        if not self.is_used:
            return Markup()
        catalogue = current_app.extensions["madoguchi"].catalogue
        return render_part("kiosk/_foot.html", kiosk=self, counts=COUNTS, keys=KEYS, catalogue=catalogue)


def say_in_every_voice(template: str) -> list[tuple[Any, Markup]]:
    """Return a part of a page in each voice that a resident can choose, with the voice."""
    size = g.choice.size if "choice" in g else 0
    voices = current_app.extensions["reading"].offered
    return [(voice, render_sample(template, Choice(size=size), voice)) for voice in voices]
