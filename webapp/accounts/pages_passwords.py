"""Judging a password that somebody wants to set: by rules, by the ward's own words, by its list of leaked ones."""

from urllib.parse import urlsplit

from flask import current_app

from webapp.accounts.rules import fold_password
from webapp.accounts.rules_passwords import find_password_faults
from webapp.accounts.service_leaked import is_leaked


def find_new_password_faults(new: str, again: str, name: str, shown_name: str) -> tuple[str, ...]:
    """Return what is to mend about a new password (folded) that was typed twice, by somebody with these names."""
    settings = current_app.extensions["madoguchi"].settings
    host = urlsplit(settings.public_url or "").hostname or ""
    words = (shown_name, *settings.ward_words, *(part for part in host.split(".") if len(part) > 3))
    faults = find_password_faults(new, fold_password(again), name, words)
    return faults or (("leaked",) if is_leaked(new, settings.leaked_passwords) else ())
