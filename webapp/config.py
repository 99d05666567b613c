"""Settings from the environment, read once at start; a wrong one stops the start and is named."""

import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import overload
from urllib.parse import urlsplit

from webapp.config_mail import read_mailboxes
from webapp.config_oidc import RESIDENT_USUAL, STAFF_USUAL, Provider, read_provider

ROOT = Path(__file__).resolve().parent.parent
KEY_BYTES = 32
ROOT_CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
"""Where Debian and Red Hat keep whom they trust."""
HERE = ("localhost", "127.0.0.1", "::1")
WARD_WORDS = "suginami,asagaya,杉並,すぎなみ,阿佐谷,あさがや"


class SettingError(ValueError):
    """A setting that is missing or cannot be used; the message names it and says what it must be."""


class KeyRing(Sequence[bytes]):
    """Keys of the ward, newest first; a file of them is read again when it changes, in every process at once."""

    def __init__(self, env: Mapping[str, str], data_dir: Path, name: str = "MASTER_KEYS") -> None:
        self.file = find_key_file(env, data_dir, name)
        self._env, self._data_dir, self._name = env, data_dir, name
        self._keys = self._read()
        self._stamp = self._look()

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self._now())

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[bytes, ...]: ...
    def __getitem__(self, place: int | slice) -> bytes | tuple[bytes, ...]:
        """Return one key, the newest at 0, or several."""
        return self._now()[place]

    def _read(self) -> tuple[bytes, ...]:
        """Return the keys as the environment or the file has them. Raises SettingError."""
        return _read_keys(self._env, self._name, self._data_dir)

    def _look(self) -> tuple[int, int] | None:
        """Return what tells one state of the file from another; None without a file, or while it cannot be looked at."""
        try:
            found = self.file.stat() if self.file else None
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_ino) if found else None

    def _now(self) -> tuple[bytes, ...]:
        """Return the keys as they are now; a file that went or cannot be read leaves them as they were."""
        stamp = self._look()
        if stamp is not None and stamp != self._stamp:
            with suppress(SettingError, OSError):
                self._keys, self._stamp = self._read(), stamp
        return self._keys


def find_key_file(env: Mapping[str, str], data_dir: Path, name: str = "MASTER_KEYS") -> Path | None:
    """Return the file that holds keys; None where they are given in the environment itself."""
    if env.get(f"{name}_FILE"):
        return Path(env[f"{name}_FILE"])
    return None if env.get(name) else data_dir / "keys" / name.lower()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside. docs/how-to/run-it-for-real.md explains each one."""

    data_dir: Path
    content_dir: Path
    content_drafts: Path
    database_url: str
    host: str
    port: int
    workers: int
    threads: int
    public_url: str | None
    allowed_hosts: tuple[str, ...]
    trusted_proxies: int
    draft_days: int
    keep_days: int
    master_keys: Sequence[bytes]
    pepper: bytes
    audit_keys: Sequence[bytes]
    seal_dir: Path | None
    vapid_key: bytes
    vapid_contact: str
    push_hosts: tuple[str, ...]
    smtp_url: str | None
    mail_from: str
    staff_mail: tuple[tuple[str, str], ...]
    quiet_hours: tuple[int, int]
    ward_words: tuple[str, ...]
    leaked_passwords: Path | None
    starts_an_hour: int
    clamd: str | None
    oidc_staff: Provider | None
    oidc_resident: Provider | None

    @property
    def secure(self) -> bool:
        """Tell whether residents reach the service over https, so that cookies may insist on it."""
        return (self.public_url or "").startswith("https://")


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read all settings; make missing keys in DATA_DIR/keys on the first run. Raises SettingError."""
    env = os.environ if env is None else env
    data_dir = Path(env.get("DATA_DIR") or ROOT / "data").resolve()
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    content_dir = Path(env.get("CONTENT_DIR") or ROOT / "content").resolve()
    return Settings(
        data_dir=data_dir,
        content_dir=content_dir,
        content_drafts=Path(env.get("CONTENT_DRAFTS") or content_dir / "drafts").resolve(),
        database_url=_read_database_url(env, data_dir),
        host=env.get("HOST") or "127.0.0.1",
        port=_read_number(env, "PORT", 8000, 0, 65535),
        workers=_read_number(env, "WORKERS", 2, 1, 64),
        threads=_read_number(env, "THREADS", 128, 1, 512),
        public_url=_read_public_url(env),
        allowed_hosts=tuple(h.strip() for h in env.get("ALLOWED_HOSTS", "").split(",") if h.strip()),
        trusted_proxies=_read_number(env, "TRUSTED_PROXIES", 0, 0, 5),
        draft_days=_read_number(env, "DRAFT_DAYS", 30, 1, 365),
        keep_days=_read_number(env, "KEEP_DAYS", 1825, 30, 36500),
        master_keys=KeyRing(env, data_dir),
        pepper=_read_keys(env, "PEPPER", data_dir)[0],
        audit_keys=KeyRing(env, data_dir, "AUDIT_KEY"),
        seal_dir=Path(env["SEAL_DIR"]).resolve() if env.get("SEAL_DIR") else None,
        vapid_key=_read_keys(env, "VAPID_KEY", data_dir)[0],
        vapid_contact=_read_contact(env),
        push_hosts=tuple(h.strip() for h in env.get("PUSH_HOSTS", "").split(",") if h.strip()),
        smtp_url=_read_smtp_url(env),
        mail_from=env.get("MAIL_FROM") or "",
        staff_mail=_read_staff_mail(env),
        quiet_hours=_read_hours(env, "QUIET_HOURS", "21-8"),
        ward_words=tuple(w.strip() for w in env.get("WARD_WORDS", WARD_WORDS).split(",") if w.strip()),
        leaked_passwords=_read_list(env, "LEAKED_PASSWORDS"),
        starts_an_hour=_read_number(env, "STARTS_AN_HOUR", 600, 0, 1_000_000),
        clamd=_read_clamd(env),
        oidc_staff=_read_provider(env, "OIDC_STAFF", STAFF_USUAL),
        oidc_resident=_read_provider(env, "OIDC_RESIDENT", RESIDENT_USUAL),
    )


def _read_provider(env: Mapping[str, str], prefix: str, usual: Mapping[str, str]) -> Provider | None:
    """Return a sign-in service, or None: then nothing of it is offered."""
    try:
        return read_provider(env, prefix, _read_secret, usual)
    except ValueError as error:
        raise SettingError(str(error)) from error


def _read_number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """Return a whole number setting within its bounds."""
    raw = env.get(name) or str(default)
    try:
        number = int(raw)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise SettingError(f"{name} must be a whole number from {low} to {high}, not {raw!r}")
    return number


def _read_database_url(env: Mapping[str, str], data_dir: Path) -> str:
    """Return the database address: SQLite in DATA_DIR unless DATABASE_URL names PostgreSQL."""
    url = _read_secret(env, "DATABASE_URL") or f"sqlite:///{data_dir / 'madoguchi.db'}"
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            url = "postgresql+psycopg://" + url.removeprefix(short)
    if url.startswith("postgresql+psycopg://"):
        return _insist_on_tls(url)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingError("DATABASE_URL must start with postgresql:// or sqlite:///")
    return url


def _insist_on_tls(url: str) -> str:
    """Return PostgreSQL's address: on another machine with a certificate that is checked, unless `sslmode` in it says how."""
    read = urlsplit(url)
    if "sslmode=" in read.query or "host=" in read.query or (read.hostname or "localhost") in HERE:
        return url
    roots = next((path for path in ROOT_CERTIFICATES if Path(path).is_file()), "system")
    return f"{url}{'&' if read.query else '?'}sslmode=verify-full&sslrootcert={roots}"


def _read_public_url(env: Mapping[str, str]) -> str | None:
    """Return the address residents use (no slash at the end), or None to take it from each request."""
    url = (env.get("PUBLIC_URL") or "").rstrip("/")
    if url and not url.startswith(("https://", "http://")):
        raise SettingError("PUBLIC_URL must start with https:// or http://")
    return url or None


def _read_contact(env: Mapping[str, str]) -> str:
    """Return whom push services write to when something is wrong; they want a mailto: or https: address."""
    contact = env.get("VAPID_CONTACT") or "mailto:webmaster@example.jp"
    if not contact.startswith(("mailto:", "https://")):
        raise SettingError("VAPID_CONTACT must start with mailto: or https://")
    return contact


def _read_smtp_url(env: Mapping[str, str]) -> str | None:
    """Return the mail server, or None: then mail is not offered as a way to be told."""
    url = _read_secret(env, "SMTP_URL")
    if url and not url.startswith(("smtp://", "smtps://")):
        raise SettingError("SMTP_URL must start with smtp:// or smtps://")
    if url and "@" not in (env.get("MAIL_FROM") or ""):
        raise SettingError("MAIL_FROM must be a mail address when SMTP_URL is set")
    return url


def _read_staff_mail(env: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the shared mailbox of each section that wants to be told every morning how much waits."""
    try:
        return read_mailboxes(env.get("STAFF_MAIL") or "", has_server=_read_smtp_url(env) is not None)
    except ValueError as error:
        raise SettingError(str(error)) from error


def _read_list(env: Mapping[str, str], name: str) -> Path | None:
    """Return a file that only has to be read; one that is not there stops the start."""
    path = Path(env[name]).resolve() if env.get(name) else None
    if path is not None and not path.is_file():
        raise SettingError(f"{name} must be a file that can be read, not {env[name]!r}")
    return path


def _read_clamd(env: Mapping[str, str]) -> str | None:
    """Return where the virus scanner listens: a socket's path, or a port of this machine; None where there is none."""
    place = env.get("CLAMD") or None
    host, _, port = (place or "/").rpartition(":")
    if place and not place.startswith("/") and not (host in HERE and port.isdigit()):
        raise SettingError(f"CLAMD must be the path of a socket, or localhost:port, not {place!r}")
    return place


def _read_hours(env: Mapping[str, str], name: str, default: str) -> tuple[int, int]:
    """Return two hours of the day, such as (21, 8); equal ones mean never."""
    raw = env.get(name) or default
    first, _, last = raw.partition("-")
    if not (first.isdigit() and last.isdigit() and int(first) < 24 and int(last) < 24):
        raise SettingError(f"{name} must be two hours such as 21-8, not {raw!r}")
    return int(first), int(last)


def _read_secret(env: Mapping[str, str], name: str) -> str | None:
    """Return a secret given directly or, with _FILE behind the name, as the content of a file."""
    path = env.get(f"{name}_FILE")
    if not path:
        return env.get(name) or None
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingError(f"{name}_FILE cannot be read: {error}") from error


def _read_keys(env: Mapping[str, str], name: str, data_dir: Path) -> tuple[bytes, ...]:
    """Return keys as bytes, newest first: hex words of 64 characters from the environment or DATA_DIR/keys."""
    given = _read_secret(env, name) or _read_or_make_key(data_dir / "keys", name.lower())
    try:
        keys = tuple(bytes.fromhex(word) for word in given.replace(",", " ").split())
    except ValueError:
        keys = ()
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise SettingError(f"{name} must be one or more keys of {KEY_BYTES * 2} hexadecimal digits, newest first")
    return keys


def _read_or_make_key(folder: Path, name: str) -> str:
    """Return the key file's text, making it on the first run, readable by its owner only.

    Two processes may start at once: the file appears whole under its name, and the first one wins.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        fresh = folder / f".{name}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text(encoding="utf-8").strip()
