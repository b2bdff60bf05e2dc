"""A registry in this process, with the ways of letting people in (or not) that registries have."""

from __future__ import annotations

import base64
import json
import re
import threading
import uuid
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

USER, PASSWORD, TOKEN = "ann", "hunter2", "let-me-in"


class RegistryServer(ThreadingHTTPServer):
    """Keeps blobs and manifests in memory.

    `auth` is "", "basic" or "token". `faults` maps a pattern of `METHOD path` to what happens then: a status, or "cut"
    for a connection that ends in the middle of the answer, "hang" for no answer until `release`; each happens `times`
    before things work again. `hanging` is whether somebody waits.
    """

    daemon_threads = True

    def __init__(self, *, auth="", old=False):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.auth = auth
        self.old = old
        self.blobs = {}
        self.sent = {}
        self.manifests = {}
        self.requests = []
        self.faults = []
        self.hanging = False
        self._released = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def host(self):
        return f"127.0.0.1:{self.server_port}"

    def fault(self, pattern, what, times=1):
        self.faults.append([re.compile(pattern), what, times])

    def put(self, repository, tag, content, media_type="application/vnd.oci.image.manifest.v1+json"):
        digest = f"sha256:{sha256(content).hexdigest()}"
        self.manifests[repository, tag] = self.manifests[repository, digest] = (digest, media_type, content)
        return digest

    def __enter__(self):
        self._thread.start()
        return self

    def hang(self):
        self.hanging = True
        self._released.wait()

    def release(self):
        self._released.set()

    def __exit__(self, *_):
        self.release()
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code, **headers):
        self.answer(
            status, json.dumps({"errors": [{"code": code, "message": code.lower().replace("_", " ")}]}).encode(), **headers
        )

    def handle_any(self):
        self.body = self.received()
        address = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(address.query).items()}
        self.server.requests.append((self.command, self.path, dict(self.headers)))
        for fault in self.server.faults:
            if fault[2] and fault[0].search(f"{self.command} {self.path}"):
                fault[2] -= 1
                return self.fail(fault[1])
        if address.path == "/token":
            return self.give_token()
        if not self.allowed():
            return self.refuse(401, "UNAUTHORIZED", WWW_Authenticate=self.challenge())
        match = re.fullmatch(r"/v2/(.+?)/(manifests|blobs/uploads|blobs)/(.*)", address.path)
        if match is None:
            return self.answer(200)
        return {"manifests": self.manifest, "blobs": self.blob, "blobs/uploads": self.upload}[match[2]](match[1], match[3])

    def received(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = handle_any  # noqa: N815 - the names http.server looks for

    def fail(self, what):
        if what == "hang":
            self.server.hang()
            return self.refuse(503, "STUMBLED")
        if what != "cut":
            return self.refuse(what, "STUMBLED")
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"{")
        self.close_connection = True
        return None

    def allowed(self):
        given = self.headers.get("Authorization", "")
        wanted = {"": "", "basic": self.basic(), "token": f"Bearer {TOKEN}"}[self.server.auth]
        return not wanted or given == wanted

    @staticmethod
    def basic():
        return "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    def challenge(self):
        if self.server.auth == "basic":
            return 'Basic realm="test"'
        return f'Bearer realm="http://{self.server.host}/token",service="test",scope="repository:x:pull"'

    def give_token(self):
        form = {name: values[0] for name, values in parse_qs(self.body.decode()).items()}
        if self.headers.get("Authorization") == self.basic() or form.get("refresh_token") == TOKEN:
            return self.answer(200, json.dumps({"token": TOKEN}).encode())
        return self.refuse(401, "UNAUTHORIZED")

    def manifest(self, repository, wanted):
        if self.command == "PUT":
            if self.server.old and b"artifactType" in self.body:
                return self.refuse(400, "MANIFEST_INVALID")
            digest = self.server.put(repository, wanted, self.body, self.headers["Content-Type"])
            return self.answer(201, Docker_Content_Digest=digest)
        found = self.server.manifests.get((repository, wanted))
        if found is None:
            return self.refuse(404, "MANIFEST_UNKNOWN")
        digest, media_type, content = found
        return self.answer(200, content, Content_Type=media_type, Docker_Content_Digest=digest)

    def blob(self, repository, digest):
        content = self.server.blobs.get((repository, digest))
        return self.refuse(404, "BLOB_UNKNOWN") if content is None else self.answer(200, content, Docker_Content_Digest=digest)

    def upload(self, repository, session):
        if self.command == "PATCH":
            self.server.sent[session] = self.server.sent.get(session, b"") + self.body
            end = len(self.server.sent[session]) - 1
            return self.answer(202, Location=self.path, Range=f"0-{end}", Docker_Upload_UUID=session)
        if self.command == "POST":
            known = self.server.blobs.get((self.query.get("from"), self.query.get("mount")))
            if known is not None:
                self.server.blobs[repository, self.query["mount"]] = known
                return self.answer(201)
            return self.answer(202, Location=f"/v2/{repository}/blobs/uploads/{uuid.uuid4()}?state=x")
        content = self.server.sent.pop(session, b"") + self.body
        digest = f"sha256:{sha256(content).hexdigest()}"
        if self.query["digest"] != digest:
            return self.refuse(400, "DIGEST_INVALID")
        self.server.blobs[repository, digest] = content
        return self.answer(201, Docker_Content_Digest=digest)
