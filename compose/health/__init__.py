"""Readiness as a fold: observations and the time go in, verdicts come out.

Pure. Levels, not edges: an engine event only makes someone look again; what counts is the inspected state.
A health status older than the container's start does not count. There is no polling tick here or above.
"""
