"""The machine's own pages: pairing, waiting, beginning, settings, help, beats, and the end that leaves nothing behind."""

from urllib.parse import urlencode

from flask import Response, abort, current_app, g, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.service_sign_in import end_sign_in
from webapp.drafts.service import holder_hash, list_unslipped
from webapp.kiosk import service, service_sittings
from webapp.kiosk.door import (
    KEY,
    ONE_YEAR,
    RESTART,
    SITTING,
    cookie_name,
    current_kiosk,
    current_settings,
    current_sitting,
    data_dir,
    home,
    is_used,
    kiosk,
    send_cookie,
    wipe,
    writing,
)
from webapp.kiosk.pages import KioskSurface, say_in_every_voice
from webapp.kiosk.rules import Settings, change_settings, read_pair_code, read_port, read_settings, write_settings
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.safety import guard, safe_path
from webapp.reading.rules import SIZES, Choice
from webapp.reading.service import render_private
from webapp.reading.service_look import keep_choice

BYE_SECONDS = 10


@kiosk.get("/<voice>/kiosk/")
def show_waiting() -> BaseResponse:
    """Wait for the next resident: with nothing of the one before, under a new cookie. Whoever still sits here is asked."""
    machine = current_kiosk()
    if machine is None:
        return _show_closed()
    if is_used():
        return redirect(f"/{g.voice.code}/kiosk/end", 303)
    with writing() as session:
        secret = service_sittings.open_waiting(session, machine.id, now(), data_dir())
        service.note_heard(session, machine.id, now())
    g.sitting = service_sittings.find_sitting(get_session(), machine.id, secret)
    size, chosen = _read_choices()
    g.choice = g.kept_choice = Choice(size=size)
    surface: KioskSurface = g.surface
    surface.sitting, surface.chosen = None, chosen
    page = render_private(
        "kiosk/waiting.html", starts=say_in_every_voice("kiosk/_start.html"), chosen=chosen, size=size, sizes=SIZES,
        words=_write_choices(size, chosen), machine=machine,
    )  # fmt: skip
    return send_cookie(wipe(page), SITTING, secret.hex())  # type: ignore[no-any-return]  # what was given


def _show_closed() -> BaseResponse:
    """Lead a browser that is no machine of the ward's to where it is paired; a closed machine shows that it is closed."""
    if g.surface is None:
        return redirect(f"/{g.voice.code}/kiosk/pair", 303)
    return wipe(render_private("kiosk/closed.html"))  # type: ignore[no-any-return]  # what was given


def _read_choices() -> tuple[int, Settings]:
    """Return the text size and the settings that were tried on the waiting page; they stand in its address."""
    words = request.values.get("chosen", "")
    size = next((SIZES.index(word) for word in words.split() if word in SIZES), 0)
    return size, read_settings(words)


def _write_choices(size: int, chosen: Settings) -> str:
    """Return what was tried as words for the waiting page's address."""
    return " ".join(word for word in (SIZES[size] if size else "", write_settings(chosen)) if word)


@kiosk.post("/<voice>/kiosk/begin")
@guard("origin")
def begin() -> BaseResponse:
    """Begin somebody's time in the voice whose button they pressed."""
    sitting, voices = current_sitting(), current_app.extensions["reading"].voices
    code = request.form.get("voice", "")
    size, chosen = _read_choices()
    if sitting is None or code not in voices or not voices[code].offered:
        return redirect(home(), 303)
    if not service_sittings.begin(get_session(), sitting.lookup, chosen, now()):
        return redirect(home(), 303)
    response = redirect(f"/{code}/", 303)
    response.headers["Cache-Control"] = "no-store"
    return keep_choice(response, Choice(size=size, voice=code))


@kiosk.post("/<voice>/kiosk/settings")
@guard("origin")
def change() -> BaseResponse:
    """Change one of the machine's settings and lead back; on the waiting page they stand in the address until it begins."""
    changed, back = request.form.get("change", ""), safe_path(request.form.get("back"))
    sitting = current_sitting()
    if sitting is not None and sitting.state == "used":
        service_sittings.set_settings(get_session(), sitting.lookup, change_settings(current_settings(), changed))
        return redirect(back, 303)
    size, chosen = _read_choices()
    what, _, value = changed.partition("-")
    if what == "size" and value in SIZES:
        size = SIZES.index(value)
    words = _write_choices(size, change_settings(chosen, changed))
    return redirect(f"/{g.voice.code}/kiosk/" + (f"?{urlencode({'chosen': words})}" if words else ""), 303)


@kiosk.get("/<voice>/kiosk/end")
def ask_end() -> BaseResponse:
    """Ask whoever ends with something unfinished what shall become of it."""
    if not is_used():
        return redirect(home(), 303)
    secret = g.get("browser_secret")
    rows = list_unslipped(get_session(), holder_hash(secret)) if secret else []
    ward, unheld = current_app.extensions["madoguchi"], g.surface.unheld
    return render_private("kiosk/end.html", rows=rows, unheld=unheld, catalogue=ward.catalogue, back=_find_back())


def _find_back() -> str:
    """Return where whoever does not want to end goes on."""
    return safe_path(request.args.get("back")) if request.args.get("back") else f"/{g.voice.code}/"


@kiosk.post("/<voice>/kiosk/end")
@guard("origin")
def end() -> BaseResponse:
    """End somebody's time: the server first, then everything in the browser. What would be lost, and a slip, is asked about once."""
    sitting, form, session = current_sitting(), request.form, get_session()
    surface: KioskSurface | None = g.surface
    if surface is not None and not form.get("sure") and (surface.has_unslipped or surface.unheld):
        back = safe_path(form.get("back"))
        return redirect(f"/{g.voice.code}/kiosk/end?back={back.partition('?')[0]}", 303)
    if sitting is not None and sitting.state == "used":
        by = "idle" if form.get("by") == "idle" else "resident"
        service_sittings.end(session, sitting.lookup, by, now(), data_dir())
    end_sign_in(session, g.staff_secret, now())
    return wipe(redirect(f"/{g.voice.code}/kiosk/bye", 303))  # type: ignore[no-any-return]  # what was given


@kiosk.get("/<voice>/kiosk/bye")
def show_bye() -> BaseResponse:
    """Say in every voice that it is over and that nothing should be left behind; then the machine waits again."""
    if is_used():
        return redirect(f"/{g.voice.code}/kiosk/end", 303)
    port = read_port(request.cookies.get(cookie_name(RESTART)))
    onward = f"http://127.0.0.1:{port}/done" if port else home()
    g.choice = g.kept_choice = Choice()
    page = render_private(
        "kiosk/bye.html", says=say_in_every_voice("kiosk/_bye.html"), onward=onward, seconds=BYE_SECONDS
    )
    return wipe(page)  # type: ignore[no-any-return]  # what was given


@kiosk.post("/<voice>/kiosk/beat")
@guard("origin")
def beat() -> Response:
    """Hear from a page: whether somebody is there. Nothing new is 204; a sitting that is over is 410."""
    machine, sitting, form = current_kiosk(), current_sitting(), request.form
    surface: KioskSurface | None = g.surface
    if machine is None or surface is None:
        return _answer(410)
    service.note_heard(get_session(), machine.id, now())
    if form.get("state") == "waiting":
        return _answer(204)
    if (
        sitting is None
        or sitting.state != "used"
        or service_sittings.show_sitting(sitting.lookup) != form.get("sitting")
    ):
        return _answer(410)
    if form.get("active") == "1":
        service_sittings.touch(get_session(), sitting.lookup, now())
    if form.get("news") == surface.news:
        return _answer(204)
    response = jsonify({"news": surface.news, "idle": surface.idle_now})
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(status: int) -> Response:
    """Return an answer without words that is never kept."""
    return Response(status=status, mimetype="text/plain", headers={"Cache-Control": "no-store"})


@kiosk.post("/<voice>/kiosk/heard")
@guard("origin")
def tell_heard() -> Response:
    """Tell the program that looks after a machine, by the machine's key, how many seconds ago one of its pages was heard."""
    try:
        key = bytes.fromhex(request.form.get("key", "")[:64])
    except ValueError:
        abort(404)
    found = service.find_machine(get_session(), key) if len(key) == 32 else None
    if found is None or found.revoked_at is not None or found.seen_at is None:
        abort(404)
    response = jsonify({"seconds": max(0, int((now() - found.seen_at).total_seconds()))})
    response.headers["Cache-Control"] = "no-store"
    return response


@kiosk.post("/<voice>/kiosk/help")
@guard("origin")
def call() -> BaseResponse:
    """Call staff to the machine."""
    machine = current_kiosk()
    if machine is None or not is_used():
        return redirect(home(), 303)
    service.call_help(get_session(), machine.id, now())
    return redirect(safe_path(request.form.get("back")), 303)


@kiosk.get("/<voice>/kiosk/pair")
def ask_pair() -> Response:
    """Ask for the code that staff see."""
    return _render_pair("", 200)


def _render_pair(gap: str, status: int, minutes: int = 0) -> Response:
    """Return the page that asks for the code, with what is to mend."""
    typed = "".join(c for c in request.form.get("code", "")[:40] if c.isprintable())
    return render_private(
        "kiosk/pair.html", status, gap=gap, minutes=minutes, typed=typed, error_count=int(bool(gap)),
        restart=request.values.get("restart", ""),
    )  # fmt: skip


@kiosk.post("/<voice>/kiosk/pair")
@guard("origin")
def pair() -> BaseResponse:
    """Pair this machine by its code; a program that prepares a machine is answered with the key alone."""
    code, for_machine = read_pair_code(request.form.get("code", "")), request.form.get("for") == "machine"
    pepper = current_app.extensions["madoguchi"].settings.pepper
    made = service.pair(get_session(), code, request.remote_addr or "", now(), pepper) if code else service.Paired()
    if made.key is None:
        return _refuse_pair(made, for_machine)
    if for_machine:
        response = jsonify({"key": made.key.hex(), "wake": f"/{g.voice.code}/kiosk/wake/{made.key.hex()}"})
        response.headers["Cache-Control"] = "no-store"
        return response
    return _let_machine_in(made.key)


def _refuse_pair(made: service.Paired, for_machine: bool) -> BaseResponse:
    """Answer a code that pairs nothing: whatever is wrong with it, it is the same answer."""
    minutes = max(1, -(-int(made.wait.total_seconds()) // 60)) if made.wait else 0
    gap, status = ("wait", 429) if made.wait else ("wrong", 422)
    if not for_machine:
        return _render_pair(gap, status, minutes)
    response = jsonify({"error": gap, "minutes": minutes})
    response.status_code = status
    return response


def _let_machine_in(key: bytes) -> BaseResponse:
    """Give a browser the key of a machine and let it wait; whatever it held before is gone."""
    response = wipe(redirect(home(), 303))
    send_cookie(response, KEY, key.hex(), ONE_YEAR)
    port = read_port(request.values.get("restart"))
    if port is not None:
        send_cookie(response, RESTART, str(port), ONE_YEAR)
    return response  # type: ignore[no-any-return]  # what was given


@kiosk.get("/<voice>/kiosk/wake/<key>")
def wake(key: str) -> BaseResponse:
    """Give a browser whose profile is thrown away after each resident its key again."""
    try:
        secret = bytes.fromhex(key)
    except ValueError:
        abort(404)
    found = service.find_machine(get_session(), secret) if len(secret) == 32 else None
    if found is None:
        abort(404)
    return _let_machine_in(secret)
