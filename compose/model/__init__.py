"""The Project: what the files ask for, in the Compose Specification's own words.

Frozen values decoded from canonical data by `compose.load`; nothing here reads, decides or talks.
Fields stand in the order `config` prints and the config hash uses, so do not sort them.
Every layer above `base` may read it; nobody but `compose.load` makes one from a file.
"""
