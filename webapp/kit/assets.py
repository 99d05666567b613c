"""Own files for browsers: addresses that change with the content, compressed once, kept by browsers for a year."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import brotli
from flask import Flask, Response, abort, request

TEXT_TYPES = ("text/", "application/json", "image/svg+xml", "application/manifest+json")
SMALLEST = 500
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent, by content encoding ("" is plain)."""

    mimetype: str
    bodies: dict[str, bytes]


class Assets:
    """All files of the static folder by their hashed names."""

    def __init__(self, folder: Path) -> None:
        """Read the whole folder (a few hundred kilobytes) and compress what is text."""
        self.by_address: dict[str, Asset] = {}
        self.addresses: dict[str, str] = {}
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            self._take(path, path.relative_to(folder).as_posix())

    def _take(self, path: Path, name: str) -> None:
        """Take one file up under `stem.<hash>.suffix`."""
        body = path.read_bytes()
        digest = hashlib.blake2b(body, digest_size=6).hexdigest()
        hashed = f"{name.removesuffix(path.suffix)}.{digest}{path.suffix}"
        mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        bodies = {"": body}
        if mimetype.startswith(TEXT_TYPES) and len(body) >= SMALLEST:
            bodies |= {"br": brotli.compress(body), "gzip": gzip.compress(body, 9, mtime=0)}
        self.by_address[hashed] = Asset(mimetype, bodies)
        self.addresses[name] = f"/static/{hashed}"

    def address(self, name: str) -> str:
        """Return the address of a file of the static folder. Raises KeyError for one that is not there."""
        return self.addresses[name]


def serve_assets(app: Flask, assets: Assets) -> None:
    """Serve the files under /static/."""

    def send_asset(name: str) -> Response:
        """Send one file in the best encoding that the browser takes."""
        asset = assets.by_address.get(name)
        if asset is None:
            abort(404)
        encoding = next((e for e in ("br", "gzip") if e in asset.bodies and takes(e)), "")
        response = Response(asset.bodies[encoding], mimetype=asset.mimetype)
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.extensions["assets"] = assets
    app.add_url_rule("/static/<path:name>", "static_file", send_asset)


def takes(encoding: str) -> bool:
    """Tell whether the browser accepts an encoding."""
    return bool(request.accept_encodings[encoding])


def compress_pages(app: Flask) -> None:
    """Compress pages on their way out; the same public page is compressed once."""

    def compress(response: Response) -> Response:
        """Compress an HTML answer that the browser takes compressed."""
        if response.status_code in (204, 304) or response.mimetype != "text/html" or response.direct_passthrough:
            return response
        response.vary.add("Accept-Encoding")
        encoding = next((e for e in ("br", "gzip") if takes(e)), "")
        body = response.get_data()
        if encoding and len(body) >= SMALLEST:
            public = "no-store" not in response.headers.get("Cache-Control", "")
            response.set_data(squeeze(body, encoding) if public else squeeze.__wrapped__(body, encoding))
            response.headers["Content-Encoding"] = encoding
        return response

    app.after_request(compress)


@lru_cache(maxsize=256)
def squeeze(body: bytes, encoding: str) -> bytes:
    """Compress one page, fast rather than small."""
    return brotli.compress(body, quality=4) if encoding == "br" else gzip.compress(body, 4, mtime=0)
