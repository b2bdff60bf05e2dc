"""Images: build contexts, the two builders, shared and stale builds, registries, published projects.

Pure: `dockerfile`, `job`, `bake`, `rawjson`, `identical`, `limits`, `pulling`, `artifact`. The
others touch files, programs or the network. `planning`, `pulling` and `publishing` plan the image commands, `handlers`
performs build steps, `oci` publishes and fetches. Called by commands and, for its ignore rules, by watch.
"""
