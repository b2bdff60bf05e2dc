"""Files -> Project: discovery, interpolation, include, extends, merge, canonical form, checks, selection.

`pipeline` names the stages in order and is the function to read first; each stage is a module, each attribute's
rule a row in a table keyed by path pattern. Opens files (`files` only), never talks to an engine.
"""
