"""From what a person typed to a task in the journal."""

from __future__ import annotations

import re

from confrere.agent.services import Services
from confrere.agent.task import ENDED, load, new_id
from confrere.errors import WrongUse
from confrere.messages import say
from confrere.workspace.roots import Granted, grant

MAX_BRIEF = 20_000  # characters

_FRENCH = re.compile(
    r"\b(le|la|les|des|du|une?|ces|mes|et|par|pour|dans|avec|sans|sur|fichiers?|dossiers?|class\w*|range\w*|cr[ée]\w*|tableau|moi|trie\w*|qu\w+|est|fais)\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(the|these|those|my|and|by|for|in|with|without|files?|folders?|sort\w*|make|create|table|please|of|to|what|which|how|is|are|an?)\b",
    re.IGNORECASE,
)


def language_of(brief: str, otherwise: str) -> str:
    """ "fr" or "en" by the brief's own small words; ``otherwise`` where they do not tell."""
    french = len(_FRENCH.findall(brief)) + len(re.findall(r"[éèêàçùôîœ]|\b[ldjcqmns]['’]", brief, re.IGNORECASE))
    english = len(_ENGLISH.findall(brief))
    if french == english:
        return otherwise
    return "fr" if french > english else "en"


def checked(brief: str) -> str:
    """The brief, cleaned of space around it. Raises WrongUse for one that is empty, too long, or no text."""
    brief = brief.strip()
    if not brief:
        raise WrongUse("agent.brief-empty")
    if len(brief) > MAX_BRIEF:
        raise WrongUse("agent.brief-too-long", length=len(brief), limit=MAX_BRIEF)
    strange = sum(1 for char in brief if (ord(char) < 32 and char not in "\n\r\t") or 0xD800 <= ord(char) <= 0xDFFF or char == "\ufffd")
    if strange > len(brief) // 50:
        raise WrongUse("agent.brief-binary")
    return "".join(char for char in brief if not 0xD800 <= ord(char) <= 0xDFFF and (ord(char) >= 32 or char in "\n\t"))


def spoken(text: str) -> str:
    """What a person says to a task, as ``checked``, without what has the shape of a key: the journal's door, as for a brief. Raises WrongUse."""
    from confrere.secrets.redact import Redactor

    text = checked(text)
    found = Redactor().redact(text)
    return found.text if found.found.keys() - {"card-number"} else text


def folders_of(given: list[str]) -> list[tuple[str, bool]]:
    """``DIR`` and ``DIR:ro`` as (path, read-only). Raises WrongUse for one that names nothing: it is not the folder one stands in."""
    if any(text.strip() in ("", ":ro", ":rw") for text in given):
        raise WrongUse("agent.folder-unnamed")
    return [(text.removesuffix(":ro"), True) if text.endswith(":ro") else (text.removesuffix(":rw"), False) for text in given]


def create(
    services: Services, brief: str, folders: list[str], *, model: str, yes: bool, plan_only: bool, task: str = "", person: str = ""
) -> str:
    """Check what was given and start a task; returns its identifier, ``task`` where it was chosen before, so that what starts one by a
    clock can be asked again after a crash. ``person`` is whose the task is, "" the owner's. Raises WrongUse, with nothing written, where something is not right."""
    brief = checked(brief)
    granted = grant(folders_of(folders), services.home.path)
    language = services.settings.language or language_of(brief, services.home.language())
    if granted.roots:
        _not_all_empty(granted)
    name = services.named_model(model).name
    warnings = [say("workspace.folder-merged", language, inner=inner, outer=outer) for inner, outer in granted.merged]
    warnings += _others_at_work(services, granted, language)
    found = services.redactor.redact(brief)
    if found.found.keys() - {"card-number"}:  # the journal's door; a number of sixteen figures may be an invoice's
        brief = found.text
        warnings.append(say("agent.brief-redacted", language, what=found.sentence(language)))
    task = task or new_id()
    services.store.append(
        task,
        "task.created",
        {
            "brief": brief,
            "roots": granted.roots,
            "model": name,
            "language": language,
            "yes": yes,
            "plan_only": plan_only,
            "warnings": warnings,
            **({"person": person} if person else {}),
        },
        durable=True,
    )
    services.store.append(task, "message", {"message": {"role": "user", "text": brief, "label": "person"}})
    return task


def _not_all_empty(granted: Granted) -> None:
    import os

    for root in granted.roots:
        with os.scandir(root.path) as entries:
            if next(entries, None) is not None:
                return
    raise WrongUse("workspace.folder-empty", path=granted.roots[0].path)


def _others_at_work(services: Services, granted: Granted, language: str) -> list[str]:
    """Say which living tasks work on the same folders."""
    mine = [root.path for root in granted.roots]
    warnings = []
    for task in services.store.tasks()[:50]:
        if services.store.holder(task) is None:
            continue
        state = load(services.store, task)
        if state.state in ENDED:
            continue
        for root in state.roots:
            if any(path == root.path or path.startswith(root.path + "/") or root.path.startswith(path + "/") for path in mine):
                warnings.append(say("agent.folder-in-use", language, task=task, path=root.path))
    return warnings
