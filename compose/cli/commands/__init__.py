"""One command a file: its parameters, and the call of its use case. Imported when the command runs, never before.

Each file holds a `DEFINITION`; `compose.cli.catalogue` says where it stands in help. No decisions here.
"""
