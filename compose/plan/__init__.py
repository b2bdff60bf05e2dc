"""Decisions: what to do to get from what runs to what the file asks for, each step with its reason.

Pure: no calls, no prompts, no clock, no logs. A question to the user is data (`Confirmation`).
Every mutating command goes through a Plan; `--dry-run` prints it, `compose.engine.execute` performs it.
"""
