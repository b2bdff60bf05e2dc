"""The command line: options, exit codes, which view; one thin file per command, loaded when it runs.

The only user of typer, and the only place that reads `os.environ` or installs signal handlers.
"""
