"""Images: build contexts, the two builders, shared and stale builds, references, registries.

`ignore`, `reference`, `dockerfile`, `bake` and `identical` are pure; `tree`, `archive`, `context`, `buildx` and
`registry` touch files, programs and the network. `handlers` performs the build steps of a plan.
Called by commands and, for its ignore rules, by watch.
"""
