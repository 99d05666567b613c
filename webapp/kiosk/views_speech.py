"""Speech for a shared machine. What is to be spoken comes in the body; it is neither kept nor logged, and only heard there."""

from pathlib import Path

from flask import Response, abort, current_app, request

from webapp.kiosk.door import current_sitting, kiosk
from webapp.kiosk.rules_speech import LANGUAGES, MOST_LETTERS, PACES
from webapp.kiosk.service_speech import FOLDER, VoiceBusy, VoiceMissing, speak
from webapp.kit.safety import guard

SECONDS_TO_WAIT = 1


@kiosk.post("/<voice>/kiosk/speech")
@guard("origin")
def speak_text() -> Response:
    """Answer a text with its sound.

    422 where it is none or too long, 501 where there is no voice for its language, 503 while others are spoken.
    """
    if current_sitting() is None:
        abort(404)
    text, lang = request.form.get("text", ""), request.form.get("lang", "ja")
    speed = request.form.get("speed", "normal")
    if not text or len(text) > MOST_LETTERS or lang not in LANGUAGES or speed not in PACES:
        return _answer(b"", 422)
    folder: Path = current_app.extensions["madoguchi"].settings.data_dir / FOLDER
    try:
        return _answer(speak(text, lang, speed, folder), 200)
    except VoiceMissing:
        return _answer(b"", 501)
    except VoiceBusy:
        busy = _answer(b"", 503)
        busy.headers["Retry-After"] = str(SECONDS_TO_WAIT)
        return busy


def _answer(sound: bytes, status: int) -> Response:
    """Return a sound, or its lack, which nobody may keep."""
    answer = Response(sound, status, mimetype="audio/wav" if sound else "text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer
