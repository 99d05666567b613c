"""Every template, error states by turns, every sixth content page, every component in every look (with SOAK=1 all of them)."""

from itertools import cycle

import pytest

from accessibility_tests.case_pages import list_case_pages
from accessibility_tests.changed_town import open_changed_site
from accessibility_tests.correct_pages import list_correct_pages
from accessibility_tests.counter_pages import list_counter_pages
from accessibility_tests.dealing import EVERY, look_round
from accessibility_tests.desk_pages import list_desk_pages
from accessibility_tests.event_pages import list_event_states, walk_kept, walk_people, walk_questions
from accessibility_tests.kiosk_pages import list_kiosk_states
from accessibility_tests.learning_pages import list_learning_states
from accessibility_tests.log_pages import list_log_pages
from accessibility_tests.looking import LOOKS, VOICES, check_forced_colours, look_at
from accessibility_tests.notices_pages import list_notices_states
from accessibility_tests.people_pages import list_people_pages
from accessibility_tests.site import (
    CATALOGUE_ROUTES,
    DRAFT,
    NOT_PAGES,
    STANDING_ROUTE,
    Visit,
    is_of_learning,
    list_content_pages,
    list_fixed_pages,
    list_kinds,
    walk_procedure,
    walk_slip,
)
from accessibility_tests.teaching_pages import list_teaching_states
from accessibility_tests.work_pages import list_work_pages

DRAFT_ROUTES = {
    *(f"{DRAFT}{page}" for page in (
        "<page_key>", "<page_key>/<person_id>", "people/<person_id>", "begin", "todo", "check", "changes", "slip", "sent",
        "answers", "print/<paper>", "counter", "sheet", "phone",
    )),
    "/<voice>/slip/<token>", "/<voice>/c/<token>", "/<voice>/practice/c/<token>",
}  # fmt: skip

LISTINGS = (
    list_learning_states, list_teaching_states, list_kiosk_states, list_notices_states, list_people_pages, list_log_pages,
    list_work_pages, list_case_pages, list_correct_pages, list_counter_pages, list_desk_pages,
)  # fmt: skip
"""What the pages of people who are signed in, of machines and of single applications are listed by."""


def test_every_route_is_looked_at_or_excused(site):
    fixed = {f"/<voice>{visit.path.split('?')[0]}" for visit in list_fixed_pages(site)}
    learning = find_routes(site, [visit for listing in LISTINGS for visit in listing(site)])
    known = {*NOT_PAGES, *CATALOGUE_ROUTES, *DRAFT_ROUTES, STANDING_ROUTE, *fixed, *learning}
    for rule in site.app.url_map.iter_rules():
        if "GET" in rule.methods:
            assert rule.rule in known, rule.rule
            assert not is_of_learning(rule) or rule.rule in learning or rule.rule in NOT_PAGES, rule.rule


def find_routes(site, visits):
    """Return the routes that visits lead to, not counting what their buttons lead to."""
    urls = site.app.url_map.bind("localhost")
    return {urls.match(visit.in_voice("ja").partition("?")[0], return_rule=True)[0].rule for visit in visits}


def test_fixed_pages_and_their_states(site, driver):
    assert look_round(driver, site, list_fixed_pages(site), 3, all_of_them=True) == []


def test_content_pages(site, driver):
    looks = cycle(LOOKS)
    found = []
    for number, visit in enumerate(list_content_pages(site)[:: 1 if EVERY else 6]):
        found += look_at(driver, site, visit, VOICES[number % 3], *next(looks))
    assert found == []


def test_every_component_in_every_state_voice_and_look(site, driver):
    """The page of all components shows each kind of question, filled in, empty and with its errors."""
    visit = Visit("/style", "/style")
    found = []
    for number, (contrast, ruby) in enumerate(LOOKS if EVERY else [one for one in LOOKS if one[1] == "on"]):
        for voice in VOICES if EVERY else (VOICES[number % 3],):
            found += look_at(driver, site, visit, voice, contrast, ruby, (contrast, ruby) == ("standard", "on"))
    assert found == []


def test_every_kind_of_question_and_its_errors_on_a_page_of_its_own(site, driver):
    visits = []
    for slug, page in list_kinds(site):
        visit = next(v for v in walk_procedure(site, slug) if f"/{page}" in v.path)
        visits += [visit, Visit(f"{visit.name}, sent empty", visit.path, visit.secret, True)]
    assert look_round(driver, site, visits) == []


def test_check_page_slip_sent_and_print(site, driver):
    slug = "dog-change-or-death"
    visits = [v for v in walk_procedure(site, slug) if v.name.endswith("check")]
    bad = [Visit(f"{v.name}, sent empty", v.path, v.secret, True) for v in visits]
    found = look_round(driver, site, [*visits, *bad, *walk_slip(site, slug, False), *walk_slip(site, slug, True)])
    assert found == []


def test_life_events_people_practice_and_what_is_kept_in_every_state(site, driver):
    assert look_round(driver, site, list_event_states(site)) == []


def test_what_residents_are_told_when_questions_have_changed(driver):
    with open_changed_site() as (site, visits):
        assert look_round(driver, site, visits) == []


@pytest.mark.parametrize("path", ["/", "/reading", "/slip"])
def test_edges_stay_in_forced_colours(site, driver, path):
    assert check_forced_colours(driver, site, Visit(path, path)) == []


def test_edges_of_questions_lists_and_what_is_kept_stay_in_forced_colours(site, driver):
    visits = [*walk_questions(site), *walk_people(site), *walk_kept(site)][::2]
    assert [one for visit in visits for one in check_forced_colours(driver, site, visit)] == []
