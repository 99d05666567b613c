"""The manifest, the service worker, and two pages: what this device keeps, and what can be done without a network."""

import hashlib

from flask import Response, current_app, g, request

from webapp.kit.assets import squeeze, takes
from webapp.offline.door import offline
from webapp.offline.rules import tell_size
from webapp.offline.service import get_readable, list_shell, make_manifest, make_worker
from webapp.reading.service import current_look, render


@offline.get("/<voice>/manifest.webmanifest")
def send_manifest() -> Response:
    """Tell the browser about the service as an app, in this voice."""
    return _send(make_manifest(g.voice), "application/manifest+json", "public, max-age=3600")


@offline.get("/worker.js")
def send_worker() -> Response:
    """Send the service worker; asked for again at each visit, so that a new version is found at once."""
    return _send(make_worker(current_app), "text/javascript", "no-cache")


@offline.get("/<voice>/device")
def show_device() -> Response:
    """Show what this device keeps, and offer to keep everything that can be read."""
    count = len(get_readable().paths)
    size = tell_size(count, g.voice.lang, current_look().furigana)
    return _unlisted(render("offline/device.html", count=count, size=size))


@offline.get("/<voice>/offline")
def show_offline() -> Response:
    """Show what can be done while there is no network."""
    has_unsent = "unsent" in list_shell(current_app)
    return _unlisted(render("offline/offline.html", office=get_readable().office, has_unsent=has_unsent))


def _send(body: bytes, mimetype: str, rule: str) -> Response:
    """Send a text that is the same for everybody, compressed, to be asked for again by its ETag."""
    encoding = next((one for one in ("br", "gzip") if takes(one)), "")
    response = Response(squeeze(body, encoding) if encoding else body, mimetype=mimetype)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = rule
    response.set_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
    response.make_conditional(request)
    return response


def _unlisted(response: Response) -> Response:
    """Keep a page that is about this device out of search engines."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response
