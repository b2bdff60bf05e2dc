"""What an engine said, as frozen values: facts, containers, networks, volumes, images.

Parsing of engine answers lives here and is pure; asking is `compose.engine`'s work. No Project in here:
`down`, `ps`, `logs` and `ls` work from labels alone.
"""
