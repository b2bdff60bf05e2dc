"""The only way to a Docker API: endpoints, transports, observation, execution, waiting, output.

`port` is the seam (JSON in, JSON out) everything else here is written against. `client` speaks the API over a
`transport`: `plain` for local and unencrypted endpoints, `docker`, the one home of docker-py, for TLS, SSH, Windows
pipes and credentials. `fake` is an engine in memory for tests. Foreign exceptions end here (`errors`). Decisions are
`compose.plan`'s; this package carries them out.
"""
