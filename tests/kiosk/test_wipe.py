"""What the next resident finds of the one before: nothing on the server without a slip, no cookie, no page that may be kept."""

import re

import pytest

from tests.accounts.helping import make
from tests.autopilot import Autopilot, read_form
from tests.kiosk.helping import find_procedure, press, sit_down
from webapp.kiosk.door import read_slips
from webapp.kit.clock import today


def write(app, kiosk, slip=False):
    """Begin a draft at the machine, fill it in up to its check page, perhaps make its slip; return its address."""
    sit_down(kiosk)
    ward = app.extensions["madoguchi"]
    pilot = Autopilot(kiosk, ward.dictionary, today())
    check = pilot.walk_to_check(pilot.start(find_procedure(app)))
    base = check.rsplit("/", 1)[0]
    if slip:
        kiosk.post(f"{base}/slip", data={"csrf": read_form(kiosk.get(check).text).hidden["csrf"]})
    return base


def count(app, table):
    with app.extensions["engine"].connect() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()


def names_cleared(answer):
    """Return the cookies that an answer takes away."""
    return {c.partition("=")[0] for c in answer.headers.getlist("Set-Cookie") if "Max-Age=0" in c}


def test_end_asks_before_something_is_lost_and_then_leaves_nothing(app, kiosk):
    base = write(app, kiosk)
    asked = kiosk.post("/ja/kiosk/end", data={"back": f"{base}/check"})
    assert asked.location.startswith("/ja/kiosk/end?back=")
    page = kiosk.get(asked.location).text
    assert all(words in page for words in ("控えを出す", "つづける", "消しておわる"))
    assert f'href="{base}/slip"' in page
    assert kiosk.get(f"{base}/check").status_code == 200
    ended = kiosk.post("/ja/kiosk/end", data={"sure": "yes"})
    assert ended.location == "/ja/kiosk/bye"
    assert ended.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert names_cleared(ended) == {"sitting", "browser", "look"}
    assert count(app, "draft") == count(app, "way_in") == 0
    bye = kiosk.get("/ja/kiosk/bye")
    assert "取り忘れはありませんか" in bye.text
    assert "Clear-Site-Data" not in bye.headers, "there is nothing left to clear"
    kiosk.set_cookie("browser", "00" * 32)
    assert "storage" in kiosk.get("/ja/kiosk/bye").headers["Clear-Site-Data"], (
        "as where the end's own answer never came"
    )
    assert 'lang="en"' in bye.text
    assert kiosk.get_cookie("browser") is None
    assert kiosk.get_cookie("kiosk") is not None
    assert kiosk.get(f"{base}/check").location == "/ja/kiosk/"


def test_only_what_bears_the_numbers_of_a_slip_counts_as_taken_along(app):
    one = "a" * 24
    for page, counts in (("print/80mm", True), ("phone", True), ("print/list", False), ("sheet", False)):
        with app.test_request_context(f"/ja/drafts/{one}/{page}"):
            assert (one in read_slips()) == counts, page


def test_what_has_a_slip_is_opened_with_it_and_by_nothing_else(app, client, kiosk):
    base = write(app, kiosk, slip=True)
    asked = kiosk.post("/ja/kiosk/end")
    assert asked.location.startswith("/ja/kiosk/end")
    question = kiosk.get(asked.location).text
    assert f'href="{base}/print/80mm"' in question
    assert all(words in re.sub(r"<[^>]+>", "", question) for words in ("控えは持ちましたか", "持ったのでおわる"))
    page = kiosk.get(f"{base}/print/a4").text
    assert "data-unheld" not in page
    number, code = re.findall(r'<dd translate="no">([^<]+)</dd>', page)[:2]
    assert kiosk.post("/ja/kiosk/end").location == "/ja/kiosk/bye"
    assert count(app, "draft") == 1
    sit_down(kiosk)
    assert kiosk.get(f"{base}/check").status_code == 404
    assert number not in kiosk.get("/ja/slip").text
    kiosk.post("/ja/slip", data={"number": number, "code": code})
    assert kiosk.get(f"{base}/check").status_code == 200
    assert kiosk.post("/ja/kiosk/end").location == "/ja/kiosk/bye", "who came with a slip has it in their hands"
    assert client.post("/ja/slip", data={"number": number, "code": code}).location.startswith(base)


@pytest.mark.parametrize("how", ["staff", "close", "another"])
def test_whoever_is_ended_by_somebody_else_leaves_nothing(app, staff, machine, kiosk, how):
    write(app, kiosk)
    if how == "another":
        other = app.test_client()
        other.set_cookie("kiosk", kiosk.get_cookie("kiosk").value)
        sit_down(other)
    else:
        press(staff, machine, "end" if how == "staff" else "close")
    assert count(app, "draft") == count(app, "way_in") == 0
    assert kiosk.get("/ja/").location == "/ja/kiosk/"


def test_secret_that_was_left_in_the_browser_opens_nothing_for_the_next_one(app, kiosk):
    base = write(app, kiosk, slip=True)
    secret = kiosk.get_cookie("browser").value
    kiosk.post("/ja/kiosk/end", data={"sure": "yes"})
    sit_down(kiosk)
    kiosk.set_cookie("browser", secret)
    assert kiosk.get(f"{base}/check").status_code == 404
    kiosk.set_cookie("browser", secret)
    assert "kiosk" in kiosk.get("/ja/").text
    assert kiosk.get(f"{base}/answers").status_code == 404


def test_files_and_practice_go_too(app, settings, kiosk):
    sit_down(kiosk)
    tutorial = next(iter(app.extensions["madoguchi"].tutorials))
    level = re.search(r'name="level" value="([^"]+)"', kiosk.get(f"/ja/learn/{tutorial}").text)
    started = kiosk.post(f"/ja/learn/{tutorial}/start", data={"level": level[1] if level else "together"})
    assert started.status_code == 303, started.status_code
    assert count(app, "practice_draft") == 1
    kiosk.post("/ja/kiosk/end", data={"sure": "yes"})
    assert count(app, "practice_draft") == count(app, "practice_way_in") == 0


def test_uploads_of_a_lost_draft_are_erased_from_the_disk(app, settings, kiosk):
    from webapp.drafts.service import holder_hash
    from webapp.drafts.service_stores import REAL
    from webapp.drafts.tables import Upload
    from webapp.kit.clock import now
    from webapp.kit.database import open_session

    base = write(app, kiosk)
    draft = base.rsplit("/", 1)[1]
    folder = REAL.uploads_folder(settings.data_dir)
    with open_session(app.extensions["engine"]) as session:
        session.add(Upload(id="a" * 24, draft_id=draft, fact="x", size=3, given_at=now()))
    (folder / ("a" * 24)).write_bytes(b"abc")
    assert holder_hash(bytes.fromhex(kiosk.get_cookie("browser").value))
    kiosk.post("/ja/kiosk/end", data={"sure": "yes"})
    assert not list(folder.iterdir())
    assert count(app, "upload") == 0


def test_sign_in_of_staff_at_a_machine_ends_with_the_sitting(app, kiosk):
    from tests.accounts.helping import PASSWORD

    make(app, ("reception",), "hito")
    sit_down(kiosk)
    kiosk.post("/ja/staff/sign-in", data={"name": "hito", "password": PASSWORD})
    secret = kiosk.get_cookie("staff").value
    ended = kiosk.post("/ja/kiosk/end")
    assert "staff" in names_cleared(ended)
    other = app.test_client()
    other.set_cookie("staff", secret)
    assert other.get("/ja/staff/kiosks").status_code == 303


def test_no_page_of_a_machine_may_be_kept(app, kiosk):
    base = write(app, kiosk, slip=True)
    for path in ("/ja/", "/ja/help", "/en/words", "/ja/learn/", "/ja/find?q=a", f"{base}/check", f"{base}/slip", f"{base}/print/a4",
                 "/ja/kiosk/end", "/ja/no-such-page"):  # fmt: skip
        answer = kiosk.get(path)
        assert "no-store" in answer.headers["Cache-Control"], path
        assert 'data-kiosk="used"' in answer.text, path
        assert "ETag" not in answer.headers


def test_public_pages_of_other_browsers_are_kept_as_before(client, kiosk):
    sit_down(kiosk)
    kiosk.get("/ja/help")
    page = client.get("/ja/help")
    assert page.headers["Cache-Control"] == "no-cache"
    assert page.headers["ETag"]
    assert "kiosk" not in page.text
    assert 'data-kiosk="used"' in kiosk.get("/ja/help").text
