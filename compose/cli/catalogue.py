"""Every command by name: where it is, what help says of it. Nothing is imported until a command runs."""

from __future__ import annotations

from typing import Final

from compose.base.value import Value


class Entry(Value, frozen=True, kw_only=True):
    """One command.

    - `module`: under `compose.cli.commands`; it holds a `DEFINITION`. `entries`: the commands below a group.
    - `section`: the heading in help it stands under; "" = hidden.
    - `example`: arguments after the command's name that show a typical use, with `means` in words.
    """

    name: str
    help: str
    module: str = ""
    section: str = ""
    example: str = ""
    means: str = ""
    aliases: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()


RUN: Final = "Bring up and down"
LOOK: Final = "Look"
INSIDE: Final = "Work inside containers"
LIFE: Final = "One service at a time"
IMAGES: Final = "Images"
FILES: Final = "Files and plans"
TOOL: Final = "Engines and this tool"
ENGINES: Final = "Commands"

SECTIONS: Final = (RUN, LOOK, INSIDE, LIFE, IMAGES, FILES, TOOL, ENGINES)

ENTRIES: Final[tuple[Entry, ...]] = (
    Entry(
        name="up",
        module="up",
        section=RUN,
        help="Create and start containers",
        example="-d --wait",
        means="start everything, return when it is healthy",
    ),
    Entry(
        name="down",
        module="down",
        section=RUN,
        help="Stop and remove containers and networks",
        example="-v",
        means="remove the volumes as well",
    ),
    Entry(
        name="watch",
        module="watch",
        section=RUN,
        help="Bring up, then carry changes of files into containers",
        example="web",
        means="what `develop.watch` of web says, as files change",
    ),
    Entry(
        name="test",
        module="test",
        section=RUN,
        help="Run a service with all it needs, then remove everything again",
        example="tests",
        means="the exit code is that of tests",
    ),
    Entry(name="gc", module="gc", section=RUN, help="Remove what nobody owns any more: of killed tests, of times that are over"),
    Entry(name="create", module="create", section=RUN, help="Create containers without starting them"),
    Entry(
        name="scale",
        module="scale",
        section=LIFE,
        help="Have as many containers of services as asked for",
        example="web=3",
        means="run three containers of web",
    ),
    Entry(name="start", module="lifecycle", section=LIFE, help="Start containers that exist"),
    Entry(name="stop", module="lifecycle", section=LIFE, help="Stop containers"),
    Entry(
        name="restart",
        module="lifecycle",
        section=LIFE,
        help="Stop containers and start them again",
        example="web",
        means="restart web and what depends on it that way",
    ),
    Entry(name="kill", module="lifecycle", section=LIFE, help="Send a signal to containers, SIGKILL if no other is named"),
    Entry(name="pause", module="lifecycle", section=LIFE, help="Freeze the processes of containers"),
    Entry(name="unpause", module="lifecycle", section=LIFE, help="Let the processes of containers go on"),
    Entry(
        name="wait",
        module="wait",
        section=LIFE,
        help="Wait until containers have ended",
        example="job",
        means="return with the exit code of job",
    ),
    Entry(name="rm", module="lifecycle", section=LIFE, help="Remove stopped containers"),
    Entry(
        name="ps",
        module="ps",
        section=LOOK,
        help="List containers",
        example="--format json",
        means="one JSON object for each container",
    ),
    Entry(
        name="logs",
        module="logs",
        section=LOOK,
        help="Show what containers wrote",
        example="-f -n 20 web",
        means="the last 20 lines of web and all that come",
    ),
    Entry(name="ls", module="ls", section=LOOK, help="List projects", example="-a", means="also projects that are stopped"),
    Entry(name="events", module="events", section=LOOK, help="Show what happens to containers, as it happens"),
    Entry(name="top", module="top", section=LOOK, help="Show the processes in containers"),
    Entry(
        name="stats",
        module="stats",
        section=LOOK,
        help="Show what containers use: processor, memory, networks, disks",
        example="--no-stream",
        means="print once instead of again and again",
    ),
    Entry(
        name="port",
        module="port",
        section=LOOK,
        help="Print where a port can be reached",
        example="web 80",
        means="print host and port, such as 0.0.0.0:8080",
    ),
    Entry(
        name="url",
        module="url",
        section=LOOK,
        help="Print the URL at which a service can be reached",
        example="web",
        means="print it, such as http://127.0.0.1:8080",
    ),
    Entry(
        name="env",
        module="env",
        section=LOOK,
        help="Print where published ports can be reached, as variables",
        example="--format json",
        means="the same as one JSON object",
    ),
    Entry(name="volumes", module="volumes", section=LOOK, help="List volumes"),
    Entry(
        name="exec",
        module="exec",
        section=INSIDE,
        help="Run a command in a container that runs",
        example="web sh",
        means="open a shell in web",
    ),
    Entry(
        name="build",
        module="build",
        section=IMAGES,
        help="Build images",
        example="--no-cache web",
        means="build the image of web, every step anew",
    ),
    Entry(
        name="pull",
        module="pull",
        section=IMAGES,
        help="Pull images",
        example="--ignore-buildable",
        means="pull all images that cannot be built here",
    ),
    Entry(name="push", module="push", section=IMAGES, help="Push images that were built"),
    Entry(
        name="publish",
        module="publish",
        section=IMAGES,
        help="Publish the project to a registry",
        example="registry.example.com/shop:1",
        means="others then run `compose -f oci://registry.example.com/shop:1 up`",
    ),
    Entry(
        name="run",
        module="run",
        section=INSIDE,
        help="Run a command in a new container of a service",
        example="--rm web sh",
        means="try something in a container that leaves nothing behind",
    ),
    Entry(
        name="attach",
        module="attach",
        section=INSIDE,
        help="Show what a container writes, and send it what is typed",
        example="--detach-keys ctrl-x web",
        means="work with web until Ctrl-X or its end",
    ),
    Entry(
        name="cp",
        module="cp",
        section=INSIDE,
        help="Copy files from and to containers",
        example="web:/var/log logs",
        means="the directory /var/log of web, to or into ./logs",
    ),
    Entry(
        name="export",
        module="export",
        section=INSIDE,
        help="Write the files of a container as a tar archive",
        example="-o web.tar web",
        means="keep all files of web",
    ),
    Entry(
        name="commit",
        module="commit",
        section=IMAGES,
        help="Make an image of what a container has become",
        example="web web:tried",
        means="keep what was changed in web",
    ),
    Entry(name="images", module="images", section=IMAGES, help="List the images of containers"),
    Entry(
        name="config",
        module="config",
        section=FILES,
        help="Check the files and print what they come to",
        example="-q",
        means="check the files, print nothing",
        aliases=("convert",),
    ),
    Entry(
        name="plan",
        module="plan",
        section=FILES,
        help="Show what a command would do, step by step, and why",
        example="down -v",
        means="what `down -v` would do; the exit code is 2 for changes",
    ),
    Entry(
        name="apply",
        module="apply",
        section=FILES,
        help="Carry out a plan that `plan -o FILE` kept",
        example="FILE",
        means="refused when the engine has changed meanwhile",
    ),
    Entry(
        name="explain",
        module="explain",
        section=FILES,
        help="Tell where a value comes from, or what a diagnostic code means",
        example="services.web.environment.DB_URL",
        means="every file that sets it, and which wins",
    ),
    Entry(
        name="schema",
        module="schema",
        section=FILES,
        help="Print the JSON Schema of Compose files, for editors",
        example="> compose.schema.json",
        means="keep it where your editor finds it",
    ),
    Entry(
        name="engine",
        section=TOOL,
        help="Tell which engine is used; run a private one",
        example="start --install",
        means="have an engine where there is none",
        entries=(
            Entry(name="status", module="engine", section=ENGINES, help="Tell which engine commands use, why, and what it is"),
            Entry(
                name="start", module="engine", section=ENGINES, help="Start a private engine, without systemd and beside others"
            ),
            Entry(name="stop", module="engine", section=ENGINES, help="Stop a private engine and remove what it made"),
            Entry(name="ls", module="engine", section=ENGINES, help="List the private engines of this user"),
        ),
    ),
    Entry(
        name="plugin",
        section=TOOL,
        help="Make this program a plugin of the docker command line",
        example="install --name pc",
        means="from now on `docker pc` runs this program",
        entries=(
            Entry(
                name="install",
                module="plugin",
                section=ENGINES,
                help="Make `docker compose`, or another name below docker, run this program",
                example="--docker-compose",
                means="also make `docker-compose`, beside this program",
            ),
            Entry(name="uninstall", module="plugin", section=ENGINES, help="Undo what `install` did"),
        ),
    ),
    Entry(
        name="completion",
        module="completion",
        section=TOOL,
        help="Print a script that teaches a shell to complete",
        example="bash",
        means="print the script for bash",
    ),
    Entry(name="version", module="version", section=TOOL, help="Show the version of this tool"),
    Entry(name="__complete", module="completion", help="What fits the word that is being typed; called by completion scripts"),
)


def find(entries: tuple[Entry, ...], name: str) -> Entry | None:
    """Return the entry that is called `name`."""
    return next((entry for entry in entries if name == entry.name or name in entry.aliases), None)
