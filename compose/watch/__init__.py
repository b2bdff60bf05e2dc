"""Watching: what files of the host do to services, as `develop.watch` says.

Pure: `entry`, `matching`, `rules`, `difference`, `settling`, `script`, `listing`, `mounts`. The edges: `tree`,
`reading` and `supply` look at the host and never write to it, `watcher` hears of changes (the one home of watchfiles),
`shell`, `container` and `replica` reach into containers, `worker` is the queue of a service, `record` remembers between runs.
Called by commands; what needs plans (restart, rebuild, reload) is handed in by them.
"""
