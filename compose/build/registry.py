"""A registry over HTTP: manifests and blobs, with its ways of logging in.

Source: the OCI distribution specification; token authentication as registries and the docker command line have it.
Images go through the engine; this is for Compose artifacts and digests.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from compose.base.errors import ComposeError, fail
from compose.base.reference import Reference
from compose.base.value import Value

MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
LARGEST_MANIFEST = 4 * 1024 * 1024
"""Bytes; registries refuse larger ones."""

_PIECE = 256 * 1024
_TIMEOUT = 30.0
_PAUSES = (0.2, 1.0, 3.0)
"""Seconds between attempts where a registry asks for patience or stumbles."""
_PASSING = {429, 500, 502, 503, 504}
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 401, 403, 404
_LOOPBACK = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?")
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Credentials(Value, frozen=True, kw_only=True):
    """A login; with `token` (an identity token) the password is not used."""

    username: str = ""
    password: str = ""
    token: str = ""


class Fetched(NamedTuple):
    """A manifest as the registry has it."""

    digest: str
    media_type: str
    content: bytes


class _Request(NamedTuple):
    """What is asked: `what` is a path in the repository or an address, `most` how many bytes an answer may have."""

    method: str
    what: str
    body: bytes | Iterator[bytes] | None = None
    headers: Mapping[str, str] = {}
    most: int = LARGEST_MANIFEST


class Answer(NamedTuple):
    """An answer of any status."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def credentials_of(header: str) -> Credentials | None:
    """Return the login in an `X-Registry-Auth` value (`Engine.registry_auth`), None when there is none."""
    if not header:
        return None
    told = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    lower = {str(name).lower(): str(value) for name, value in told.items() if value}
    found = Credentials(
        username=lower.get("username", ""), password=lower.get("password", ""), token=lower.get("identitytoken", "")
    )
    return found if found != Credentials() else None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Uploads are told where to go by an answer, not by a redirect."""

    def redirect_request(self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:  # noqa: ANN401, PLR0917 - urllib's own signature
        if req.get_method() not in {"GET", "HEAD"}:
            return None
        # urllib would send credentials on to wherever the registry keeps its blobs; unredirected headers stay here.
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Registry:
    """One repository of a registry.

    `insecure` allows plain HTTP, which loopback addresses may always use. The login is sent to the registry and to
    the token server it names, nowhere else.
    """

    def __init__(self, reference: Reference, credentials: Credentials | None = None, *, insecure: bool = False) -> None:
        self.host = reference.registry
        self.repository = reference.repository
        self._reference = reference
        self._credentials = credentials
        self._plain = insecure or _LOOPBACK.fullmatch(reference.registry) is not None
        self._scheme = "https"
        self._authorization = ""
        self._opener = urllib.request.build_opener(_NoRedirects())
        self._wait = threading.Event()

    def resolve(self, wanted: str) -> str:
        """Return the digest a tag stands for.

        Raises:
            ComposeError: `registry-not-found`, `registry-denied`, `registry-unreachable`, `registry-refused`.
        """
        answer = self._ask("HEAD", f"manifests/{wanted}", headers={"Accept": ", ".join(MANIFEST_TYPES)})
        digest = answer.headers.get("docker-content-digest", "")
        return digest if _DIGEST.fullmatch(digest) else self.manifest(wanted).digest

    def manifest(self, wanted: str) -> Fetched:
        """Return the manifest a tag or digest stands for.

        Raises:
            ComposeError: as for `resolve`, or `registry-corrupt`.
        """
        answer = self._ask("GET", f"manifests/{wanted}", headers={"Accept": ", ".join(MANIFEST_TYPES)})
        digest = _digest(answer.body)
        if _DIGEST.fullmatch(wanted) and wanted != digest:
            raise self._corrupt(wanted)
        return Fetched(digest, answer.headers.get("content-type", "").partition(";")[0], answer.body)

    def blob(self, digest: str, size: int) -> bytes:
        """Return a blob of so many bytes, whose content is checked.

        Raises:
            ComposeError: as for `manifest`.
        """
        answer = self._ask("GET", f"blobs/{digest}", most=size)
        if _digest(answer.body) != digest:
            raise self._corrupt(digest)
        return answer.body

    def has_blob(self, digest: str) -> bool:
        """Return whether the repository has a blob."""
        return self._exchange(_Request("HEAD", f"blobs/{digest}")).status == http.client.OK

    def put_blob(self, content: bytes) -> str:
        """Upload a blob unless it is there, and return its digest.

        Raises:
            ComposeError: as for `resolve`.
        """
        digest = _digest(content)
        if self.has_blob(digest):
            return digest
        begun = self._ask("POST", "blobs/uploads/", write=True)
        place = self._upload_place(begun, digest)
        self._ask("PUT", place, body=content, headers={"Content-Type": "application/octet-stream"}, write=True)
        return digest

    def mount_blob(self, digest: str, source: str) -> bool:
        """Take a blob over from another repository of the same registry; return whether that was possible."""
        query = urllib.parse.urlencode({"mount": digest, "from": source})
        return self._exchange(_Request("POST", f"blobs/uploads/?{query}"), write=True).status == http.client.CREATED

    def send_blob(self, digest: str, size: int, target: Registry) -> None:
        """Send a blob on to another registry, a piece at a time.

        Raises:
            ComposeError: as for `manifest`.
        """
        self._exchange(_Request("HEAD", f"blobs/{digest}"))  # logs in
        request = self._request(_Request("GET", f"blobs/{digest}"))
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as content:
                target.receive_blob(digest, size, iter(lambda: content.read(_PIECE), b""))
        except urllib.error.HTTPError as error:
            with error:
                answer = Answer(error.code, _lower(error.headers), _read(error, LARGEST_MANIFEST))
            raise self._refused("GET", f"blobs/{digest}", answer) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable("GET", f"blobs/{digest}", error) from error

    def receive_blob(self, digest: str, size: int, pieces: Iterator[bytes]) -> None:
        """Upload a blob of so many bytes whose content comes in pieces.

        Raises:
            ComposeError: as for `resolve`.
        """
        begun = self._ask("POST", "blobs/uploads/", write=True)
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        request = self._request(_Request("PUT", self._upload_place(begun, digest), pieces, headers))
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as answer:
                _read(answer, LARGEST_MANIFEST)
        except urllib.error.HTTPError as error:
            with error:
                told = Answer(error.code, _lower(error.headers), _read(error, LARGEST_MANIFEST))
            raise self._refused("PUT", f"blobs/{digest}", told) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable("PUT", f"blobs/{digest}", error) from error

    def put_manifest(self, wanted: str, content: bytes, media_type: str) -> str:
        """Upload a manifest under a tag or its digest, and return the digest.

        Raises:
            ComposeError: as for `resolve`.
        """
        self._ask("PUT", f"manifests/{wanted}", body=content, headers={"Content-Type": media_type}, write=True)
        return _digest(content)

    def _ask(
        self,
        method: str,
        what: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        write: bool = False,
        most: int = LARGEST_MANIFEST,
    ) -> Answer:
        answer = self._exchange(_Request(method, what, body, headers or {}, most), write=write)
        if answer.status >= http.client.BAD_REQUEST:
            raise self._refused(method, what, answer)
        return answer

    def _exchange(self, asked: _Request, *, write: bool = False) -> Answer:
        """Do a request, logging in when asked to and trying again what may pass."""
        answer = self._once(asked)
        if answer.status == _UNAUTHORIZED and self._log_in(answer.headers.get("www-authenticate", ""), write=write):
            answer = self._once(asked)
        for pause in _PAUSES:
            if answer.status not in _PASSING:
                break
            self._wait.wait(pause)
            answer = self._once(asked)
        return answer

    def _once(self, asked: _Request) -> Answer:
        try:
            return self._send(asked)
        except (OSError, http.client.HTTPException) as error:
            if not self._plain or self._scheme == "http":
                raise self._unreachable(asked.method, asked.what, error) from error
        self._scheme = "http"
        return self._once(asked)

    def _upload_place(self, begun: Answer, digest: str) -> str:
        place = urllib.parse.urljoin(self._url("blobs/uploads/"), begun.headers.get("location", ""))
        return place + ("&" if "?" in place else "?") + urllib.parse.urlencode({"digest": digest})

    def _request(self, asked: _Request) -> urllib.request.Request:
        url, headers = self._url(asked.what), dict(asked.headers)
        request = urllib.request.Request(url, data=asked.body, method=asked.method, headers=headers)  # noqa: S310 - http(s) only
        if self._authorization:
            request.add_unredirected_header("Authorization", self._authorization)
        return request

    def _send(self, asked: _Request) -> Answer:
        request = self._request(asked)
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as found:
                return Answer(found.status, _lower(found.headers), _read(found, asked.most))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, _lower(error.headers), _read(error, LARGEST_MANIFEST))

    def _url(self, what: str) -> str:
        if what.startswith(("http://", "https://")):
            return what
        return f"{self._scheme}://{self._reference.registry}/v2/{self.repository}/{what}"

    def _log_in(self, challenge: str, *, write: bool) -> bool:
        """Answer a challenge; return whether there is something new to try."""
        kind, _, rest = challenge.partition(" ")
        before = self._authorization
        if kind.lower() == "basic" and self._credentials is not None:
            self._authorization = _basic(self._credentials)
        elif kind.lower() == "bearer":
            self._authorization = self._token(dict(_CHALLENGE.findall(rest)), write=write)
        return self._authorization != before

    def _token(self, challenge: Mapping[str, str], *, write: bool) -> str:
        actions = "pull,push" if write else "pull"
        scope = challenge.get("scope") or f"repository:{self.repository}:{actions}"
        asked = {"service": challenge.get("service", ""), "scope": scope}
        realm = challenge.get("realm", "")
        if not realm.startswith(("https://", "http://" if self._plain else "https://")):
            return ""
        login = self._credentials
        if login is not None and login.token:
            form = {**asked, "grant_type": "refresh_token", "refresh_token": login.token, "client_id": "compose"}
            answer = self._plainly(urllib.request.Request(realm, data=urllib.parse.urlencode(form).encode(), method="POST"))  # noqa: S310 - checked above
        else:
            request = urllib.request.Request(f"{realm}?{urllib.parse.urlencode(asked)}")  # noqa: S310 - checked above
            if login is not None:
                request.add_unredirected_header("Authorization", _basic(login))
            answer = self._plainly(request)
        told = _json(answer)
        token = told.get("token") or told.get("access_token")
        return f"Bearer {token}" if token else ""

    def _plainly(self, request: urllib.request.Request) -> bytes:
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as answer:
                return _read(answer, LARGEST_MANIFEST)
        except urllib.error.HTTPError:
            return b""  # not let in: the registry itself will say so
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(request.get_method(), request.full_url.partition("?")[0], error) from error

    def _refused(self, method: str, what: str, answer: Answer) -> ComposeError:
        said = "; ".join(_messages(answer)) or f"{method} answered {answer.status}"
        about = f"`{self._reference}`: {said}"
        if answer.status in {_UNAUTHORIZED, _FORBIDDEN}:
            return fail(
                "registry-denied", f"access denied to {about}", hint=f"log in with `docker login {self._reference.registry}`"
            )
        if answer.status == _NOT_FOUND:
            return fail("registry-not-found", f"not found: {about}", hint="check the name and the tag")
        return RegistryRefused(answer.status, fail("registry-refused", f"the registry refused {about}", detail=what))

    def _unreachable(self, method: str, what: str, error: Exception) -> ComposeError:
        reason = getattr(error, "reason", error)
        hint = ""
        if isinstance(reason, ssl.SSLError):
            hint = "if this registry speaks plain HTTP on purpose, allow it with `--insecure-registry`"
        if isinstance(error, http.client.IncompleteRead):
            reason = "the connection was cut in the middle"
        where = self._url(what).partition("?")[0]
        return fail("registry-unreachable", f'failed to do request: {method} "{where}": {reason}', hint=hint)

    def _corrupt(self, digest: str) -> ComposeError:
        return fail("registry-corrupt", f"the registry sent something else than `{digest}` of `{self._reference}`")


class RegistryRefused(ComposeError):
    """A registry refused a request for another reason than who asks; `status` is that of its answer."""

    def __init__(self, status: int, explained: ComposeError) -> None:
        super().__init__(*explained.diagnostics)
        self.status = status


def _read(answer: Any, most: int) -> bytes:  # noqa: ANN401 - urllib's answers have no common type
    """Return the body.

    Raises:
        http.client.IncompleteRead: it ends before its length, or is longer than `most`.
    """
    found = bytes(answer.read(most + 1))
    if len(found) > most or answer.length:
        raise http.client.IncompleteRead(found[:0], answer.length or 0)
    return found


def _lower(headers: Any) -> dict[str, str]:  # noqa: ANN401 - as above
    return {str(name).lower(): str(value) for name, value in headers.items()}


def _digest(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"


def _basic(login: Credentials) -> str:
    return f"Basic {base64.b64encode(f'{login.username}:{login.password}'.encode()).decode()}"


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _messages(answer: Answer) -> list[str]:
    errors = _json(answer.body).get("errors")
    return (
        [str(one.get("message") or one.get("code")) for one in errors if isinstance(one, dict)]
        if isinstance(errors, list)
        else []
    )
