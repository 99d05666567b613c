"""Forms of people who are signed in, as another room would have them."""

import pytest
from flask import Blueprint, Flask, request

from tests.conftest import make_app_anew, make_copy, usual_settings
from webapp.accounts.pages import needs, note_done, render_staff
from webapp.kit.database import make_engine
from webapp.kit.safety import guard


@pytest.fixture(scope="session")
def roomy_app(tmp_path_factory) -> Flask:
    """Return the app with a page and a form of instructors of its own, to be copied: copies share their routes."""
    settings = usual_settings(tmp_path_factory.mktemp("roomy"))
    app = make_app_anew(settings, make_engine(settings.database_url))
    room = Blueprint("room", __name__)

    @room.get("/<voice>/try/<part>")
    @needs("instructor")
    def show(part):
        return render_staff("accounts/carry.html", to=request.path, kept=[("part", part)], kept_to="", note="")

    @room.post("/<voice>/try/<part>")
    @guard("staff")
    @needs("instructor")
    def take(part):
        note_done("tried", part)
        sent = sorted((k, v) for k, v in request.form.items(multi=True) if k != "csrf")
        return {"part": part, "sent": sent}

    app.register_blueprint(room)
    return app


@pytest.fixture
def app(settings, sqlite_engine, roomy_app) -> Flask:
    """Return the app with a page and a form of instructors of its own."""
    return make_copy(roomy_app, settings, sqlite_engine)
