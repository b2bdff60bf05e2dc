"""One use case a file: load, observe, plan, execute. No printing and no option parsing here.

Called by the command line and the Python API alike; results are values and events.
"""
