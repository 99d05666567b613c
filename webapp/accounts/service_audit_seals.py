"""Seals: once a day a small file says how far the log reaches, so that whoever holds the database cannot make it shorter.

They lie in DATA_DIR/seals, one for each day, each naming the one before; SEAL_DIR, another machine's folder, has copies.
"""

import json
import os
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, select

from webapp.accounts.rules_audit import (
    NOTHING,
    SEALED,
    Finding,
    Report,
    Seal,
    as_hex,
    digest,
    read_seal,
    sign,
    write_seal,
)
from webapp.accounts.service_audit import HEAD, note
from webapp.accounts.tables import AuditEntry, AuditHead
from webapp.kit.clock import WARD_ZONE, now

RESULT = "last-check.json"
MOST_DAYS = 366
_FILE = re.compile(r"\d{4}-\d{2}-\d{2}\.json")


def seal_missed(session: Session, data_dir: Path, today: date, keys: Sequence[bytes]) -> list[date]:
    """Seal every day before today that was not sealed yet (the last year's at most); return which."""
    folder, yesterday = data_dir / "seals", today - timedelta(days=1)
    if (folder / f"{yesterday}.json").exists():
        return []
    files = load_seals(folder)
    done = [day for day in files if day <= yesterday.isoformat()]
    first = date.fromisoformat(max(done)) + timedelta(days=1) if done else yesterday
    days = [yesterday - timedelta(days=back) for back in range(min((yesterday - first).days, MOST_DAYS - 1), -1, -1)]
    last = _find_last(files, keys)
    sealed = []
    for day in days:
        made = _seal(session, folder, day, keys, last)
        if made is None:  # another worker was quicker
            break
        last = made
        sealed.append(day)
    return sealed


def seal_day(session: Session, data_dir: Path, day: date, keys: Sequence[bytes]) -> bool:
    """Write a day's seal and say in the log that it was written; tell whether it was. One that is there is never overwritten."""
    folder = data_dir / "seals"
    files = load_seals(folder)
    return day.isoformat() not in files and _seal(session, folder, day, keys, _find_last(files, keys)) is not None


Last = tuple[Seal, bytes] | None
"""The seal that was made last, and what its file holds."""


def _find_last(files: Mapping[str, bytes], keys: Sequence[bytes]) -> Last:
    """Return the seal that was made last, whatever its day."""
    read = ((read_seal(day, content, keys), content) for day, content in files.items())
    known = [(seal, content) for seal, content in read if seal is not None]
    return max(known, key=lambda pair: pair[0].order, default=None)


def _seal(session: Session, folder: Path, day: date, keys: Sequence[bytes], last: Last) -> tuple[Seal, bytes] | None:
    """Write a day's seal behind the last one and say so in the log; return it, or None if the day has one by now."""
    number, mac, count, began = _find_end(session, day, last[0].number if last else 0)
    seal = Seal(
        day.isoformat(), last[0].order + 1 if last else 1, number, mac, count, began,
        now().isoformat(timespec="seconds"), digest(last[1]) if last else "",
    )  # fmt: skip
    content = write_seal(seal, keys[0])
    if not _put(folder, f"{day}.json", content):
        return None
    note(session, now(), None, SEALED, day.isoformat())
    return seal, content


def _find_end(session: Session, day: date, at_least: int) -> tuple[int, str, int, int]:
    """Return the last entry of a day (number, code, how many there are up to it), and where the chain began.

    An earlier seal is never taken back, even if the clock was: what was sealed once stays inside the next seal.
    """
    ends = datetime.combine(day + timedelta(days=1), time(), WARD_ZONE)
    number = max(session.exec(select(func.max(AuditEntry.number)).where(AuditEntry.at < ends)).one() or 0, at_least)
    mac = session.exec(select(AuditEntry.mac).where(AuditEntry.number == number)).first()
    count = session.exec(select(func.count()).select_from(AuditEntry).where(AuditEntry.number <= number)).one()
    began = session.exec(select(AuditHead.began).where(AuditHead.id == HEAD)).one()
    return number, as_hex(mac if number > began else NOTHING), count, began


def load_seals(folder: Path) -> dict[str, bytes]:
    """Return the seals in a folder by their days; none if the folder is not there."""
    found = {}
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            if _FILE.fullmatch(path.name):
                with suppress(OSError):
                    found[path.stem] = path.read_bytes()
    return found


def copy_seals(data_dir: Path, other: Path) -> bool:
    """Copy the seals that another place does not have yet; tell whether it has them all now."""
    if not other.is_dir():  # not mounted now; a folder made in its place would hide that
        return False
    there = load_seals(other)
    missing = {day: content for day, content in load_seals(data_dir / "seals").items() if day not in there}
    try:
        for day, content in missing.items():
            _put(other, f"{day}.json", content)
    except OSError:
        return False
    return True


def _put(folder: Path, name: str, content: bytes) -> bool:
    """Write a file that appears whole under its name, for its owner only; tell whether none was there before."""
    fresh = _write_fresh(folder, name, content)
    try:
        os.link(fresh, folder / name)
    except FileExistsError:
        return False
    except OSError:  # a mounted folder may know no links
        if (folder / name).exists():
            return False
        os.replace(fresh, folder / name)
    finally:
        fresh.unlink(missing_ok=True)
    return True


def _write_fresh(folder: Path, name: str, content: bytes) -> Path:
    """Write a file under a name that nobody looks for, down to the disk."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = folder / f".{name}.{secrets.token_hex(8)}"
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def keep_report(folder: Path, report: Report, keys: Sequence[bytes]) -> None:
    """Keep what was found when the log was last checked, signed, in place of the time before."""
    fields = {**asdict(report), "at": report.at.isoformat()}
    fields["seal"] = sign(fields, keys[0])
    os.replace(_write_fresh(folder, RESULT, json.dumps(fields, indent=1).encode()), folder / RESULT)


def find_report(folder: Path, keys: Sequence[bytes]) -> Report | None:
    """Return what was found when the log was last checked; None if it never was, or if somebody else wrote that."""
    try:
        fields = json.loads((folder / RESULT).read_bytes())
        signature = fields.pop("seal")
        findings = tuple(Finding(**one) for one in fields["findings"])
        report = Report(**{**fields, "at": datetime.fromisoformat(fields["at"]), "findings": findings})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return report if secrets.compare_digest(str(signature), sign(fields, keys[0])) else None


def describe_report(report: Report) -> Iterable[str]:
    """Return what was found, for a command: plain lines."""
    yield f"log: {report.entries} entries, the last is number {report.last}; {report.seals} seals; {report.seconds:.1f} s"
    if report.unchained:
        yield f"log: entries up to {report.unchained} are older than the chain, changes to them cannot be found"
    for one in report.findings:
        place = " ".join(part for part in (f"at entry {one.number}" if one.number else "", one.day) if part)
        yield f"log: {one.kind}: {place}"
    if report.more:
        yield f"log: and {report.more} more"
    yield "log: the chain holds" if report.holds else "log: THE CHAIN IS BROKEN"
