"""What is in a person's folder never acts: hostile names and contents, shown by the page and by themselves, on the gateway itself."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.gateway.conftest import Up
from tests.page.conftest import Tab

CALL = "http://elsewhere.example/taken"
SCRIPT = f"<script>document.title='taken'; fetch('{CALL}'); parent.document.title='taken'</script><img src={CALL} onerror=\"document.title='taken'\">"
FILES = {
    "page.html": f"<!doctype html><title>x</title><body onload=\"document.title='taken'\">{SCRIPT}<iframe src={CALL}></iframe>",
    "dessin.svg": f'<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=\'taken\'"><script>document.title="taken"</script><image href="{CALL}"/></svg>',
    "lisez.md": f"# Titre\n\n![image]({CALL})\n\n[lien](javascript:document.title='taken')\n\n{SCRIPT}",
    "note.txt": SCRIPT,
    "table.csv": f'nom;valeur\n=HYPERLINK("{CALL}");<img src={CALL}>\n',
    "lettre.eml": f"From: a@b.example\nSubject: {SCRIPT}\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<html><body>{SCRIPT}</body></html>",
    "facture\u202egpj.exe.txt": "Total : 10 €",
    '"><img src=x onerror=alert(1)>.txt': "Bonjour",
    "{{constructor}}`${1}`.txt": "Bonjour",
    "saut\nde ligne.txt": "Bonjour",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, dist: Path) -> Iterator[tuple[Up, str]]:
    """A gateway with a planned task on the folder, and its id."""
    place = tmp_path_factory.mktemp("hostile")
    home, folder = place / "home", place / "Dossier"
    home.mkdir(mode=0o700)
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    with zipfile.ZipFile(folder / "lot.zip", "w") as archive:
        archive.writestr("../../<img src=x onerror=alert(1)>.html", SCRIPT)
    up = Up(home)
    task = up.ask(
        "POST", "/api/tasks", {"brief": "Classe ces fichiers par type", "folders": [{"path": str(folder)}], "plan_only": True}, 201
    ).json["id"]
    yield up, task
    up.stop()


def enter(tab: Tab, up: Up) -> Page:
    code = up.ask("POST", "/api/devices/code", {"scopes": ["look", "brief", "approve"]}, 200).json["code"]
    page = tab.open(f"/enter#{code}", **{"confrere-key": ""})
    page.wait_for_selector("#brief", timeout=30_000)
    page.set_default_timeout(60_000)
    return page


def test_every_file_shown_by_the_page(chromium: Browser, running: tuple[Up, str]) -> None:
    up, task = running
    tab = Tab(chromium, f"http://127.0.0.1:{up.port}")
    page = enter(tab, up)
    page.on("dialog", lambda dialog: tab.wrong.append(f"dialog: {dialog.message}"))
    page.wait_for_timeout(100)
    page.goto(f"{tab.url}/tasks/{task}/folder")
    rows = page.get_by_role("treeitem")
    expect(rows).to_have_count(len(FILES) + 2)
    text = page.inner_text("[role=tree]")
    assert "\u202e" not in text and "\\u202egpj" in text and "\\u000ade ligne" in text
    for row in range(1, rows.count()):
        rows.nth(row).click()
        expect(page.locator(".look .file")).to_be_visible()
        expect(page.locator(".look .bone")).to_have_count(0)
        assert (
            page.evaluate(
                "document.querySelectorAll('.look iframe, .look script, .look object, .look embed, .look a[href^=javascript], img[src=x]').length"
            )
            == 0
        )
    assert "taken" not in page.title()
    tab.close()
    assert not tab.wrong, tab.wrong


def test_every_file_opened_by_itself(chromium: Browser, running: tuple[Up, str]) -> None:
    """Even at its own address nothing runs, nothing is fetched, and what could act is a download."""
    up, task = running
    tab = Tab(chromium, f"http://127.0.0.1:{up.port}")
    page = enter(tab, up)
    saved = []
    for name in FILES:
        address = f"/api/tasks/{task}/content?path={quote('Dossier/' + name)}"
        answer = page.request.get(tab.url + address)
        headers = answer.headers
        assert (
            answer.status == 200
            and "sandbox" in headers["content-security-policy"]
            and "default-src 'none'" in headers["content-security-policy"]
        ), name
        assert headers["x-content-type-options"] == "nosniff"
        if "attachment" in headers.get("content-disposition", ""):
            saved.append(name)
            continue
        page.goto(tab.url + address)
        assert "taken" not in page.title() and page.evaluate("document.scripts.length") == 0, name
        assert page.evaluate("(() => { try { return localStorage.getItem('confrere-key') } catch { return 'refused' } })()") == "refused", (
            name
        )
    assert {"page.html", "dessin.svg"} <= set(saved)
    tab.close()
    wrong = [one for one in tab.wrong if "document is sandboxed" not in one]  # what the test itself tries in each page
    assert not wrong, wrong


def test_nothing_can_put_the_page_in_a_frame_or_act_in_it(chromium: Browser, running: tuple[Up, str]) -> None:
    up, _task = running
    tab = Tab(chromium, f"http://127.0.0.1:{up.port}")
    page = enter(tab, up)
    policy = page.request.get(tab.url + "/").headers["content-security-policy"]
    assert "'unsafe-inline'" not in policy and "'unsafe-eval'" not in policy and "frame-ancestors 'none'" in policy
    refused = page.evaluate(
        """async () => {
          const seen = []
          addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective))
          const script = document.createElement('script'); script.textContent = 'window.taken = 1'; document.body.append(script)
          const frame = document.createElement('iframe'); frame.src = 'http://elsewhere.example/'; document.body.append(frame)
          const image = document.createElement('img'); image.src = 'http://elsewhere.example/'; document.body.append(image)
          document.body.insertAdjacentHTML('beforeend', '<p onclick="window.taken = 1" id="p">x</p>'); document.getElementById('p').click()
          await fetch('http://elsewhere.example/').catch(() => 0)
          await new Promise((done) => setTimeout(done, 200))
          return [window.taken ?? null, seen.map((name) => name.split('-')[0])]
        }"""
    )
    assert refused[0] is None and {"script", "frame", "img", "connect"} <= set(refused[1])
    tab.close()
