"""Read, extract, write and render the documents an office holds.

Nothing here writes to a person's folder: readers take a real path to bytes (in a process that can be killed),
writers return a finished file at a path their caller owns.
"""
