"""What the stand-in images are made of: layers from Debian packages, and images on top of them."""

from __future__ import annotations

from dataclasses import dataclass, field

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Layer:
    """One layer: the packages' files and those of `files/<name>`.

    - `below`: the layer it lies on ("" = none); packages found there are not repeated.
    - `packages`: by name; `closure` says whether what they depend on comes along.
    - `keep`: regular expressions of paths to take even though they match what is left out everywhere; `only`:
      when given, nothing else is taken.
    - `folders`: empty directories; `links`: symbolic links, path -> target.
    - `newer`: take the packages from this Debian release when the machine runs an older one.
    """

    below: str
    packages: tuple[str, ...]
    closure: bool = True
    only: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    links: dict[str, str] = field(default_factory=dict)
    newer: str = ""


LAYERS = {
    # Busybox 1.35 of Debian 12 crashes at `wget -T`, which health checks use.
    "base": Layer(
        below="",
        packages=("busybox-static",),
        closure=False,
        only=("usr/bin/busybox$",),
        newer="trixie",
        folders=("dev", "etc", "home", "proc", "root", "run", "sys", "tmp", "usr/local/bin", "var/log", "var/tmp"),
        links={"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64", "var/run": "/run"},
    ),
    # What the programs above have in common, stored once.
    "debian": Layer(
        below="base",
        packages=("libc6", "libc-bin", "bash", "libtinfo6", "libgcc-s1", "zlib1g", "libcap-ng0", "util-linux"),
        closure=False,
        only=("usr/lib/", "usr/lib64/", "usr/bin/(bash|setpriv|getent|locale)$"),
        drop=("usr/lib/systemd/", "usr/lib/.*/gconv/"),
    ),
    "nginx": Layer(
        below="debian",
        packages=("nginx", "nginx-common", "curl"),
        keep=("etc/nginx/mime.types$",),
        drop=("usr/share/",),
        folders=("var/log/nginx", "var/lib/nginx", "docker-entrypoint.d"),
    ),
    "redis": Layer(below="debian", packages=("redis-server", "redis-tools"), drop=("usr/share/",), folders=("data",)),
    "postgres": Layer(
        below="debian",
        packages=("postgresql",),
        keep=("usr/share/postgresql/", "usr/share/zoneinfo/"),
        drop=("usr/share/", ".*/bitcode/", ".*llvmjit", ".*/pgxs/"),
        folders=("var/lib/postgresql/data", "docker-entrypoint-initdb.d"),
    ),
    "python": Layer(
        below="debian",
        packages=("python3", "python3-pip-whl"),
        keep=("usr/share/python-wheels/pip-",),
        drop=("usr/share/", ".*/(test|idlelib|lib2to3|tkinter)/", ".*/EXTERNALLY-MANAGED"),
        links={"usr/local/bin/python": "/usr/bin/python3"},
    ),
}

# Dependencies that are installers' tools, or that the images do without. Names, as regular expressions.
LEFT_OUT = (
    "adduser|ca-certificates|debconf.*|dpkg|gcc-.*-base|init-system-helpers|install-info|iproute2|lib.*-perl|libbpf1|"
    "libc-l10n|libdb5.3|libelf1|libgdbm.*|libllvm.*|libpam-.*|libperl.*|libsemanage.*|libsepol.*|libxtables12|libz3.*|"
    "locales|login.*|logsave|lsb-base|mailcap|media-types|mount|netbase|openssl|passwd|perl.*|postgresql-.*common|"
    "readline-common|sensible-utils|ssl-cert|systemd.*|sysvinit-utils|tar|ucf|usr-is-merged|usrmerge|util-linux-.*"
)

# Paths that no image needs; `etc/` comes from `files/` instead.
PATHS_LEFT_OUT = (
    "etc/",
    "usr/include/",
    "usr/lib/systemd/",
    "usr/share/(bash-completion|bug|doc|doc-base|icons|info|lintian|locale|man|menu|readline)/",
    ".*/__pycache__/",
    "var/(cache|lib/(apt|dpkg|systemd))/",
)


@dataclass(frozen=True)
class Image:
    """The tags of one image, the layer on top, and its configuration as in `docker inspect`."""

    layer: str
    tags: tuple[str, ...]
    config: dict[str, object]
    env: dict[str, str] = field(default_factory=dict)


IMAGES = {
    "busybox": Image(
        layer="base",
        tags=("busybox:latest", "busybox:1.36", "busybox:stable", "alpine:latest", "alpine:3", "alpine:3.20"),
        config={"Cmd": ["sh"]},
    ),
    "nginx": Image(
        layer="nginx",
        tags=("nginx:latest", "nginx:alpine", "nginx:1.27-alpine"),
        config={
            "Entrypoint": ["/docker-entrypoint.sh"],
            "Cmd": ["nginx", "-g", "daemon off;"],
            "ExposedPorts": {"80/tcp": {}},
            "StopSignal": "SIGQUIT",
        },
    ),
    "redis": Image(
        layer="redis",
        tags=("redis:latest", "redis:alpine", "redis:7", "redis:7-alpine"),
        config={
            "Entrypoint": ["docker-entrypoint.sh"],
            "Cmd": ["redis-server"],
            "ExposedPorts": {"6379/tcp": {}},
            "Volumes": {"/data": {}},
            "WorkingDir": "/data",
        },
    ),
    "postgres": Image(
        layer="postgres",
        tags=("postgres:latest", "postgres:alpine", "postgres:15", "postgres:16", "postgres:16-alpine"),
        config={
            "Entrypoint": ["docker-entrypoint.sh"],
            "Cmd": ["postgres"],
            "ExposedPorts": {"5432/tcp": {}},
            "Volumes": {"/var/lib/postgresql/data": {}},
            "StopSignal": "SIGINT",
        },
        env={"LANG": "C.UTF-8", "PGDATA": "/var/lib/postgresql/data"},
    ),
    "python": Image(
        layer="python",
        tags=("python:latest", "python:3-alpine", "python:3.11-slim", "python:3.12-slim", "python:3.12-alpine"),
        config={"Cmd": ["python3"]},
        env={"LANG": "C.UTF-8"},
    ),
}
