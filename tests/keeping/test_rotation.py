"""A new master key: nothing is lost, wherever it is broken off; nobody has to stop; the old key goes when nothing needs it."""

import ast
import multiprocessing
import os
import signal
from datetime import timedelta

import pytest
from sqlalchemy import LargeBinary
from sqlmodel import Session, SQLModel, select

import webapp.app  # noqa: F401  # every room's tables join the metadata
from tests.keeping.making import ACCOUNT, START, Ward
from webapp.accounts.rules_audit import Report
from webapp.accounts.service import make_account
from webapp.accounts.service_audit_check import verify
from webapp.accounts.tables import Account
from webapp.config import ROOT, load_settings
from webapp.keeping import service_rotation
from webapp.keeping.service_rotation import COLUMNS, OldKeyNeeded, begin_new_key, drop_old, take_over
from webapp.kit.crypto import CannotOpen, new_key, seal, unseal, unseal_with_any
from webapp.kit.database import make_engine, open_session, sign_with
from webapp.notifications.service_ways import list_ways
from webapp.outbox.service import News, enqueue, open_params
from webapp.outbox.tables import Message

OTHER_BYTES = {
    "application.sealed_answers": "the application's data key", "application.sealed_label": "the same",
    "practice_application.sealed_answers": "the same", "name_token.token": "a hash",
    "application_happening.sealed_content": "the application's data key", "correction.sealed_content": "the same",
    "application_look.sealed_words": "the same", "snapshot.body": "open: questions only",
    "account.password_hash": "a hash", "passkey.id": "open: public", "passkey.public_key": "open: public",
    "invitation.lookup": "a hash", "sign_in.lookup": "a hash", "sign_in.challenge": "open: random",
    "sign_in_try.who": "a hash", "single_sign_on.lookup": "a hash", "api_token.lookup": "a hash", "audit_entry.mac": "a hash", "audit_head.mac": "a hash",
    "join_try.who": "a hash", "learner_way.lookup": "a hash", "kiosk_sitting.lookup": "a hash", "kiosk_sitting.holder": "a hash",
    "kiosk.pair_lookup": "a hash", "kiosk.key_lookup": "a hash", "notice_way.lookup": "a hash", "notice_way.stop_lookup": "a hash", "tries.who": "a hash",
    "kept_box.sealed_content": "a key that only residents' secrets open", "kept_way.wrapped_key": "the resident's secret",
    "kept_way.lookup": "a hash",
    **{f"{space}{table}": why for space in ("", "practice_") for table, why in {
        "draft.sealed_answers": "the draft's key", "draft.sealed_slip": "the draft's key",
        "way_in.lookup": "a hash", "way_in.holder": "a hash", "way_in.salt": "open: random",
        "way_in.wrapped_key": "the resident's secret", "hand_over.token_lookup": "a hash",
        "hand_over.code_lookup": "a hash", "hand_over.salt": "open: random", "hand_over.token_key": "the QR code's token",
        "hand_over.code_key": "the spoken code", "hand_over.draft_key": "the draft's key",
        "hand_over.sealed_codes": "the draft's key", "hand_over.sealed_content": "the hand-over's own key",
    }.items()},
}  # fmt: skip
"""Columns of bytes that do not lie under the master keys, and what they lie under. New ones: here, or in a room's SEALED."""


def fill(ward: Ward, count: int = 3) -> list[str]:
    """Put something into every column that lies under the master keys; return the applications."""
    sent = [ward.send(START).application_id for _ in range(count)]
    with open_session(ward.engine) as session:
        account = session.get_one(
            Account, make_account(session, "hanako", "gorogoro-kaminari-7", ("auditor",), START).id
        )
        account.sealed_totp = seal(ward.settings.master_keys[0], b"totp", f"account|{account.id}|totp")
        session.add(account)
    return sent


def find_key_numbers(ward: Ward, keys: list[bytes]) -> dict[str, set[int]]:
    """Return for each column which of the keys its values lie under."""
    found: dict[str, set[int]] = {}
    with Session(ward.engine) as session:
        for one in COLUMNS:
            for row in session.exec(select(one.table)):
                value = getattr(row, one.column)
                for number, key in enumerate(keys):
                    try:
                        unseal(key, value, one.place(row.id))
                    except CannotOpen:
                        continue
                    found.setdefault(one.name, set()).add(number)
    return found


def test_every_column_of_bytes_is_known_to_rotation_or_lies_under_something_else():
    named = {one.name for one in COLUMNS}
    places = {
        f"{name}.{column.name}"
        for name, table in SQLModel.metadata.tables.items()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert places - named - OTHER_BYTES.keys() == set(), "under which key do these lie?"
    assert named & OTHER_BYTES.keys() == set()


def test_nothing_else_seals_with_a_master_key():
    """Whoever seals with the first key of a list: a new place has to be told to rotation, or be as short-lived as a form."""
    sealing = set()
    for path in (ROOT / "webapp").rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            for call in calls:
                name = getattr(call.func, "id", getattr(call.func, "attr", ""))
                if (
                    name == "seal"
                    and call.args
                    and ("keys[0]" in (key := ast.unparse(call.args[0])) or "master" in key)
                ):
                    sealing.add(f"{path.relative_to(ROOT / 'webapp')}:{function.name}")
    assert sealing == {
        "applications/service_vault.py:wrap",
        "outbox/service.py:enqueue",
        "notifications/service_ways.py:add_way",
        "accounts/door_oidc.py:send_flow",  # a cookie of ten minutes
        "accounts/service_factors.py:set_codes_up",
        "accounts/service_factors.py:new_sealed_secret",  # a form's hidden field, gone within minutes
        "keeping/service_rotation.py:_take_over_one",
    }


def test_everything_lies_under_the_new_key_and_the_old_one_goes(ward):
    sent = fill(ward)
    path = ward.settings.data_dir / "keys" / "master_keys"
    (old,) = ward.settings.master_keys
    assert begin_new_key(path)
    assert list(ward.settings.master_keys)[1:] == [old]
    new = ward.settings.master_keys[0]
    assert path.stat().st_mode & 0o777 == 0o600
    for one in sent:
        assert ward.open(one).answers["bank.account"]["number"] == ACCOUNT
    found = take_over(ward.engine, ward.settings.master_keys)
    assert {name: (count.moved, count.lost) for name, count in found.items()} == {
        "account.sealed_totp": (1, 0), "application.wrapped_key": (3, 0), "practice_application.wrapped_key": (0, 0),
        "notice_way.sealed": (3, 0), "outbox.sealed_content": (found["outbox.sealed_content"].seen, 0),
    }  # fmt: skip
    assert set().union(*find_key_numbers(ward, [new, old]).values()) == {0}
    assert drop_old(ward.engine, path) == 1
    assert list(ward.settings.master_keys) == [new]
    for one in sent:
        assert ward.open(one).answers["bank.account"]["number"] == ACCOUNT
    with Session(ward.engine) as session:
        assert verify(session, {}).findings == Report(START, 0, 0, 0, 0).findings
        for message in session.exec(select(Message)):
            assert open_params(message, ward.settings.master_keys)["day"]
            assert list_ways(session, message.about, ward.settings.master_keys)


def test_what_runs_with_the_old_key_seals_with_the_new_one_at_once(ward):
    """A server that was started before reads the key file again: what it seals from now on lies under the new key."""
    begin_new_key(ward.settings.data_dir / "keys" / "master_keys")
    sent = ward.send(START)
    assert ward.open(sent.application_id).answers["bank.account"]["number"] == ACCOUNT
    assert set().union(*find_key_numbers(ward, list(ward.settings.master_keys)).values()) == {0}


def test_a_second_new_key_waits_until_the_first_change_is_over(ward):
    path = ward.settings.data_dir / "keys" / "master_keys"
    assert begin_new_key(path)
    before = path.read_text()
    assert not begin_new_key(path)
    assert path.read_text() == before


@pytest.mark.parametrize("moment", ["between", "within"])
def test_killed_in_the_middle_it_goes_on_where_it_was(ward, moment, monkeypatch):
    """A real process dies without a word, after a batch or inside one; everything opens then, and after going on."""
    sent = fill(ward, 8)
    monkeypatch.setattr(service_rotation, "AT_ONCE", 3)
    path = ward.settings.data_dir / "keys" / "master_keys"
    begin_new_key(path)
    keys = list(ward.settings.master_keys)
    ward.engine.dispose()
    process = multiprocessing.get_context("fork").Process(
        target=die_in_the_middle, args=(ward.engine.url.render_as_string(hide_password=False), ward.settings, moment)
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    under = find_key_numbers(ward, keys)
    assert under["application.wrapped_key"] == {0, 1}, "some were taken over, some not yet"
    for one in sent:
        assert ward.open(one).answers["bank.account"]["number"] == ACCOUNT
    found = take_over(ward.engine, keys)
    assert found["application.wrapped_key"].moved > 0
    assert set().union(*find_key_numbers(ward, keys).values()) == {0}
    assert drop_old(ward.engine, path) == 1
    for one in sent:
        assert ward.open(one).answers["bank.account"]["number"] == ACCOUNT


def die_in_the_middle(url, settings, moment):
    """Take over with an engine of this process, and be killed after the third batch or inside the fourth."""
    engine = sign_with(make_engine(url), settings.audit_keys)
    taken, batches = service_rotation._take_over_one, []

    def take_and_die(session, sealed, *args):
        """Be killed inside a transaction of applications."""
        if moment == "within" and sealed.name == "application.wrapped_key" and len(batches) >= 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return taken(session, sealed, *args)

    def after_batch():
        """Be killed between two transactions."""
        batches.append(1)
        if moment == "between" and len(batches) == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    service_rotation._take_over_one = take_and_die
    take_over(engine, settings.master_keys, after_batch)


def test_what_was_sealed_with_the_old_key_meanwhile_is_taken_over_when_that_key_goes(ward):
    (old,) = ward.settings.master_keys
    path = ward.settings.data_dir / "keys" / "master_keys"
    begin_new_key(path)
    take_over(ward.engine, ward.settings.master_keys)
    with open_session(ward.engine) as session:
        enqueue(
            session, News("received", "a" * 24, "ja", "late", {"day": "2026-11-28"}), old, START + timedelta(days=1)
        )
    assert drop_old(ward.engine, path) == 1
    with Session(ward.engine) as session:
        assert open_params(session.exec(select(Message)).one(), ward.settings.master_keys) == {"day": "2026-11-28"}


def test_an_old_key_stays_while_anything_needs_it(ward, monkeypatch):
    fill(ward)
    path = ward.settings.data_dir / "keys" / "master_keys"
    begin_new_key(path)
    before = path.read_text()
    monkeypatch.setattr(service_rotation, "_take_over_one", lambda *_: service_rotation.Counted())
    with pytest.raises(OldKeyNeeded, match=r"application\.wrapped_key: 3"):
        drop_old(ward.engine, path)
    assert path.read_text() == before


def test_what_no_key_opens_is_told_and_does_not_hold_anything_up(ward):
    with open_session(ward.engine) as session:
        enqueue(session, News("received", "a" * 24, "ja", "lost", {"day": "2026-11-28"}), new_key(), START)
    path = ward.settings.data_dir / "keys" / "master_keys"
    begin_new_key(path)
    assert take_over(ward.engine, ward.settings.master_keys)["outbox.sealed_content"].lost == 1
    assert drop_old(ward.engine, path) == 1


def test_keys_from_the_environment_are_no_file_of_ours(tmp_path):
    first, second = new_key(), new_key()
    given = load_settings({"DATA_DIR": str(tmp_path), "MASTER_KEYS": f"{first.hex()} {second.hex()}"})
    assert list(given.master_keys) == [first, second]
    assert given.master_keys.file is None
    sealed = seal(second, b"x", "p")
    assert unseal_with_any(given.master_keys, sealed, "p") == b"x"


def test_a_key_file_that_cannot_be_read_leaves_the_keys_as_they_were(settings):
    (old,) = settings.master_keys
    path = settings.data_dir / "keys" / "master_keys"
    path.write_text("nonsense")
    assert list(settings.master_keys) == [old]
    path.unlink()
    assert list(settings.master_keys) == [old]
