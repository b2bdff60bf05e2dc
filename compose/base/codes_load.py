"""What the codes of diagnostics about files and projects mean (see `compose.base.codes`)."""

from __future__ import annotations

from collections.abc import Mapping

_READING = {
    "alias-cycle": (
        "A YAML alias (`*name`) stands inside the value that its anchor (`&name`) marks, so that the value would contain "
        "itself. Move the anchor to the part that is meant to be repeated."
    ),
    "bad-boolean-variable": (
        "A variable that switches something on or off, such as COMPOSE_DISABLE_ENV_FILE, has a value that is neither true"
        " nor false."
    ),
    "bad-encoding": "The file is not UTF-8 text. Save it as UTF-8; a byte order mark at its start is allowed.",
    "bad-merge": "A YAML merge key (`<<`) takes a mapping, or a list of mappings, usually as aliases: `<<: *name`.",
    "bad-tag": "A YAML tag stands where it cannot: only `!reset`, `!override` and the tags of YAML itself have a meaning.",
    "duplicate-key": (
        "A mapping has the same key twice, and only one of the values could count. Keep one; to build on a shared mapping"
        " use a merge key, to add to a list write one list."
    ),
    "env-file-is-directory": "A file with variables was expected, and there is a directory.",
    "env-file-not-found": (
        "A file with variables is missing. For a service's `env_file`, `{path: FILE, required: false}` makes it optional;"
        " paths are relative to the project directory."
    ),
    "env-file-syntax": (
        "A line of a file with variables cannot be read. Lines are `KEY=VALUE`, `KEY` alone takes the value from the "
        "environment; values may stand in single quotes (as they are) or double quotes (with escapes and variables)."
    ),
    "file-is-directory": "A file was expected, and there is a directory.",
    "file-not-found": (
        "The file does not exist. Paths on the command line are relative to the current directory, those in a file to the"
        " directory of its project."
    ),
    "file-too-large": "The file is larger than any Compose file is; it is not read.",
    "file-unreadable": "The system refuses to let the file be read; the message has its reason.",
    "name-from-symlink": (
        "The project has no name of its own, and its directory is a symbolic link to one of another name. Give it a name "
        "with `name:` or `-p`, so that it stays the same project however it is reached."
    ),
    "no-compose-file": (
        "Neither the current directory nor any above it has a compose.yaml, compose.yml, docker-compose.yml or "
        "docker-compose.yaml. Name one with `-f`, or the directory with `--project-directory`."
    ),
    "no-standard-input": "`-f -` reads the file from standard input, and there is none.",
    "non-string-key": "Keys are text. Put quotes round a key that YAML reads as a number, a boolean or a date.",
    "not-a-mapping": "A Compose file is a mapping with keys such as `services:`; this one is a list, a single value or empty.",
    "several-compose-files": (
        "A directory has more than one file with a supported name; the first in the order of preference is used. Name the"
        " one you mean with `-f`."
    ),
    "too-deep": "Mappings and lists are nested deeper than any Compose file needs; the file is not read further.",
    "too-many-values": (
        "With its aliases written out the file has more values than is sensible, which is how small files are made to "
        "fill the memory; it is not read further."
    ),
    "unknown-anchor": "A YAML alias (`*name`) refers to an anchor (`&name`) that does not stand before it in the same document.",
    "unknown-tag": "The YAML tag has no meaning here and is ignored.",
    "unquoted-date": "YAML reads this text as a date. Put it in quotes.",
    "yaml-syntax": (
        "The text is not YAML. The place is where reading stopped; the mistake is there or shortly before: often an "
        "indentation that does not fit, a quote left open, or a `:` or `#` in text without quotes."
    ),
    "yaml-tab": "YAML is indented with spaces; a tab stands where the indentation is.",
}
_VARIABLES = {
    "bad-cast": "After its variables were replaced the text does not read as the number or boolean that belongs here.",
    "bad-interpolation": (
        "`$` begins a variable: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `${NAME:+instead}`. Write "
        "`$$` for a `$` that is meant as it is."
    ),
    "missing-variable": (
        "The file insists on a variable (`${NAME:?message}`), and it is not set. Set it in the environment or in the "
        "project's `.env` file."
    ),
    "old-boolean": (
        "`yes`, `no`, `on`, `off`, `y` and `n` were booleans in YAML 1.1 and are text in 1.2. They still work in this "
        "place; write `true` or `false`."
    ),
    "unset-variable": (
        "Variables that the files name are not set, and empty text took their place. Set them in the environment or in "
        "the project's `.env` file, or give a default: `${NAME:-default}`. A service's `env_file` is for its container "
        "and does not count."
    ),
    "text-too-long": "Putting in values makes the text longer than is accepted. Look for a variable that holds a whole file.",
}
_MERGING = {
    "bad-include": "An entry of `include` is a path, or a mapping with `path`, and perhaps `project_directory` and `env_file`.",
    "cannot-override": (
        "A later file gives a list where an earlier one has a mapping, or the other way round; they cannot be merged. "
        "Write the same form, or replace the whole value with `!override`."
    ),
    "extends-cycle": "Services extend each other in a circle.",
    "extends-no-services": "The file that a service extends from has no services.",
    "extends-unknown-service": "The service to extend is not in the file that was named (the same file if none was).",
    "extends-without-service": "`extends` has to say which service: `extends: {service: name}`.",
    "include-conflict": "Two models that are included define the same resource in different ways.",
    "include-cycle": "Files include each other in a circle.",
    "include-not-a-list": "`include` is a list of Compose files.",
    "remote-disabled": "A remote file was named, and remote files of its kind are switched off by a variable.",
    "remote-failed": "A remote file could not be fetched; the message says why.",
    "remote-not-supported": "Remote files of this kind cannot be loaded.",
    "remote-outside": "The path in a remote reference leads out of what was fetched.",
    "extends-too-deep": "Services extend one another through more steps than any real project has. Shorten the chain.",
    "include-too-deep": "Files include one another through more steps than any real project has. Shorten the chain.",
}
_FORM = {
    "ignored-key": "The key is accepted for the sake of existing files and has no effect.",
    "ignored-value": (
        "The value is accepted for the sake of existing files and has no effect; another form of it would have one."
    ),
    "invalid-name": "Names of services, volumes, secrets and configs have letters, digits, `.`, `_` and `-` only.",
    "invalid-value": "The value is not one that can stand here; the message says what can.",
    "missing-key": "A key that this mapping has to have is missing.",
    "not-allowed-value": "Only some values, or text of a certain form, can stand here; the message lists them.",
    "obsolete-version": (
        "The top-level `version` is obsolete: files are read by the Compose Specification whatever it says. Remove it."
    ),
    "out-of-range": "The number is smaller or larger than the specification allows.",
    "repeated-item": "The list has the same entry twice, where each can stand only once.",
    "unknown-key": (
        "The specification does not know this key here; a typing mistake, or an indentation that puts it in the wrong "
        "mapping. Keys of your own begin with `x-`."
    ),
    "wrong-type": "The value is of another type than belongs here: text, number, boolean, list or mapping.",
}
_GRAMMAR = {
    "blank-value": "The value must not be empty.",
    "command-cut-off": (
        "A command written as text is split into words without a shell; like Docker Compose, reading stops at the first "
        "`;`, `&`, `|`, `<` or `>` outside quotes, and what follows is lost. To have a shell run it, write `[sh, -c, "
        '"..."]`.'
    ),
    "deprecated-external-name": "`external: {name: x}` is the old form of `external: true` with `name: x` beside it.",
    "external-name-conflict": (
        "`name` and the old `external: {name: ...}` say different things. Keep `name` and `external: true`."
    ),
    "invalid-address": "The text is not an IP address.",
    "invalid-boolean": "The text is not a word for a boolean; write `true` or `false`.",
    "invalid-command": (
        "A quote or bracket in the command is left open. Write it as a list, one word each, to do without quoting."
    ),
    "invalid-count": "The number of devices is a whole number, or `all`.",
    "invalid-device": (
        "The short syntax of a device is `source[:target[:permissions]]`; names with colons need the long syntax with "
        "`source`, `target` and `permissions`."
    ),
    "invalid-duration": (
        "Durations are numbers with units, largest first: `1h30m`, `10s`, `500ms`; `d` and `w` are days and weeks."
    ),
    "invalid-healthcheck": (
        "A probe written as a list starts with CMD (the program and its arguments follow), CMD-SHELL (a line for the "
        "shell follows) or NONE. Text alone is a line for the shell."
    ),
    "invalid-host": "Lines of `extra_hosts` are `host=address`; a host has no colon or equals sign.",
    "invalid-key-value": "Entries of this list are `key=value`.",
    "invalid-mode": "Permission bits are octal: `0440` as a number, or the digits in quotes.",
    "invalid-number": "The text does not read as a number.",
    "invalid-port": (
        "Ports are written `[[ip:][host-port[-end]]:]container-port[-end][/protocol]`, with numbers from 1 to 65535, an "
        "IP address (IPv6 in brackets) and tcp, udp or sctp. Ranges on both sides have the same length. YAML reads some "
        "unquoted pairs such as 22:22 as numbers to the base of 60: put ports in quotes."
    ),
    "invalid-size": "Sizes are numbers with a unit of b, k, m, g, t or p, in multiples of 1024: `512m`, `1.5g`.",
    "invalid-ssh-key": "Entries of `build.ssh` are `default`, or `id=path` of a key or agent socket.",
    "invalid-volume": (
        "Volumes are written `[source:]target[:option,...]`. A source that begins with `.`, `/` or `~` is a path of the "
        "host, any other the key of a volume."
    ),
    "missing-source": "A bind mount has to say what of the host it mounts.",
    "missing-target": "The entry has to say where in the container it belongs.",
    "negative-number": "The number must not be negative.",
    "trailing-space": "A variable in a list has a space before its `=`, which would be part of its name.",
    "unknown-env-file-format": "The only `format` of an `env_file` is `raw`.",
    "unknown-volume-option": "The option of a volume's short syntax has no meaning and is ignored.",
    "too-many-ports": "The ranges of a service hold more ports than can be published. Narrow them.",
}
_PROJECT = {
    "container-name-twice": "Two services have the same `container_name`; an engine gives each name to one container only.",
    "container-name-with-scale": "A service with a fixed `container_name` can have only one container.",
    "dependency-cycle": (
        "Services wait for each other in a circle, so that none can be the first to start. Dependencies come from "
        "`depends_on`, `links`, `volumes_from` and from sharing a namespace with another service."
    ),
    "disabled-dependency": (
        "A service depends on one whose profiles are all inactive. Activate a profile, make the dependency optional with "
        "`required: false`, or give both services the same profiles."
    ),
    "distinct-values": "The same thing is said in two places, with different values.",
    "empty-compose-file": "The files define nothing.",
    "empty-project-name": (
        "The name of the project has no letter or digit left once it is brought into form. Give one with `name:` or `-p`."
    ),
    "exclusive-keys": "The keys say where the same thing comes from; only one of them can stand.",
    "external-conflict": (
        "An external resource exists already and is only used: apart from `name`, nothing can be said about it."
    ),
    "ignored-attribute": "The attribute is understood and has no effect here.",
    "invalid-instance-name": "The name of an instance becomes part of container, network and volume names, which allow no more.",
    "invalid-project-name": (
        "The name of a project has lower-case letters, digits, `-` and `_`, and begins with a letter or digit."
    ),
    "label-file-not-found": "A file named in `label_file` is missing.",
    "no-image": "A service needs an `image` to run, a `build` to make one, or a `provider`.",
    "not-buildable": "A build takes its files from another service's image, and that service has no `build`.",
    "platform-not-built": "The service runs on a platform that is not among those its image is built for.",
    "port-published-twice": "Two services publish the same port of the host at the same address; the second cannot start.",
    "secret-without-source": "A secret comes from a `file` or from an `environment` variable, or is `external`.",
    "target-mounted-twice": "Two mounts of a service have the same path in the container; only one of them would be seen.",
    "undefined-config": "A service uses a config that no file declares at the top level, under `configs:`.",
    "undefined-model": "A service uses a model that no file declares at the top level, under `models:`.",
    "undefined-network": "A service joins a network that no file declares at the top level, under `networks:`.",
    "undefined-secret": "A service uses a secret that no file declares at the top level, under `secrets:`.",
    "undefined-volume": (
        "A service mounts a named volume that no file declares at the top level, under `volumes:`. To mount a path of the"
        " host begin it with `./`."
    ),
    "unknown-service": "There is no service of that name in the project.",
}

LOADING: Mapping[str, str] = _READING | _VARIABLES | _MERGING | _FORM | _GRAMMAR | _PROJECT
"""The text for each code."""
