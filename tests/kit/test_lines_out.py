"""What leaves for other machines is encrypted and checked, or does not leave."""

import socket
import threading
from pathlib import Path

import pytest

import webapp.config
from webapp.config import load_settings
from webapp.notifications import service_mail
from webapp.notifications.service_mail import NoSafeLine


@pytest.mark.parametrize(("given", "read"), [
    ("postgresql://app@db.example/ward", "postgresql+psycopg://app@db.example/ward?sslmode=verify-full&sslrootcert=/roots.pem"),
    ("postgres://app@10.0.0.5:5432/ward?connect_timeout=3",
     "postgresql+psycopg://app@10.0.0.5:5432/ward?connect_timeout=3&sslmode=verify-full&sslrootcert=/roots.pem"),
    ("postgresql://app@db.example/ward?sslmode=verify-ca", "postgresql+psycopg://app@db.example/ward?sslmode=verify-ca"),
    ("postgresql://app@localhost/ward", "postgresql+psycopg://app@localhost/ward"),
    ("postgresql+psycopg://app@/ward?host=/run/postgresql", "postgresql+psycopg://app@/ward?host=/run/postgresql"),
])  # fmt: skip
def test_database_on_another_machine_is_reached_by_a_checked_certificate_only(tmp_path, monkeypatch, given, read):
    monkeypatch.setattr(Path, "is_file", lambda path: str(path) == "/roots.pem")
    monkeypatch.setattr(webapp.config, "ROOT_CERTIFICATES", ("/nowhere.pem", "/roots.pem"))
    assert load_settings({"DATA_DIR": str(tmp_path), "DATABASE_URL": given}).database_url == read


def test_mail_is_not_given_to_another_machine_in_the_open(monkeypatch):
    monkeypatch.setattr(service_mail, "LOCAL", ())  # so that this machine counts as another one
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_greet, args=(server,), daemon=True).start()
        with pytest.raises(NoSafeLine):
            service_mail._open_line(
                service_mail.urlsplit(f"smtp://127.0.0.1:{server.getsockname()[1]}"), "ward.example"
            )


def _greet(server: socket.socket) -> None:
    """Answer as a mail server does that knows no encryption."""
    line, _ = server.accept()
    with line:
        line.sendall(b"220 hello\r\n")
        while line.recv(1000):
            line.sendall(b"250 hello\r\n")
