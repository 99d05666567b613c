"""The ward's own sign-in service on a real port, a ward that uses it, and people of both."""

import pytest

from tests.accounts.helping import make, sign_in
from tests.accounts.provider import Service, list_settings, open_service
from tests.accounts.sso.journeys import OFFICER
from webapp.accounts.service_oidc_line import forget_lines
from webapp.accounts.service_single_sign_on import allow as allow_link
from webapp.config import load_settings
from webapp.kit.clock import now
from webapp.kit.database import open_session


@pytest.fixture(scope="module")
def service():
    with open_service() as found:
        yield found


@pytest.fixture
def op(service) -> Service:
    """Return the service in order, with nobody asked yet."""
    service.__init__(service.base)
    service.person["preferred_username"] = "kakari"
    forget_lines()
    return service


@pytest.fixture
def settings(tmp_path, op):
    env = {"DATA_DIR": str(tmp_path / "data"), "PUBLIC_URL": "http://localhost", **list_settings(op, tmp_path)}
    return load_settings(env)


@pytest.fixture
def chief(app):
    """Return the browser of an administrator."""
    browser = app.test_client()
    sign_in(browser, app, ("administrator",), "kanri")
    return browser


@pytest.fixture
def kakari(app, settings) -> str:
    """Return the id of an officer who may be linked."""
    account_id = make(app, OFFICER, "kakari")
    with open_session(app.extensions["engine"]) as session:
        allow_link(session, settings.oidc_staff.issuer, account_id, "", now(), settings.pepper)
    return account_id
