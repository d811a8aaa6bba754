"""The help of the commands, in the person's language: commands by theme, each with its whole sentence."""

from __future__ import annotations

import re

import click

from confrere.messages import say, system_language

# in the order in which a person meets them; what is in none of them comes under the last heading
THEMES = {
    "work": ("run", "plan", "ask", "approve", "say", "stop", "resume", "apply", "undo"),
    "look": ("tasks", "show", "changes", "report", "journal", "read", "extract"),
    "law": ("approvals", "answer", "grant", "grants", "policy", "secrets"),
    "machine": ("models", "doctor", "vault"),
    "gateway": (),
}


def _(key: str) -> str:
    return say(f"cli.{key}", system_language())


def _heading(key: str) -> str:
    """Click puts the colon."""
    return _(key) + ("\u00a0" if system_language() == "fr" else "")


def tied(text: str) -> str:
    """The text with no line break before the signs that French sets apart, nor inside what is to be typed."""
    text = re.sub(r" (?=[;:?!»])|(?<=«) ", "\u00a0", text)
    return re.sub(r"`[^`\n]*`", lambda found: found[0].replace(" ", "\u00a0"), text)


class _Spoken(click.Command):
    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _("option-help")
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), f"{_('usage')} ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [record for option in self.get_params(ctx) if isinstance(option, click.Option) and (record := option.get_help_record(ctx))]
        with formatter.section(_heading("usage-options")):
            formatter.write_dl([(name.replace("FLOAT RANGE", "N"), tied(re.sub(r"  \[x[<>=0-9.]*\]$", "", text))) for name, text in rows])


class Command(_Spoken):
    """One command."""


class Group(_Spoken, click.Group):
    """Commands in the order in which a person meets them, under headings where there are many."""

    command_class = Command
    group_class = type  # groups below are of this class too

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _Spoken.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        left = {name: command for name, command in self.commands.items() if not command.hidden}
        if len(left) < 12:
            themes = {"usage-commands": tuple(left)}
        else:
            themes = {f"theme-{theme}": names for theme, names in THEMES.items()}
            placed = {name for names in THEMES.values() for name in names}
            themes["theme-gateway"] += tuple(name for name in left if name not in placed)
        for heading, names in themes.items():
            rows = [(name, tied(left[name].help or "")) for name in names if name in left]
            if rows:
                with formatter.section(_heading(heading)):
                    formatter.write_dl(rows, col_max=12)
