"""Who works here as residents read of them: people by the name that administrators chose for that, sections' own systems by theirs."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, select

from webapp.accounts.tables import Account, ApiToken, RoleGrant


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody as residents read of them. `role` is "head", "officer", or "" for who is not in the section any more.

    For a section's own system it is "system".
    """

    name: str
    role: str


def find_shown(session: Session, account_ids: Collection[str], section: str) -> dict[str, Shown]:
    """Return people by their ids, those whose account was switched off since among them; systems by those of their tokens."""
    ids = set(account_ids)
    grants = select(RoleGrant.account_id, RoleGrant.role).where(
        col(RoleGrant.account_id).in_(ids), RoleGrant.section == section, col(RoleGrant.role).in_(("officer", "head"))
    )
    roles: dict[str, str] = {}
    for account_id, role in session.exec(grants):
        roles[account_id] = "head" if "head" in (role, roles.get(account_id)) else role
    people = session.exec(select(Account).where(col(Account.id).in_(ids)))
    found = {one.id: Shown(one.shown_name, roles.get(one.id, "")) for one in people}
    if ids - found.keys():
        tokens = session.exec(select(ApiToken).where(col(ApiToken.id).in_(ids - found.keys())))
        found |= {one.id: Shown(one.system, "system") for one in tokens}
    return found
