"""Commands about the gateway: up, pair, devices, schedule, and the exposure part of doctor."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from confrere.messages import say, show, system_language

if TYPE_CHECKING:
    from confrere.config import Home
    from confrere.gateway.client import Client
    from confrere.gateway.state import Gateway, Listen


def _(key: str, **data: object) -> str:
    return say(f"gateway_cli.{key}", system_language(), **data)


def _home() -> Home:
    from confrere.config import Home

    return Home.find()


def _wrong(key: str) -> Exception:
    from confrere.errors import WrongUse

    return WrongUse(key)


def up(listen: Listen, *, browser: bool) -> int:
    """Serve until interrupted."""
    import asyncio
    import logging

    from confrere.gateway.server import Server

    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    home = _home()
    language = home.language()
    server = Server(home, listen)

    def ready(gateway: Gateway) -> None:
        _greet(gateway, language, browser)

    if sys.stdin is not None and sys.stdin.isatty():
        from confrere.gateway.channels.terminal import TerminalChannel

        server.gateway.channels.append(TerminalChannel(language))
    asyncio.run(server.run(ready))
    click.echo(say("gateway.up-end", language))
    return 0


def _greet(gateway: Gateway, language: str, browser: bool) -> None:
    """Say where it is, with a link that lets this person in; open the page."""
    from confrere.gateway.doors import SCOPES

    if gateway.recovered is not None:
        found = gateway.recovered
        click.echo(say("core.journal-recovered", language, backup=found.backup, kept=found.kept, lost=found.lost), err=True)
    click.echo(say("gateway.up", language, url=gateway.url))
    if not gateway.listen.loopback:
        click.echo(say("gateway.up-beyond", language, host=gateway.listen.host))
    if _into_the_log():
        click.echo(say("gateway.up-log", language))
        sys.stdout.flush()
        return
    link = f"{gateway.url}/enter#{gateway.doors.code(list(SCOPES))}"
    click.echo(say("gateway.up-link", language))
    click.echo(f"  {link}")
    if sys.stdout.isatty():
        click.echo(_qr(link))
        click.echo(say("gateway.up-stop-hint", language))
        if browser:
            _open(gateway, link)
    sys.stdout.flush()


def _into_the_log() -> bool:
    """Whether what is said goes to the system's log (systemd.exec(5), JOURNAL_STREAM), where others of this machine may read it."""
    try:
        status = os.fstat(1)
    except OSError:
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"


def _qr(text: str) -> str:
    import io

    import segno

    out = io.StringIO()
    segno.make(text, error="l").terminal(out=out, compact=True, border=1)
    return out.getvalue()


def _open(gateway: Gateway, link: str) -> None:
    """Open the page without putting its code in another program's arguments, where every user of the machine could read it."""
    import threading
    import webbrowser

    from confrere.secrets.private_files import write_private

    path = gateway.home.path / "enter.html"
    write_private(
        path, f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={link}"><title>Confrère</title>'.encode()
    )
    threading.Thread(target=webbrowser.open, args=(path.as_uri(),), daemon=True).start()
    threading.Timer(60, lambda: path.unlink(missing_ok=True)).start()


def service(listen: Listen, *, write: bool) -> int:
    """Print the service file, or write it and have it started."""
    from confrere.gateway.server import check
    from confrere.gateway.service import install, unit

    check(listen)
    home = _home()
    options = ["--port", str(listen.port), "--host", listen.host]
    for name in listen.names:
        options += ["--name", name]
    if listen.tls:
        options += ["--certificate", os.path.abspath(listen.certificate), "--key", os.path.abspath(listen.key)]
    if not write:
        path, text = unit(home, options)
        click.echo(f"# {path}\n{text}", nl=False)
        return 0
    path, runs = install(home, options)
    click.echo(say("gateway.service-written" if runs else "gateway.service-not-started", home.language(), path=path))
    return 0 if runs else 1


def running() -> Client:
    """The gateway that is up. Raises WrongUse when there is none."""
    from confrere.gateway.client import Client

    client = Client.find(_home())
    if client is None:
        raise _wrong("gateway.not-up")
    return client


def asked(brief: str, model: str) -> int | None:
    """A question without a folder, answered by the gateway that is up: its worker is there already. None where the command has to do it
    itself: no gateway, or one that cannot reach this model (its environment is another)."""
    from confrere.config import Home

    if not (Home.find().path / "gateway.sock").exists():  # none was ever up: what would speak to it is not loaded
        return None
    from confrere.gateway.client import Answered, Client

    client = Client.find(Home.find())
    if client is None:
        return None
    from confrere.cli.flow import Stream

    width = os.get_terminal_size().columns if sys.stdout.isatty() else 0
    stream, begun = Stream(width), False
    try:
        for piece in client.answer(brief, model or os.environ.get("CONFRERE_MODEL", "")):
            begun = begun or bool(piece)
            print(stream.feed(show(piece, lines=True)), end="", flush=True)
    except Answered as error:
        if not begun and error.key.startswith(("model", "gateway.scope")):
            return None
        print(stream.end())
        raise
    except KeyboardInterrupt:
        print(stream.end())
        return 5
    print(stream.end())
    return 0


def pair(scopes: list[str], program: str, name: str, person: str, as_json: bool) -> int:
    """A link for another device, or a token for a program."""
    from confrere.cli.screen import print_json

    client, language = running(), _home().language()
    whose = _person(client, person)["id"] if person else ""
    if program:
        made = client.ask("POST", "/api/devices/token", {"scopes": scopes or ["look", "brief"], "name": program, "person": whose})
        if as_json:
            print_json(made)
        else:
            click.echo(say("gateway.paired-token", language, name=program))
            click.echo(f"  {made['token']}")
        return 0
    wanted = scopes or ["look", "brief", "approve"] + ([] if whose else ["administer"])
    made = client.ask("POST", "/api/devices/code", {"scopes": wanted, "name": name, "person": whose})
    if as_json:
        print_json({part: made[part] for part in ("url", "code", "expires")})
        return 0
    click.echo(say("gateway.paired-link", language, scopes=", ".join(wanted)))
    click.echo(f"  {made['url']}")
    if sys.stdout.isatty():
        click.echo(_qr(made["url"]))
    return 0


def people(action: str, name: str, options: dict[str, Any], as_json: bool) -> int:
    """List people, add one with a link for their first device, or remove one."""
    from confrere.cli.screen import print_json

    client, language = running(), _home().language()
    if action == "list":
        for person in client.ask("GET", "/api/people")["people"]:
            if as_json:
                print_json(person)
                continue
            what = (
                say("gateway.people-owner", language)
                if person["owner"]
                else ", ".join(folder["path"] for folder in person["folders"]) or "-"
            )
            spent = f"{person['month']['cost_usd']:.2f} $"
            click.echo(f"{person['id']:<9} {show(person['name'] or '-'):<24} {person['devices']:>3} {spent:>9}  {show(what)}")
        return 0
    if not name or action not in ("add", "remove"):
        raise _wrong("gateway.people-what")
    if action == "remove":
        person = _person(client, name)
        client.ask("DELETE", f"/api/people/{person['id']}")
        click.echo(say("gateway.people-removed", language, name=person["name"]))
        return 0
    folders = [{"path": os.path.abspath(text.removesuffix(":ro")), "readonly": text.endswith(":ro")} for text in options["folders"]]
    budgets = {"month_usd": options["month"]} if options["month"] is not None else {}
    given = {"name": name, "admin": options["admin"], "folders": folders, "budgets": budgets}
    person = client.ask("POST", "/api/people", given)
    scopes = ["look", "brief", "approve"] + (["administer"] if options["admin"] else [])
    made = client.ask("POST", "/api/devices/code", {"scopes": scopes, "person": person["id"]})
    if as_json:
        print_json({**person, "url": made["url"], "code": made["code"], "expires": made["expires"]})
        return 0
    click.echo(say("gateway.people-added", language, name=name, id=person["id"]))
    click.echo(f"  {made['url']}")
    return 0


def _person(client: Client, text: str) -> dict[str, Any]:
    """The person of this name or identifier. Raises WrongUse for none, or several of that name."""
    found = [one for one in client.ask("GET", "/api/people")["people"] if text == one["id"] or text.casefold() == one["name"].casefold()]
    if len(found) != 1:
        raise _wrong("gateway.no-person")
    return dict(found[0])


def tell(task: str, text: str) -> int:
    """Say something to a task, through the gateway where one is up."""
    from confrere.agent.task import resolve
    from confrere.gateway.client import Client

    home = _home()
    client = Client.find(home)
    from confrere.journal.sqlite import open_store

    store, _ = open_store(home.journal, home.blobs)
    try:
        ident = resolve(store, task)
        if client is None:
            from confrere.gateway.saying import heard

            heard(store, ident, text, "command")
    finally:
        store.close()
    if client is not None:
        client.ask("POST", f"/api/tasks/{ident}/say", {"text": text})
    click.echo(say("gateway.said", home.language()))
    return 0


def devices(revoke: str, as_json: bool) -> int:
    """List devices, or shut one out."""
    from confrere.cli.screen import print_json

    client, language = running(), _home().language()
    if revoke:
        client.ask("DELETE", f"/api/devices/{revoke}")
        click.echo(say("gateway.device-revoked", language))
        return 0
    found = client.ask("GET", "/api/devices")["devices"]
    for device in found:
        if as_json:
            print_json(device)
            continue
        state = say("gateway.revoked-word", language) if device["revoked"] else (device["seen"] or device["paired"])[:16].replace("T", " ")
        click.echo(f"{device['id']}  {device['kind']:<8} {show(device['name']):<24} {','.join(device['scopes']):<32} {state}")
    if not found and not as_json:
        click.echo(say("gateway.no-devices", language))
    return 0


def schedule(action: str, words: tuple[str, ...], options: dict[str, Any], as_json: bool) -> int:
    """Look at schedules and change them."""
    from confrere.cli.screen import print_json

    client, language = running(), _home().language()
    if action == "list":
        found = client.ask("GET", "/api/schedules")["schedules"]
        for one in found:
            if as_json:
                print_json(one)
                continue
            following = say("gateway.schedule-paused", language) if one["paused"] else (one["next"] or "-")[:16].replace("T", " ")
            click.echo(f"{one['id']}  {following:<17} {one['sentence'][language]}  {show(one['name'])}")
        if not found and not as_json:
            click.echo(say("gateway.no-schedules", language))
        return 0
    if action == "add":
        if not options["when"] or not words:
            raise _wrong("gateway.schedule-what")
        folders = [{"path": os.path.abspath(text.removesuffix(":ro")), "readonly": text.endswith(":ro")} for text in options["folders"]]
        when = {"kind": "hook"} if options["when"] == "hook" else {"text": options["when"]}
        if os.path.isdir(options["when"]):
            when = {"kind": "folder", "path": os.path.abspath(options["when"])}
        spec = {
            "name": "",
            "brief": " ".join(words),
            "folders": folders,
            "when": when,
            "model": options["model"],
            "missed": options["missed"],
            "unattended": options["unattended"],
        }
        made = client.ask("POST", "/api/schedules", spec)
        if as_json:
            print_json(made)
            return 0
        click.echo(say("gateway.schedule-kept", language, when=made["sentence"][language], next=made["next"] or "-"))
        if made["secret"]:
            click.echo(say("gateway.schedule-secret", language, url=made["hook_url"], secret=made["secret"]).replace("\\n", "\n"))
        return 0
    if len(words) != 1 or action not in ("pause", "continue", "run", "remove", "runs"):
        raise _wrong("gateway.schedule-what")
    path = f"/api/schedules/{words[0]}"
    if action == "remove":
        client.ask("DELETE", path)
        click.echo(say("gateway.schedule-removed", language))
    elif action == "runs":
        for run in client.ask("GET", f"{path}/runs")["runs"]:
            if as_json:
                print_json(run)
            else:
                reason = (run["reason"] or {}).get(language, "")
                click.echo(f"{run['due'][:16]}  {run['outcome']:<8} {run['task'] or '-':<12} {run['state']} {reason}")
    else:
        answer = client.ask("POST", f"{path}/{action}")
        print_json(answer) if as_json or action == "run" else click.echo(answer["sentence"][language])
    return 0


def exposure(as_json: bool) -> int:
    """What is reachable, with the attacks tried; exit status 1 when one got through."""
    from confrere.cli.screen import print_json
    from confrere.gateway.client import Client
    from confrere.gateway.exposure import audit

    home = _home()
    client = Client.find(home)
    if client is not None:
        found = client.ask("GET", "/api/exposure")
        checks, listens = found["checks"], found["listens"]
    else:
        quiet = audit(home, home.language())
        checks, listens = [{"code": one.code, "ok": one.ok, "text": one.text} for one in quiet.checks], []
    if as_json:
        print_json({"checks": checks, "listens": listens})
    else:
        for place in listens:
            click.echo(f"→ {place}")
        if client is None:
            click.echo(say("gateway.not-up", home.language()))
        for check in checks:
            click.echo(f"{'✓' if check['ok'] else '✗'} {check['text']}")
    return 0 if all(check["ok"] for check in checks) else 1


# -- the commands themselves, added to the command line by ``register``

_json = click.option("--json", "as_json", is_flag=True, help=say("cli.option-json", system_language()))


def register(cli: click.Group) -> None:
    """Add this module's commands."""

    @cli.command(name="up", help=_("help-up"))
    @click.option("--port", type=click.IntRange(0, 65_535), default=7878, show_default=True, help=_("option-port"))
    @click.option("--host", default="127.0.0.1", show_default=True, help=_("option-host"))
    @click.option("--name", "names", multiple=True, help=_("option-name"))
    @click.option("--certificate", default="", metavar="FILE", help=_("option-certificate"))
    @click.option("--key", default="", metavar="FILE", help=_("option-key"))
    @click.option("--no-browser", is_flag=True, help=_("option-no-browser"))
    @click.option("--install", is_flag=True, help=_("option-install"))
    @click.option("--print", "show_only", is_flag=True, help=_("option-print"))
    def up_(
        port: int, host: str, names: tuple[str, ...], certificate: str, key: str, no_browser: bool, install: bool, show_only: bool
    ) -> int:
        from confrere.gateway.state import Listen

        listen = Listen(host=host, port=port, names=names, certificate=certificate, key=key)
        if install or show_only:
            return service(listen, write=install and not show_only)
        return up(listen, browser=not no_browser)

    @cli.command(name="pair", help=_("help-pair"))
    @click.option("--scope", "scopes", multiple=True, help=_("option-scope"))
    @click.option("--program", default="", metavar="NAME", help=_("option-program"))
    @click.option("--name", default="", metavar="NAME", help=_("option-name"))
    @click.option("--person", default="", metavar="NAME", help=_("option-person"))
    @_json
    def pair_(scopes: tuple[str, ...], program: str, name: str, person: str, as_json: bool) -> int:
        return pair(list(scopes), program, name, person, as_json)

    @cli.command(name="people", help=_("help-people"))
    @click.argument("action", default="list")
    @click.argument("name", default="")
    @click.option("--folder", "-f", "folders", multiple=True, metavar="DIR[:ro]", help=say("cli.option-folder", system_language()))
    @click.option("--admin", is_flag=True, help=_("option-admin"))
    @click.option("--month", type=float, default=None, metavar="USD", help=_("option-month"))
    @_json
    def people_(action: str, name: str, as_json: bool, **options: Any) -> int:
        return people(action, name, options, as_json)

    @cli.command(name="say", help=_("help-say"))
    @click.argument("task")
    @click.argument("words", nargs=-1, required=True)
    def say_(task: str, words: tuple[str, ...]) -> int:
        return tell(task, " ".join(words))

    @cli.command(name="devices", help=_("help-devices"))
    @click.option("--revoke", default="", metavar="ID", help=_("option-revoke"))
    @_json
    def devices_(revoke: str, as_json: bool) -> int:
        return devices(revoke, as_json)

    @cli.command(name="schedule", help=_("help-schedule"))
    @click.argument("action", default="list")
    @click.argument("words", nargs=-1)
    @click.option("--when", default="", help=_("option-when"))
    @click.option("--folder", "-f", "folders", multiple=True, metavar="DIR[:ro]", help=say("cli.option-folder", system_language()))
    @click.option("--model", "-m", default="", metavar="NAME", help=say("cli.option-model", system_language()))
    @click.option("--missed", default="once", help=_("option-missed"))
    @click.option("--unattended", default="work", help=_("option-unattended"))
    @_json
    def schedule_(action: str, words: tuple[str, ...], as_json: bool, **options: Any) -> int:
        return schedule(action, words, options, as_json)
