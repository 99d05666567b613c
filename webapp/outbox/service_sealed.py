"""What of the outbox lies sealed under the ward's master keys: what each message needs to know."""

from webapp.kit.sealed import SealedColumn
from webapp.outbox.service import _place
from webapp.outbox.tables import Message

SEALED = (SealedColumn(Message, "sealed_content", _place),)
