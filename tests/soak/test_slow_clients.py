"""Clients that send a byte at a time hold their own connection, not the service."""

import socket
import time
import urllib.request

from tests.soak.server import Server

SLOW = 32


def open_slow(port: int, body: bool) -> socket.socket:
    """Begin a request and leave it unfinished: in its headers, or in its body."""
    one = socket.create_connection(("127.0.0.1", port))
    if body:
        one.sendall(b"POST /look HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\nchange=")
    else:
        one.sendall(b"GET /ja/ HTTP/1.1\r\nHost: local")
    return one


def test_thirty_two_slow_clients_do_not_stop_other_readers(tmp_path):
    server = Server(tmp_path / "data")
    try:
        server.start()
        slow = [open_slow(server.port, body) for body in (True, False) for _ in range(SLOW)]
        time.sleep(0.5)
        longest = 0.0
        for _ in range(20):
            began = time.monotonic()
            with urllib.request.urlopen(f"{server.base}/ja/help", timeout=10) as answer:
                assert answer.status == 200
            longest = max(longest, time.monotonic() - began)
        for one in slow:
            one.close()
    finally:
        server.kill()
    assert longest < 2.0, f"a reader waited {longest:.1f} s"
