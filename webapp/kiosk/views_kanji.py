"""Kanji for the on-screen keys of a shared machine. What was typed comes in the body, and is neither kept nor logged."""

from flask import Response, abort, current_app, jsonify, request

from webapp.kiosk.door import kiosk
from webapp.kiosk.rules_kanji import KINDS, read_kana
from webapp.kiosk.service_kanji import Offer, find_kanji, is_ready, prepare_soon
from webapp.kit.safety import guard
from webapp.kit.surface import current_surface


@kiosk.post("/<voice>/kiosk/kanji")
@guard("origin")
def offer_kanji() -> Response:
    """Answer kana with kanji: {"kana", "words", "singles"}, where `kana` is the part of them that is meant.

    422 where it is no kana, 503 while nothing is ready.
    """
    if current_surface() is None:
        abort(404)
    kana = read_kana(request.form.get("kana", ""))
    use = request.form.get("use", "")
    folder = current_app.extensions["madoguchi"].settings.data_dir
    if kana is None:
        return _answer(422, Offer("", [], []))
    if not is_ready(folder):
        prepare_soon(folder)
        return _answer(503, Offer("", [], []))
    return _answer(200, find_kanji(folder, kana, use if use in KINDS else "words"))


def _answer(status: int, offer: Offer) -> Response:
    """Return an offer that nothing keeps."""
    answer = jsonify(offer._asdict())
    answer.headers["Cache-Control"] = "no-store"
    answer.status_code = status
    return answer
