"""A form that a bad network sends twice counts once, whether it was taken or refused; older drafts and browsers work as before."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.autopilot import find_errors, read_form
from tests.drafts.browser import BrowserResident
from tests.drafts.household import MEMBERS, SORA, names_of, tell
from webapp.app import create_app
from webapp.drafts.service import MOST_TAKEN, OpenDraft, find_draft, open_row
from webapp.drafts.service_stores import REAL
from webapp.kit.crypto import new_key, seal
from webapp.kit.database import open_session

FORM = "procedures/dog-change-or-death"
NAME, ADDRESS = "applicant.name", "applicant.address"
TYPED = {f"{NAME}:name": "山田 花子", f"{NAME}:kana": "やまだ はなこ"}
OTHER = {f"{NAME}:name": "鈴木 一郎", f"{NAME}:kana": "すずき いちろう"}
NOTHING = {f"{NAME}:name": "書きかけ", f"{NAME}:kana": ""}
FIRST, SECOND = "0" * 31 + "1", "0" * 31 + "2"


@pytest.fixture(params=["start", "practice"])
def base(request, resident) -> str:
    """Return the address of a draft that was just begun, in earnest and in practice."""
    return resident.begin(FORM, request.param)


def state_of(resident, base):
    """Return what a form could change: the answers, the unfinished typing and the version."""
    draft = resident.look(base).draft
    return draft.answers, draft.typed, draft.row.version


def name_in(resident, base):
    """Return the applicant's name as the draft has it."""
    return resident.look(base).made.answers[NAME]["name"]


def test_same_sending_twice_counts_once_and_leads_to_the_same_page(resident, base):
    first = resident.send_page(base, NAME, TYPED | {"sending": FIRST})
    before = state_of(resident, base)
    assert resident.send_page(base, NAME, TYPED | {"sending": FIRST}) == first
    assert state_of(resident, base) == before
    assert name_in(resident, base) == "山田 花子"


def test_late_copy_of_an_older_sending_never_undoes_a_newer_one(resident, base):
    resident.send_page(base, NAME, TYPED | {"sending": FIRST})
    resident.send_page(base, NAME, OTHER | {"sending": SECOND})
    resident.send_page(base, NAME, TYPED | {"sending": FIRST})
    assert name_in(resident, base) == "鈴木 一郎"


def test_refused_sending_that_comes_again_shows_its_errors_and_what_was_typed_and_changes_nothing(resident, base):
    refused = resident.post(f"{base}/{NAME}", NOTHING | {"sending": FIRST})
    before = state_of(resident, base)
    again = resident.post(f"{base}/{NAME}", NOTHING | {"sending": FIRST})
    assert (refused.status_code, again.status_code) == (422, 422)
    assert find_errors(again.text) == find_errors(refused.text) != []
    assert "書きかけ" in again.text
    assert state_of(resident, base) == before


def test_refused_sending_that_comes_again_after_it_was_mended_leads_on(resident, base):
    resident.post(f"{base}/{NAME}", NOTHING | {"sending": FIRST})
    resident.send_page(base, NAME, TYPED | {"sending": SECOND})
    before = state_of(resident, base)
    assert resident.send_page(base, NAME, NOTHING | {"sending": FIRST}).endswith(ADDRESS)
    assert state_of(resident, base) == before


def test_changed_answers_sent_with_a_new_id_or_without_javascript_count(resident, base):
    resident.send_page(base, NAME, TYPED | {"sending": FIRST})
    resident.send_page(base, NAME, OTHER | {"sending": SECOND})
    assert name_in(resident, base) == "鈴木 一郎"
    resident.send_page(base, NAME, TYPED)
    resident.send_page(base, NAME, OTHER)
    assert name_in(resident, base) == "鈴木 一郎"


@pytest.mark.parametrize("nonsense", ["", "x" * 32, "0" * 31, "0" * 5000, "０" * 32])
def test_id_that_is_none_is_no_id(resident, nonsense):
    base = resident.begin(FORM)
    resident.send_page(base, NAME, TYPED | {"sending": nonsense})
    resident.send_page(base, NAME, OTHER | {"sending": nonsense})
    assert (name_in(resident, base), resident.look(base).draft.taken) == ("鈴木 一郎", [])


def test_button_that_keeps_what_was_typed_counts_once_too(resident):
    base = resident.begin(FORM)
    data = NOTHING | {"then": "save", "sending": FIRST}
    assert resident.send_page(base, NAME, data).endswith("/slip")
    before = state_of(resident, base)
    assert resident.send_page(base, NAME, data).endswith("/slip")
    assert state_of(resident, base) == before


def test_pages_say_which_sendings_arrived_so_that_the_device_lets_go_of_its_copies(resident, base):
    resident.post(f"{base}/{NAME}", NOTHING | {"sending": FIRST})
    where = resident.send_page(base, NAME, TYPED | {"sending": SECOND})
    for page in (where, f"{base}/slip"):
        assert f'data-taken="{FIRST} {SECOND}"' in resident.see(page), page


def test_only_the_last_sendings_are_remembered():
    draft = OpenDraft(None, new_key())
    for number in range(MOST_TAKEN + 5):
        draft.take(f"{number:032x}")
    assert draft.taken == [f"{number:032x}" for number in range(5, MOST_TAKEN + 5)]
    draft.take(draft.taken[0])
    assert len(draft.taken) == MOST_TAKEN


def test_draft_from_before_opens_and_remembers_from_now_on(resident):
    base = resident.begin(FORM)
    with open_session(resident.engine) as session:
        draft = find_draft(session, REAL, base.split("/")[3], resident.secret, write=True)
        place = f"draft|{draft.row.id}|answers"
        draft.row.sealed_answers = seal(draft.key, json.dumps({"answers": {}, "typed": {}}).encode(), place)
        assert open_row(draft.row, draft.key).taken == []
        session.add(draft.row)
    resident.send_page(base, NAME, TYPED | {"sending": FIRST})
    assert resident.look(base).draft.taken == [FIRST]


def test_two_tabs_of_one_draft_each_have_their_own_sendings(resident):
    base = resident.begin(FORM)
    resident.send_page(base, NAME, TYPED | {"sending": FIRST})
    resident.post(f"{base}/{ADDRESS}", {"sending": SECOND})
    resident.send_page(base, NAME, TYPED | {"sending": FIRST})
    assert resident.post(f"{base}/{ADDRESS}", {"sending": SECOND}).status_code == 422
    assert resident.look(base).draft.taken == [FIRST, SECOND]


def test_person_who_is_sent_twice_is_on_the_list_once(family):
    resident, base = family
    someone = tell("member", "山田 海", 2018, relation="child") | {"sending": FIRST}
    where = resident.send_page(base, f"{MEMBERS}/new", someone)
    before = state_of(resident, base)
    assert resident.send_page(base, f"{MEMBERS}/new", someone) == where
    assert state_of(resident, base) == before
    assert names_of(resident.look(base)).count("山田 海") == 1


def test_copies_that_arrive_at_the_same_moment_count_once(settings, engine, shelf):
    app = create_app(settings, engine)
    resident = BrowserResident(app.test_client(), engine, shelf)
    base = resident.begin("events/moving-in")
    resident.hurry(base, MEMBERS)
    version = resident.look(base).draft.row.version
    someone = tell("member", "山田 海", 2018, relation="child") | {"sending": FIRST}

    def send(_: int) -> int:
        client = app.test_client()
        client.set_cookie("browser", resident.secret.hex())
        status: int = BrowserResident(client, engine, shelf).post(f"{base}/{MEMBERS}/new", someone).status_code
        return status

    with ThreadPoolExecutor(6) as crowd:
        assert set(crowd.map(send, range(12))) == {303}
    assert resident.look(base).draft.row.version == version + 1
    assert names_of(resident.look(base)).count("山田 海") == 1


def test_person_who_was_refused_is_shown_again_with_the_errors(family):
    resident, base = family
    data = tell("member", "", 2018, relation="child") | {"sending": FIRST}
    refused = resident.post(f"{base}/{MEMBERS}/new", data)
    before = state_of(resident, base)
    again = resident.post(f"{base}/{MEMBERS}/new", data)
    assert (refused.status_code, again.status_code) == (422, 422)
    assert find_errors(again.text) == find_errors(refused.text) != []
    assert state_of(resident, base) == before


def test_person_who_is_taken_off_the_list_twice_is_taken_off_once(family):
    resident, base = family
    gone = f"{MEMBERS}/{resident.person(base, SORA)}"
    where = resident.send_page(base, gone, {"then": "drop", "sending": FIRST})
    before = state_of(resident, base)
    assert resident.send_page(base, gone, {"then": "drop", "sending": FIRST}) == where
    assert state_of(resident, base) == before


def test_what_is_known_of_a_person_is_changed_once_and_refused_typing_stays(family):
    resident, base = family
    person = f"people/{resident.person(base, SORA)}"
    form = read_form(resident.see(f"{base}/{person}"))
    empty = dict.fromkeys(form.names, "") | {"sending": FIRST}
    assert resident.post(f"{base}/{person}", empty).status_code == 422
    before = state_of(resident, base)
    assert person in before[1]
    assert resident.post(f"{base}/{person}", empty).status_code == 422
    assert state_of(resident, base) == before


def test_page_of_what_is_not_sent_is_the_same_for_everybody(app, client, resident):
    resident.begin(FORM)
    mine, others = client.get("/ja/unsent"), app.test_client().get("/ja/unsent")
    assert mine.text == others.text
    assert mine.headers["Cache-Control"] == "no-cache"
    assert "noindex" in mine.text
