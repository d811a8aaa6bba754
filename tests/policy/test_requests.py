"""Requests of a command: nothing passes but to a host of the call, and quietly only what was written out beforehand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from confrere.policy import requests
from confrere.policy.brief import Brief
from confrere.policy.engine import Engine
from confrere.policy.grants import Grant
from confrere.policy.labels import Confidentiality
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.policy.requests import Outgoing, Permit
from confrere.policy.state import HOLE, Call

NOW = "2026-03-04T09:00:00.000Z"
RUN = Manifest(effect=Effect.CHANGE, kind="run", roles={"command": Role.COMMAND, "hosts": Role.HOST})
READ = Manifest(effect=Effect.READ, kind="read", roles={"path": Role.PATH})
OPEN = Grant(id="g", what="host", value="a.example", scope="always")

texts = st.text(max_size=30) | st.sampled_from(["/x", "/y?q=1", "//x", "/./x", "/%2e%2e/x", "/x#f", "", "*"])
outgoing = st.builds(
    Outgoing,
    host=st.sampled_from(["a.example", "A.example", "b.example", "a.example.", "127.0.0.1", "[::1]", "é.example", ""]) | texts,
    port=st.sampled_from([80, 443, 8080, 0]),
    method=st.sampled_from(["GET", "HEAD", "POST", "CONNECT", "SOCKS", "get", "TRACE"]) | texts,
    path=texts,
    size=st.integers(-1, 5),
    headers=st.lists(st.tuples(st.sampled_from(["Accept", "user-agent", "X-A", "Cookie", ""]), texts), max_size=3).map(tuple),
)


@given(st.lists(outgoing, max_size=12))
def test_whatever_is_asked_only_named_addresses_pass_and_quietly(asked: list[Outgoing]) -> None:
    permit = Permit(hosts=["a.example"], private=[], named=frozenset({"http://a.example/x", "http://b.example/y"}), grants=["g"])
    passed = [one for one in asked if requests.decide(permit, one, [OPEN], NOW).verdict != "refused"]
    assert all(one.address == "http://a.example/x" and one.method in ("GET", "HEAD") and not one.size for one in passed)
    assert len(passed) <= requests.TIMES
    assert all(requests.decide(permit, one, [OPEN], NOW).verdict != "free" for one in asked)


@given(outgoing)
def test_a_host_that_may_have_private_things_is_that_host_alone(one: Outgoing) -> None:
    permit = Permit(hosts=["a.example"], private=["a.example"], named=frozenset())
    assert (requests.decide(permit, one, [], NOW).verdict == "free") == (one.host.lower() == "a.example")
    assert requests.decide(permit, one, [], NOW, lambda text: False).verdict == "refused"


def decided(
    *, planned: dict[str, object] | None = None, read: bool = False, grants: tuple[Grant, ...] = (), brief: str = "do it"
) -> tuple[str, str]:
    """The verdict on a command that reaches a.example, and what becomes of its request for the address it has."""
    engine = Engine(grants=grants)
    engine.start(brief, {"run": RUN, "read": READ}, "t")
    if planned is not None:
        engine.approve_plan([{"tool": "run", "args": planned}])
    if read:
        engine.observe(Call(tool="read", args={"path": "a"}), "words of others", origins=["a"])
    call = Call(tool="run", args={"command": "curl http://a.example/x", "hosts": ["a.example"]})
    decision = engine.decide(call, NOW)
    permit = engine.permit(call, decision, shown=False) if decision.verdict == "allow" else None
    if permit is None:
        return decision.verdict, ""
    request = Outgoing(host="a.example", port=80, method="GET", path="/x")
    return decision.verdict, engine.decide_request(permit, request, NOW, lambda text: True).verdict


def test_where_a_commands_hosts_come_from_decides_what_they_may_get() -> None:
    exact: dict[str, object] = {"command": "curl http://a.example/x", "hosts": ["a.example"]}
    cleared = Grant(id="g", what="host", value="a.example", scope="always", confidentiality=Confidentiality.PRIVATE)
    assert decided(planned=exact) == ("allow", "free")
    assert decided(planned={**exact, "command": HOLE}, read=True) == ("allow", "free"), (
        "any command may run: the plan names what it reaches"
    )
    assert decided(planned={**exact, "hosts": HOLE}, read=True)[0] == "ask"
    assert decided(planned={"command": "true"})[0] == "deny"
    assert decided()[0] == "ask"
    assert decided(grants=(OPEN,)) == ("allow", "quiet") and decided(grants=(OPEN,), read=True) == ("allow", "refused")
    assert decided(grants=(OPEN,), read=True, brief="get http://a.example/x") == ("allow", "quiet")
    assert decided(grants=(cleared,), read=True) == ("allow", "free")
    engine = Engine()
    engine.start("do it", {"run": RUN})
    plain = Call(tool="run", args={"command": "ls", "hosts": []})
    decision = engine.decide(plain)
    assert decision.rule == "workspace" and engine.permit(plain, decision, shown=False) is None


def test_a_plans_own_words_name_addresses_and_its_holes_do_not() -> None:
    engine = Engine()
    engine.start("see http://brief.example/a", {"run": RUN})
    engine.approve_plan([{"tool": "run", "args": {"command": "curl http://plan.example/b", "hosts": HOLE}}])
    engine.observe(Call(tool="run", args={}), "http://read.example/c", origins=["x"])
    named = requests.addresses(engine.state, Brief(engine.state.brief), Call(tool="run", args={"command": "curl http://call.example/d"}))
    assert named == {"http://brief.example/a", "http://plan.example/b"}


def test_the_last_use_of_a_grant_is_a_whole_one_and_what_is_taken_back_ends_it() -> None:
    limited = Grant(id="g", what="host", value="a.example", scope="always", limit=1, confidentiality=Confidentiality.PRIVATE)
    other = Grant(id="h", what="host", value="b.example", scope="always", limit=1)
    engine = Engine(grants=[limited, other])
    engine.start("do it", {"run": RUN}, "t")
    engine.approve_plan([{"tool": "run", "args": {"command": HOLE, "hosts": HOLE}}])
    call = Call(tool="run", args={"command": "x", "hosts": ["a.example", "b.example"]})
    decision = engine.decide(call, NOW)
    assert decision.verdict == "allow" and decision.grants == ["g", "h"], "each is used, not the first alone"
    permit = engine.permit(call, decision, shown=False)
    engine.commit(call, decision)
    assert permit is not None and engine.decide(call, NOW).verdict != "allow"
    post = {host: Outgoing(host=host, port=80, method="POST", path="/x", size=4) for host in ("a.example", "b.example")}
    assert [engine.decide_request(permit, post[host], NOW, lambda text: True).verdict for host in post] == ["free", "refused"]
    engine.apply({"type": "grant.revoked", "id": "g"})
    passage = engine.decide_request(permit, post["a.example"], NOW, lambda text: True)
    assert (passage.verdict, passage.why) == ("refused", "not granted")


def test_a_host_of_the_brief_that_was_granted_for_more_gets_more() -> None:
    cleared = Grant(id="g", what="host", value="a.example", scope="always", confidentiality=Confidentiality.PRIVATE)
    assert decided(grants=(cleared,), read=True, brief="get http://a.example/x") == ("allow", "free")
    assert decided(grants=(), read=True, brief="get http://a.example/x") == ("allow", "quiet")
