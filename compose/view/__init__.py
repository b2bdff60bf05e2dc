"""Everything a person or a program sees, folded from Events and values; writes only to streams it is given.

Progress (screen, plain, JSON lines, quiet), tables, log lines, diagnostics.
"""
