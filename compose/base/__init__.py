"""Words every layer shares: diagnostics, errors, events, addresses, labels, units, the clock.

Everything here is a plain value or a protocol, and imports nothing else of ours.
No file, network or process is touched from this package (`clock` reads the time, nothing more).
Any package may import it.
"""
