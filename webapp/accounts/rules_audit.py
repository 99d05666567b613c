"""What binds the log together: each entry to the one before it, each day to a seal, and what counts as a break. Pure."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from typing import Any

from webapp.kit.crypto import derive_key, keyed_hash
from webapp.kit.ids import is_id

NOTHING = bytes(32)
"""What the first entry of a chain stands behind."""
SEALED = "log-sealed"
"""The word of the entry that says that a day was sealed; its `about` is the day."""
CHANGED, OF_KEYS = "audit-key-changed", "audit-key"
"""The word of the entry from which on another key signs, and what it is about; its `why` names that key."""
LOOSE = frozenset({"copy-missing"})
"""Findings that say nothing against the log itself."""
MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written: a word of FINDING_WORDS, the entry's number where it shows, a seal's day."""

    kind: str
    number: int = 0
    day: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found when the whole log was read: how many entries up to which number, the first findings, how many more.

    The first `unchained` entries are older than the chain: nothing tells whether somebody changed them.
    """

    at: datetime
    entries: int
    last: int
    unchained: int
    seals: int
    findings: tuple[Finding, ...] = ()
    more: int = 0
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Tell whether every entry is where it was written, as it was written."""
        return all(one.kind in LOOSE for one in self.findings)


@dataclass(frozen=True, slots=True)
class Seal:
    """What a day's seal says: how far the chain reached, and which seal was made before this one.

    `order` counts the seals from 1, `before` is the digest of the seal before. `signed_by` names the key; no file says it.
    """

    day: str
    order: int
    number: int
    mac: str
    count: int
    began: int
    made_at: str
    before: str
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it lies in the database."""

    number: int
    at: datetime
    account_id: str | None
    what: str
    about: str
    why: str
    mac: bytes


def write_about(account_id: str, grant: str) -> str:
    """Return what an entry about one role of one person is about."""
    return f"{account_id} {grant}"


def read_about(about: str) -> tuple[str, str]:
    """Return what an entry is about, and which role of that person, where it is about one."""
    whose, _, grant = about.partition(" ")
    return (whose, grant) if grant and is_id(whose) else (about, "")


def name_key(key: bytes) -> str:
    """Return what a key is called where it must not be said itself."""
    return keyed_hash(derive_key(key, "name of the log's key"), "")[:8].hex()


def make_mac(key: bytes, before: bytes, entry: Any) -> bytes:
    """Return what binds an entry to the one before it."""
    moment = entry.at.astimezone(timezone.utc).isoformat(timespec="microseconds")
    parts = [entry.number, moment, entry.account_id, entry.what, entry.about, entry.why]
    return keyed_hash(key, before.hex() + json.dumps(parts))


def _fits(key: bytes, before: bytes, entry: Any) -> bool:
    """Tell whether an entry is as it was written; one that cannot even be read is not."""
    try:
        return hmac.compare_digest(make_mac(key, before, entry), entry.mac)
    except (TypeError, ValueError, AttributeError):
        return False


class Walk:
    """Reads the entries in their order, by the oldest key first, and remembers what does not fit."""

    def __init__(self, keys: Sequence[bytes], began: int, seals: Iterable[Seal]) -> None:
        self.key, self.newest, self.began, self.before = keys[-1], keys[0], began, NOTHING
        self._keys = {name_key(key): key for key in keys}
        self._gave_way: dict[str, int] = {}
        self.number = self.entries = self.more = 0
        self.findings: list[Finding] = []
        self.sealed_days: set[str] = set()
        self._seals: dict[int, list[Seal]] = {}
        for seal in seals:
            self._seals.setdefault(seal.number, []).append(seal)
            if seal.began != began:
                self.find("began", began, seal.day)
        self._meet_seals()

    def find(self, kind: str, number: int = 0, day: str = "") -> None:
        """Remember one finding, or that there are more than anybody reads."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(kind, number, day))
        else:
            self.more += 1

    def take(self, entry: Line) -> None:
        """Look at the next entry."""
        if entry.number < 1:
            self.find("added", entry.number)
            return
        if entry.number != self.number + 1:
            self.find("removed", self.number + 1)
        self.number, self.entries = entry.number, self.entries + 1
        if entry.number <= self.began:
            if entry.mac:
                self.find("began", entry.number)
        else:
            if not _fits(self.key, self.before, entry):
                self.find("broken", entry.number)
            elif entry.what == CHANGED:
                self._change_key(entry)
            self.before = entry.mac
        if entry.what == SEALED:
            self.sealed_days.add(entry.about)
        self._meet_seals()

    def _change_key(self, entry: Line) -> None:
        """Read on by the key that an entry names, which the key before has signed."""
        if entry.why not in self._keys:
            self.find("key-missing", entry.number)
            return
        self._gave_way[name_key(self.key)] = entry.number
        self.key = self._keys[entry.why]

    def _meet_seals(self) -> None:
        """Compare with the seals that were made when this was the last entry of their day, by a key that still held then."""
        for seal in self._seals.pop(self.number, ()):
            if seal.signed_by in self._gave_way:
                self.find("seal-forged", self.number, seal.day)
            elif seal.mac != as_hex(self.before) or seal.count != self.entries:
                self.find("rewritten", self.number, seal.day)

    def end(self, number: int, mac: bytes, highest: int) -> None:
        """Compare with the end of the chain as it was written down, and with seals that say more."""
        if self.number < number:
            self.find("cut", self.number + 1)
        elif self.before != mac:
            self.find("head", number)
        if self.key != self.newest:
            self.find("old-key", self.number)
        if highest > number:
            self.find("beyond", number + 1)
        for seal in sorted((one for found in self._seals.values() for one in found), key=lambda one: one.number):
            self.find("cut" if seal.number > self.number else "rewritten", min(self.number + 1, seal.number), seal.day)


def as_hex(mac: Any) -> str:
    """Return a code as seals write it; what is none is like nothing."""
    return bytes(mac).hex() if isinstance(mac, (bytes, bytearray, memoryview)) else ""


def write_seal(seal: Seal, key: bytes) -> bytes:
    """Return a seal as its file holds it, signed with a key of its own."""
    fields = {name: value for name, value in asdict(seal).items() if name != "signed_by"}
    return (json.dumps({**fields, "seal": sign(fields, key)}, indent=1) + "\n").encode()


def read_seal(day: str, content: bytes, keys: Iterable[bytes]) -> Seal | None:
    """Return what a day's seal says, or None if nobody but us can have meant it: damaged, forged, or of another day."""
    try:
        fields = json.loads(content)
        signature = fields.pop("seal")
        seal = Seal(**fields)
    except (TypeError, ValueError, KeyError, AttributeError):
        return None
    if not isinstance(signature, str) or seal.day != day or "signed_by" in fields:
        return None
    fits = (key for key in keys if hmac.compare_digest(signature.encode(), sign(fields, key).encode()))
    return next((replace(seal, signed_by=name_key(key)) for key in fits), None)


def sign(fields: Any, key: bytes) -> str:
    """Return the signature over what a file beside the log says, under a key derived from the log's own."""
    return keyed_hash(derive_key(key, "daily seal"), json.dumps(fields, sort_keys=True)).hex()


def digest(content: bytes) -> str:
    """Return what the next seal says about the one before."""
    return hashlib.sha256(content).hexdigest()
