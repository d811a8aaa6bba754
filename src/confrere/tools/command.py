"""Running a program on the view, in the sandbox: it sees the granted folders as the task has them, and nothing else."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from confrere.messages import say
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.tools.base import Context, Result, Tool

_KEPT = 12_000  # characters of output a model is shown: the beginning and the end


class CommandArgs(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    command: Annotated[str, Meta(min_length=1, max_length=20_000, description="a shell command; bash, python3 and common tools are there")]
    hosts: Annotated[
        list[Annotated[str, Meta(max_length=253, pattern=r"^[A-Za-z0-9.-]+$")]],
        Meta(
            max_length=20, description="names of the hosts that the command must reach (ports 80 and 443); the person is asked about them"
        ),
    ] = []
    timeout: Annotated[float, Meta(gt=0, le=600, description="seconds")] = 120


class RunCommand:
    name = "run_command"
    description = (
        "Run a shell command in a sandbox without network, or with a way to the hosts it names alone, by the proxy that the environment "
        "gives. The folders are at /work/NAME; what it writes there joins the other changes for review. Python has the document "
        "libraries. Nothing else is reachable, and nothing keeps running."
    )
    manifest = Manifest(
        effect=Effect.CHANGE,
        kind="run",
        roles={"command": Role.COMMAND, "hosts": Role.HOST, "timeout": Role.FREE},
        trust="other",
    )
    Args = CommandArgs

    def run(self, args: CommandArgs, context: Context) -> Result:
        from confrere.sandbox.protocol import Command

        command = Command(["bash", "-c", args.command], timeout=args.timeout)
        claim, name, done = context.sandbox(lambda sandbox: (sandbox.claim, sandbox.name, sandbox.run(command)))
        weaker = [say("agent.sandbox-reduced", context.language, name=name)] if claim.reduced else []
        text = done.text
        if len(text) > _KEPT:
            text = f"{text[: _KEPT // 2]}\n[… {len(text) - _KEPT} characters …]\n{text[-_KEPT // 2 :]}"
        ends = [f"exit status {done.rc}"]
        ends += ["it took too long and was ended"] if done.timed_out else []
        ends += [f"ended: too much {done.over}"] if done.over else []
        roots = [root.name for root in context.view.roots]
        data = {"rc": done.rc, "seconds": done.seconds, "sandbox": name}
        return Result(text=f"[{'; '.join(ends)}]\n{text}", data=data, doubts=weaker, origins=roots, failed=done.rc != 0)


TOOLS: tuple[Tool, ...] = (RunCommand(),)
