"""How the ward tells a resident: chosen after sending, shown masked, stopped in one press, and never in practice."""

import logging
from dataclasses import replace

import pytest
from sqlmodel import Session, select

from tests.drafts.browser import BrowserResident, words
from tests.drafts.test_helpers import give
from tests.kiosk.helping import add_machine, make_staff, pair, sit_down
from tests.notifications.helping import CALL, LETTER, device, everything, make_slip, rows, send_something
from webapp.config import load_settings
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.notifications.service_ways import list_ways, mark_gone
from webapp.notifications.tables import Way
from webapp.outbox.service import open_params
from webapp.outbox.tables import Message

MAIL = {"address": "hanako.suginami@example.jp"}


@pytest.fixture
def settings(tmp_path):
    """Return settings with a mail server, which no test reaches."""
    plain = load_settings({"DATA_DIR": str(tmp_path / "data"), "PUBLIC_URL": "http://localhost"})
    return replace(plain, smtp_url="smtp://localhost:1", mail_from="madoguchi@example.jp")


def kinds(app):
    """Return the kinds of all messages."""
    return sorted(row.kind for row in rows(app, Message))


def ways_of(app, base, settings):
    """Return the open ways of a draft."""
    with Session(app.extensions["engine"]) as session:
        return list_ways(session, base.rsplit("/", 1)[1], settings.master_keys)


def test_sending_writes_one_message_with_the_day_and_nothing_else(resident, app, settings):
    base = send_something(resident)
    (row,) = rows(app, Message)
    assert (row.kind, row.about, row.state, row.voice) == ("received", base.rsplit("/", 1)[1], "waiting", "ja")
    assert open_params(row, settings.master_keys) == {"day": today().isoformat()}


def test_practice_writes_no_message_and_offers_no_notices(resident, app):
    base = resident.begin("procedures/dog-change-or-death", "practice")
    resident.hurry(base)
    resident.send(base)
    assert "/notices" not in resident.see(f"{base}/sent")
    assert resident.client.get(f"{base}/notices").status_code in (303, 404)
    assert rows(app, Message) == []
    assert rows(app, Way) == []


def test_notices_are_offered_after_sending_with_not_now_beside_them(resident):
    base = send_something(resident)
    assert f'href="{base}/notices"' in resident.see(f"{base}/sent")
    page = resident.see(f"{base}/notices")
    for channel in ("push", "mail", "call", "letter"):
        assert f'href="{base}/notices/{channel}"' in page
    assert "今はいらない" in words(page)
    assert "画面に、内容は出ません" in words(page)


def test_an_unsent_draft_needs_a_slip_first_and_is_offered_no_push(resident):
    without = resident.begin("procedures/dog-change-or-death")
    assert resident.client.get(f"{without}/notices").location == f"{without}/slip"
    base = make_slip(resident)
    page = resident.see(f"{base}/notices")
    assert f"{base}/notices/call" in page
    assert f"{base}/notices/push" not in page
    assert resident.client.get(f"{base}/notices/push").location == f"{base}/notices"


def test_without_a_mail_server_mail_is_not_offered(resident, app, settings):
    base = send_something(resident)
    app.extensions["madoguchi"] = replace(app.extensions["madoguchi"], settings=replace(settings, smtp_url=None))
    assert f"{base}/notices/mail" not in resident.see(f"{base}/notices")
    assert resident.post(f"{base}/notices/mail", MAIL).location == f"{base}/notices"
    assert rows(app, Way) == []


def test_every_way_is_taken_shown_masked_and_stored_sealed(resident, app, settings, caplog):
    caplog.set_level(logging.DEBUG)
    base = send_something(resident)
    phone = device()
    for channel, told in (("letter", LETTER), ("call", CALL), ("mail", MAIL), ("push", phone)):
        assert resident.post(f"{base}/notices/{channel}", told).location == f"{base}/notices?done=added"
    assert [way.channel for way in ways_of(app, base, settings)] == ["push", "mail", "call", "letter"]
    page = words(resident.see(f"{base}/notices"))
    assert "h***@example.jp" in page
    assert "終わりが 678 の番号" in page
    assert "郵便番号 167-****" in page
    kept = everything(app) + caplog.text + page
    for secret in (
        "hanako.suginami",
        "09012345678",
        "090-1234",
        "荻窪1-2-3",
        "杉並 花子",
        phone["endpoint"],
        phone["auth"],
    ):
        assert secret not in kept


def test_the_same_device_or_address_twice_is_one_way_and_a_new_address_takes_its_place(resident, app, settings):
    base = send_something(resident)
    phone = device()
    for told in (phone, phone, device()):
        resident.post(f"{base}/notices/push", told)
    for address in ("a@example.jp", "A@example.jp ", "b@example.jp"):
        resident.post(f"{base}/notices/mail", {"address": address})
    found = ways_of(app, base, settings)
    assert [way.channel for way in found] == ["push", "push", "mail"]
    assert found[2].details["address"] == "b@example.jp"


@pytest.mark.parametrize(
    ("channel", "told", "says"),
    [
        ("mail", {"address": ""}, "メールアドレスを書いてください"),
        ("mail", {"address": "hanako＠nowhere"}, "途中に @ が入ります"),
        ("mail", {"address": "a@b.jp\r\nBcc: c@d.jp"}, "途中に @ が入ります"),
        ("call", {**CALL, "number": "12"}, "0から始まる10けたか11けた"),
        ("call", {**CALL, "hours": "midnight"}, "電話してよい時間を選んでください"),
        ("call", {"number": "", "name": "", "hours": ""}, "直すところが3つあります"),
        ("letter", {**LETTER, "postal": "16"}, "7けたの数字です"),
        ("letter", {**LETTER, "lines": "\n".join("あいうえお")}, "もう少し短く"),
        ("push", {**device("https://example.com/evil")}, "ほかの方法を選んでください"),
        ("push", {**device(), "p256dh": "AAAA"}, "ほかの方法を選んでください"),
        ("push", {}, "ほかの方法を選んでください"),
    ],
)
def test_what_is_not_good_is_said_and_stays_typed(resident, app, channel, told, says):
    base = send_something(resident)
    answer = resident.post(f"{base}/notices/{channel}", told)
    assert answer.status_code == 422
    assert says in words(answer.text)
    for value in told.values() if channel in ("call",) else ():
        assert value == "midnight" or value in answer.text
    assert rows(app, Way) == []


def test_numbers_are_understood_however_they_are_written(resident, app, settings):
    base = send_something(resident)
    for typed in ("+81 90-1234-5678", "０９０（１２３４）５６７８", "090 1234 5678"):
        assert resident.post(f"{base}/notices/call", {**CALL, "number": typed}).status_code == 303
        (way,) = ways_of(app, base, settings)
        assert way.details["number"] == "09012345678"


def test_one_press_stops_a_way_and_pressed_twice_it_stays_stopped(resident, app, settings):
    base = send_something(resident)
    resident.post(f"{base}/notices/push", device())
    (way,) = rows(app, Way)
    for _ in range(2):
        assert resident.post(f"{base}/notices/stop", {"way": way.id}).location == f"{base}/notices?done=stopped"
    assert rows(app, Way) == []
    assert "止めました" in words(resident.see(f"{base}/notices?done=stopped"))


def test_who_was_not_reached_there_reads_that_and_how_to_mend_it(resident, app):
    base = send_something(resident)
    for channel, told in (("call", CALL), ("mail", MAIL)):
        resident.post(f"{base}/notices/{channel}", told)
    with open_session(app.extensions["engine"]) as session:
        for way in session.exec(select(Way)).all():
            mark_gone(session, way.id, now())
    page = words(resident.see(f"{base}/notices"))
    assert "この番号では、つながりませんでした" in page
    assert "このアドレスには、メールが届きませんでした" in page
    assert "今の受け取り方" not in page
    resident.post(f"{base}/notices/call", {**CALL, "number": "03-1234-5678"})
    assert "つながりませんでした" not in words(resident.see(f"{base}/notices"))
    resident.post(f"{base}/notices/stop", {"way": next(way.id for way in rows(app, Way) if way.channel == "mail")})
    assert "届きませんでした" not in words(resident.see(f"{base}/notices"))


def test_nobody_has_the_ward_write_to_one_address_after_the_other(resident, app):
    base = send_something(resident)
    for number in range(5):
        assert resident.post(f"{base}/notices/mail", {"address": f"a{number}@example.jp"}).status_code == 303
    answer = resident.post(f"{base}/notices/mail", MAIL)
    assert answer.status_code == 422
    assert "10分くらい待って" in words(answer.text)
    assert MAIL["address"] in answer.text
    assert resident.post(f"{base}/notices/test").location == f"{base}/notices?done=wait"
    assert [row.kind for row in rows(app, Message)].count("way-added") == 1
    other = send_something(resident)
    assert resident.post(f"{other}/notices/mail", MAIL).status_code == 303, "who is waited for is this one thing alone"


def test_nobody_has_the_ward_write_to_one_address_about_many_things(resident, app):
    for _ in range(5):
        assert resident.post(f"{make_slip(resident)}/notices/mail", MAIL).status_code == 303
    assert resident.post(f"{make_slip(resident)}/notices/mail", MAIL).status_code == 422


def test_nobody_stops_or_adds_for_somebody_else(resident, app):
    base = send_something(resident)
    resident.post(f"{base}/notices/call", CALL)
    (way,) = rows(app, Way)
    other = make_slip(resident)
    resident.post(f"{other}/notices/stop", {"way": way.id})
    assert len(rows(app, Way)) == 1
    stranger = app.test_client()
    assert stranger.get(f"{base}/notices").status_code == 404
    assert stranger.post(f"{base}/notices/call", data=CALL).status_code == 403


def test_a_new_address_of_the_push_service_takes_the_old_ones_place(resident, app):
    base = send_something(resident)
    resident.post(f"{base}/notices/push", device())
    page = resident.see(f"{base}/notices")
    mark = page.partition('data-device="')[2][:16]
    resident.post(f"{base}/notices/push", {**device(), "before": mark})
    assert len(rows(app, Way)) == 1
    assert mark not in resident.see(f"{base}/notices")


def test_a_test_is_sent_at_most_once_a_minute_and_only_over_push_or_mail(resident, app):
    base = send_something(resident)
    resident.post(f"{base}/notices/call", CALL)
    resident.post(f"{base}/notices/test")
    assert "test" not in kinds(app)
    assert "試しに知らせを送る" not in words(resident.see(f"{base}/notices"))
    resident.post(f"{base}/notices/push", device())
    for _ in range(3):
        assert resident.post(f"{base}/notices/test").location == f"{base}/notices?done=test"
    assert kinds(app).count("test") in (1, 2)


def test_the_way_of_last_time_is_offered_masked_and_taken_with_one_press(resident, app, settings):
    first = send_something(resident)
    resident.post(f"{first}/notices/mail", MAIL)
    resident.post(f"{first}/notices/call", CALL)
    second = send_something(resident)
    page = words(resident.see(f"{second}/notices"))
    assert "前と同じ受け取り方にする" in page
    assert "h***@example.jp" in page
    assert "hanako" not in page
    assert resident.post(f"{second}/notices/same").location == f"{second}/notices?done=same"
    old, new = ways_of(app, first, settings), ways_of(app, second, settings)
    assert [way.channel for way in new] == ["mail", "call"]
    assert old[0].details["stop"] != new[0].details["stop"]


def test_a_helper_is_offered_nothing_of_the_residents_for_something_of_their_own(resident, app, settings):
    theirs = send_something(resident)
    resident.post(f"{theirs}/notices/mail", MAIL)
    helper = give(resident, app, theirs, "look")
    assert helper.come() == 303
    daughter = BrowserResident(helper.client, resident.engine, resident.shelf)
    own = send_something(daughter)
    assert "前と同じ受け取り方" not in words(daughter.see(f"{own}/notices"))
    daughter.post(f"{own}/notices/same")
    assert ways_of(app, own, settings) == []
    assert theirs in daughter.see("/ja/slip"), "whom they help, they find again until the slip's last day"


def test_what_the_form_said_is_filled_in_for_confirming(resident):
    base = send_something(resident)
    page = resident.see(f"{base}/notices/letter")
    assert "この手続きに書いたことを入れてあります" in words(page)
    assert 'name="to" value=""' not in page


def test_a_shared_machine_offers_no_push(app, sqlite_engine, shelf):
    staff = make_staff(app)
    machine = pair(app, staff, add_machine(staff))
    sit_down(machine)
    at_kiosk = BrowserResident(machine, sqlite_engine, shelf)
    base = send_something(at_kiosk)
    page = at_kiosk.see(f"{base}/notices")
    assert f"{base}/notices/call" in page
    assert f"{base}/notices/push" not in page
    assert "notices.js" not in page
    assert at_kiosk.client.get(f"{base}/notices/push").status_code == 303
    assert at_kiosk.post(f"{base}/notices/push", device()).status_code == 303
    assert rows(app, Way) == []


@pytest.mark.parametrize("voice", ["ja-easy", "en"])
def test_every_page_is_whole_in_every_voice(resident, voice):
    base = send_something(resident, voice)
    for channel, told in (("push", device()), ("mail", MAIL), ("call", CALL), ("letter", LETTER)):
        resident.see(f"{base}/notices/{channel}")
        assert resident.post(f"{base}/notices/{channel}", {}).status_code == 422
        resident.post(f"{base}/notices/{channel}", told)
    for done in ("", "?done=added", "?done=stopped", "?done=test", "?done=same"):
        resident.see(f"{base}/notices{done}")
