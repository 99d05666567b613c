"""A question page and a catalogue page: ours, its template alone, and the same bytes from three peers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask

from bench.peers import django_call, flask_babel_call, flask_bytes_call
from bench.timing import measure, print_table
from bench.ward import make_call, open_ward
from tests.autopilot import Autopilot
from webapp.content_check import list_texts as list_all_texts
from webapp.kit.clock import today
from webapp.reading import service

PROCEDURE = "health-insurance-join"


def main() -> None:
    """Print both tables, and furigana on against off."""
    with open_ward() as app:
        client = app.test_client()
        ward = app.extensions["madoguchi"]
        pilot = Autopilot(client, ward.dictionary, today() + timedelta(0))
        question = pilot.answer(pilot.follow(pilot.start(PROCEDURE, "en")))
        secret = client.get_cookie("browser")
        cookie = f"browser={secret.value}" if secret else ""
        compare(app, "Catalogue page", f"/en/procedures/{PROCEDURE}", "")
        compare(app, "Question page (one draft row read and unsealed)", question, cookie)
        compare_furigana(app, question.replace("/en/", "/ja/"), cookie)


def compare(app: Flask, title: str, path: str, cookie: str) -> None:
    """Print one page against its peers."""
    ours = make_call(app, path, cookie)
    html = ours().decode()
    floor = template_call(app, ours)
    messages = list_texts(app)
    rows = {
        "ours, whole request": measure(ours),
        "ours, made anew for each request": measure(made_anew(app, ours)),
        "ours, its folded template alone": measure(floor),
        "bare Flask sending the same bytes": measure(flask_bytes_call(html)),
        "the same page, stock Flask-Babel gettext": measure(flask_babel_call(html, messages)),
        "the same page in Django": measure(django_call(html, messages)),
    }
    print_table(f"{title} ({len(html):,} bytes)", rows, "ours, whole request")


def made_anew(app: Flask, ours: Callable[[], bytes]) -> Callable[[], bytes]:
    """Return a call that finds no finished page."""

    def call() -> bytes:
        """Forget the page and ask for it."""
        app.extensions["finished_pages"].pages.clear()
        return ours()

    return call


def list_texts(app: Flask) -> dict[str, str]:
    """Return the texts that a peer would look up: those of the interface and those of the catalogue, Japanese to English."""
    ward = app.extensions["madoguchi"]
    content = {
        text.voices["ja"]: text.voices["en"]
        for _, texts in list_all_texts(ward)
        for text in texts
        if "en" in text.voices and "\n" not in text.voices["en"]
    }
    return {**content, **app.extensions["reading"].messages["en"]}


def template_call(app: Flask, ours: Callable[[], bytes]) -> Callable[[], str]:
    """Return a call that renders the page's template with what the view gave it, and does nothing else."""
    seen: list[Any] = []
    original = service.render_text

    def spy(template: str, **context: Any) -> str:
        """Note the template with its whole context."""
        reading = app.extensions["reading"]
        from flask import g

        look = service.current_look()
        context.setdefault("question_form", False)
        context.setdefault("error_count", 0)
        whole = dict(context, look=look, here=service.path_without_voice(), choice=g.choice,
                     look_from_address=g.look_from_address)  # fmt: skip
        seen.append((reading.environments[g.voice.code, look.furigana].get_template(template), whole))
        return original(template, **context)

    service.render_text = spy
    app.extensions["finished_pages"].pages.clear()
    try:
        ours()
    finally:
        service.render_text = original
    template, context = seen[-1]
    return lambda: template.render(**context)


def compare_furigana(app: Flask, question: str, cookie: str) -> None:
    """Print what readings cost on a page that was shown before."""
    for title, path, jar in (("catalogue", f"/ja/procedures/{PROCEDURE}", ""), ("question", question, cookie)):
        off = measure(make_call(app, path, f"{jar}; look=standard.standard.normal.off"))
        on = measure(make_call(app, path, f"{jar}; look=standard.standard.normal.on"))
        print_table(f"Furigana on a {title} page", {"off": off, "on": on}, "off")
