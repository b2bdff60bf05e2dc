"""What the codes of diagnostics about commands, engines, plans and builds mean (see `compose.base.codes`)."""

from __future__ import annotations

from collections.abc import Mapping

_COMMAND_LINE = {
    "bad-filter": "A filter is `key=value`, with the keys that the command's help lists.",
    "bad-flag": "The flag cannot be read: a flag is `--name`, `--name=value` or `-x`.",
    "bad-template": "The Go template given to `--format` cannot be read or carried out.",
    "cannot-copy": "What is copied does not fit where it is to go, or cannot be read as an archive; the message says why.",
    "cannot-read": "The file that was named cannot be read; the message has the system's reason.",
    "cannot-write": "The file that output was to go to cannot be written; the message has the system's reason.",
    "command-failed": "The command ran and ended with an exit code that says it failed; what it wrote is in the message.",
    "conflicting-options": "The options exclude each other.",
    "contradicting-options": "The options, or an option and a variable of the environment, exclude each other.",
    "internal-error": "A defect of this program, not of your files. Please report it with what you ran.",
    "missing-value": "The flag needs a value after it.",
    "no-address": "The container shares another one's network, or the host's, or does not run: it has no address of its own.",
    "not-ready": "A condition that was waited for did not come true in time, or cannot any more; the message has what lacks.",
    "bad-seed": "`x-seed` of a volume has a `command` that fills it, `inputs` that decide, and a `service` if several mount it.",
    "no-network-between": "A network fault between two services needs a network that both are on.",
    "nothing-kept": "A service can be brought back only to a state that was kept before.",
    "nothing-to-keep": "Snapshots are of named volumes, and the services have none.",
    "no-output": "An archive is no text for a terminal: name a file, or send the output on.",
    "device-left-out": "Device files in a container mean nothing on another machine, so `cp` does not make them here.",
    "name-taken": "Another program has that place; it is not touched.",
    "no-program": "A link needs a program to lead to, and this package was not installed with one.",
    "other-failed": "With `test`: another service ended with an error; with `--keep` its logs can be read.",
    "no-such-path": "The resolved project has no value at that path; `compose config` shows what there is.",
    "no-such-port": "The container does not publish that port; the message lists those it does.",
    "no-service-selected": "Every service belongs to a profile, and no profile is active. Add `--profile`, or name services.",
    "not-running": "No container of the service runs (or none with that number). `compose ps -a` shows those there are.",
    "deprecated-flag": "The flag has no effect any more; leave it out.",
    "no-terminal": "A terminal inside needs one outside: what is typed comes from a file or a pipe here. Add `-T`.",
    "not-filtered": "Naming services has no effect with this flag: everything is shown.",
    "service-disabled": "The service belongs to profiles of which none is active. Add `--profile`.",
    "too-many-arguments": "The command takes fewer arguments; perhaps a command is misspelt or a value lacks its flag.",
    "unknown-code": "Codes stand in square brackets at the beginning of a diagnostic.",
    "unknown-command": "There is no such command.",
    "unknown-flag": "The command has no such flag; its `--help` lists those it has.",
    "unlabelled": (
        "The containers lack the labels that tell their files: something else than Compose made them, or an old version of it."
    ),
    "unsupported-format": "The command cannot print in that format.",
    "unsupported-progress": "Progress is shown as auto, tty, plain, json or quiet.",
    "wrong-arguments": "The command takes another number of arguments.",
    "index-needs-one-service": "A replica's number says which container only together with one service: name exactly one.",
    "not-part-of-up": "Only services that this `up` brings up can be attached to. Name them as well, or leave the flag out.",
    "not-a-plan": "The file was not written by `compose plan -o FILE`, or was changed since.",
    "provider-answer": "A provider writes one JSON object a line, with `type` and `message`; this line is something else.",
    "provider-failed": "The provider's program ended with an error, or told one; what it wrote is shown.",
    "provider-missing": "A provider is a plugin of the docker command line or a program in PATH; there is none of that name.",
    "provider-overrides": "The provider sets a variable that the service sets as well; the provider's value is used.",
    "provider-parameter": "The provider's program says that it cannot do without this option.",
    "repair-without-effect": "The engine shows a field otherwise than it was asked for, also in a container just made.",
    "update-failed": (
        "More replicas failed to be replaced than `deploy.update_config.max_failure_ratio` allows; `failure_action` says "
        "what happens then: `pause` leaves the others as they are, `rollback` takes all back, `continue` goes on."
    ),
    "update-incomplete": "Some replicas failed to be replaced and are as they were; `max_failure_ratio` allows so many.",
    "restoring": "With `up --reconcile`: something was removed, stopped or changed behind our back, and is put right again.",
    "project-locked": "Another `compose` of yours is bringing the same project up; it is waited for.",
    "no-lock": "The directory for lock files cannot be written, so two runs on one project may get in each other's way.",
    "plan-not-kept": "Only the plan of one command about one project can be kept, and only when nothing decides it later.",
    "plan-version": "The plan was written by another version of this tool that keeps plans differently. Make it again.",
    "plan-outdated": "What the engine has is not what it was when the plan was made, so its steps may not fit any more.",
    "bad-state-file": "A file that this tool keeps between runs was changed by something else.",
    "instance": "What a copy of the project has otherwise than its files say, so that it can run beside other copies.",
    "instance-shares": "Copies of the project meet there: nothing in a Compose file can keep them apart.",
    "port-out-of-reach": "The port is published on an address that only the engine's own machine has.",
    "lease-not-on-all": "Labels cannot be changed, so what a project has already lives as long as it was made for.",
    "left-behind": "`down --verify` found something with the project's label that `down` was to remove.",
    "no-such-process": "The process that a project should live as long as is not there.",
    "nothing-to-open": "`--open` shows the first published port that browsers understand; there is none.",
    "page": "Where the page is that `--open` shows.",
    "no-free-port": "All host ports that instances can get are taken. Take instances down that nobody needs any more.",
    "no-free-subnet": "All subnets that instances can get are in use. Take instances down, or remove networks nobody needs.",
    "plan-file-changed": "A secret or config that the plan copies into a container is another one now. Make the plan again.",
}
_ENGINE = {
    "secret-file-missing": "The file that a secret is read from is not there, so the engine could not mount it.",
    "config-file-missing": "The file that a config is read from is not there, so the engine could not mount it.",
    "address-pools-used-up": (
        "Engines give each network a large subnet out of a few pools, so after about thirty networks there are none left, also "
        "when most belong to projects that nobody needs any more. Remove those, or set `default-address-pools` of the engine."
    ),
    "bad-docker-host": (
        "The address of the engine cannot be read. Addresses look like unix:///var/run/docker.sock, tcp://host:2375 or "
        "ssh://user@host."
    ),
    "conflicting-endpoints": "`--host` and `--context` both say which engine is meant. Give one of them.",
    "context-not-found": "There is no Docker context of that name; `docker context ls` lists those there are.",
    "credentials-unavailable": "The helper program that keeps registry logins did not give one.",
    "docker-config-unreadable": "The Docker client's config file cannot be read or is no JSON.",
    "engine-connection-lost": (
        "The engine closed the connection in the middle of a call. Run the same command again: it goes on from what is there."
    ),
    "engine-timeout": "The engine did not answer in time; it is overloaded or stuck.",
    "engine-too-old": "The engine does not know what the project asks for; the message says from which version on it would.",
    "engine-unreachable": (
        "No engine answered at the addresses that were tried. Start one, or say where it is with `--host`, `--context` or"
        " DOCKER_HOST."
    ),
    "engine-unusable": "The engine's address cannot be used as it is, for example because of its certificates.",
    "engine-warning": "The engine did what was asked, and warned about it.",
    "given-up": "The step was not tried, or stopped, because another one failed or the run was interrupted.",
    "read-only": "A dry run tried to change something. This is a defect of this program; nothing was changed.",
    "ssh-missing": "An engine behind SSH needs OpenSSH's client.",
    "unexpected-engine-answer": "The engine's answer does not have the form its API promises.",
    "engine-error": "The engine failed inside; the message has its own words, its log the rest.",
    "engine-untrusted": "The certificate that the engine shows is not signed by the authority you told to trust.",
    "logs-unreadable": "The container's logging driver gives no lines back; only what is written while attached can be shown.",
}
_PRIVATE_ENGINE = {
    "engine-cgroups": "A private engine needs control groups, and they cannot be mounted here.",
    "engine-install-failed": "Installing the engine's packages failed; the end of the installer's output is shown.",
    "engine-install-rights": "Installing packages needs root, or sudo.",
    "engine-install-unsupported": (
        "Packages can be installed on Debian and Ubuntu only; elsewhere install Docker or Podman the system's own way."
    ),
    "engine-name": "Names of private engines have up to 32 lower-case letters, digits, `_`, `.` and `-`.",
    "engine-not-installed": "The programs of the engine are not on this machine.",
    "engine-platform": "Private engines need Linux.",
    "engine-processes-left": "Processes of the engine do not end, even when killed.",
    "engine-rights": "A rootful engine needs root, and a rootless one an ordinary user.",
    "engine-runtime-directory": "The directory for the engine's sockets belongs to somebody else.",
    "engine-socket-path": "Paths of sockets are limited to about a hundred characters; use a directory with a shorter path.",
    "engine-start-failed": "The engine did not come up; the end of its log is shown.",
    "engine-subordinate-ids": "A rootless engine needs a range of user and group ids for its containers.",
    "engine-tunnel": "A rootless engine needs the tunnel device for its network.",
    "engine-unknown": "There is no private engine of that name.",
}
_PLAN = {
    "api-socket-on-windows": "`use_api_socket` works with engines on Linux only.",
    "container-missing": "A step needs a container that was not created.",
    "container-name-scaled": "A service with a fixed `container_name` cannot have more than one container.",
    "dependency-timeout": (
        "A dependency did not become what its condition asks for in time. The last output of its probe and of its "
        "container is shown."
    ),
    "foreign-orphans": (
        "Containers carry this project's name and were made from files in another directory; they are left alone. Give "
        "one of the projects another name."
    ),
    "hook-failed": "A `pre_start`, `post_start` or `pre_stop` command ended with an error.",
    "image-may-change": "What the plan says of images holds only if registries have nothing newer.",
    "invalid-security-opt": "Security options are `name=value`, `name:value` or `no-new-privileges`.",
    "mac-address-mismatch": "The MAC address of the service is that of its primary network; both have to be the same.",
    "network-ambiguous": "The engine has several networks of this name. Remove those that are not needed.",
    "network-duplicate": "The project has another network for the same key; it is left alone.",
    "network-not-found": "An external network does not exist on the engine. Create it, or drop `external`.",
    "network-unmanaged": "A network of this name exists and was not made for this project. Write `external: true` to use it.",
    "no-container": "There is no container that the command could act on. `up` creates them.",
    "nothing-to-kill": "No container of the project is running.",
    "nothing-to-remove": "The project has nothing of what the command removes.",
    "orphans": "Containers of this project belong to services that its files no longer have. `--remove-orphans` removes them.",
    "per-replica-hook": "`per_replica` of a `pre_start` hook is not yet supported.",
    "plan-cycle": "Steps of a plan wait for each other. This is a defect of this program.",
    "seccomp-profile-invalid": "The seccomp profile is no JSON.",
    "seccomp-profile-unreadable": "The file of the seccomp profile cannot be read.",
    "shared-container-missing": "A service shares a namespace or mounts of another one whose container does not exist.",
    "start-interval-alone": "`start_interval` applies during the start period only: set `start_period` as well.",
    "volume-not-found": "An external volume does not exist on the engine. Create it, or drop `external`.",
    "volume-unmanaged": "A volume of this name exists and was not made for this project. Write `external: true` to use it.",
    "wait-timeout": "Services did not become ready in the time that was given. Their states and last output are shown.",
}
_BUILD = {
    "build-checks-found": "The build checks found something to improve in a Dockerfile.",
    "build-context-changed": "A file of the build context changed while it was sent.",
    "build-context-not-built": "A service takes files from another one's image, which is not among those that are built.",
    "build-context-not-found": "The build context does not exist. Paths are relative to the project directory.",
    "build-context-unreachable": "The remote build context cannot be downloaded.",
    "build-context-unreadable": (
        "A file of the build context cannot be read. Leave it out with a line in `.dockerignore`, or change its rights."
    ),
    "build-failed": "A step of the Dockerfile failed; its place and its output are shown.",
    "build-not-finished": "The builder ended without saying how the build went.",
    "build-stopped": "The build was stopped before it was done.",
    "buildkit-unsupported": "BuildKit cannot do what is asked for. The classic builder can: DOCKER_BUILDKIT=0 chooses it.",
    "buildx-missing": "BuildKit builds need the buildx plugin of Docker; without it the engine's classic builder is used.",
    "buildx-too-old": "Building several services at once needs buildx 0.17 or later.",
    "buildx-unusable": "The buildx plugin cannot be run.",
    "classic-builder-ignores": "The classic builder does not know the attribute and builds without it. BuildKit does.",
    "classic-builder-unsupported": "The classic builder cannot do what the attribute asks for. BuildKit can.",
    "dockerfile-not-found": "There is no Dockerfile at that path, which is relative to the build context.",
    "dockerfile-not-in-archive": "A Dockerfile given as text cannot be put into an archive that the engine fetches itself.",
    "dockerfile-unreadable": "The Dockerfile cannot be read.",
    "git-failed": "Git could not fetch the build context; its own words are shown.",
    "git-missing": "A build context in a Git repository needs the `git` program.",
    "ignore-pattern-invalid": "A pattern in `.dockerignore` cannot be read.",
    "image-stale": (
        "What the image is built from has changed since it was built: files that the Dockerfile reads, the Dockerfile itself,"
        " settings of the build, or a base image. `up --build=auto` builds exactly such images again, `up --build` all."
    ),
    "image-to-build": "The image cannot be pulled, but the file says how to build it.",
    "nothing-to-build": "None of the services has a `build` section.",
    "invalid-reference": "The text does not name an image: `[registry/]name[:tag][@digest]`, in lower case.",
    "platform-not-supported": "The image is not built for the platform that is asked for.",
}
_REGISTRY = {
    "artifact-invalid": "What the registry has under that name is no Compose project, or one that cannot be trusted.",
    "artifact-unwritable": "A Compose project from a registry could not be unpacked into the cache.",
    "model-failed": "The docker model plugin, which runs the AI models of `models`, failed; its words are shown.",
    "model-plugin-missing": "AI models are run by a plugin of the docker command line, `docker model`, which is not there.",
    "hook-not-locked": "A lock of image digests is an override file, and in those hooks add up instead of replacing each other.",
    "digest-unresolved": "The registry did not tell which digest the image has now; its words are shown.",
    "publish-build-only": "A service that is only built has no image others could pull. Give it an `image` and push that.",
    "publish-local-include": "A project that includes files of this machine would be incomplete elsewhere.",
    "publish-standard-input": "A project from standard input has no files to publish. Save it to a file first.",
    "publish-unreadable": "A file of the project that is to be published cannot be read.",
    "remote-stack": "The project's files come from a registry or a repository; a copy of them is kept in this directory.",
    "remote-stack-refused": "The project's files come from elsewhere, and you did not agree to use them as they are.",
    "registry-corrupt": "The registry sent something else than what its digest says. Try again; otherwise it is broken.",
    "registry-denied": "The registry does not let you in, or not to this repository. Log in with `docker login`.",
    "registry-not-found": "The registry has no such repository, tag or digest.",
    "registry-refused": "The registry refuses what was asked; its words are shown.",
    "registry-unknown": "The engine does not say which registry is meant when a name has none. Write the registry's name.",
    "registry-unreachable": "The registry cannot be reached, or the connection to it broke.",
}
_WATCH = {
    "exec-without-command": "A rule with `sync+exec` needs `exec.command`, which is run after files were copied.",
    "nothing-to-watch": "No service that was selected has a `develop.watch` section, or a bind mount has all its paths already.",
    "rebuild-without-build": "A rule with `rebuild` needs a `build` section: an image that is only pulled cannot be built.",
    "sync-to-root": "Files cannot be copied to `/` of a container, because what is deleted on the host would be deleted there.",
    "watch-cannot-remove": "Files were deleted on the host; removing them in the container needs its own `rm`.",
    "watch-exec-failed": "The command of a `sync+exec` rule could not be run; the engine's words are shown.",
    "watch-limit": "The system's limit for watching files is reached; the setting that raises it is shown.",
    "watch-no-record": "What was copied cannot be remembered for the next time; the message has the system's reason.",
    "watch-engine-back": "The engine was away while files were watched; what changed meanwhile is copied now.",
    "watch-path-mounted": "A bind mount shows the files to the container already, so the rule would copy them onto themselves.",
    "watch-plan": "A file of the project changed while it is watched; what is done about it is shown.",
    "watch-polling": "The file system does not tell of changes, so the files are looked at again and again.",
    "watch-root": "The root directory of the host cannot be watched.",
    "watch-shell-ended": "The shell that carries files into the container ended; it is opened again.",
    "watch-signal-ignored": "The first process of the container did not end in its grace period, which delays every restart.",
    "watch-symlink-inside": "Files are never written through symlinks of the container, which may lead anywhere.",
    "watch-unreadable": "A file of the host cannot be read, so it is not copied.",
    "watch-write-failed": "Files could not be written in the container; it is tried again.",
}

_ATTACHED = {
    "report-written": "The file that `--report` names was written.",
    "watch-not-configured": "No service has a `develop.watch` section, so there is nothing that could be watched.",
}

RUNNING: Mapping[str, str] = _COMMAND_LINE | _ATTACHED | _ENGINE | _PRIVATE_ENGINE | _PLAN | _BUILD | _REGISTRY | _WATCH
"""The text for each code."""
