"""The first judge: inside the granted folders everything that can be reviewed and undone is allowed; nothing else is."""

from __future__ import annotations

from confrere.policy.gate import Call, Verdict
from confrere.policy.manifest import Effect


class FolderJudge:
    """Reading and changing the view is allowed, whatever the arguments: the view itself holds the bounds. Acting is refused."""

    def decide(self, call: Call) -> Verdict:
        if call.manifest.effect is Effect.ACT or call.manifest.egress:
            return Verdict(verdict="deny", rule="no-acting", reason="gate.outside", data={"tool": call.tool})
        return Verdict(verdict="allow", rule="inside-granted-folders", reason="gate.inside")

    def observe(self, call: Call, text: str, origins: list[str]) -> str:
        return "untrusted:" + ",".join(origins[:20]) if origins else "untrusted"
