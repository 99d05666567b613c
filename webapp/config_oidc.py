"""Settings of sign-in services that speak OpenID Connect: who they are, where their doors are, what of theirs counts here."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

ALGORITHMS = ("ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
"""How answers may be signed: with keys that only the service has. "none", and secrets that we share, are not among them."""
CLIENT_AUTHS = ("client_secret_basic", "client_secret_post", "private_key_jwt")
HERE = ("localhost", "127.0.0.1")
MOST_LEEWAY = 300
STAFF_USUAL = {
    "SCOPES": "openid profile", "NAME_CLAIM": "preferred_username", "ALGS": "ES256 RS256", "CLIENT_ALG": "ES256",
    "LABEL": "職員ポータル", "LEEWAY": "60",
}  # fmt: skip
RESIDENT_USUAL = {
    "SCOPES": "openid", "ACR_VALUES": "aal3 crl", "ALGS": "ES256", "CLIENT_ALG": "ES256", "LABEL": "デジタル認証アプリ",
    "LEEWAY": "60",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provider:
    """One sign-in service. docs/how-to/single-sign-on.md explains each setting.

    `issuers`: the name under which it signs, and other spellings of that same name; people are linked under the first.
    `form_origins`: where browsers may be led by a form. Without addresses of its doors it is asked for them (discovery).
    """

    issuers: tuple[str, ...]
    client_id: str
    client_auth: str
    secret: str = field(repr=False)
    """The shared secret or, for private_key_jwt, the private key (PEM)."""
    key_id: str
    client_algorithm: str
    authorize_url: str
    token_url: str
    keys_url: str
    userinfo_url: str
    end_url: str
    scopes: str
    acr_values: str
    name_claim: str
    strong_acr: tuple[str, ...]
    strong_amr: tuple[str, ...]
    algorithms: tuple[str, ...]
    form_origins: tuple[str, ...]
    label: str
    leeway: int

    @property
    def issuer(self) -> str:
        """Return the name under which people are linked."""
        return self.issuers[0]

    @property
    def discovers(self) -> bool:
        """Tell whether the service is asked where its doors are."""
        return not self.authorize_url


def read_provider(
    env: Mapping[str, str], prefix: str, read_secret: Callable[[Mapping[str, str], str], str | None], usual: Mapping[str, str]
) -> Provider | None:  # fmt: skip
    """Return the service whose settings begin with `prefix`; None where none is set. Raises ValueError, naming the setting."""

    def read(name: str) -> str:
        """Return one setting, or what is usual."""
        return (env.get(f"{prefix}_{name}") or usual.get(name, "")).strip()

    issuers = tuple(read("ISSUER").split())
    if not issuers:
        return None
    urls = {name: read(f"{name}_URL") for name in ("AUTHORIZE", "TOKEN", "KEYS", "USERINFO", "END")}
    for name, url in (
        *(("ISSUER", one) for one in issuers),
        *((f"{name}_URL", url) for name, url in urls.items() if url),
    ):
        _check_url(f"{prefix}_{name}", url)
    if len({bool(urls[name]) for name in ("AUTHORIZE", "TOKEN", "KEYS")}) > 1:
        raise ValueError(f"{prefix}_AUTHORIZE_URL, {prefix}_TOKEN_URL and {prefix}_KEYS_URL belong together")
    if not read("CLIENT_ID"):
        raise ValueError(f"{prefix}_CLIENT_ID must be set beside {prefix}_ISSUER")
    auth, secret = _read_client(env, prefix, read_secret, read("CLIENT_AUTH"))
    hops = tuple(
        _origin(url) for url in (*issuers, urls["AUTHORIZE"], *read("FORM_ORIGINS").replace(",", " ").split()) if url
    )
    return Provider(
        issuers, read("CLIENT_ID"), auth, secret, read("CLIENT_KEY_ID"), _read_algorithms(prefix, read("CLIENT_ALG"))[0],
        urls["AUTHORIZE"], urls["TOKEN"], urls["KEYS"], urls["USERINFO"], urls["END"],
        _read_scopes(prefix, read("SCOPES")), read("ACR_VALUES"), read("NAME_CLAIM"), tuple(read("STRONG_ACR").split()),
        tuple(read("STRONG_AMR").split()), _read_algorithms(prefix, read("ALGS")), tuple(dict.fromkeys(hops)),
        read("LABEL")[:40], _read_leeway(prefix, read("LEEWAY")),
    )  # fmt: skip


def _read_client(
    env: Mapping[str, str], prefix: str, read_secret: Callable[[Mapping[str, str], str], str | None], auth: str
) -> tuple[str, str]:
    """Return how we prove who we are to the service, and by what."""
    secret, key = read_secret(env, f"{prefix}_CLIENT_SECRET"), read_secret(env, f"{prefix}_CLIENT_KEY")
    if bool(secret) == bool(key):
        raise ValueError(f"set either {prefix}_CLIENT_SECRET_FILE or {prefix}_CLIENT_KEY_FILE")
    auth = auth or ("private_key_jwt" if key else "client_secret_basic")
    if auth not in CLIENT_AUTHS or (auth == "private_key_jwt") != bool(key):
        raise ValueError(f"{prefix}_CLIENT_AUTH must be one of {', '.join(CLIENT_AUTHS)}, the last one with a key")
    if key and "PRIVATE KEY" not in key:
        raise ValueError(f"{prefix}_CLIENT_KEY_FILE must hold a private key in PEM")
    return auth, key or secret or ""


def _read_algorithms(prefix: str, words: str) -> tuple[str, ...]:
    """Return the ways of signing that are taken."""
    found = tuple(words.split())
    if not found or not set(found) <= set(ALGORITHMS):
        raise ValueError(f"{prefix}_ALGS and {prefix}_CLIENT_ALG must be of {', '.join(ALGORITHMS)}")
    return found


def _read_scopes(prefix: str, scopes: str) -> str:
    """Return what is asked for; without openid nobody is named."""
    if "openid" not in scopes.split():
        raise ValueError(f"{prefix}_SCOPES must name openid")
    return scopes


def _read_leeway(prefix: str, seconds: str) -> int:
    """Return by how much the clocks of both sides may differ."""
    if not re.fullmatch(r"[0-9]{1,3}", seconds) or int(seconds) > MOST_LEEWAY:
        raise ValueError(f"{prefix}_LEEWAY must be a number of seconds from 0 to {MOST_LEEWAY}")
    return int(seconds)


def _check_url(name: str, url: str) -> None:
    """Refuse an address that is not spoken to over https, but for one on this machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in HERE):
        raise ValueError(f"{name} must start with https://")
    if not parts.hostname or parts.username or parts.fragment or not url.isascii() or not url.isprintable():
        raise ValueError(f"{name} must be a plain address")


def is_url(url: object) -> bool:
    """Tell whether a service may be spoken to at an address."""
    try:
        _check_url("it", str(url))
    except ValueError:
        return False
    return isinstance(url, str)


def _origin(url: str) -> str:
    """Return scheme, host and port of an address. Raises ValueError for none."""
    _check_url("each address", url)
    parts = urlsplit(url)
    if not re.fullmatch(r"[A-Za-z0-9.:-]+", parts.netloc):
        raise ValueError("each address must have a plain host")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address; "" for none."""
    return _origin(url) if is_url(url) else ""
