"""The page in use: by keyboard and mouse, with hostile names, with ten thousand files, when the gateway goes away."""

from __future__ import annotations

import json
import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.page import world
from tests.page.conftest import Tab, violations
from tests.page.stand_in import StandIn
from tests.page.world import said


def last(stand_in: StandIn, path: str) -> object:
    """The body of the last request to ``path``."""
    return [body for _, where, body in stand_in.world.sent if where == path][-1]


def until(page: Page, script: str, seconds: float = 10) -> None:
    """Wait for ``script`` to be true. The page's own policy forbids what Playwright's wait_for_function does."""
    end = time.monotonic() + seconds
    while not page.evaluate(script):
        assert time.monotonic() < end, script
        page.wait_for_timeout(40)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText ?? ''"))


def test_a_brief_by_keyboard_alone(tab: Tab, stand_in: StandIn) -> None:
    page = tab.open("/journal")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("n")
    until(page, "document.activeElement?.id === 'brief'")
    page.keyboard.type("Classe ces fichiers par client")
    page.keyboard.press("Tab")
    assert "Choisir un dossier" in focused(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=dialog] li button")
    page.get_by_label("Emplacement").focus()
    page.keyboard.press("Tab")
    assert "Clients" in focused(page)
    page.keyboard.press("Enter")
    use = page.get_by_role("button", name="Utiliser « Clients »")
    expect(use).to_be_enabled()
    use.focus()
    page.keyboard.press("Enter")
    page.focus("#brief")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/tasks/t-new")
    assert last(stand_in, "/api/tasks") == {
        "brief": "Classe ces fichiers par client",
        "folders": [{"path": "/home/lea/Clients", "readonly": False}],
    }


def test_an_empty_brief_is_said_where_it_is(tab: Tab, stand_in: StandIn) -> None:
    page = tab.open("/")
    page.click("text=Proposer un plan")
    expect(page.get_by_role("alert")).to_contain_text("Écrivez ce que vous voulez obtenir")
    assert not stand_in.world.sent
    page.fill("#brief", "gardé")
    page.reload()
    assert page.input_value("#brief") == "gardé", "what was typed survives a reload"


def test_a_plan_is_reordered_edited_dropped_and_accepted(tab: Tab, stand_in: StandIn) -> None:
    page = tab.open("/tasks/t-planned")
    page.wait_for_selector(".decide")
    first = page.get_by_label("Descendre : Classer 37 fichiers")
    first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".step h2").all_inner_texts()[1].startswith("Classer 37 fichiers")
    until(page, "document.activeElement?.id === 'down-s1'")  # the keyboard stays with the step
    page.get_by_label("Retirer : Envoyer").click()
    page.get_by_label("Modifier : Classer").click()
    page.get_by_label("Par", exact=True).fill("client, année")
    page.get_by_role("button", name="Terminé").click()
    page.get_by_role("button", name="Accepter ma version").click()
    until(page, "!document.querySelector('.decide')")
    sent = json.loads(json.dumps(last(stand_in, "/api/tasks/t-planned/plan")))
    assert [step["id"] for step in sent["plan"]["steps"]] == ["s2", "s1"] and sent["hash"] == "h1"
    assert sent["plan"]["steps"][1]["args"] == {"by": ["client", "année"], "language": "fr"}
    assert last(stand_in, "/api/tasks/t-planned/approve") == {"hash": "h2"}


def test_a_plan_that_changed_meanwhile_is_shown_again(tab: Tab, stand_in: StandIn) -> None:
    page = tab.open("/tasks/t-planned")
    page.wait_for_selector(".decide")
    stand_in.world.tasks["t-planned"]["plan_hash"] = "h9"
    page.click("text=Accepter et commencer")
    expect(page.locator(".note.bad")).to_contain_text("Le plan a changé")
    assert stand_in.world.tasks["t-planned"]["state"] == "planned"
    page.click("text=Accepter et commencer")
    until(page, "!document.querySelector('.decide')")
    assert last(stand_in, "/api/tasks/t-planned/approve") == {"hash": "h9"}


def test_changes_are_chosen_by_keyboard(tab: Tab, stand_in: StandIn) -> None:
    page = tab.open("/tasks/t-review")
    rows = page.get_by_role("treeitem")
    rows.first.focus()
    assert rows.first.get_attribute("aria-checked") == "true"
    page.keyboard.press("ArrowDown")  # the folder Dupont
    page.keyboard.press("ArrowLeft")
    assert page.locator("[role=treeitem][aria-expanded=false]").count() == 1
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")  # into it: first the file that cannot be applied
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    assert rows.nth(3).get_attribute("aria-checked") == "false"
    assert rows.nth(1).get_attribute("aria-checked") == "mixed"
    assert page.locator("[role=treeitem]", has_text="Impossible").get_attribute("aria-checked") is None, "a conflict cannot be chosen"
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_selector(".look .file")
    page.get_by_role("button", name=re.compile("Mettre en place 7 changements")).click()
    page.wait_for_url("**/report")
    paths = json.loads(json.dumps(last(stand_in, "/api/tasks/t-review/apply")))["paths"]
    assert "Clients/Dupont" not in paths and "Clients/Dupont/avoir.pdf" not in paths and len(paths) == 6


def test_office_differences(tab: Tab) -> None:
    page = tab.open("/tasks/t-review")
    page.click("[role=treeitem]:has-text('paiements_2026.xlsx')")
    expect(page.locator(".look table")).to_contain_text("=A1+20")
    page.click("[role=treeitem]:has-text('Notes.docx')")
    expect(page.locator(".look ins").first).to_have_text("le 14 mai")
    # a Word file has as many pages as it has when it is drawn
    page.get_by_role("group", name="Comment le regarder").get_by_role("button", name="Après").click()
    expect(page.locator(".look .pages li")).to_have_count(3)
    page.click("[role=treeitem]:has-text('copie FA-2026-031')")
    expect(page.locator(".look")).to_contain_text("Supprimé")


def test_a_figure_leads_to_its_source(tab: Tab) -> None:
    page = tab.open("/tasks/t-applied/deliverables")
    page.locator("td .link", has_text=re.compile(r"1\s260,50")).click()
    page.wait_for_selector("[role=dialog] rect.strong")
    assert page.locator("[role=dialog] .lit").inner_text().startswith("Total")
    page.keyboard.press("Escape")
    page.locator("td button", has_text=re.compile(r"1\s358,50")).click()
    expect(page.locator(".formula")).to_contain_text("=SUM(C2:C3)")


def test_what_documents_say_stays_text(tab: Tab, stand_in: StandIn) -> None:
    """Names and contents of the person's files never become markup, and nothing hides in a name."""
    stand_in.world.tasks["t-review"]["brief"] = "<img src=x onerror=alert(1)> range"
    page = tab.open("/tasks/t-review")
    page.wait_for_selector("[role=treeitem]")
    assert page.locator("main h1").inner_text().startswith("<img src=x")
    row = page.locator("[role=treeitem]", has_text="egpj")
    assert "\\u202e" in row.inner_text() and "\u202e" not in row.inner_text()
    row.click()
    page.wait_for_selector(".look .callout")
    assert page.title() != "1" and page.locator("img[src=x]").count() == 0
    page.goto(stand_in.url + "/journal")
    page.click("[role=option] >> nth=0")
    page.click("[role=dialog] summary")
    assert "<script>1</script>" in page.inner_text("[role=dialog] pre")


SCROLL = """async () => { const box = document.querySelector('.tree .rows'); const times = [];
  for (let n = 0; n < 30; n++) { const begun = performance.now(); box.scrollTop = n * 190; await new Promise(requestAnimationFrame); times.push(performance.now() - begun) }
  return times.sort((a, b) => a - b)[15] }"""


def test_ten_thousand_files(tab: Tab, stand_in: StandIn) -> None:
    """Only what is in sight exists, the end is reached at once, and a frame of scrolling costs what it costs with two hundred."""
    stand_in.world.moved = 200
    page = tab.open("/tasks/t-review")
    page.get_by_role("treeitem").first.focus()
    few = page.evaluate(SCROLL)
    stand_in.world.moved = stand_in.world.files = 10_000
    page.reload()
    rows = page.get_by_role("treeitem")
    rows.first.focus()
    assert rows.count() < 80
    page.keyboard.press("End")
    expect(page.get_by_role("treeitem", name="Récapitulatif.xlsx")).to_be_focused()
    assert rows.count() < 80
    many = page.evaluate(SCROLL)
    print(f"a frame of scrolling: {few:.0f} ms with 200 files, {many:.0f} ms with 10,000")
    assert many < 3 * few + 30
    page.get_by_label("Trouver un fichier").fill("pièce 09999")
    expect(rows).to_have_count(3)
    page.click("text=Tout le dossier")
    page.get_by_label("Trouver un fichier").fill("pièce 09998")
    expect(page.get_by_role("treeitem", name="pièce 09998.pdf")).to_be_visible()


def test_ten_thousand_events(tab: Tab, stand_in: StandIn) -> None:
    stand_in.world.events = 10_000
    page = tab.open("/journal")
    page.wait_for_selector("[role=option]")
    for _ in range(3):
        page.evaluate("document.querySelector('.full').scrollTop = 1e9")
        page.wait_for_timeout(250)
    assert page.locator("[role=option]").count() < 80
    page.locator("[role=option] >> nth=20").click()
    page.click("[role=dialog] summary")
    place = page.locator("[role=dialog] dd.number").inner_text()
    assert int(re.sub(r"\D", "", place.split("·")[1])) < 9800, "older events came as they were scrolled to"


def test_the_journal_is_searched_and_verified(tab: Tab) -> None:
    page = tab.open("/journal")
    page.get_by_label("Chercher dans le journal").fill("rapport")
    until(page, "[...document.querySelectorAll('[role=option]')].every(row => row.innerText.includes('rapport'))")
    page.get_by_role("button", name="Vérifier", exact=True).click()
    expect(page.locator(".seal")).to_contain_text("60 événements")


def test_live_progress_and_what_comes_after(tab: Tab, stand_in: StandIn) -> None:
    page = tab.open("/tasks/t-running")
    page.wait_for_selector(".step")
    live = {
        "task": "t-running",
        "kind": "progress",
        "step": "s2",
        "call": "s2",
        "done": 12,
        "total": 37,
        "what": "Clients/Scan_0012.pdf",
        "seconds_left": 42.0,
    }
    stand_in.say("live", live)
    expect(page.locator("[aria-current=step]")).to_contain_text("12 sur 37")
    expect(page.locator(".total")).to_contain_text("encore 42 s environ")
    stand_in.world.tasks["t-running"].update(state="review", working=False, waits_for="changes", has_report=True, steps_done=3)
    stand_in.happen("review.ready", "t-running")
    expect(page.get_by_role("link", name=re.compile("^Dossier"))).to_be_visible()
    page.wait_for_selector("[role=treeitem]")  # the view follows the state of the task
    assert page.get_by_role("button", name="Arrêter", exact=True).count() == 0


def test_the_gateway_goes_away_and_comes_back(tab: Tab, stand_in: StandIn) -> None:
    page = tab.open("/tasks/t-planned")
    page.wait_for_selector(".decide")
    stand_in.go_away()
    expect(page.locator(".offline")).to_contain_text("Ce qui est enregistré est en sûreté")
    page.click("text=Accepter et commencer")
    expect(page.locator(".note.bad")).to_contain_text("ceci n’a pas été fait")
    stand_in.world.tasks["t-planned"]["brief"] = "Changé entre-temps"
    stand_in.down = False
    expect(page.locator(".offline")).to_have_count(0, timeout=15_000)
    expect(page.locator("main h1")).to_have_text("Changé entre-temps")


def test_a_revoked_device_is_shown_the_door(tab: Tab, stand_in: StandIn) -> None:
    page = tab.open("/tasks")
    page.wait_for_selector("ul.list")
    stand_in.world.known = False
    stand_in.go_away()
    stand_in.down = False
    page.wait_for_selector("#code", timeout=15_000)
    assert page.evaluate("localStorage.getItem('confrere-key')") is None


def test_the_link_leaves_the_address_at_once(tab: Tab, stand_in: StandIn) -> None:
    page = tab.open("/enter#K548J-5FGC7")
    page.wait_for_selector("#brief")
    assert "#" not in page.url and page.evaluate("localStorage.getItem('confrere-key')") == "k"
    body = json.loads(json.dumps(last(stand_in, "/api/enter")))
    assert body["code"] == "K548J-5FGC7" and body["name"]


def test_the_inbox(tab: Tab, stand_in: StandIn) -> None:
    page = tab.open("/waiting")
    card = page.locator("li.card", has_text="1 action à autoriser")
    expect(card).to_contain_text("trouvé dans Clients/facture.pdf, pas dans votre demande")
    expect(card).to_contain_text("ressemble à compta@varech.example")
    card.get_by_role("button", name="Refuser").click()
    expect(page.locator("li.card")).to_have_count(2)
    assert last(stand_in, "/api/approvals/a1") == {"yes": False, "digest": "d2"}
    page.locator("li.card", has_text="Un plan de 3 étapes").get_by_role("button", name="Accepter le plan").click()
    expect(page.locator("li.card")).to_have_count(1)


def test_a_yes_is_widened_only_when_it_is_said(tab: Tab, stand_in: StandIn) -> None:
    page = tab.open("/waiting")
    card = page.locator("li.card", has_text="1 action à autoriser")
    expect(card.get_by_label("Cette fois seulement")).to_be_checked()
    expect(card.locator(".reach")).to_contain_text("envoyer à paie.example tout ce que contient Clients")
    expect(card).to_contain_text("Décidé après la lecture de")
    card.get_by_label("Dans toutes les tâches").check()
    expect(card.locator(".wide")).to_contain_text("écrire à ce destinataire")
    card.get_by_label("Pour le reste de cette tâche").check()
    card.get_by_label("Au plus").fill("500")
    card.get_by_role("button", name="Autoriser").click()
    expect(card.get_by_role("alert")).to_contain_text("de 1 à 100")
    card.get_by_label("Au plus").fill("5")
    assert not violations(page)
    card.get_by_role("button", name="Autoriser").click()
    expect(page.locator("li.card")).to_have_count(2)
    assert last(stand_in, "/api/approvals/a1") == {"yes": True, "digest": "d2", "widen": {"scope": "task", "times": "5"}}


def test_a_schedule_in_plain_words(tab: Tab, stand_in: StandIn) -> None:
    page = tab.open("/schedule?task=t-applied")
    page.wait_for_selector("[role=dialog]")
    page.get_by_role("textbox", name="Quand").fill("tous les lundis à 8h")
    expect(page.locator("#when-read")).to_contain_text("tous les lundis à 8 h")
    page.get_by_label("Mettre le résultat en place").check()
    page.get_by_role("button", name="Enregistrer").click()
    until(page, "!document.querySelector('[role=dialog]')")
    sent = json.loads(json.dumps(last(stand_in, "/api/schedules")))
    assert sent["when"]["cron"] == "0 8 * * 1" and sent["unattended"] == "apply" and sent["missed"] == "once"


def test_the_guided_task(tab: Tab, stand_in: StandIn) -> None:
    stand_in.world.empty()
    page = tab.open("/")
    page.get_by_role("button", name="Commencer", exact=True).click()
    guide = page.get_by_label("Première tâche guidée")
    expect(guide).to_contain_text("Choisissez sur quoi essayer")
    page.click("text=Choisir un dossier")
    page.click("[role=dialog] li button >> nth=0")
    page.click("text=Utiliser « Clients »")
    expect(guide).to_contain_text("Dites ce que vous voulez")
    page.click("[data-tour=template]")
    page.click("text=Proposer un plan")
    expect(guide).to_contain_text("Lisez le plan")
    page.click("text=Accepter et commencer")
    stand_in.happen("plan.approved", "t-new")
    expect(guide).to_contain_text("Regardez-le travailler")
    stand_in.world.tasks["t-new"].update(state="review", working=False, waits_for="changes", has_report=True)
    stand_in.happen("review.ready", "t-new")
    expect(guide).to_contain_text("Regardez, puis décidez")
    page.reload()
    expect(guide).to_contain_text("Regardez, puis décidez")
    page.get_by_role("button", name=re.compile("^Mettre en place")).last.click()
    stand_in.happen("apply.settled", "t-new")
    expect(guide).to_contain_text("Mesurez le résultat")


def test_language_and_theme_are_kept(tab: Tab) -> None:
    page = tab.open("/settings")
    page.get_by_label("English").check()
    expect(page.locator("h1")).to_have_text("Settings")
    page.get_by_label("Dark").check()
    page.reload()
    expect(page.locator("h1")).to_have_text("Settings")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_letters_can_be_switched_off(tab: Tab) -> None:
    page = tab.open("/settings")
    page.get_by_label(re.compile("Raccourcis clavier")).uncheck()
    page.locator("h1").click()
    page.keyboard.press("?")
    page.wait_for_timeout(150)
    assert page.locator("[role=dialog]").count() == 0


def test_a_failure_says_why_and_what_next(tab: Tab, stand_in: StandIn) -> None:
    stand_in.world.tasks["t-failed"]["failure"] = said(
        "No disk left. Your folder is as it was.", "Plus de place. Votre dossier est resté tel quel."
    )
    page = tab.open("/tasks/t-failed")
    expect(page.get_by_role("alert").first).to_contain_text("Plus de place")
    page.click("text=Reprendre")
    expect(page.get_by_role("button", name="Arrêter", exact=True)).to_be_visible()
    assert stand_in.world.tasks["t-failed"]["state"] == "running"


def test_a_word_to_a_task_at_work(tab: Tab, stand_in: StandIn) -> None:
    page = tab.open("/tasks/t-running")
    page.get_by_label("Dites-lui un mot pendant qu’il travaille").fill("Laisse les devis de côté")
    page.keyboard.press("Enter")
    expect(page.locator(".pending")).to_contain_text("Laisse les devis de côté")
    expect(page.locator(".pending")).to_contain_text("pas encore lu")
    assert last(stand_in, "/api/tasks/t-running/say") == {"text": "Laisse les devis de côté"}
    page.goto(stand_in.url + "/tasks/t-review")
    expect(page.get_by_label("Demandez une correction")).to_be_visible()
    page.goto(stand_in.url + "/tasks/t-applied/talk")
    expect(page.locator("section.talk")).to_contain_text("Cette tâche est finie")


DROP = """([kind, value]) => {
  const data = new DataTransfer()
  data.setData(kind, value)
  const box = document.querySelector('.composer')
  box.dispatchEvent(new DragEvent('dragover', { dataTransfer: data, bubbles: true, cancelable: true }))
  box.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
}"""


def test_a_folder_is_dropped_on_the_brief(tab: Tab) -> None:
    page = tab.open("/")
    page.wait_for_selector("#brief")
    page.evaluate(DROP, ["text/uri-list", "file:///home/lea/Documents/\r\n"])
    expect(page.locator(".chip")).to_contain_text("Documents")
    page.evaluate(DROP, ["text/uri-list", "https://elsewhere.example/Documents"])
    page.evaluate(DROP, ["text/uri-list", "file:///home/lea"])  # a whole home folder: to be chosen from, with the reason
    expect(page.get_by_role("dialog")).to_contain_text("c’est trop".replace("’", "'"))
    assert page.locator(".chip").count() == 1


def test_permissions_secrets_and_people(tab: Tab, stand_in: StandIn) -> None:
    page = tab.open("/settings")
    grants = page.locator("#grants")
    expect(grants.locator("li")).to_have_count(2)  # the revoked one is not there
    expect(grants).to_contain_text("écrire à ce destinataire")
    grants.get_by_role("button", name="Reprendre compta@varech.example").click()
    expect(grants.locator("li")).to_have_count(1)

    page.get_by_role("button", name="Ajouter un secret").click()
    expect(page.get_by_label("Nom")).to_be_focused()
    page.keyboard.type("Messagerie")
    assert page.get_by_label("Secret", exact=True).get_attribute("type") == "password"
    page.get_by_label("Secret", exact=True).fill("s3cret")
    page.get_by_label("Sites où il peut aller").fill("mail.example.org, imap.example.org")
    page.keyboard.press("Enter")
    expect(page.locator("#secrets li")).to_have_count(2)
    assert last(stand_in, "/api/secrets") == {"name": "Messagerie", "value": "s3cret", "hosts": ["mail.example.org", "imap.example.org"]}

    people = page.locator("#people")
    assert "\\u202e" in people.inner_text() and "\u202e" not in people.inner_text()
    page.get_by_role("button", name="Ajouter une personne").click()
    page.get_by_label("Nom").fill("Anne")
    assert not violations(page)
    page.get_by_role("button", name="Ajouter, puis montrer le lien").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Faire entrer Anne")
    assert dialog.get_by_text("administrer", exact=True).count() == 0
    dialog.get_by_role("button", name="Montrer le lien").click()
    expect(dialog.locator(".qr")).to_be_visible()
    body = json.loads(json.dumps(last(stand_in, "/api/devices/code")))
    assert body["person"] == "p3" and body["scopes"] == ["look", "brief", "approve"]
    page.keyboard.press("Escape")
    page.get_by_label("Autres actions pour Anne").click()
    page.get_by_role("menuitem", name="Retirer").click()
    expect(dialog).to_contain_text("ses tâches s’arrêtent")
    dialog.get_by_role("button", name="Retirer").click()
    expect(people.locator("li")).to_have_count(2)


def test_a_question_about_a_plan_keeps_what_was_edited_and_shows_its_answer(tab: Tab, stand_in: StandIn) -> None:
    planned = stand_in.world.tasks["t-planned"]
    page = tab.open("/tasks/t-planned")
    page.locator("[id^=down-]").first.click()
    page.fill("#question", "Combien de factures ?")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=progressbar]")
    sent = [(path, body) for _, path, body in stand_in.world.sent if path.startswith("/api/tasks/t-planned/")]
    assert [path.rpartition("/")[2] for path, _ in sent] == ["plan", "question"]
    assert [step["id"] for step in sent[0][1]["plan"]["steps"]] == ["s2", "s1", "s3"]
    planned.update(state="planned", working=False, waits_for="plan", plan={**planned["plan"], "answer": "Il y en a 20."})
    page.reload()
    expect(page.locator(".notes .said")).to_contain_text("Il y en a 20")
    assert page.locator("main nav, [role=tablist]").get_by_text("Rapport").count() == 0, "nothing is done yet to report on"
    assert not violations(page)


def test_a_long_plan_is_no_answer_in_the_journal(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stream and the journal give the size of a large field, not the field."""
    fact = world.facts(1)[0]
    large = {**fact, "kind": "plan.proposed", "body": {"plan": {"$large": 5200}, "hash": "h"}}
    monkeypatch.setattr(world, "facts", lambda many, task="": [large])
    page = tab.open("/journal")
    expect(page.locator("[role=option]")).to_contain_text("Un plan est proposé")


def test_the_journal_speaks_in_words(tab: Tab) -> None:
    page = tab.open("/journal")
    page.wait_for_selector("[role=option]")
    text = page.inner_text(".list")
    assert "Le plan est accepté" in text and not re.search(r"[a-z]+\.[a-z]+", text), "no kind of event as it is called in code"
    page.locator("[role=option] >> nth=0").click()
    expect(page.get_by_role("dialog").locator("summary")).to_have_text("Détails techniques")
    assert page.locator("[role=dialog] pre").is_hidden()
