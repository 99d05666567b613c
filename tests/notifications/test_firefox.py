"""A real Firefox subscribes with the ward's key, is told by the ward's own delivery, and shows the words.

Firefox opens what was sealed with cryptography of its own: nothing of this end is shared with the sender.
"""

import os
import shutil
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from logging import ERROR, getLogger
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests.notifications.autopush import Autopush
from tests.notifications.push_service import PushService
from tests.notifications.waiting import Waiting
from tests.soak.server import free_port
from webapp.app import create_app
from webapp.kit.clock import now
from webapp.notifications.rules_push import public_key

PATIENCE = 60.0
SUBSCRIBE = """
const [key, done] = [arguments[0], arguments[arguments.length - 1]];
(async () => {
  await navigator.serviceWorker.register("/worker.js");
  const ready = await navigator.serviceWorker.ready;
  const raw = Uint8Array.from(atob(key.replace(/-/g, "+").replace(/_/g, "/") + "="), (one) => one.charCodeAt(0));
  const made = await ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: raw });
  return made.toJSON();
})().then(done, (error) => done({ error: String(error) }));
"""
SHOWN = """
const done = arguments[arguments.length - 1];
navigator.serviceWorker.ready.then((ready) => ready.getNotifications()).then((all) => done(
  all.map((one) => ({ title: one.title, body: one.body, lang: one.lang, tag: one.tag, data: one.data }))
));
"""
PRESS = """
const open = [...Services.wm.getEnumerator("alert:alert")];
if (open.length) open[0].onAlertClick();
return open.length;
"""


@contextmanager
def open_firefox(push_address: str, folder: Path) -> Iterator[Any]:
    """Yield a Firefox that trusts this push service and may show notices; it leaves nothing behind."""
    program = os.environ.get("FIREFOX_BIN") or shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        raise RuntimeError("Firefox is missing: run `make system`")
    from marionette_driver.marionette import Marionette

    prefs = {
        "dom.push.serverURL": push_address, "dom.push.testing.allowInsecureServerURL": True, "dom.push.connection.enabled": True,
        "permissions.default.desktop-notification": 1, "alerts.useSystemBackend": False,
    }  # fmt: skip
    # Marionette removes whatever has the log's name before it begins: never give it a device such as /dev/null.
    firefox = Marionette(
        bin=program, headless=True, prefs=prefs, gecko_log=str(folder / "firefox.log"), startup_timeout=120
    )
    try:
        firefox.start_session()
        firefox.timeout.script = PATIENCE
        yield firefox
    finally:
        with suppress(Exception):  # one that never started cannot be quit, but must not stay
            firefox.quit(in_app=False)
        firefox.cleanup()


@pytest.fixture
def autopush() -> Iterator[Autopush]:
    """Yield a push service that Firefox connects to."""
    service = Autopush()
    yield service
    service.stop()
    assert service.faults == []


@pytest.fixture
def site(settings, sqlite_engine, autopush) -> Iterator[Waiting]:
    """Yield the ward on a real port; its outbox is emptied by hand."""
    port = free_port()
    known = replace(settings, push_hosts=(autopush.origin,), public_url=f"http://127.0.0.1:{port}", quiet_hours=(0, 0))
    server = make_server("127.0.0.1", port, create_app(known, sqlite_engine), threaded=True)
    getLogger("madoguchi").setLevel(ERROR)
    getLogger("werkzeug").setLevel(ERROR)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Waiting(sqlite_engine, known, now, PushService.__new__(PushService))
    server.shutdown()
    thread.join()
    server.server_close()


def wait_for(look: Callable[[], Any]) -> Any:
    """Return what is there in the end."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    return look()


@pytest.mark.filterwarnings("ignore")
def test_firefox_shows_what_the_ward_has_to_tell_and_leads_to_it(site, autopush, tmp_path):
    about = site.new_about()
    with warnings.catch_warnings(), open_firefox(autopush.origin.replace("http", "ws") + "/", tmp_path) as firefox:
        firefox.navigate(f"{site.settings.public_url}/en/")
        key = public_key(site.settings.vapid_key)
        made = firefox.execute_async_script(SUBSCRIBE, script_args=[key])
        assert "error" not in made, made
        site.add(about, "push", {"endpoint": made["endpoint"], **made["keys"]}, "en")
        message_id = site.tell(about)
        site.deliver()
        assert site.message(message_id).state == "sent"
        (shown,) = wait_for(lambda: firefox.execute_async_script(SHOWN))
        assert shown["title"].isascii()
        assert min(len(shown["title"]), len(shown["body"])) > 0
        assert shown["lang"] == "en"
        goal = f"{site.settings.public_url}/en/notice"
        assert shown["data"] == goal
        assert wait_for(lambda: autopush.acks) == [100], "Firefox took it"
        with firefox.using_context("chrome"):
            assert wait_for(lambda: firefox.execute_script(PRESS))
        assert wait_for(lambda: goal in list_addresses(firefox)), list_addresses(firefox)
        site.tell(about)
        site.deliver()
        (again,) = wait_for(lambda: firefox.execute_async_script(SHOWN))
    assert [told["k"] for told in autopush.passes] == [key] * 2
    assert again["tag"] == shown["tag"], "the same news takes the old one's place"


def list_addresses(firefox: Any) -> list[str]:
    """Return the address of every open page."""
    here, found = firefox.current_window_handle, []
    for handle in firefox.window_handles:
        firefox.switch_to_window(handle, focus=False)
        found.append(firefox.get_url())
    firefox.switch_to_window(here, focus=False)
    return found
