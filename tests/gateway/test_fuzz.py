"""The API fuzzed from its own OpenAPI document: whatever is sent, no answer is a fault, and every refusal says what and why."""

import json
import re
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gateway.conftest import Up

SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=30)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8
)
NASTY = st.sampled_from(
    [
        "",
        " ",
        "../../etc/passwd",
        "/etc/passwd",
        "%00",
        "\x00",
        "\ud800",
        "'",
        '"',
        "<script>",
        "${jndi:x}",
        "{0}",
        "{x}",
        "%s",
        "a" * 3000,
        "-1",
        "NaN",
        "1e999",
        "٣",
        "é" * 300,
        "/",
        "last",
        "2026-13-45",
        "tous les lundis à 8h",
        "0 8 * * 1",
    ]
)


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    home = tmp_path_factory.mktemp("fuzz") / "home"
    home.mkdir(mode=0o700)
    up = Up(home, environment={"HOME": str(home.parent)})  # copies of the sample go there
    up.document = up.ask("GET", "/api/openapi.json", status=200).json
    folder = home.parent / "Papers"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    up.task = up.ask("POST", "/api/tasks", {"brief": "Sort by type", "folders": [{"path": str(folder)}], "plan_only": True}, 201).json["id"]
    up.until(up.task, "planned")
    yield up
    up.stop()


def instance(schema, components, draw, depth=0):
    """A value that fits a schema, now and then one that does not."""
    if draw(st.integers(0, 9)) == 0:
        return draw(VALUES | NASTY)
    if "$ref" in schema:
        return instance(components[schema["$ref"].rpartition("/")[2]], components, draw, depth)
    if "anyOf" in schema:
        return instance(draw(st.sampled_from(schema["anyOf"])), components, draw, depth)
    kind = schema.get("type")
    if kind == "object":
        required = schema.get("required", [])
        names = [name for name in schema.get("properties", {}) if name in required or draw(st.booleans())]
        return {name: instance(schema["properties"][name], components, draw, depth + 1) for name in names}
    if kind == "array":
        return [instance(schema.get("items", {}), components, draw, depth + 1) for _ in range(draw(st.integers(0, 2)) if depth < 4 else 0)]
    return draw(
        {
            "string": st.text(max_size=20) | NASTY,
            "integer": st.integers(),
            "number": st.floats(allow_nan=False),
            "boolean": st.booleans(),
            "null": st.none(),
        }.get(kind, VALUES)
    )


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_nothing_sent_is_a_fault(target, data):
    paths = target.document["paths"]
    path = data.draw(st.sampled_from([path for path in sorted(paths) if path not in ("/api/events", "/api/exposure")]))
    method = data.draw(st.sampled_from(sorted(paths[path])))
    operation = paths[path][method]
    known = data.draw(st.booleans())

    def blank(match):
        return (
            target.task
            if known and "/tasks/" in path and match[1] == "id"
            else quote(data.draw(NASTY | st.text(min_size=1, max_size=20)).encode("utf-8", "replace"), safe="") or "x"
        )

    url = re.sub(r"\{(\w+)\}", blank, path)
    query = [
        (one["name"], data.draw(NASTY | st.text(max_size=20)))
        for one in operation["parameters"]
        if one["in"] == "query" and data.draw(st.booleans())
    ]
    if query:
        url += "?" + "&".join(f"{name}={quote(value.encode('utf-8', 'replace'), safe='')}" for name, value in query)
    body = None
    if method != "get":
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        body = instance(content, target.document["components"]["schemas"], data.draw)
    answer = target.ask(method.upper(), url, body)
    assert answer.status < 500 or answer.status == 501, (method, url, body, answer.status, answer.data[:1000])
    if answer.status >= 400:
        problem = answer.json
        assert answer.headers["content-type"] == "application/problem+json" and problem["code"] and problem["detail"], answer.data
        assert set(problem["sentences"]) == {"en", "fr"} and "{" not in re.sub(r"[«\"“].*[»\"”]", "", problem["code"])
    else:
        schema = operation["responses"].get(str(answer.status), {}).get("content", {}).get("application/json", {}).get("schema")
        if schema is not None:
            fits(answer.json, schema, target.document["components"]["schemas"])


def fits(value, schema, components):
    """The answer has what the document says it has."""
    if "$ref" in schema:
        return fits(value, components[schema["$ref"].rpartition("/")[2]], components)
    if "anyOf" in schema:
        return None
    if schema.get("type") == "object":
        assert isinstance(value, dict), (value, schema)
        for name in schema.get("required", []):
            assert name in value, (name, value)
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                fits(value[name], inner, components)
    elif schema.get("type") == "array":
        assert isinstance(value, list)
        for item in value[:3]:
            fits(item, schema.get("items", {}), components)
    else:
        kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}
        assert schema.get("type") not in kinds or isinstance(value, kinds[schema["type"]]), (value, schema)
    return None


@pytest.mark.parametrize("seed", range(30))
def test_raw_bytes(target, seed):
    """Not even HTTP: the process answers 400 or closes, and goes on."""
    import random
    import socket

    draw = random.Random(seed)
    data = draw.choice(
        [
            draw.randbytes(200),
            b"GET / HTTP/9.9\r\n\r\n",
            b"\x16\x03\x01" + draw.randbytes(50),
            b"GET " + b"/" * 70_000 + b" HTTP/1.1\r\n\r\n",
            b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20_000,
        ]
    )
    with socket.create_connection(("127.0.0.1", target.port), 10) as sock:
        try:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            answer = sock.recv(4096)
        except OSError:
            answer = b""
    assert not answer or answer.startswith(b"HTTP/1.1 4")
    assert json.loads(target.ask("GET", "/api/health").data)["status"] == "ok"
