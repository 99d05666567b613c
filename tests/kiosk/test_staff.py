"""Staff pages of the machines: who may see them, what they say, what is written into the log."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from tests.accounts.helping import sign_in
from tests.kiosk.helping import add_machine, make_staff, pair, press, read_hidden, sit_down
from webapp.accounts.tables import SignIn
from webapp.kiosk.service import keep_report
from webapp.kit.clock import now
from webapp.kit.database import open_session


def age(app, minutes):
    """Let so many minutes go by since anybody used their sign-in; return how many have."""
    with open_session(app.extensions["engine"]) as session:
        row = session.exec(select(SignIn)).one()
        row.seen_at -= timedelta(minutes=minutes)
        return round((now() - row.seen_at).total_seconds() / 60)


@pytest.fixture
def staff(app, client):
    return make_staff(app)


def plain(app, staff):
    """Return the same browser without the checks of whole pages, for what is asked for inside them."""
    client = FlaskClient(app, app.response_class)
    client.set_cookie("staff", staff.get_cookie("staff").value)
    return client


@pytest.mark.parametrize("path", ["/ja/staff/kiosks", "/ja/staff/kiosks/state", "/ja/staff/kiosks/" + "a" * 24])
def test_only_staff_see_machines(app, client, path):
    assert client.get(path).location.startswith("/ja/staff/sign-in")
    sign_in(client, app, roles=("instructor",))
    assert client.get(path).status_code == 404


def test_machine_needs_a_name_and_keeps_what_was_typed(staff):
    csrf = read_hidden(staff.get("/ja/staff/kiosks").text, "csrf")
    answer = staff.post("/ja/staff/kiosks", data={"csrf": csrf, "name": " ", "place": "入口"})
    assert answer.status_code == 422
    assert "機械の名前を書いてください" in answer.text
    assert 'value="入口"' in answer.text
    long = staff.post("/ja/staff/kiosks", data={"csrf": csrf, "name": "あ" * 61, "place": "い" * 81})
    assert long.status_code == 422
    assert long.text.count("aria-invalid") == 2


def test_list_says_how_each_machine_stands(app, staff):
    machine = add_machine(staff)
    assert "まだ使えません" in staff.get("/ja/staff/kiosks").text
    kiosk = pair(app, staff, machine)
    assert "次の人を待っています" in staff.get("/ja/staff/kiosks").text
    sit_down(kiosk)
    assert "だれかが使っています" in staff.get("/ja/staff/kiosks").text
    press(staff, machine, "close")
    assert "とめてあります" in staff.get("/ja/staff/kiosks").text


def test_poll_is_quiet_while_nothing_changes_and_tells_a_call_once(app, staff):
    machine = add_machine(staff)
    kiosk = pair(app, staff, machine)
    sit_down(kiosk)
    page, asker = staff.get("/ja/staff/kiosks").text, plain(app, staff)
    rev = page.partition('data-rev="')[2].partition('"')[0]
    assert asker.get(f"/ja/staff/kiosks/state?calls=0&rev={rev}").status_code == 204
    kiosk.post("/ja/kiosk/help", data={"back": "/ja/"})
    told = asker.get(f"/ja/staff/kiosks/state?calls=0&rev={rev}")
    assert told.status_code == 200
    assert 'data-say="機械から係を呼んでいます。"' in told.text
    assert "?calls=1" in told.text
    assert "data-say" not in asker.get("/ja/staff/kiosks/state?calls=1&rev=x").text


def test_page_that_asks_by_itself_makes_no_sign_in_longer(app, staff):
    asker = plain(app, staff)
    for more, since in ((8, 8), (6, 14)):
        assert asker.get("/ja/staff/kiosks/state?calls=0&rev=x").status_code == 200
        assert age(app, more) == since
    assert asker.get("/ja/staff/kiosks").status_code == 200
    assert age(app, 16) == 16, "whoever opens the page is there"
    assert asker.get("/ja/staff/kiosks/state?calls=0&rev=x").location.startswith("/ja/staff/sign-in")


def test_what_a_machine_found_out_about_itself_is_shown(app, staff):
    machine = add_machine(staff)
    with open_session(app.extensions["engine"]) as session:
        keep_report(session, machine, {"autofill": "unsafe", "profile": "safe", "usb": "odd", "<b>": "safe"}, now())
    assert "安全ではないところが、2つあります" in staff.get("/ja/staff/kiosks").text


def test_code_is_shown_once_and_stored_nowhere(app, staff):
    machine = add_machine(staff)
    shown = press(staff, machine, "code")
    assert "番号は、今だけ見えます" in shown
    assert "番号は、今だけ見えます" not in staff.get(f"/ja/staff/kiosks/{machine}").text
    with app.extensions["engine"].connect() as connection:
        row = connection.exec_driver_sql("SELECT pair_lookup FROM kiosk").scalar()
    assert len(row) == 32


def test_what_staff_do_is_written_down(app, staff):
    machine = add_machine(staff)
    sit_down(pair(app, staff, machine))
    press(staff, machine, "end")
    press(staff, machine, "close")
    with app.extensions["engine"].connect() as connection:
        done = {row[0] for row in connection.exec_driver_sql("SELECT what FROM audit_entry")}
    assert {"kiosk-added", "kiosk-code-made", "kiosk-sitting-ended", "kiosk-closed"} <= done


@pytest.mark.parametrize("voice", ["ja", "ja-easy", "en"])
def test_staff_pages_are_whole_in_every_voice(app, staff, voice):
    machine = add_machine(staff)
    assert (
        staff.get(f"/{voice}/staff/kiosks").status_code
        == staff.get(f"/{voice}/staff/kiosks/{machine}").status_code
        == 200
    )
