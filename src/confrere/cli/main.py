"""The commands and their contract: see ``docs/commands.md``. Exit status: 0 done, 1 failed, 2 wrong use, 3 waiting, 4 refused, 5 stopped."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

import click

from confrere import __version__
from confrere.cli.gateway import register as gateway_commands
from confrere.cli.usage import Group, tied
from confrere.messages import say, system_language

FAILED, WRONG, WAITING, REFUSED, STOPPED = 1, 2, 3, 4, 5


def _(key: str, **data: object) -> str:
    return say(f"cli.{key}", system_language(), **data)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]}, help=tied(_("help")))
@click.version_option(__version__, prog_name="confrere", help=_("option-version"))
def cli() -> None:
    pass


_brief = click.argument("brief", nargs=-1)
_folder = click.option("--folder", "-f", "folders", multiple=True, metavar="DIR[:ro]", help=_("option-folder"))
_model = click.option("--model", "-m", default="", metavar="NAME", help=_("option-model"))
_json = click.option("--json", "as_json", is_flag=True, help=_("option-json"))
_yes = click.option("--yes", "-y", is_flag=True, help=_("option-yes"))
_task = click.argument("task", default="last")
_paths = click.argument("paths", nargs=-1)


@cli.command(help=_("help-run"))
@_brief
@_folder
@_model
@_yes
@_json
def run(brief: tuple[str, ...], folders: tuple[str, ...], model: str, yes: bool, as_json: bool) -> int:
    from confrere.cli import work

    return work.run(_text(brief), list(folders), model=model, yes=yes, as_json=as_json)


@cli.command(help=_("help-plan"))
@_brief
@_folder
@_model
@_json
def plan(brief: tuple[str, ...], folders: tuple[str, ...], model: str, as_json: bool) -> int:
    from confrere.cli import work

    return work.run(_text(brief), list(folders), model=model, yes=False, as_json=as_json, plan_only=True)


@cli.command(help=_("help-ask"))
@_brief
@_model
@_json
def ask(brief: tuple[str, ...], model: str, as_json: bool) -> int:
    from confrere.cli.gateway import asked

    text = _text(brief)
    if not as_json and (status := asked(text, model)) is not None:
        return status
    from confrere.cli import work

    return work.run(text, [], model=model, yes=True, as_json=as_json)


@cli.command(help=_("help-tasks"))
@_json
def tasks(as_json: bool) -> int:
    from confrere.cli import look

    return look.tasks(as_json)


@cli.command(help=_("help-show"))
@_task
@_json
def show(task: str, as_json: bool) -> int:
    from confrere.cli import look

    return look.show(task, as_json)


@cli.command(help=_("help-approve"))
@_task
@click.option("--decline", is_flag=True, help=_("option-decline"))
@_yes
@_json
def approve(task: str, decline: bool, yes: bool, as_json: bool) -> int:
    from confrere.cli import work

    return work.approve(task, decline=decline, yes=yes, as_json=as_json)


@cli.command(help=_("help-stop"))
@click.argument("task", default="")
@click.option("--all", "everything", is_flag=True, help=_("option-all"))
def stop(task: str, everything: bool) -> int:
    from confrere.cli import work

    return work.stop(task, everything)


@cli.command(help=_("help-resume"))
@_task
@_model
@_yes
@_json
def resume(task: str, model: str, yes: bool, as_json: bool) -> int:
    from confrere.cli import work

    return work.resume(task, model=model, yes=yes, as_json=as_json)


@cli.command(help=_("help-changes"))
@_task
@_json
def changes(task: str, as_json: bool) -> int:
    from confrere.cli import look

    return look.changes(task, as_json)


@cli.command(name="apply", help=_("help-apply"))
@_task
@_paths
@_json
def apply_(task: str, paths: tuple[str, ...], as_json: bool) -> int:
    from confrere.cli import work

    return work.apply(task, list(paths), as_json)


@cli.command(help=_("help-undo"))
@_task
@_paths
@click.option("--step", "steps", multiple=True, metavar="ID", help=_("option-step"))
@_json
def undo(task: str, paths: tuple[str, ...], steps: tuple[str, ...], as_json: bool) -> int:
    from confrere.cli import work

    return work.undo(task, list(paths), list(steps), as_json)


@cli.command(help=_("help-report"))
@_task
@_json
def report(task: str, as_json: bool) -> int:
    from confrere.cli import look

    return look.report(task, as_json)


@cli.command(help=_("help-journal"))
@click.argument("task", default="")
@click.option("--verify", is_flag=True, help=_("option-verify"))
@click.option("--export", metavar="FILE", help=_("option-export"))
@_json
def journal(task: str, verify: bool, export: str | None, as_json: bool) -> int:
    from confrere.cli import look

    return look.journal(task, verify=verify, export=export, as_json=as_json)


@cli.command(help=_("help-approvals"))
@_json
def approvals(as_json: bool) -> int:
    from confrere.cli import law

    return law.approvals(as_json)


@cli.command(help=_("help-answer"))
@click.argument("ident", metavar="ID")
@click.argument("word", metavar="yes|no|task|always")
@click.option("--times", type=click.IntRange(min=1, max=100), default=None, help=_("option-times"))
@click.option("--for", "behalf", default="", metavar="NAME", help=_("option-behalf"))
@_json
def answer(ident: str, word: str, times: int | None, behalf: str, as_json: bool) -> int:
    from confrere.cli import law

    return law.answer(ident, word, times or 0, behalf, as_json)


@cli.command(help=_("help-grant"))
@click.argument("what", type=click.Choice(["host", "recipient", "device", "amount", "model"]))
@click.argument("value")
@click.option("--days", type=click.FloatRange(min=0, min_open=True), default=None, help=_("option-grant-days"))
@click.option("--private", is_flag=True, help=_("option-private"))
@_json
def grant(what: str, value: str, days: float | None, private: bool, as_json: bool) -> int:
    from confrere.cli import law

    return law.grant(what, value, days, private, as_json)


@cli.command(help=_("help-grants"))
@click.option("--revoke", default="", metavar="ID", help=_("option-revoke"))
@_json
def grants(revoke: str, as_json: bool) -> int:
    from confrere.cli import law

    return law.grants(revoke, as_json)


@cli.group(help=_("help-policy"))
def policy() -> None:
    pass


@policy.command(name="explain", help=_("help-policy-explain"))
def policy_explain() -> int:
    from confrere.cli import law

    return law.policy("explain", "", False)


@policy.command(name="test", help=_("help-policy-test"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@_json
def policy_test(file: str, as_json: bool) -> int:
    from confrere.cli import law

    return law.policy("test", file, as_json)


@cli.command(help=_("help-secrets"))
@click.argument("action", type=click.Choice(["list", "set", "delete", "import"]), default="list")
@click.argument("name", default="")
@click.option("--host", "hosts", multiple=True, help=_("option-host"))
@_json
def secrets(action: str, name: str, hosts: tuple[str, ...], as_json: bool) -> int:
    from confrere.cli import law

    return law.secrets(action, name, list(hosts), as_json)


@cli.command(help=_("help-read"))
@click.argument("files", nargs=-1, required=True)
@_json
def read(files: tuple[str, ...], as_json: bool) -> int:
    from confrere.cli import papers

    return papers.read(list(files), as_json)


@cli.command(help=_("help-extract"))
@click.argument("files", nargs=-1, required=True)
@_json
def extract(files: tuple[str, ...], as_json: bool) -> int:
    from confrere.cli import papers

    return papers.extract(list(files), as_json)


@cli.command(help=_("help-models"))
@_json
def models(as_json: bool) -> int:
    from confrere.cli import machine

    return machine.models(as_json)


@cli.command(help=_("help-doctor"))
@click.option("--exposure", is_flag=True, help=_("option-exposure"))
@_json
def doctor(exposure: bool, as_json: bool) -> int:
    if exposure:
        from confrere.cli import gateway

        return gateway.exposure(as_json)
    from confrere.cli import machine

    return machine.doctor(as_json)


@cli.command(help=_("help-vault"))
@click.option("--prune", is_flag=True, help=_("option-prune"))
@click.option("--days", type=click.FloatRange(min=0), metavar="N", default=None, help=_("option-days"))
@_json
def vault(prune: bool, days: float | None, as_json: bool) -> int:
    from confrere.cli import machine

    return machine.vault(prune, days, as_json)


gateway_commands(cli)


def _text(words: tuple[str, ...]) -> str:
    """The brief: the words given, or standard input for none or "-"."""
    if words and words != ("-",):
        return " ".join(words)
    if sys.stdin.isatty():
        return ""
    return sys.stdin.buffer.read(4_000_000).decode("utf-8", "replace")


def main() -> None:
    """The console script. Every error becomes one sentence and an exit status; never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    from confrere.errors import ConfrereError

    threading.excepthook = _quiet
    try:
        status: Any = cli.main(prog_name="confrere", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        status = error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        status = WRONG
    except click.ClickException as error:
        status = _fail(WRONG, "cli.wrong-use", _wrong(error))
    except (click.Abort, KeyboardInterrupt):
        status = _fail(STOPPED, "cli.interrupted", _("interrupted"), prefix="")
    except ConfrereError as error:
        status = _fail(error.status, error.key, error.sentence(_language()), str(error.data.get("task", "")))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = FAILED
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        status = _fail(FAILED, "cli.system-error", _("system-error", reason=reason))
    except Exception as error:
        if os.environ.get("CONFRERE_DEBUG"):
            raise
        from confrere.secrets.redact import Redactor  # the words of an error may hold what a document or a key holds

        status = _fail(FAILED, "cli.defect", _("defect", error=Redactor().redact(f"{type(error).__name__}: {error}").text))
    raise SystemExit(status if isinstance(status, int) else 0)


def _quiet(details: threading.ExceptHookArgs) -> None:
    """A defect in a thread: where it is, no value of any variable."""
    if details.exc_value is not None and not isinstance(details.exc_value, SystemExit):
        from confrere.secrets.crash import describe_crash

        click.echo(describe_crash(details.exc_value, system_language()), err=True)


def _fail(status: int, code: str, sentence: str, task: str = "", *, prefix: str = "confrere: ") -> int:
    """Say what went wrong on standard error and, with ``--json``, on the last line of standard output too. Returns ``status``."""
    from contextlib import suppress

    from confrere.cli.flow import echo

    with suppress(OSError):  # nobody reads: the status tells
        echo(f"{prefix}{sentence}", err=True)
        if "--json" in sys.argv[1:]:
            import json

            print(json.dumps({"task": task or None, "state": None, "report": None, "error": sentence, "code": code}), flush=True)
    return status


def _wrong(error: click.ClickException) -> str:
    """What was typed wrong, in the person's language, and where to read how it is typed."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "confrere"
    name = ""
    if isinstance(error, click.BadParameter) and error.param is not None:
        name = max(error.param.opts, key=len) if isinstance(error.param, click.Option) else error.param.human_readable_name.upper()
    if isinstance(error, click.BadOptionUsage):
        what = _("wrong-missing-value", name=error.option_name)
    elif isinstance(error, click.MissingParameter):
        what = _("wrong-missing", name=name)
    elif isinstance(error, click.NoSuchOption):
        what = _("wrong-option", name=error.option_name)
    elif isinstance(error, click.exceptions.NoSuchCommand):
        what = _("wrong-command", name=error.command_name)
    elif isinstance(error, click.BadParameter):
        what = _("wrong-value", name=name)
    elif "extra argument" in error.message:
        what = _("wrong-extra")
    else:
        what = error.format_message()
    return f"{what} {_('wrong-help', command=command)}"


def _language() -> str:
    """The language of the settings, else of the session."""
    from confrere.config import Home
    from confrere.errors import ConfrereError

    try:
        return Home.find().language()
    except ConfrereError:
        return system_language()
