"""The first administrator: made, or helped back in, by a command that prints a link."""

import re

from sqlmodel import select

from tests.accounts.helping import PASSWORD
from webapp.accounts.rules import Grant
from webapp.accounts.service import list_grants
from webapp.accounts.service_people import make_administrator
from webapp.accounts.tables import Account, Invitation
from webapp.app import create_app
from webapp.commands import main
from webapp.config import load_settings
from webapp.kit.clock import now
from webapp.kit.database import make_engine, open_session


def test_administrator_is_made_and_helped_back_in_by_a_command(engine):
    with open_session(engine) as session:
        name, token, made = make_administrator(session, "Hanako", now(), b"p" * 32)
        assert (name, len(token), made) == ("hanako", 32, True)
        account = session.get_one(Account, session.get_one(Invitation, next(iter(_lookups(session)))).account_id)
        account.password_hash, account.sealed_totp, account.disabled_at = "x", b"y", now()
    with open_session(engine) as session:
        name, fresh, made = make_administrator(session, "hanako", now(), b"p" * 32)
        assert (name, made) == ("hanako", False)
        assert fresh != token
        account = session.get_one(Account, account.id)
        assert (account.password_hash, account.sealed_totp, account.disabled_at) == ("", b"", None)
        assert list_grants(session, account.id) == {Grant("administrator")}


def _lookups(session):
    """Return the hashes of all links."""
    return session.exec(select(Invitation.lookup)).all()


def test_command_prints_a_link_that_works_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PUBLIC_URL", "https://ward.example")
    assert main(["administrator", "hanako"]) == 0
    link = re.search(r"https://ward\.example(/ja/staff/welcome/[0-9a-f]{32})", capsys.readouterr().out)[1]
    assert main(["administrator", "a b"]) == 2
    settings = load_settings()
    client = create_app(settings, make_engine(settings.database_url)).test_client()
    done = client.post(link, data={"new_password": PASSWORD, "again_password": PASSWORD}, base_url="https://localhost")
    assert done.location == "/ja/staff/factor"
