"""What of notices lies sealed under the ward's master keys: where each way leads."""

from webapp.kit.sealed import SealedColumn
from webapp.notifications.service_ways import _place
from webapp.notifications.tables import Way

SEALED = (SealedColumn(Way, "sealed", _place),)
