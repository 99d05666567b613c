"""The whole sweep: every page × every voice × furigana × contrast. `python -m accessibility_tests.sweep [/ja/path]`."""

import sys
import time

from accessibility_tests.browser import open_browser
from accessibility_tests.looking import LOOKS, VOICES, look_at
from accessibility_tests.site import (
    Site,
    Visit,
    list_content_pages,
    list_fixed_pages,
    open_site,
    walk_procedure,
    walk_slip,
)


def main(only: list[str]) -> int:
    """Look at all pages, or at one in all voices and looks; print findings and a count."""
    began, seen, findings = time.monotonic(), 0, 0
    with open_site() as site, open_browser() as driver:
        for visit in choose_pages(site, only):
            for voice in VOICES:
                for contrast, ruby in LOOKS:
                    deep = (contrast, ruby) == ("standard", "on")
                    found = look_at(driver, site, visit, voice, contrast, ruby, deep)
                    seen, findings = seen + 1, findings + len(found)
                    print("\n".join(found), end="\n" if found else "", flush=True)
    print(f"{seen} page looks, {findings} findings, {time.monotonic() - began:.0f} s")
    return 1 if findings else 0


def choose_pages(site: Site, only: list[str]) -> list[Visit]:
    """Return the page that was asked for, or every page there is."""
    if only:
        path = only[0].removeprefix("/")
        first, _, rest = path.partition("/")
        return [Visit(only[0], f"/{rest}" if first in VOICES else f"/{path}")]
    forms = [slug for slug, one in site.ward.catalogue.procedures.items() if one.define.form]
    walked = [visit for slug in forms for visit in walk_procedure(site, slug)]
    bad = [Visit(f"{v.name}, sent empty", v.path, v.secret, True) for v in walked]
    slips = [*walk_slip(site, forms[0], False), *walk_slip(site, forms[0], True)]
    return [*list_fixed_pages(site), *list_content_pages(site), *walked, *bad, *slips]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
