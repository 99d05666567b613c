"""The protocol of signing in at another service: the address a browser is sent to, and what comes of the code it brings back.

One for everybody: staff at the ward's own service, residents by their card. Authlib speaks; what it says is checked here.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import ECKey, RSAKey

from webapp.accounts.rules_oidc import Failed, Flow, Proven, prove, read_subject
from webapp.accounts.service_oidc_line import Doors, Line, check_origin, fetch_json, find_doors, find_keys, speak
from webapp.config_oidc import Provider

ASSERTION_LASTS = 60
MOST_TOKEN = 16 * 1024


def find_address(provider: Provider, flow: Flow, redirect_uri: str) -> str:
    """Return where a browser is sent to begin a journey. Raises Failed."""
    doors = find_doors(provider)
    check_origin(provider, doors)
    asks = {"nonce": flow.nonce, **({"acr_values": provider.acr_values} if provider.acr_values else {})}
    if flow.purpose == "proof":
        asks |= {"prompt": "login", "max_age": "0"}
    with _open_line(provider, doors, redirect_uri) as line:
        url, _state = line.create_authorization_url(
            doors.authorize, state=flow.state, code_verifier=flow.verifier, **asks
        )
    return str(url)


def take_code(
    provider: Provider, flow: Flow, code: str, args: Mapping[str, str], redirect_uri: str, now: datetime
) -> Proven:
    """Exchange the code of a journey for a signed answer, check it, and return what it proves. Raises Failed."""
    doors = find_doors(provider)
    if doors.says_issuer and not args.get("iss"):
        raise Failed("answer", "no issuer came back")
    token = _fetch_token(provider, doors, flow, code, redirect_uri, now)
    claims = _read_id_token(provider, doors, token, flow, now)
    return prove(provider, claims, _ask_more(provider, doors, token, claims))


def _open_line(provider: Provider, doors: Doors, redirect_uri: str, now: datetime | None = None) -> Line:
    """Return a session that proves who we are in the way that the service wants."""
    secret: Any = provider.secret
    if provider.client_auth == "private_key_jwt":
        secret = _import_key(provider)
    line = Line(
        provider.client_id, secret, token_endpoint_auth_method=provider.client_auth, scope=provider.scopes,
        redirect_uri=redirect_uri, code_challenge_method="S256",
    )  # fmt: skip
    if provider.client_auth == "private_key_jwt" and now is not None:
        lasts = {"exp": int(now.timestamp()) + ASSERTION_LASTS}  # it would last an hour otherwise
        headers = {"kid": provider.key_id} if provider.key_id else {}
        line.register_client_auth_method(PrivateKeyJWT(doors.token, lasts, headers, provider.client_algorithm))
    line.register_client_auth_method(("client_secret_basic", _prove_basic))
    return line


def _prove_basic(client: Any, _method: str, uri: str, headers: Any, body: Any) -> tuple[str, Any, Any]:
    """Put name and secret into the header as the standard says: Authlib leaves out to write their signs for addresses."""
    words = ":".join(quote(word, safe="") for word in (client.client_id, client.client_secret))
    headers["Authorization"] = f"Basic {b64encode(words.encode()).decode()}"
    return uri, headers, body


def _import_key(provider: Provider) -> Any:
    """Return our private key. Raises Failed for one that does not fit the way of signing."""
    kind = ECKey if provider.client_algorithm.startswith("ES") else RSAKey
    try:
        return kind.import_key(provider.secret)
    except (JoseError, ValueError, TypeError) as error:
        raise Failed("settings", "the client's key does not fit CLIENT_ALG") from error


def _fetch_token(
    provider: Provider, doors: Doors, flow: Flow, code: str, redirect_uri: str, now: datetime
) -> dict[str, Any]:
    """Return what the service gives for a code. Raises Failed."""
    named = {"client_id": provider.client_id} if provider.client_auth == "private_key_jwt" else {}
    try:
        with speak(), _open_line(provider, doors, redirect_uri, now) as line:
            token = line.fetch_token(doors.token, code=code, code_verifier=flow.verifier, **named)
    except AuthlibBaseError as error:
        raise Failed("answer", f"the code was refused: {str(error.error)[:40]}") from error
    except (ValueError, TypeError, JoseError, RecursionError) as error:
        raise Failed("answer", f"no token: {type(error).__name__}") from error
    return dict(token)


def _read_id_token(
    provider: Provider, doors: Doors, token: Mapping[str, Any], flow: Flow, now: datetime
) -> Mapping[str, Any]:
    """Return what a signed answer says, if it is from this service, for us, for this journey, and of now. Raises Failed."""
    raw = token.get("id_token")
    if not isinstance(raw, str) or len(raw) > MOST_TOKEN:
        raise Failed("answer", "no ID token")
    try:
        found = _verify(provider, doors, raw)
        claims = CodeIDToken(
            found.claims, found.header, {"iss": {"essential": True, "values": list(provider.issuers)},
            "aud": {"essential": True, "value": provider.client_id}, "nonce": {"essential": True, "value": flow.nonce}},
            {"nonce": flow.nonce, "client_id": provider.client_id, "access_token": token.get("access_token")},
        )  # fmt: skip
        _check_clock(claims, now, provider.leeway)
        claims.validate(now.timestamp(), provider.leeway)
    except ExpiredTokenError as error:
        raise Failed("clock", "the ID token is over") from error
    except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise Failed("answer", f"ID token: {type(error).__name__} {getattr(error, 'claim', '') or ''}") from error
    return claims  # type: ignore[no-any-return]  # Authlib has no types


def _check_clock(claims: Mapping[str, Any], now: datetime, leeway: int) -> None:
    """Tell clocks that differ from an answer that is wrong: whoever runs this can mend the clock. Raises Failed."""
    begins = [claims[key] for key in ("iat", "nbf") if isinstance(claims.get(key), (int, float))]
    if any(moment > now.timestamp() + leeway for moment in begins):
        raise Failed("clock", "the ID token is of later")


def _verify(provider: Provider, doors: Doors, raw: str) -> jwt.Token:
    """Return a token whose signature is the service's; a key that is new is asked for once."""
    ways = list(provider.algorithms)
    try:
        return jwt.decode(raw, find_keys(provider, doors), algorithms=ways)
    except InvalidKeyIdError:
        return jwt.decode(raw, find_keys(provider, doors, anew=True), algorithms=ways)


def _ask_more(
    provider: Provider, doors: Doors, token: Mapping[str, Any], claims: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return what else the service tells of the same person, if the account's name is still wanted. Raises Failed.

    The access token is used here and nowhere else, however short it says it lasts, and is kept nowhere.
    """
    access = token.get("access_token")
    if not provider.name_claim or claims.get(provider.name_claim) or not doors.userinfo or not isinstance(access, str):
        return {}
    told = fetch_json(doors.userinfo, {"Authorization": f"Bearer {access}"})
    if read_subject(told) != claims["sub"]:
        raise Failed("answer", "userinfo is about somebody else")
    return told
