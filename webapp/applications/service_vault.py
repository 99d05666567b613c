"""The ward's keys as applications need them: what opens an application, and what names are looked up by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp.config import Settings
from webapp.kit.crypto import derive_key, seal, unseal_with_any


@dataclass(frozen=True, slots=True)
class Vault:
    """`master_keys` wrap each application's data key, newest first; `index_key` makes the hashes that names are found by."""

    master_keys: Sequence[bytes]
    index_key: bytes

    def wrap(self, application_id: str, data_key: bytes) -> bytes:
        """Return an application's data key as its row keeps it."""
        return seal(self.master_keys[0], data_key, _place(application_id))

    def unwrap(self, row: Any) -> bytes:
        """Return the data key of an application. Raises CannotOpen."""
        return unseal_with_any(self.master_keys, row.wrapped_key, _place(row.id))


def open_vault(settings: Settings) -> Vault:
    """Return the ward's keys."""
    return Vault(settings.master_keys, derive_key(settings.pepper, "name index"))


def _place(application_id: str) -> str:
    """Return what binds a wrapped key to its application."""
    return f"application|{application_id}|key"
