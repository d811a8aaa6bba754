"""What decides the next call: the builtin model (rules, no network, no weights) or a language model.

A model sees a turn and returns a reply; it has no hands of its own. Provider libraries are imported on first use.
"""
