"""The processes that do the work: a worker (``worker``, its jobs in ``jobs`` and ``previews``) and the crew of them (``crew``).

``worker``, ``jobs`` and ``previews`` run in a child process and may import anything; ``crew`` runs in the gateway and imports none of them.
"""
