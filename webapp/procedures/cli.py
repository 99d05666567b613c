"""Writes docs/router.md: `python -m webapp.procedures.cli`."""

from pathlib import Path

from webapp.config import ROOT
from webapp.kit.content import load_as
from webapp.procedures.rules_router_table import VOICES, Example, write_table
from webapp.procedures.service_content import load_router

PAGE = ROOT / "docs" / "router.md"


def make_page(folder: Path) -> str:
    """Return the page of a router's folder. Raises ContentError."""
    return write_table(load_router(folder, VOICES), load_as(folder / "examples.yaml", list[Example]))


if __name__ == "__main__":
    PAGE.write_text(make_page(ROOT / "content" / "router"), encoding="utf-8")
