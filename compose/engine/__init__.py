"""The only way to a Docker API: endpoints, transport, observation, execution, waiting, streams.

`port` is the seam (JSON in, JSON out) everything else here is written against; `docker` is the one home of
docker-py, `fake` an engine in memory for tests. Foreign exceptions end here (`errors`). Decisions are
`compose.plan`'s; this package carries them out.
"""
