"""The same page made by peers: its interface texts are looked up by each peer's own gettext, the other bytes are its template."""

import gettext
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask

from bench.ward import make_call

SHORTEST = 3


def find_texts(html: str, messages: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Cut a page into plain parts and the messages between them, so that joining both gives the page again."""
    by_text = {
        text: message
        for message, text in messages.items()
        if len(text) >= SHORTEST and "%(" not in text and "<" not in text
    }
    words = sorted((re.escape(text) for text in by_text if text in html), key=len, reverse=True)
    if not words:
        return [html], []
    parts = re.split(f"({'|'.join(words)})", html)
    return parts[::2], [by_text[text] for text in parts[1::2]]


def write_catalogue(messages: Mapping[str, str], domain: str) -> Path:
    """Write the texts as a compiled catalogue where gettext looks for it."""
    folder = Path(tempfile.mkdtemp()) / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="en")
    for message, text in messages.items():
        catalogue.add(message, text)
    with (folder / f"{domain}.mo").open("wb") as file:
        write_mo(file, catalogue)
    gettext.translation(domain, folder.parent.parent, ["en"])
    return folder.parent.parent


def flask_bytes_call(html: str) -> Callable[[], bytes]:
    """Return a call of a Flask app that only sends the bytes."""
    app = Flask("bench_bytes")
    app.add_url_rule("/", "page", lambda: html)
    return make_call(app, "/")


def flask_babel_call(html: str, messages: Mapping[str, str]) -> Callable[[], bytes]:
    """Return a call of a Flask app whose template looks every text up through Flask-Babel."""
    from flask_babel import Babel

    app = Flask("bench_babel")
    folder = write_catalogue(messages, "messages")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    Babel(app, locale_selector=lambda: "en")
    app.jinja_env.add_extension("jinja2.ext.i18n")
    plain, texts = find_texts(html, messages)
    source = "".join(
        "{% raw %}" + part + "{% endraw %}" + ("{{ _(" + repr(texts[n]) + ")|safe }}" if n < len(texts) else "")
        for n, part in enumerate(plain)
    )
    template = app.jinja_env.from_string(source)
    app.add_url_rule("/", "page", lambda: render_whole(app, template))
    return check_same(make_call(app, "/"), html, "Flask-Babel")


def render_whole(app: Flask, template: Any) -> str:
    """Render a compiled template as flask.render_template does, context processors included."""
    context: dict[str, Any] = {}
    app.update_template_context(context)
    text: str = template.render(context)
    return text


def django_call(html: str, messages: Mapping[str, str]) -> Callable[[], bytes]:
    """Return a call of a Django site with its locale middleware and template language."""
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.template import engines
    from django.urls import path

    if not settings.configured:
        settings.configure(
            SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF="bench.django_urls", USE_I18N=True,
            LANGUAGE_CODE="en", LANGUAGES=[("en", "English")], LOCALE_PATHS=[str(write_catalogue(messages, "django"))],
            MIDDLEWARE=["django.middleware.locale.LocaleMiddleware"],
            TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        )  # fmt: skip
        django.setup()
    from bench import django_urls

    plain, texts = find_texts(html, messages)
    pieces = []
    for n, part in enumerate(plain):
        pieces.append("{% verbatim %}" + part + "{% endverbatim %}" if "{" in part else part)
        if n < len(texts):
            pieces.append('{% translate "' + texts[n].replace('"', '\\"') + '" as t %}{{ t|safe }}')
    template = engines["django"].from_string("{% load i18n %}" + "".join(pieces))
    name = f"page{len(django_urls.urlpatterns)}"
    django_urls.urlpatterns.append(path(f"{name}/", lambda request: HttpResponse(template.render({}, request))))
    return check_same(make_call(get_wsgi_application(), f"/{name}/"), html, "Django")


def check_same(call: Callable[[], bytes], html: str, who: str) -> Callable[[], bytes]:
    """Make sure a peer makes the same page before it is timed."""
    if call().decode() != html:
        raise RuntimeError(f"{who} does not make the same page")
    return call
