"""Recipes, the OpenAI door, settings, secrets, value, previews, the journal's pages, the document of the API."""

import http.client
import json
import time
import zipfile
from pathlib import Path

import pytest

from tests.gateway.conftest import Events
from tests.scripted_model import Act


def chat(up, server, content="Say ping", **more):
    body = {"model": f"{server.url}/v1#scripted-1", "messages": [{"role": "user", "content": content}], **more}
    return up.ask("POST", "/v1/chat/completions", body)


# -- for other programs


def test_a_completion(up, server):
    server.script(["pong"])
    answer = chat(up, server)
    assert answer.status == 200 and answer.json["choices"][0]["message"] == {"role": "assistant", "content": "pong"}
    assert answer.json["usage"] == {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    task = answer.json["id"].removeprefix("chatcmpl-")
    up.until(task, "done")
    kinds = [event["kind"] for event in up.ask("GET", f"/api/journal?task={task}&after=0").json["events"]]
    assert kinds[:2] == ["task.created", "task.origin"] and "plan.proposed" in kinds


def test_a_conversation_reaches_the_model_in_order(up, server):
    server.script(["and pang"])
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "ping?"},
        {"role": "assistant", "content": "pong"},
        {"role": "user", "content": [{"type": "text", "text": "and?"}]},
    ]
    body = {"model": f"{server.url}/v1#scripted-1", "messages": messages}
    assert up.ask("POST", "/v1/chat/completions", body, 200).json["choices"][0]["message"]["content"] == "and pang"
    sent = [(message["role"], message["content"]) for message in server.requests[0].body["messages"]]
    assert sent[1:] == [("user", "Be brief.\n\nping?"), ("assistant", "pong"), ("user", "and?")]


def test_the_official_client_streams(up, server):
    openai = pytest.importorskip("openai")
    server.script([Act(text="one two three four five six", pace=0.03), "again"])
    up.ask("PUT", "/api/settings", {"model": f"{server.url}/v1#scripted-1"}, 200)  # an address is an administrator's to name
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{up.port}/v1", api_key=up.program("brief"), max_retries=0)
    begun, times, text = time.monotonic(), [], ""
    for chunk in client.chat.completions.create(
        model=f"{server.url}/v1#scripted-1",
        messages=[{"role": "user", "content": "count"}],
        stream=True,
        stream_options={"include_usage": True},
    ):
        if chunk.choices and chunk.choices[0].delta.content:
            text += chunk.choices[0].delta.content
            times.append(time.monotonic() - begun)
        usage = chunk.usage
    assert text == "one two three four five six" and len(times) > 2 and times[-1] - times[0] > 0.02 and usage.total_tokens == 120
    assert (
        client.chat.completions.create(model=f"{server.url}/v1#scripted-1", messages=[{"role": "user", "content": "x"}])
        .choices[0]
        .message.content
        == "again"
    )
    assert "builtin" in [model.id for model in client.models.list()]
    weak = openai.OpenAI(base_url=f"http://127.0.0.1:{up.port}/v1", api_key=up.program("look"), max_retries=0)
    with pytest.raises(openai.PermissionDeniedError):
        weak.models.list()


@pytest.mark.parametrize(
    "more",
    [
        {"tools": [{"type": "function"}]},
        {"n": 2},
        {"messages": []},
        {"messages": "x"},
        {"messages": [{"role": "assistant", "content": "x"}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://x"}}]}]},
        {"model": 3},
        {"model": "nothing:like-that"},
    ],
)
def test_what_is_not_supported_is_refused(shared, server, more):
    assert chat(shared, server, **more).status == 400
    assert not server.requests


def test_a_failing_model_is_an_error_not_an_answer(up, server):
    server.script([Act(fail="status", status=401)] * 3)
    answer = chat(up, server)
    assert answer.status >= 400 and answer.json["sentences"]["fr"]


def test_a_caller_who_hangs_up_stops_the_model(up, server):
    server.script([Act(text="x " * 400, pace=0.05)])
    connection = http.client.HTTPConnection("127.0.0.1", up.port, timeout=20)
    up.ask("PUT", "/api/settings", {"model": f"{server.url}/v1#scripted-1"}, 200)
    token = up.program("brief")
    body = json.dumps({"model": "confrere", "messages": [{"role": "user", "content": "long"}], "stream": True})
    connection.request("POST", "/v1/chat/completions", body, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    connection.getresponse().read(300)
    connection.sock.close() if connection.sock else None
    connection.close()
    assert server.wait_closed(3.0)


def test_twenty_at_once(up, server):
    import threading

    server.script([f"answer {number}" for number in range(20)])
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(chat(up, server).json["choices"][0]["message"]["content"])) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == sorted(f"answer {number}" for number in range(20))


# -- recipes


def invoices(folder, month):
    folder.mkdir()
    for number in range(4):
        (folder / f"{month}-0{number + 1} note.txt").write_text(f"note {number}\n")


def test_a_recipe_runs_on_another_folder_without_a_model(up, tmp_path):
    one, two = tmp_path / "October", tmp_path / "November"
    invoices(one, "2026-10")
    invoices(two, "2026-11")
    task = up.ask("POST", "/api/tasks", {"brief": "Range ces fichiers par type", "folders": [{"path": str(one)}], "yes": True}, 201).json[
        "id"
    ]
    up.until(task, "applied")
    recipe = up.ask("POST", "/api/recipes", {"task": task, "name": "Monthly"}, 201).json
    assert recipe["folders"] == ["October"] and recipe["parameters"][0]["kind"] == "folder"
    made = up.ask("POST", f"/api/recipes/{recipe['id']}/run", {"folders": [{"path": str(two)}]}, 201).json
    assert made["state"] == "planned" and made["recipe"] == recipe["id"] and made["model"] == "builtin"
    assert not any("October" in json.dumps(step["args"]) for step in made["plan"]["steps"])
    up.ask("POST", f"/api/tasks/{made['id']}/approve", {"hash": made["plan_hash"], "yes": True}, 200)
    up.until(made["id"], "applied")
    assert sorted(path.name for path in one.rglob("*.txt")) != sorted(path.name for path in two.rglob("*.txt"))
    shape = [str(path.relative_to(one)).replace("2026-10", "M") for path in sorted(one.rglob("*"))]
    assert shape == [str(path.relative_to(two)).replace("2026-11", "M") for path in sorted(two.rglob("*"))]
    assert up.ask("GET", "/api/recipes").json["recipes"][0]["runs"] == 1
    assert up.ask("POST", f"/api/recipes/{recipe['id']}/run", {"folders": []}).code == "gateway.recipe-folders"
    up.kill()
    up.start()
    assert len(up.ask("GET", "/api/recipes").json["recipes"]) == 1
    up.ask("DELETE", f"/api/recipes/{recipe['id']}", status=200)
    assert up.ask("GET", "/api/recipes").json["recipes"] == []


def test_the_parameters_of_a_plan():
    from confrere.gateway.http import Problem
    from confrere.gateway.recipes import filled, parameters
    from confrere.gateway.shapes.recipes import Recipe
    from confrere.policy.plan import Plan, Step

    args = {"period": "2026-10", "out": "Clients/Recap 2026-10.xlsx", "since": "2026-10-01", "year": "2026", "id": "12026-101"}
    plan = Plan(
        steps=[
            Step(id="s1", tool="recap", title="Recap 2026-10", args=args),
            Step(id="s2", tool="x", title="x", args={"folder": "Clients"}),
        ]
    )
    found = parameters(plan, ["Clients"])
    assert {(one.kind, one.value): one.used_in for one in found} == {
        ("folder", "Clients"): ["s1", "s2"],
        ("month", "2026-10"): ["s1"],
        ("date", "2026-10-01"): ["s1"],
        ("year", "2026"): ["s1"],
    }
    recipe = Recipe(id="r", name="r", brief="b", created="", from_task="t", folders=["Clients"], plan=plan, parameters=found)
    done = filled(recipe, ["Kunden"], {"month-2026-10": "2026-11"})
    assert done.steps[0].args == {**args, "period": "2026-11", "out": "Kunden/Recap 2026-11.xlsx"} and done.steps[1].args == {
        "folder": "Kunden"
    }
    with pytest.raises(Problem):
        filled(recipe, ["Kunden"], {"month-2026-10": "../../etc"})


# -- the machine


def test_settings_are_kept_and_checked(up):
    assert up.ask("PUT", "/api/settings", {"max_minutes": 30, "language": "fr"}, 200).json["max_minutes"] == 30
    assert up.ask("PUT", "/api/settings", {"model": "nothing:x"}).code == "models.name-unknown"
    assert up.ask("PUT", "/api/settings", {"max_cost_usd": -1}).code == "gateway.setting-beyond"
    assert up.ask("GET", "/api/settings").json["language"] == "fr"
    assert (up.home / "settings.toml").read_text() == 'language = "fr"\nmax_minutes = 30\n'
    assert up.ask("POST", "/api/tasks", {"brief": ""}).json["detail"].startswith("La demande est vide")


def test_secrets_go_in_and_never_come_out(up):
    browser = up.browser()
    value = "sk-a-very-secret-value-123456"
    kept = browser("POST", "/api/secrets", {"name": "mail", "value": value, "hosts": ["mail.example"]}, 200)
    assert kept.json["secrets"][0]["name"] == "mail" and value not in kept.data.decode()
    assert value not in browser("GET", "/api/secrets").data.decode() and value not in up.ask("GET", "/api/journal.jsonl").data.decode()
    assert browser("DELETE", "/api/secrets/mail", status=200).json["secrets"] == []
    assert up.browser("look", "brief", "approve")("GET", "/api/secrets").status == 403


def test_time_saved_is_against_a_stated_baseline(up, tmp_path):
    folder = tmp_path / "Box"
    invoices(folder, "2026-10")
    task = up.ask("POST", "/api/tasks", {"brief": "=cmd|calc sort by type", "folders": [{"path": str(folder)}], "yes": True}, 201).json[
        "id"
    ]
    up.until(task, "applied", "done", "review")
    found = up.ask("GET", "/api/value").json
    line = next((one for one in found["lines"] if one["task"] == task), None)
    if line is not None:
        assert (
            line["baseline_minutes"] == 0.5 * line["files"] + 15 * line["deliverables"] + (1.0 if line["deliverables"] else 0)
            and not line["stated"]
        )
    said = up.ask("POST", f"/api/value/{task}", {"baseline_minutes": 40, "corrections": 2}, 200).json
    assert said["stated"] and said["baseline_minutes"] == 40 and said["corrections"] == 2 and said["minutes_saved"] <= 40
    text = up.ask("GET", "/api/value.csv").data.decode("utf-8-sig")
    assert "\n=cmd" not in text and ",=cmd" not in text


def test_a_question_is_no_correction(tmp_path):
    from confrere.gateway.value import _corrections
    from confrere.journal.sqlite import SqliteStore

    store = SqliteStore(tmp_path / "journal.db", tmp_path / "blobs")
    plans = [[{"tool": name, "args": {}} for name in names] for names in ("ab", "ab", "b", "b", "bc")]
    kinds = ["plan.proposed", "plan.proposed", "plan.edited", "plan.proposed", "plan.proposed"]  # asked, edited, asked, told
    counts = []
    for kind, steps in zip(kinds, plans, strict=True):
        store.append("t", kind, {"plan": {"steps": steps}})
        counts.append(_corrections(store.read("t")))
    store.close()
    assert counts == [0, 0, 1, 1, 2]


def test_the_journal_by_pages_and_by_words(up):
    for number in range(7):
        up.ask("POST", "/api/devices/token", {"scopes": ["look"], "name": f"device {number}"}, 200)
    first = up.ask("GET", "/api/journal?limit=3").json
    assert [event["seq"] for event in first["events"]] == [7, 6, 5] and first["next"] == 5
    second = up.ask("GET", f"/api/journal?limit=3&before={first['next']}").json
    assert [event["seq"] for event in second["events"]] == [4, 3, 2]
    forward = up.ask("GET", "/api/journal?after=0&limit=4").json
    assert [event["seq"] for event in forward["events"]] == [1, 2, 3, 4] and forward["next"] == 4
    assert [event["body"]["name"] for event in up.ask("GET", "/api/journal?q=device%203").json["events"]] == ["device 3"]
    assert forward["events"][0]["summary"]["fr"].startswith("appareil associé")
    assert up.ask("POST", "/api/journal/verify", {}).json == {"events": 7, "problems": []}
    assert up.ask("GET", "/api/journal?limit=abc").code == "gateway.query-wrong"


# -- previews


def workbook(path, total="=SUM(B2:B3)", last=20):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Factures"
    for row in (["Client", "Montant"], ["Dupont", 10], ["Léa", last], ["Total", total]):
        sheet.append(row)
    book.save(path)


def test_previews_of_office_files(up, tmp_path):
    from PIL import Image

    folder = tmp_path / "Papers"
    folder.mkdir()
    workbook(folder / "book.xlsx")
    (folder / "mail.eml").write_bytes(
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Hello\r\nContent-Type: text/plain\r\n\r\nThe text.\r\n"
    )
    Image.new("RGB", (400, 300), "navy").save(folder / "picture.png")
    Image.new("RGB", (595, 842), "white").save(folder / "page.pdf")
    with zipfile.ZipFile(folder / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", "<x/>")
        bomb.writestr("xl/workbook.xml", b"0" * 200_000_000)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    task = up.ask(
        "POST", "/api/tasks", {"brief": "Combien de fichiers ?", "folders": [{"path": str(folder)}], "plan_only": True}, 201
    ).json["id"]

    def preview(name):
        return up.ask("GET", f"/api/tasks/{task}/preview?path=Papers/{name}", status=200).json

    sheet = preview("book.xlsx")["sheets"][0]
    assert sheet["name"] == "Factures" and sheet["rows"][1] == ["Dupont", 10] and sheet["formulas"] == {"B4": "=SUM(B2:B3)"}
    assert preview("mail.eml")["mail"]["subject"] == "Hello" and "The text." in preview("mail.eml")["mail"]["text"]
    assert preview("picture.png")["view"] == "image"
    assert preview("page.pdf")["pages"] == 1
    assert preview("broken.pdf")["error"] and preview("bomb.xlsx")["sheets"] == []
    for name in ("picture.png", "page.pdf"):
        answer = up.ask("GET", f"/api/tasks/{task}/pages/1.png?path=Papers/{name}&width=200", status=200)
        assert (
            answer.data.startswith(b"\x89PNG")
            and answer.headers["x-confrere-pages"] == "1"
            and answer.headers["content-type"] == "image/png"
        )
    assert up.ask("GET", f"/api/tasks/{task}/pages/2.png?path=Papers/page.pdf").code == "gateway.no-page"
    assert up.ask("GET", f"/api/tasks/{task}/pages/1.png?path=Papers/broken.pdf").code == "gateway.no-pages"


def test_differences_in_the_terms_of_the_file():
    from confrere.gateway.work.differences import _blocks, _cells

    before = {"A": {"rows": [["x", 1], ["y", 2]], "formulas": {"B2": "=B1*2"}}}
    after = {"A": {"rows": [["x", 1], ["y", 3], ["z", None]], "formulas": {"B2": "=B1*3"}}}
    assert _cells(before, after) == [
        {"sheet": "A", "cell": "B2", "before": 2, "after": 3, "formula_before": "=B1*2", "formula_after": "=B1*3"},
        {"sheet": "A", "cell": "A3", "before": None, "after": "z"},
    ]
    blocks = _blocks([("", "a"), ("", "b"), ("", "c")], [("", "a"), ("", "B"), ("", "c"), ("", "d")])
    assert [(block["op"], block["before"], block["after"]) for block in blocks] == [
        ("same", "a", "a"),
        ("change", "b", "B"),
        ("same", "c", "c"),
        ("add", "", "d"),
    ]


# -- the document


def test_every_sentence_exists_in_both_languages():
    """Every key that the code names is in the catalogue, in both languages, with the same blanks."""
    import re
    import tomllib
    from pathlib import Path

    import confrere.gateway
    import confrere.messages

    catalogue = {}
    for area in ("gateway", "gateway_cli", "gateway_events", "gateway_exposure"):
        catalogue |= {
            f"{area}.{name}": both
            for name, both in tomllib.loads((Path(confrere.messages.__file__).parent / f"{area}.toml").read_text()).items()
        }
    for key, both in catalogue.items():
        assert set(both) == {"en", "fr"}, key
        assert set(re.findall(r"\{(\w+)\}", both["en"])) == set(re.findall(r"\{(\w+)\}", both["fr"])), key
    source = "".join(path.read_text() for path in Path(confrere.gateway.__file__).parent.rglob("*.py"))
    named = set(re.findall(r'"(gateway\.[a-z0-9-]+)"', source)) - {"gateway.sock", "gateway.key", "gateway.lock"}
    assert named - set(catalogue) == set()


def test_the_document_describes_the_routes(shared):
    document = shared.ask("GET", "/api/openapi.json", status=200).json
    contract = (Path(__file__).parents[2] / "docs/api.md").read_text("utf-8")
    assert document["openapi"].startswith("3.1") and len(document["paths"]) > 50
    import re

    for path in document["paths"]:
        plain = re.sub(r"\{\w+\}", "{", path)
        told = re.sub(r"\{\w+\}", "{", contract)
        known = plain in told or plain.rpartition("/")[2] in ("continue", "pause", "run", "openapi.json")
        assert known, f"{path} is not in docs/api.md"
    for reference in re.findall(r'"\$ref": "([^"]+)"', json.dumps(document)):
        assert reference.rpartition("/")[2] in document["components"]["schemas"]


def test_events_are_told_to_who_asks_for_one_task(up, server):
    server.script(["pong", "ping"])
    one = chat(up, server).json["id"].removeprefix("chatcmpl-")
    stream = Events(up, after=0, task=one)
    found = [body["task"] for kind, body in stream.until(lambda kind, body: kind == "ready") if kind == "journal"]
    assert set(found) == {one}
