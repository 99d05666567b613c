"""Two things done with somebody's second factors at the same moment: one of them is always left."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from sqlmodel import Session

from tests.accounts.helping import PASSWORD
from webapp.accounts.service import make_account
from webapp.accounts.service_factors import list_factors, remove_codes
from webapp.accounts.service_passkeys import list_passkeys, remove_passkey
from webapp.accounts.tables import Account, Passkey
from webapp.kit.clock import now
from webapp.kit.database import open_session


def test_of_two_factors_removed_at_once_one_is_left(engine):
    with open_session(engine) as session:
        account = make_account(session, "kakari", PASSWORD, ("officer:tax",), now())
        account.sealed_totp, account_id = b"x", account.id
        session.add(Passkey(id=b"key", account_id=account_id, public_key=b"x", made_at=now()))
    looked, removed = Event(), Event()

    def remove_key():
        with open_session(engine) as session:
            kept = session.get_one(Account, account_id)  # as it was before the other was done
            (key,) = list_passkeys(session, account_id)
            looked.set()
            removed.wait(1)  # where whole transactions wait for each other, this one is first
            return kept.sealed_totp == b"x", remove_passkey(session, key, now())

    def remove_app():
        looked.wait(5)
        with open_session(engine) as session:
            gone = remove_codes(session, account_id, now())
        removed.set()
        return gone

    with ThreadPoolExecutor(2) as pool:
        key, app = pool.submit(remove_key), pool.submit(remove_app)
        assert sorted((key.result()[1], app.result())) == [False, True]
    with Session(engine) as session:
        assert len(list_factors(session, account_id)) == 1
