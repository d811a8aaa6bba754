"""Confrère, a local-first personal agent.

Each folder is a noun of the vocabulary in ``docs/architecture.md``; imports run downward only
(ground, law, hands, agent, surfaces), which ``tests/test_layers.py`` keeps true.
"""

__version__ = "0.1.0"
