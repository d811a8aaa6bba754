"""The append-only, hash-chained record of events: the only state a task has.

The journal knows nobody: an event is a kind and a body, and what it means is said by whoever folds it.
"""
