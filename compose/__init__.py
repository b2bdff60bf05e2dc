"""Bring Compose projects up on any Docker API endpoint, and tell what happens and why.

Text becomes a Project; a Project and an Observed state become a Plan; an executor performs the Plan and
emits Events; everything a person or a program sees is folded from Events.

    text -source-> Document -load-> Project -graph-> order -payload-> API bodies -+
    engine -observe-> Observed ---------------------------------------------------+-plan-> Plan -execute-> Events -> view

Packages, lowest first; a package may import those below it, never those above or beside it:

    base                    diagnostics, errors, events, addresses, labels, units, clock
    model | state | source  what the files ask for | what an engine said | text with positions
    graph | payload         order of services | exact API bodies (pure)
    plan | health           decisions | readiness (pure: given time and observations)
    load | engine           files to Project | the only way to a Docker API
    build                   images: contexts, builders, registries
    commands | view         one use case a file, no printing | everything printed
    cli                     the command line

Only `load`, `engine` and the edges above them do I/O; import contracts in `pyproject.toml` hold all of this.
"""

__version__ = "0.1.0"
