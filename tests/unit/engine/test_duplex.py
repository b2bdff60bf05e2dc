"""A TLS connection behind an ordinary socket; the ciphers need no certificate."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

import pytest

from compose.engine.duplex import bridged

SECONDS = 10
LARGE = 3_000_000


def context(kind: int) -> ssl.SSLContext:
    found = ssl.SSLContext(kind)
    found.check_hostname = False
    found.verify_mode = ssl.CERT_NONE
    found.maximum_version = ssl.TLSVersion.TLSv1_2
    found.set_ciphers("aNULL:@SECLEVEL=0")
    found.options |= ssl.OP_IGNORE_UNEXPECTED_EOF  # as the engines' TLS does
    return found


@pytest.fixture
def connect():
    """Return a plain socket bridged to a server that behaves as told, and what came of that."""
    opened: list[socket.socket] = []

    def new(behave: Callable[[ssl.SSLSocket], None], early: bytes = b"") -> socket.socket:
        ours, theirs = socket.socketpair()

        def serve() -> None:
            with context(ssl.PROTOCOL_TLS_SERVER).wrap_socket(theirs, server_side=True) as secure:
                secure.sendall(early)
                behave(secure)

        threading.Thread(target=serve, daemon=True).start()
        secure = context(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(ours)
        buffer = secure.makefile("rb")
        if early:
            assert buffer.peek()
        plain = bridged(secure, buffer)
        plain.settimeout(SECONDS)
        opened.append(plain)
        return plain

    yield new
    for one in opened:
        one.close()


def everything(plain: socket.socket) -> bytes:
    data = b""
    while chunk := plain.recv(65536):
        data += chunk
    return data


def test_bytes_go_both_ways(connect):
    plain = connect(lambda secure: secure.sendall(b"echo " + secure.recv(100)))
    plain.sendall(b"hello")
    assert everything(plain) == b"echo hello"


def test_what_was_read_ahead_is_not_lost(connect):
    plain = connect(lambda secure: secure.sendall(b" and late"), early=b"early")
    assert everything(plain) == b"early and late"


def test_the_other_side_goes_on_sending_after_the_end_of_our_input(connect):
    def behave(secure: ssl.SSLSocket) -> None:
        got = b""
        while chunk := secure.recv(65536):
            got += chunk
        secure.sendall(got[::-1] + b"x" * LARGE)

    plain = connect(behave)
    plain.sendall(b"abc")
    plain.shutdown(socket.SHUT_WR)
    assert everything(plain) == b"cba" + b"x" * LARGE


def test_much_in_both_directions_at_once_blocks_nothing(connect):
    def behave(secure: ssl.SSLSocket) -> None:
        while chunk := secure.recv(65536):
            secure.sendall(chunk)

    plain = connect(behave)
    threading.Thread(target=plain.sendall, args=(b"y" * LARGE,), daemon=True).start()
    got = 0
    while got < LARGE:
        got += len(plain.recv(65536))
    assert got == LARGE


def test_closing_our_side_ends_the_connection(connect):
    ended = threading.Event()

    def behave(secure: ssl.SSLSocket) -> None:
        with contextlib.suppress(OSError):
            secure.recv(1)
        ended.set()

    connect(behave).close()
    assert ended.wait(SECONDS)
