"""Web push against a push service that opens what we seal and checks our pass."""

import json
import socket
import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import webapp.notifications.service_push as service_push
from tests.notifications.push_service import Answer, Device, PushService
from tests.notifications.waiting import NOON
from webapp.kit.clock import WARD_ZONE
from webapp.kit.content import list_folders
from webapp.notifications.rules_days import find_last_day
from webapp.notifications.rules_push import (
    MOST_BYTES,
    are_push_keys,
    find_life,
    is_allowed_endpoint,
    make_topic,
    public_key,
    read_answer,
    read_retry_after,
    write_payload,
)
from webapp.notifications.service_push import Push, send_push

TOPIC = "A" * 32
EVENING = datetime(2026, 11, 27, 18, tzinfo=WARD_ZONE)
PUSH = Push(
    "received", TOPIC, write_payload(("区から", "お知らせ"), "ja", "https://m.example.jp/ja/notice", TOPIC), 3 * 86400
)


@pytest.fixture
def ours(settings, push_service):
    """Return settings that know the push service."""
    return replace(settings, push_hosts=(push_service.origin,))


def send(device, ours, push=PUSH):
    """Send to a device at noon."""
    return send_push(device.details, push, ours, NOON)


def test_a_device_opens_what_was_sealed_for_it(push_service, ours):
    outcome = send(push_service.subscribe(), ours)
    assert (outcome.result, outcome.status) == ("sent", 201)
    (got,) = push_service.received
    assert got.content == {
        "web_push": 8030,
        "notification": {
            "title": "区から", "body": "お知らせ", "lang": "ja", "dir": "ltr", "navigate": "https://m.example.jp/ja/notice",
            "silent": False, "tag": TOPIC,
        },
    }  # fmt: skip
    assert got.claims["k"] == public_key(ours.vapid_key)
    assert got.claims["exp"] == int((NOON + timedelta(hours=12)).timestamp())
    assert got.headers["ttl"] == str(3 * 86400)
    assert (got.headers["urgency"], got.headers["topic"]) == ("normal", TOPIC)
    assert got.headers["user-agent"] == "madoguchi"


def test_each_push_service_gets_a_pass_of_its_own(push_service, clock, ours):
    other = PushService(clock)
    both = replace(ours, push_hosts=(push_service.origin, other.origin))
    try:
        for service in (push_service, other, push_service):
            assert send(service.subscribe(), both).result == "sent"
        assert [one.claims["aud"] for one in push_service.received] == [push_service.origin] * 2
        assert [one.claims["aud"] for one in other.received] == [other.origin]
        assert other.faults == []
    finally:
        other.stop()


@pytest.mark.parametrize(
    ("status", "result"),
    [(201, "sent"), (404, "gone"), (410, "gone"), (413, "refused"), (403, "refused"), (301, "refused"), (429, "later"),
     (500, "later"), (503, "later")],
)  # fmt: skip
def test_each_answer_means_something(push_service, ours, status, result):
    device = push_service.subscribe()
    push_service.usual = Answer(status, (("Location", f"{push_service.origin}/elsewhere"),))
    outcome = send(device, ours)
    assert (outcome.result, outcome.status) == (result, status)
    assert push_service.asked == [(device.name, status)], "asked once, and no redirect was followed"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "wait"),
    [("17", timedelta(seconds=17)), (format_datetime(NOON + timedelta(minutes=9), usegmt=True), timedelta(minutes=9)),
     ("999999", timedelta(hours=24)), (format_datetime(NOON + timedelta(days=9), usegmt=True), timedelta(hours=24)),
     (format_datetime(NOON - timedelta(days=1), usegmt=True), timedelta()), ("soon", None)],
)  # fmt: skip
def test_how_long_to_wait_is_read(push_service, ours, status, header, wait):
    push_service.usual = Answer(status, (("Retry-After", header),))
    assert send(push_service.subscribe(), ours).wait == wait


@given(st.one_of(st.none(), st.text(max_size=60)), st.integers(100, 999))
def test_any_answer_is_read_without_failing(header, status):
    wait = read_retry_after(header, NOON)
    assert wait is None or timedelta() <= wait <= timedelta(hours=24)
    assert read_answer(status, header, NOON).result in ("sent", "gone", "later", "refused")


def test_a_slow_service_and_closed_lines_are_not_reached(push_service, ours, monkeypatch):
    monkeypatch.setattr(service_push, "READ_SECONDS", 0.2)
    device = push_service.subscribe()
    push_service.answers[device.name].extend([Answer(wait=0.6), Answer(drops=True)])
    assert [send(device, ours).result for _ in range(2)] == ["unreachable"] * 2
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        assert send(Device(origin), replace(ours, push_hosts=(origin,))).result == "unreachable"


@pytest.mark.parametrize(
    "words", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 999999 ?\r\n\r\n", b"HTTP/1.1 201\r\n" + b"x" * 70000]
)
def test_whatever_listens_there_is_an_outcome(ours, words):
    with socket.create_server(("127.0.0.1", 0)) as strange:
        origin = f"http://127.0.0.1:{strange.getsockname()[1]}"

        def answer():
            """Take one line, read a little, say something."""
            line, _ = strange.accept()
            with line:
                line.recv(65536)
                line.sendall(words)

        thread = threading.Thread(target=answer)
        thread.start()
        assert send(Device(origin), replace(ours, push_hosts=(origin,))).result == "unreachable"
        thread.join()


def test_a_proxy_of_the_environment_is_not_used(push_service, ours, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert send(push_service.subscribe(), ours).result == "sent"


def test_nothing_is_sent_to_places_and_keys_that_are_not_allowed(push_service, ours, settings):
    device = push_service.subscribe()
    assert send(device, settings).result == "refused"
    for changed in ({"p256dh": "AAAA"}, {"auth": ""}, {"endpoint": "https://example.jp/x"}):
        assert send_push({**device.details, **changed}, PUSH, ours, NOON).result == "refused"
    assert send_push({}, PUSH, ours, NOON).result == "refused"
    assert send(device, ours, replace(PUSH, payload=b"x" * (MOST_BYTES + 1))).result == "refused"
    assert push_service.asked == []


def test_the_largest_payload_still_fits_into_one_record(push_service, ours):
    device = push_service.subscribe()
    largest = json.dumps("x" * (MOST_BYTES - 2)).encode()
    assert len(largest) == MOST_BYTES
    assert send(device, ours, replace(PUSH, payload=largest)).result == "sent"


@given(st.text(max_size=3000), st.text(max_size=60))
def test_a_payload_is_whole_json_of_a_size_that_is_taken(body, title):
    payload = write_payload(
        (title, body.encode("utf-8", "ignore").decode()), "ja", "https://m.example.jp/ja/notice", TOPIC
    )
    assert len(payload) <= MOST_BYTES
    assert body.startswith(json.loads(payload)["notification"]["body"]) or not body.isprintable()


def test_topics_tell_messages_apart_and_nothing_else(settings, tmp_path):
    ids = [(kind, about * 24) for kind in ("received", "test") for about in "ab"]
    topics = {make_topic(settings, kind, about) for kind, about in ids}
    assert len(topics) == 4
    for topic in topics:
        assert len(topic) == 32
        assert topic.replace("-", "").replace("_", "").isalnum()
    assert make_topic(settings, "test", "a" * 24) == make_topic(settings, "test", "a" * 24)
    assert make_topic(replace(settings, pepper=b"p" * 32), "test", "a" * 24) not in topics


def test_every_kind_of_message_lives_for_a_while(settings):
    kinds = [folder.name for folder in list_folders(settings.content_dir / "messages")]
    for last in (None, EVENING.date(), date(2026, 1, 1)):
        assert all(60 <= find_life(kind, last, EVENING) <= 28 * 86400 for kind in (*kinds, "anything"))


@pytest.mark.parametrize("kind", ["correction-asked", "decided", "message-left"])
def test_what_a_resident_must_not_miss_waits_for_a_phone_that_is_off_as_long_as_push_services_keep_it(kind):
    last = find_last_day(kind, {"day": EVENING.date().isoformat()})
    assert find_life(kind, last, EVENING) == 28 * 86400


@pytest.mark.parametrize("kind", ["draft-ending", "hand-over-ending", "erasing-soon"])
def test_a_reminder_ends_with_the_day_it_names(kind):
    assert find_life(kind, EVENING.date() + timedelta(days=2), EVENING) == (6 + 48) * 3600


@pytest.mark.parametrize(
    "endpoint",
    ["https://fcm.googleapis.com/fcm/send/abc:APA91", "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
     "https://web.push.apple.com/QGx", "https://wns2-db5p.notify.windows.com/w/?token=BQY%3d", "https://jmt17.google.com/fcm/send/x",
     "https://fcm.googleapis.com:443/x", "https://push.example.jp/x", "http://127.0.0.1:9000/x"],
)  # fmt: skip
def test_known_push_services_are_allowed(endpoint):
    assert is_allowed_endpoint(endpoint, ("push.example.jp", "http://127.0.0.1:9000"))


@pytest.mark.parametrize(
    "endpoint",
    ["", "https://", "https://example.jp/", "http://fcm.googleapis.com/x", "https://fcm.googleapis.com", "ftp://fcm.googleapis.com/x",
     "https://fcm.googleapis.com:8443/x", "https://user@fcm.googleapis.com/x", "https://fcm.googleapis.com@evil.example/x",
     "https://fcm.googleapis.com\\@evil.example/x", "https://fcm.googleapis.com/x\\y", "https://fcm.googleapis.com#@evil.example/x",
     "https://evil.example/#https://fcm.googleapis.com/", "https://fcm.googleapis.com.evil.example/x", "https://evilpush.apple.com/x",
     "https://push.apple.com.evil/x", "https://127.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/latest/meta-data",
     "http://127.0.0.1:9001/x", "http://127.0.0.1:90000/x", "https://127.0.0.1:9000/x", "http://localhost:9000/x",
     "https://fcm.googleapis.com/x y", "https://fcm.googleapis.com/x\n", "\nhttps://fcm.googleapis.com/x", "https://FCM.googleapis.com/x",
     "https://fcm。googleapis。com/x", "https://fcm.googleapis.com./x", "https://fcm.googleapis.com/" + "x" * 3000, "file:///etc/passwd",
     "https:/fcm.googleapis.com/x", "//fcm.googleapis.com/x", "https://a..notify.windows.com/x", "http://push.example.jp/x"],
)  # fmt: skip
def test_nothing_else_is_allowed(endpoint):
    assert not is_allowed_endpoint(endpoint, ("push.example.jp", "http://127.0.0.1:9000"))


@given(st.text(max_size=80))
def test_any_words_are_judged_without_failing(words):
    assert not is_allowed_endpoint(words, ())
    assert not are_push_keys(words, words)


def test_keys_are_points_of_the_curve_and_sixteen_bytes():
    details = Device("https://x.example").details
    point, auth = details["p256dh"], details["auth"]
    assert are_push_keys(point, auth)
    assert are_push_keys(point + "=", auth + "==")
    off = point[:-4] + ("AAAA" if point[-4:] != "AAAA" else "BBBB")
    for wrong in (off, point[:-2], "", "A" * 87, point.replace("B", "C", 1), point + "!", auth):
        assert not are_push_keys(wrong, auth)
    for wrong in ("", auth[:-2], auth + "AAAA", point):
        assert not are_push_keys(point, wrong)


@pytest.mark.parametrize("key", [b"\0" * 32, b"\xff" * 32, b"\0" * 31 + b"\1"])
def test_any_thirty_two_bytes_make_a_key(key):
    assert len(public_key(key)) == 87
