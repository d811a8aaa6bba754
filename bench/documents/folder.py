"""A messy folder, made, read and understood: ``python -m bench.documents.folder [--files 50] [--keep DIR]``.

Invoices as PDF, scan, mail, web page and text, quotes, contracts, CVs, statements and tables, under names that say nothing, some of them
twice. Told: types right, papers under the right client, duplicates found, seconds of wall clock and of processor, the second run, and the
greatest resident memory of this process and all its children together.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench.documents.compare import same
from bench.documents.invoices import TEMPLATE, paper
from confrere.documents.extract.parties import Grouper
from confrere.documents.library import Library
from confrere.documents.model import Record

SCANS = 8
"""Scans in a folder of fifty; larger folders have no more, so that they measure the rest."""


def make(folder: Path, count: int) -> dict[str, tuple[str, str, str]]:
    """Write ``count`` files into ``folder``; what each is: (type, client, name of the file it is a copy of or "")."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(count)
    truth: dict[str, tuple[str, str, str]] = {}
    for place in range(count):
        copied = place % 12 == 11 and place > 12
        if copied:
            name = dice.choice([name for name in list(truth)[-10:] if not truth[name][2]])
            target = f"copie {place:05}{Path(name).suffix}"
            (folder / target).write_bytes((folder / name).read_bytes())
            truth[target] = (*truth[name][:2], name)
            continue
        kind = (
            "scan"
            if place % 6 == 0 and place < 6 * SCANS
            else dice.choice(("pdf", "pdf", "txt", "eml", "html", "contract", "cv", "statement", "csv"))
        )
        data = paper("open" if place % 2 else "held", place)
        name, type_ = _write(folder, f"doc_{place:05}", kind, data)
        client = data["client"] if type_ in ("invoice", "contract") else ""
        truth[name] = (type_, client, "")
    return truth


def _write(folder: Path, stem: str, kind: str, data: dict[str, Any]) -> tuple[str, str]:
    if kind in ("pdf", "scan"):
        import json

        import typst

        scanned = kind == "scan"
        made = typst.compile(str(TEMPLATE), format="png" if scanned else "pdf", ppi=120, sys_inputs={"data": json.dumps(data)})
        content = made[0] if isinstance(made, list) else made
        name = f"{stem}.{'png' if scanned else 'pdf'}"
        (folder / name).write_bytes(content)
        return name, "invoice"
    name, type_, text = _text(stem, kind, data)
    (folder / name).write_text(text, encoding="utf-8")
    return name, type_


def _text(stem: str, kind: str, data: dict[str, Any]) -> tuple[str, str, str]:
    lines = [f"{' '.join(line)}" for line in data["lines"]]
    invoice = "\n".join(
        [data["firm"], *data["address"], "", data["invoice"], *(": ".join(data[key]) for key in ("number", "date", "due")), "",
         f"{data['buyer']}: {data['client']}", *data["client_address"], "", *lines, "", *("   ".join(line) for line in data["sums"]), " ".join(data["vat"])]
    )  # fmt: skip
    if kind == "txt":
        return f"{stem}.txt", "invoice", invoice
    if kind == "html":
        return f"{stem}.html", "invoice", "<html><body>" + "".join(f"<p>{line}</p>" for line in invoice.splitlines()) + "</body></html>"
    if kind == "eml":
        return (
            f"{stem}.eml",
            "mail",
            f"From: {data['firm']} <a@example.org>\nTo: {data['client']} <b@example.org>\nSubject: bonjour\nDate: Mon, 04 Mar 2024 10:00:00 +0100\n\nUn mot.",
        )
    if kind == "contract":
        return f"{stem}.txt", "contract", (
            f"CONTRAT DE PRESTATION\nEntre les soussignés : la société {data['firm']}, ci-après dénommée « le Prestataire », d'une part,\n"
            f"et la société {data['client']}, ci-après dénommée « le Client », d'autre part,\nIl a été convenu ce qui suit :\n"
            f"Article 1. Le contrat prend effet le 1er mars 2024 pour une durée de douze mois.\nFait à Brest, le 12 février 2024"
        )  # fmt: skip
    if kind == "cv":
        return (
            f"{stem}.txt",
            "cv",
            f"{data['person']}\nExpérience professionnelle\n2018 - 2023  Chef d'équipe\nFormation\n2016 BTS\nCompétences\nExcel\nLangues\nanglais\n",
        )
    if kind == "statement":
        return f"{stem}.txt", "statement", (
            f"BANQUE DE LA RADE\nRELEVÉ DE COMPTE\nTitulaire : {data['client']}\nPériode du 01/12/2023 au 31/12/2023\n"
            "Date      Libellé          Débit     Crédit\n01/12     ANCIEN SOLDE              1 000,00\n05/12     EAU        80,50\n31/12     NOUVEAU SOLDE      919,50\n"
        )  # fmt: skip
    return (
        f"{stem}.csv",
        "spreadsheet",
        "produit;quantité\n" + "\n".join(f"{line[0]};{line[1]}" for line in data["lines"] * 3) + f"\n{stem};1\n",
    )


class Memory(threading.Thread):
    """Samples the resident memory of this process and its descendants; ``most`` in bytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.5):
            self.most = max(self.most, resident())

    def stop(self) -> int:
        self._over.set()
        self.join()
        return self.most


def resident() -> int:
    """Resident bytes of this process and its descendants, shared pages counted once a process (Linux)."""
    children: dict[int, list[int]] = defaultdict(list)
    pages: dict[int, int] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                status = Path(entry.path, "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            children[int(status[1])].append(int(entry.name))
            pages[int(entry.name)] = int(status[21])
    total, todo = 0, [os.getpid()]
    while todo:
        one = todo.pop()
        total += pages.get(one, 0)
        todo += children[one]
    return total * os.sysconf("SC_PAGE_SIZE")


def measure(folder: Path, truth: dict[str, tuple[str, str, str]], cache: Path) -> None:
    """Read and understand the folder twice and print what was right and what it cost."""
    items = [(name, folder / name) for name in sorted(truth)]
    records: dict[str, Record] = {}
    for turn in ("first run", "second run"):
        told = [0]

        def progress(done: int, total: int, name: str, told: list[int] = told) -> None:
            told[0] += 1

        memory = Memory()
        memory.start()
        wall, spent = time.monotonic(), _spent()
        with Library(cache) as library:
            for name, _, record in library.records(items, progress):
                records[name] = record
            hashes = {name: library.hash(path) for name, path in items}
        print(
            f"{turn}: {len(items)} files, {time.monotonic() - wall:.1f} s, {_spent() - spent:.1f} cpu-s, {memory.stop() >> 20} MB at most, "
            f"progress told {told[0]} times, load {os.getloadavg()[0]:.1f}"
        )
    _tell(truth, records, hashes)


def _spent() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _tell(truth: dict[str, tuple[str, str, str]], records: dict[str, Record], hashes: dict[str, str]) -> None:
    typed = sum(records[name].type == kind for name, (kind, _, _) in truth.items())
    grouper = Grouper()
    for record in records.values():
        if "client" in record.fields:
            grouper.add(record.fields["client"].value)
    groups = grouper.groups()
    asked = {name: client for name, (_, client, _) in truth.items() if client}
    filed = {name: groups.of.get(records[name].fields["client"].value, "") if "client" in records[name].fields else "" for name in asked}
    right = sum(bool(filed[name]) and same("client", filed[name], client) for name, client in asked.items())
    both = sum(
        records[name].type == kind and (not client or (bool(filed[name]) and same("client", filed[name], client)))
        for name, (kind, client, _) in truth.items()
    )
    doubtful = sum("client" in records[name].check for name, client in asked.items() if not same("client", filed[name] or "?", client))
    names: dict[str, list[str]] = defaultdict(list)
    for name, digest in hashes.items():
        names[digest].append(name)
    copies = {name: original for name, (_, _, original) in truth.items() if original}
    found = sum(original in names[hashes[name]] for name, original in copies.items())
    print(f"types right {typed}/{len(truth)}, under the right client {right}/{len(asked)} (of the wrong, {doubtful} doubted)")
    print(f"filed right (type and client) {both}/{len(truth)}, copies found {found}/{len(copies)}")
    for name, (kind, client, _) in truth.items():
        if records[name].type != kind or (client and not same("client", filed[name] or "?", client)):
            print(f"   {name}: {kind} {client!r}, got {records[name].type} {filed.get(name, '')!r}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.documents.folder")
    parser.add_argument("--files", type=int, default=50)
    parser.add_argument("--keep", type=Path, help="where the folder is made and left")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch, "messy")
        truth = make(folder, options.files)
        measure(folder, truth, Path(scratch, "cache"))


if __name__ == "__main__":
    main()
