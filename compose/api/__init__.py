"""The Python API: `compose.load`, and the `compose.Project` that it returns (see `help(compose)`).

Nothing is printed, no program is started and no state is global. Methods block; they may be called from several threads
at once, also beside a running event loop: `await asyncio.to_thread(project.up)`. Ctrl-C, and an exception that `on_event`
raises, end the work in an orderly way before they go on. What goes wrong is a `ComposeError`. It is built on `commands`.
"""
