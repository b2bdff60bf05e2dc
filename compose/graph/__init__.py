"""Who depends on whom: dependencies with their reasons, order, closures; drawings and insight.

Pure; scheduling uses the standard library's graphlib, only `insight` loads networkx.
"""
