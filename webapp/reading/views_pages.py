"""Standing pages: help, privacy, the accessibility statement, the words we use, and what search engines may read."""

from flask import Response, abort, current_app, g, request

from webapp.reading.rules import Voice
from webapp.reading.service import current_speaker, render
from webapp.reading.views import reading


@reading.get("/<voice>/<any(help,privacy,accessibility):slug>")
def show_standing_page(slug: str) -> Response:
    """Show one standing page."""
    page = current_app.extensions["madoguchi"].pages.get(slug)
    if page is None:
        abort(404)
    return render("reading/page.html", page=page)


@reading.get("/<voice>/words")
def show_words() -> Response:
    """Show the words that the ward cannot do without, each explained in this voice."""
    explain = {"en": "en", "ja-easy": "easy"}.get(g.voice.code, "plain")
    words = current_app.extensions["madoguchi"].words
    return render("reading/words.html", words=words, explain=explain)


@reading.get("/<voice>/style")
def show_style() -> Response:
    """Show every component in every state, for whoever builds pages and for the page checks."""
    response = render("shell/style.html", speaker_now=current_speaker())
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@reading.get("/robots.txt")
def show_robots() -> Response:
    """Tell search engines what is public."""
    base = current_app.extensions["madoguchi"].settings.public_url or request.host_url.rstrip("/")
    lines = ["User-agent: *", "Disallow: /*/drafts/", "Disallow: /*/slip", f"Sitemap: {base}/sitemap.xml", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@reading.get("/sitemap.xml")
def show_sitemap() -> Response:
    """List the public pages in every voice."""
    ward = current_app.extensions["madoguchi"]
    base = ward.settings.public_url or request.host_url.rstrip("/")
    paths = ["", "procedures/", "help", "privacy", "accessibility", "words"]
    paths += [f"procedures/{slug}" for slug in ward.catalogue.procedures]
    places = (f"<url><loc>{base}/{voice.code}/{path}</loc></url>" for voice in _offered() for path in paths)
    body = (
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(places)}</urlset>'
    )
    return Response(body, mimetype="application/xml")


def _offered() -> tuple[Voice, ...]:
    """Return the voices that readers can choose."""
    offered: tuple[Voice, ...] = current_app.extensions["reading"].offered
    return offered
