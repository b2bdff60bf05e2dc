"""Project + engine facts -> the exact bodies the Docker API gets; pure and total.

Docker's words start here (`HostConfig`, `EndpointsConfig`). Ids that are only known while a plan runs are
`Binding`s beside the body, never placeholders inside it. No calls, no decisions about what exists.
"""
