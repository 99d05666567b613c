"""What of applications lies sealed under the ward's master keys: each one's own data key."""

from webapp.applications.service_vault import _place
from webapp.applications.tables import Application, PracticeApplication
from webapp.kit.sealed import SealedColumn

SEALED = (SealedColumn(Application, "wrapped_key", _place), SealedColumn(PracticeApplication, "wrapped_key", _place))
