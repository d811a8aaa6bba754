"""What a tool is, and what it is handed when it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

from confrere.policy.manifest import Manifest

if TYPE_CHECKING:
    from confrere.documents.library import Library
    from confrere.sandbox.protocol import Sandbox
    from confrere.workspace.view import View

T = TypeVar("T")


class Result(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a call gave. ``text`` is what a model sees; ``data`` is for programs and screens (JSON values).

    ``doubts`` go to the to-check list, ``omissions`` (path, reason) to the report, ``deliverables`` are view paths of
    finished files. ``origins`` are the view paths whose content flowed into the result: the policy labels it by them.
    """

    text: str
    data: dict[str, Any] = msgspec.field(default_factory=dict)
    doubts: list[str] = msgspec.field(default_factory=list)
    omissions: list[tuple[str, str]] = msgspec.field(default_factory=list)
    deliverables: list[str] = msgspec.field(default_factory=list)
    origins: list[str] = msgspec.field(default_factory=list)
    failed: bool = False


class Context(Protocol):
    """What a running tool may use. Nothing else of the process is its business."""

    task: str
    step: str
    call: str
    language: str

    @property
    def view(self) -> View: ...

    @property
    def library(self) -> Library: ...

    def sandbox(self, work: Callable[[Sandbox], T]) -> T:
        """Do ``work`` in this task's sandbox, on the view as it is now; what it leaves behind is looked over and joins the view.

        Raises Refused where this machine has no sandbox: there is no other place to run things.
        """
        ...

    def progress(self, done: int, total: int, what: str) -> None:
        """Tell the person where we are; also raises Stopped when the person stopped the task: call it often."""
        ...

    def memo(self, name: str, compute: Callable[[], Any]) -> Any:
        """Return ``compute()`` (a JSON value), journaled: after a crash the same call gets the same value back, so that a
        call that was cut half-way goes on with the decisions it had taken instead of taking new ones on a changed view."""
        ...


class Tool(Protocol):
    """A typed function. One whose description somebody else wrote (a server's, say) has ``foreign = True`` besides: a model reads that
    before anything else, so policy takes it for the first untrusted read.

    ``Args`` is a msgspec Struct whose fields have descriptions (``msgspec.Meta``): it gives both the
    validation and the JSON schema a model sees. Running the same call twice must give the same view (use ``memo``)."""

    @property
    def name(self) -> str: ...

    @property
    def description(self) -> str: ...

    @property
    def manifest(self) -> Manifest: ...

    @property
    def Args(self) -> type[msgspec.Struct]: ...

    def run(self, args: Any, context: Context) -> Result: ...
