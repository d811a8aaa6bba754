"""The whole story on the gateway itself: a brief, its plan, the work, the changes, the report, the undoing; two browsers, one a phone;
the gateway killed and started again with the page open."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.gateway.conftest import Up
from tests.page.conftest import Tab, overflow, violations

CLIENTS = ("Boulangerie Le Goff", "Garage Marchand", "Mairie de Trégor")


@pytest.fixture
def invoices(tmp_path: Path) -> Path:
    """Six small invoices of three clients, and a note."""
    folder = tmp_path / "Factures"
    folder.mkdir()
    for number in range(6):
        net = 100 * (number + 1)
        text = f"""Studio Varech SARL
12 rue du Port, 29200 Brest

FACTURE N° FA-2026-{number + 1:03}
Date : {number + 1:02}/10/2026

Facturé à : {CLIENTS[number % 3]}

Total HT : {net},00 €
TVA 20 % : {net // 5},00 €
Total TTC : {net + net // 5},00 €
"""
        (folder / f"facture {number + 1}.txt").write_text(text)
    (folder / "note.txt").write_text("Rappeler le garage.\n")
    return folder


@pytest.fixture
def up(tmp_path: Path, dist: Path) -> Iterator[Up]:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    running = Up(home)
    yield running
    running.stop()


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()
    }


def enter(tab: Tab, up: Up, code: str, phone: bool = False) -> Page:
    page = tab.open(f"/enter#{code}", phone=phone, **{"confrere-key": ""})
    page.wait_for_selector("#brief", timeout=30_000)
    page.set_default_timeout(60_000)
    return page


def test_from_the_brief_to_the_undoing(chromium: Browser, up: Up, invoices: Path) -> None:
    before = content(invoices)
    tab = Tab(chromium, f"http://127.0.0.1:{up.port}")
    page = enter(tab, up, up.code)
    page.get_by_role("button", name="Commencer", exact=True).click()
    page.get_by_role("button", name="Un dossier à moi").click()
    page.get_by_label("Emplacement").fill(str(invoices))
    page.keyboard.press("Enter")
    page.click("text=Utiliser « Factures »")
    page.fill("#brief", "Classe ces fichiers par client et fais un tableau récapitulatif des montants")
    page.click("text=Proposer un plan")
    page.wait_for_selector(".decide")
    assert page.locator(".step").count() == 2
    assert not violations(page)
    task = re.search(r"/tasks/([^/]+)", page.url)[1]  # type: ignore[index]

    # a second browser, a phone, is told of the same task as it happens
    phone = enter(tab, up, up.ask("POST", "/api/devices/code", {"scopes": ["look", "brief", "approve"]}, 200).json["code"], phone=True)
    expect(phone.locator(".thumbs .badge")).to_have_text("1")
    phone.goto(f"{tab.url}/tasks/{task}")
    phone.wait_for_selector(".decide")

    # the step is questioned out of the way, then the rest is accepted, on the phone
    page.click("text=Accepter et commencer")
    page.close()
    phone.wait_for_selector("[role=treeitem]", timeout=120_000)
    assert content(invoices) == before, "nothing in the folder before it is accepted"
    assert overflow(phone) <= 0 and not violations(phone)

    # the gateway is killed under the open page, and comes back
    up.kill()
    expect(phone.locator(".offline")).to_be_visible(timeout=20_000)
    up.start()
    expect(phone.locator(".offline")).to_have_count(0, timeout=30_000)

    page = tab.contexts[0].new_page()
    page.goto(f"{tab.url}/tasks/{task}/deliverables")
    page.wait_for_selector("td .link, td button", timeout=60_000)
    assert "Récapitulatif" in page.inner_text(".list")
    assert not violations(page)

    phone.get_by_role("button", name=re.compile("^Mettre en place les")).click()
    phone.wait_for_selector(".paper", timeout=90_000)
    expect(phone.locator(".paper")).to_contain_text("Le travail est fait et en place")
    after = content(invoices)
    assert any(name.endswith(".xlsx") for name in after) and "facture 1.txt" not in after
    assert sorted(set(before.values())) == sorted(set(before.values()) & set(after.values())), "every paper is still there"

    page.goto(f"{tab.url}/tasks/{task}/report")
    page.get_by_label("Minutes à la main").fill("45")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("form .saved")).to_contain_text("gagnées sur cette tâche")
    guide = page.get_by_label("Première tâche guidée")
    expect(guide).to_contain_text(re.compile("45.min"))  # the guide ends with what was measured
    assert overflow(page) <= 0 and not violations(page)
    guide.get_by_role("button", name="Terminer").click()
    page.goto(f"{tab.url}/tasks/{task}/journal")
    page.get_by_role("button", name="Vérifier", exact=True).click()
    expect(page.locator(".seal")).to_contain_text("Vérifié.")

    page.goto(f"{tab.url}/tasks/{task}/folder")
    page.click("text=Tout annuler")
    expect(page.locator(".note").first).to_contain_text("annulé")
    assert content(invoices) == before
    tab.close()
    refused = [one for one in tab.wrong if "net::ERR" not in one and "ERR_" not in one]
    assert not refused, refused


def press_to(page: Page, name: str, key: str = "Tab", most: int = 80) -> None:
    """Move the focus by the keyboard until it is on something that says ``name``."""
    script = """(() => {
      const at = document.activeElement
      const says = at.matches('a,button,input,textarea,[role=treeitem]') ? (at.getAttribute('aria-label') ?? at.innerText ?? '') : ''
      return says + ' ' + at.id
    })()"""
    for _ in range(most):
        if name in page.evaluate(script).replace("\u00a0", " ").replace("\u202f", " "):
            return
        page.keyboard.press(key)
    raise AssertionError(f"not reached by {key}: {name}")


def test_by_keyboard_alone_through_a_kill_and_a_closed_page(chromium: Browser, up: Up, invoices: Path) -> None:
    """Nothing but keys; the gateway is killed while the work runs under the open page, and the page closed and opened again."""
    before = content(invoices)
    tab = Tab(chromium, f"http://127.0.0.1:{up.port}")
    page = enter(tab, up, up.code)
    page.keyboard.press("n")
    press_to(page, "brief", most=1)
    page.keyboard.type("Classe ces fichiers par client")
    press_to(page, "Choisir un dossier")
    page.keyboard.press("Enter")
    press_to(page, "Emplacement")
    page.keyboard.type(str(invoices))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Utiliser « Factures »")).to_be_enabled()
    press_to(page, "Utiliser « Factures »")
    page.keyboard.press("Enter")
    press_to(page, "Proposer un plan")
    page.keyboard.press("Enter")
    page.wait_for_selector(".decide")
    press_to(page, "Accepter et commencer")
    page.keyboard.press("Enter")
    page.wait_for_selector(".decide", state="detached")

    up.kill()  # wherever the work stands
    up.start()
    expect(page.locator(".offline")).to_have_count(0, timeout=30_000)
    address = page.url
    page.close()
    page = tab.contexts[0].new_page()
    page.set_default_timeout(90_000)
    page.goto(address)
    page.wait_for_selector("[data-tour=apply]")
    assert content(invoices) == before
    press_to(page, "Mettre en place les")
    page.keyboard.press("Enter")
    page.wait_for_selector(".paper")
    expect(page.locator(".paper")).to_contain_text("Le travail est fait et en place")
    assert sorted(content(invoices).values()) == sorted(before.values()) and content(invoices) != before
    press_to(page, "Dossier", "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=treeitem]")
    press_to(page, "Tout annuler")
    page.keyboard.press("Enter")
    expect(page.locator(".note").first).to_contain_text("annulé")
    assert content(invoices) == before
    tab.close()
