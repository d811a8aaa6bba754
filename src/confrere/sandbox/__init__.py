"""Where commands and scripts run: it sees the workspace and nothing else.

One protocol (``protocol.py``), several back ends (``bubblewrap``, ``microvm``, ``landlock``, ``containers``, ``seatbelt``), chosen by
``choose.py``. The resident agent (``resident.py``) is the one program of ours that runs inside. Nothing here knows tasks, tools,
models or policy: the network proxy asks a callback, and tells another what it did.
"""
