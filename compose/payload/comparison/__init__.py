"""Field by field: the body we would send against what `inspect` shows. Pure; `compose.payload.compare` is the entry.

Each module knows one part of a container and yields `Finding`s in the file's words. Image defaults are added to
the body, engine defaults are recognised, Podman's dialect is translated first.
Nobody but `compose.payload.compare` imports from here.
"""
