"""Which machine a page is shown on: most need nothing special, a shared one has a frame of its own around every page."""

from typing import Protocol

from flask import g
from markupsafe import Markup


class Surface(Protocol):
    """What a special machine adds to every page. It is in `g.surface` before the reader is known; templates have it as `surface`."""

    name: str

    def marks(self) -> Markup:
        """Return attributes for the html element."""

    def head(self) -> Markup:
        """Return style sheets and scripts."""

    def bar(self) -> Markup:
        """Return what stands before the header of every page, at the same place."""

    def foot(self) -> Markup:
        """Return what stands at the end of every page."""

    def outward(self, address: str) -> Markup:
        """Return what stands in the place of a link that leads out of this service."""


def current_surface() -> Surface | None:
    """Return the special machine that this request comes from, if it is one."""
    found: Surface | None = g.get("surface")
    return found
