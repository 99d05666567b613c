"""The whole sweep: every page × every voice × furigana × contrast; the longest walks. `python -m accessibility_tests.sweep [/ja/path]`."""

import sys
import time
from collections.abc import Iterator

from accessibility_tests.browser import open_browser
from accessibility_tests.case_pages import list_case_pages
from accessibility_tests.changed_town import open_changed_site
from accessibility_tests.correct_pages import list_correct_pages
from accessibility_tests.counter_pages import list_counter_pages
from accessibility_tests.desk_pages import list_desk_pages
from accessibility_tests.event_pages import list_event_states, walk_event, walk_event_badly, walk_event_sent
from accessibility_tests.families import EVENTS
from accessibility_tests.kiosk_pages import list_kiosk_states
from accessibility_tests.learning_pages import list_learning_states, list_tutorial_pages
from accessibility_tests.log_pages import list_log_pages
from accessibility_tests.looking import LOOKS, VOICES, look_at
from accessibility_tests.notices_pages import list_notices_states
from accessibility_tests.people_pages import list_people_pages
from accessibility_tests.site import (
    Site,
    Visit,
    list_content_pages,
    list_fixed_pages,
    open_site,
    walk_procedure,
    walk_slip,
)
from accessibility_tests.sso_pages import list_sso_pages, open_ward
from accessibility_tests.teaching_pages import list_teaching_states
from accessibility_tests.walks import WAYS, walk_in_browser
from accessibility_tests.work_pages import list_work_pages


def main(only: list[str]) -> int:
    """Look at all pages, or at one in all voices and looks; print findings and a count."""
    began, seen, findings = time.monotonic(), 0, 0
    with (
        open_site() as site,
        open_changed_site() as (changed, told),
        open_ward() as (joined, _),
        open_browser() as driver,
    ):
        visits = [(site, visit) for visit in choose_pages(site, only)]
        if not only:
            visits += [*((changed, visit) for visit in told), *((joined, visit) for visit in list_sso_pages(joined))]
        for place, visit in visits:
            for voice in VOICES:
                for contrast, ruby in LOOKS:
                    deep = (contrast, ruby) == ("standard", "on")
                    found = look_at(driver, place, visit, voice, contrast, ruby, deep)
                    seen, findings = seen + 1, findings + len(found)
                    print("\n".join(found), end="\n" if found else "", flush=True)
        findings += 0 if only else walk_all(site)
    print(f"{seen} page looks, {findings} findings, {time.monotonic() - began:.0f} s")
    return 1 if findings else 0


def walk_all(site: Site) -> int:
    """Walk the largest life events in every way there is; print and count what was wrong on the way."""
    found = [
        f"{slug} by {name}: {one}"
        for slug, family in EVENTS.items()
        for name, way in WAYS.items()
        for one in walk_in_browser(site, slug, family, way).findings
    ]
    print("\n".join(found), end="\n" if found else "", flush=True)
    return len(found)


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
    return [
        *list_fixed_pages(site), *list_content_pages(site), *walked, *bad, *slips, *list_event_states(site),
        *list_events(site), *list_tutorial_pages(site), *list_learning_states(site), *list_teaching_states(site), *list_kiosk_states(site), *list_notices_states(site), *list_people_pages(site),
        *list_log_pages(site), *list_work_pages(site), *list_case_pages(site), *list_correct_pages(site), *list_counter_pages(site),
        *list_desk_pages(site),
    ]  # fmt: skip


def list_events(site: Site) -> Iterator[Visit]:
    """Yield every page of every life event: as it is met, sent empty, and after sending; and in practice."""
    for slug, event in site.ward.catalogue.events.items():
        if event.has_guide:
            yield from (*walk_event(site, slug), *walk_event_badly(site, slug), *walk_event_sent(site, slug))
            yield from (*walk_event(site, slug, "practice"), *walk_event_sent(site, slug, "practice"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
