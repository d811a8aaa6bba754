"""The environment: where a person may have keys already, and what a child process gets of it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from confrere.secrets.redact import Redactor

# Variables in which people keep keys, and the only hosts each is for. Given to Secrets.import_environment.
KNOWN_HOSTS: dict[str, tuple[str, ...]] = {
    "ANTHROPIC_API_KEY": ("api.anthropic.com",),
    "OPENAI_API_KEY": ("api.openai.com",),
    "MISTRAL_API_KEY": ("api.mistral.ai",),
    "OPENROUTER_API_KEY": ("openrouter.ai",),
    "GEMINI_API_KEY": ("generativelanguage.googleapis.com",),
    "GROQ_API_KEY": ("api.groq.com",),
    "DEEPSEEK_API_KEY": ("api.deepseek.com",),
    "GITHUB_TOKEN": ("api.github.com", "uploads.github.com"),
    "NOTION_TOKEN": ("api.notion.com",),
    "SLACK_BOT_TOKEN": ("slack.com", "*.slack.com"),
    "SLACK_APP_TOKEN": ("slack.com", "*.slack.com"),
    "TELEGRAM_BOT_TOKEN": ("api.telegram.org",),
    "DISCORD_BOT_TOKEN": ("discord.com", "*.discord.gg"),
}

PASSED_ON = ("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_COLLATE", "LC_MESSAGES", "LC_MONETARY", "LC_NUMERIC", "LC_TIME", "TZ", "TMPDIR")
PLAIN_PATH = "/usr/local/bin:/usr/bin:/bin"


def child_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a child process may know: where programs are, the language, the time zone, and ``extra``. Nothing else is inherited.

    PATH keeps the absolute folders of our own. Raises ValueError when a value of ``extra`` looks like a key or is no text: a secret goes
    to a connector by name, never through an environment, which other processes can read.
    """
    folders = [folder for folder in os.environ.get("PATH", PLAIN_PATH).split(":") if folder.startswith("/")]
    result = {"PATH": ":".join(folders) or PLAIN_PATH, "LANG": "C.UTF-8"}
    result.update({name: os.environ[name] for name in PASSED_ON if name in os.environ})
    redactor = Redactor()
    for name, value in (extra or {}).items():
        if not isinstance(value, str) or not redactor.redact(f"{name}={value}").clean:
            raise ValueError(f"the variable {name} would carry a secret to a child process")
        result[name] = value
    return result
