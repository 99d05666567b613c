"""Ways to reach people: their order, what may be shown of them, what a form about them must hold, when to call."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from webapp.kit.open_days import is_closed

CHANNELS = ("push", "mail", "call", "letter")
HOURS = {
    "morning": (time(9), time(12)), "afternoon": (time(13), time(16)), "evening": (time(16), time(18)),
    "any": (time(9), time(18)),
}  # fmt: skip
"""When calls may be made, in the ward's time; only on days on which the ward office is open."""

CALL_AGAIN = timedelta(hours=3)
MOST_TRIES = 3
HELD_FOR = timedelta(minutes=15)
"""How long a call stays with whoever took it."""

LONGEST = {"name": 60, "address": 254, "number": 30, "postal": 10, "line": 80, "endpoint": 1000}
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z0-9-]{2,63}")


def same_as(channel: str, details: Mapping[str, str]) -> str:
    """Return what makes two ways of one channel the same, however it was typed."""
    if channel == "push":
        return details["endpoint"]
    if channel == "mail":
        return details["address"].lower()
    if channel == "call":
        return re.sub(r"\D", "", unicodedata.normalize("NFKC", details["number"]))
    return "|".join((details["name"], details["postal"], details["lines"]))


def mask_mail(address: str) -> str:
    """Return a mail address by its first letter and its host: a***@example.jp."""
    local, _, host = address.rpartition("@")
    return f"{local[:1]}***@{host}"


def mask_number(number: str) -> str:
    """Return the last three digits of a phone number."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", number))
    return digits[-3:]


def mask_postal(postal: str) -> str:
    """Return the first three digits of a postal code: 167-****."""
    return f"{postal[:3]}-****"


def find_mail_gap(typed: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the way that a typed mail address makes, and what to mend by field."""
    address = unicodedata.normalize("NFKC", typed).strip()
    if not address:
        return {}, {"address": "empty"}
    if len(address) > LONGEST["address"] or not _MAIL.fullmatch(address):
        return {}, {"address": "wrong"}
    return {"address": address}, {}


def find_call_gaps(typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the way that what was typed about a call makes, and what to mend by field: number, name, hours."""
    digits = _read_number(typed.get("number", ""))
    gaps: dict[str, str] = {}
    if not digits:
        gaps["number"] = "empty"
    elif not (digits.startswith("0") and 10 <= len(digits) <= 11):
        gaps["number"] = "wrong"
    name = _one_line(typed.get("name", ""))
    gaps |= _gap_of_name("name", name)
    hours = typed.get("hours", "")
    if hours not in HOURS:
        gaps["hours"] = "empty"
    return {"number": digits, "name": name, "hours": hours}, gaps


def _read_number(typed: str) -> str:
    """Return the digits of a phone number from the leading 0, however it was written."""
    plain = unicodedata.normalize("NFKC", typed[:100])
    digits = re.sub(r"\D", "", plain)
    return (
        re.sub(r"^(?:00|010)?81(?=0?[1-9])0?", "0", digits)
        if len(digits) > 11 or plain.strip().startswith("+81")
        else digits
    )


def find_letter_gaps(typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the way that what was typed about a letter makes, and what to mend by field: to, postal, lines."""
    name = _one_line(typed.get("to", ""))
    gaps = _gap_of_name("to", name)
    postal = re.sub(r"\D", "", unicodedata.normalize("NFKC", typed.get("postal", ""))[:50])
    if len(postal) != 7:
        gaps["postal"] = "wrong" if postal else "empty"
    lines = [line for raw in typed.get("lines", "").splitlines() if (line := _one_line(raw))]
    if not lines:
        gaps["lines"] = "empty"
    elif len(lines) > 4 or max(map(len, lines)) > LONGEST["line"]:
        gaps["lines"] = "long"
    return {"name": name, "postal": postal, "lines": "\n".join(lines)}, gaps


def _one_line(typed: str) -> str:
    """Return what was typed in one line, without signs that cannot be seen."""
    words = unicodedata.normalize("NFC", typed)
    return " ".join("".join(c if c.isprintable() or c.isspace() else "" for c in words).split())


def _gap_of_name(field: str, name: str) -> dict[str, str]:
    """Return what to mend about a name."""
    if not name:
        return {field: "empty"}
    return {field: "long"} if len(name) > LONGEST["name"] else {}


def fits_now(hours: str, local: datetime, closed: Collection[date] = ()) -> bool:
    """Tell whether a call at a moment (ward time) is in somebody's best hours. `closed`: more days without a call."""
    first, last = HOURS.get(hours, HOURS["any"])
    return _is_open(local.date(), closed) and first <= local.time() < last


def next_call(hours: str, local: datetime, closed: Collection[date] = ()) -> datetime:
    """Return when to call again: in the next best hours, three hours from now or later (ward time)."""
    return first_call(hours, local + CALL_AGAIN, closed)


def first_call(hours: str, local: datetime, closed: Collection[date] = ()) -> datetime:
    """Return the first moment from `local` on that lies in somebody's best hours."""
    first, last = HOURS.get(hours, HOURS["any"])
    moment = local
    if moment.time() >= last:
        moment = datetime.combine(moment.date() + timedelta(days=1), first, moment.tzinfo)
    elif moment.time() < first:
        moment = datetime.combine(moment.date(), first, moment.tzinfo)
    while not _is_open(moment.date(), closed):
        moment = datetime.combine(moment.date() + timedelta(days=1), first, moment.tzinfo)
    return moment


def _is_open(day: date, closed: Collection[date]) -> bool:
    """Tell whether staff call on a day."""
    return not is_closed(day) and day not in closed
