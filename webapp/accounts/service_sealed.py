"""What of accounts lies sealed under the ward's master keys: the secret of each person's one-time codes."""

from webapp.accounts.service_factors import place_of_secret
from webapp.accounts.tables import Account
from webapp.kit.sealed import SealedColumn

SEALED = (SealedColumn(Account, "sealed_totp", place_of_secret),)
