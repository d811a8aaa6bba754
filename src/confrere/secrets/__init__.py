"""Keys and passwords: kept sealed, handed to one named host at a time, and kept out of everything that is written down.

Here live the store and what holds its key (``store``, ``holders``), the value that never shows itself (``value``), the redactor that
stands at the journal's and the model's door (``redact``, ``forms``, ``shapes``), the environment of child processes
(``environment``) and the report of a crash (``crash``).
What a host may receive is asked of the policy, not decided here; nothing here speaks to a network.
"""

from confrere.secrets.crash import describe_crash, quiet_crashes
from confrere.secrets.environment import KNOWN_HOSTS, child_environment
from confrere.secrets.redact import Redaction, Redactor
from confrere.secrets.store import SecretInfo, Secrets, Use
from confrere.secrets.value import SecretValue

__all__ = [
    "KNOWN_HOSTS",
    "Redaction",
    "Redactor",
    "SecretInfo",
    "SecretValue",
    "Secrets",
    "Use",
    "child_environment",
    "describe_crash",
    "quiet_crashes",
]
