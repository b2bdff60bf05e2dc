"""As much of the Redis and PostgreSQL protocols as the service needs, with the standard library only."""

import base64
import hashlib
import hmac
import os
import socket
import struct

TIMEOUT = 5.0
PLAIN, MD5, SASL, SASL_CONTINUE, SASL_FINAL = 3, 5, 10, 11, 12  # PostgreSQL's numbers for authentication messages


class StoreError(Exception):
    """A store refused; the text is its own."""


class _Connection:
    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), timeout=TIMEOUT)
        self._file = self._socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()
        self._socket.close()

    def _read(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise StoreError("the connection was closed")
        return data


class Redis(_Connection):
    """The Redis serialization protocol, version 2."""

    def __init__(self, host: str, port: int = 6379) -> None:
        super().__init__(host, port)

    def command(self, *words: str):
        encoded = [word.encode() for word in words]
        parts = [b"*%d\r\n" % len(encoded), *(b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded)]
        self._socket.sendall(b"".join(parts))
        return self._answer()

    def _answer(self):
        line = self._file.readline().rstrip(b"\r\n")
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise StoreError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self._read(int(rest) + 2)[:-2].decode()
        if kind == b"*":
            return [self._answer() for _ in range(int(rest))]
        if kind == b"+":
            return rest.decode()
        raise StoreError("the connection was closed")


class Postgres(_Connection):
    """PostgreSQL's protocol 3.0: authentication by password (SCRAM, MD5, plain) and simple queries."""

    def __init__(self, host: str, user: str, password: str, database: str, port: int = 5432) -> None:
        super().__init__(host, port)
        self._user, self._password = user, password
        parameters = b"".join(word.encode() + b"\0" for word in ("user", user, "database", database))
        body = struct.pack("!i", 196608) + parameters + b"\0"
        self._socket.sendall(struct.pack("!i", len(body) + 4) + body)
        self._until_ready()

    def query(self, sql: str) -> list[list[str | None]]:
        """Run a statement and return its rows as text."""
        self._send(b"Q", sql.encode() + b"\0")
        return self._until_ready()

    @staticmethod
    def quote(text: str) -> str:
        """Return the text as a literal of SQL."""
        escaped = text.replace("\\", "\\\\").replace("'", "''").replace("\0", "")
        return f"E'{escaped}'"

    def _until_ready(self) -> list[list[str | None]]:
        rows, error = [], ""
        while True:
            kind, body = self._message()
            if kind == b"R":
                self._authenticate(body)
            elif kind == b"D":
                rows.append(_row(body))
            elif kind == b"E":
                fields = {field[:1]: field[1:].decode() for field in body.split(b"\0") if field}
                error = fields.get(b"M", "unknown error")
                if fields.get(b"S") == "FATAL":
                    raise StoreError(error)
            elif kind == b"Z":
                if error:
                    raise StoreError(error)
                return rows

    def _authenticate(self, body: bytes) -> None:
        (method,) = struct.unpack("!i", body[:4])
        if method == PLAIN:
            self._send(b"p", self._password.encode() + b"\0")
        elif method == MD5:
            inner = hashlib.md5(self._password.encode() + self._user.encode()).hexdigest()
            self._send(b"p", b"md5" + hashlib.md5(inner.encode() + body[4:8]).hexdigest().encode() + b"\0")
        elif method == SASL:
            self._scram()
        elif method != 0:
            raise StoreError(f"authentication method {method} is not supported")

    def _scram(self) -> None:
        """SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding."""
        nonce = base64.b64encode(os.urandom(18)).decode()
        first = f"n=,r={nonce}"
        initial = ("n,," + first).encode()
        self._send(b"p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(initial)) + initial)
        challenge = self._sasl(SASL_CONTINUE)
        fields = dict(part.split("=", 1) for part in challenge.split(","))
        if not fields["r"].startswith(nonce):
            raise StoreError("the server's nonce does not continue ours")
        salted = hashlib.pbkdf2_hmac("sha256", self._password.encode(), base64.b64decode(fields["s"]), int(fields["i"]))
        client_key = _hmac(salted, "Client Key")
        final = f"c=biws,r={fields['r']}"
        message = f"{first},{challenge},{final}"
        signature = _hmac(hashlib.sha256(client_key).digest(), message)
        proof = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
        self._send(b"p", f"{final},p={base64.b64encode(proof).decode()}".encode())
        expected = base64.b64encode(_hmac(_hmac(salted, "Server Key"), message)).decode()
        if self._sasl(SASL_FINAL) != f"v={expected}":
            raise StoreError("the server does not know the password either")

    def _sasl(self, step: int) -> str:
        kind, body = self._message()
        if kind != b"R" or struct.unpack("!i", body[:4]) != (step,):
            fields = [field[1:].decode() for field in body.split(b"\0") if field[:1] == b"M"]
            raise StoreError(fields[0] if fields else "unexpected answer while logging in")
        return body[4:].decode()

    def _send(self, kind: bytes, body: bytes) -> None:
        self._socket.sendall(kind + struct.pack("!i", len(body) + 4) + body)

    def _message(self) -> tuple[bytes, bytes]:
        kind, (length,) = self._read(1), struct.unpack("!i", self._read(4))
        return kind, self._read(length - 4)


def _row(body: bytes) -> list[str | None]:
    values, at = [], 2
    for _ in range(struct.unpack("!h", body[:2])[0]):
        (length,) = struct.unpack("!i", body[at : at + 4])
        at += 4
        values.append(None if length < 0 else body[at : at + length].decode())
        at += max(length, 0)
    return values


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
