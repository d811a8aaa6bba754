"""Imports run downward only, a command line starts light, and no sentence is missing."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "src" / "confrere"

# each folder or module, and the layers it may import besides its own and the ground's common words
LAYERS = [
    {"messages"},
    {"errors"},
    {"config", "journal"},
    {"workspace", "sandbox"},
    {"policy", "secrets"},
    {"documents"},
    {"tools"},
    {"models"},
    {"agent"},
    {"gateway", "cli", "__main__"},
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
# tools describe themselves to models, and the builtin model stands on the hands: see docs/architecture.md
ALLOWED = {("sandbox", "config")}


def modules():
    return sorted(ROOT.rglob("*.py"))


def room(path):
    relative = path.relative_to(ROOT)
    return relative.parts[0].removesuffix(".py")


def imported(path):
    """The rooms that a module imports at any depth, with the line."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [node.module] if node.module != "confrere" else [f"confrere.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "confrere" and len(parts) > 1 and not parts[1].startswith("_"):
                yield parts[1], node.lineno


def typing_only(path, line):
    """Whether a line stands under ``if TYPE_CHECKING``: no import when it runs."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        guard = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        if guard and node.lineno <= line <= (node.end_lineno or line):
            return True
    return False


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_downward(path):
    here = room(path)
    if here == "__init__":
        return
    wrong = [
        f"line {line}: {here} imports {there}"
        for there, line in imported(path)
        if RANK[there] > RANK[here] and (here, there) not in ALLOWED and not typing_only(path, line)
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import confrere.cli.main", ["rich", "httpx", "msgspec", "sqlite3", "confrere.agent", "confrere.documents", "confrere.workspace"]),
        ("import confrere.agent.loop", ["rich", "httpx", "pydantic_ai", "openai", "anthropic", "pypdfium2", "numpy", "lxml", "xlsxwriter"]),
        ("import confrere.policy.engine", ["sqlite3", "asyncio", "httpx", "confrere.agent", "confrere.tools", "confrere.workspace"]),
    ],
)
def test_starts_light(code, absent):
    out = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not [name for name in absent if name in out]


def test_every_sentence_has_both_languages_and_the_same_blanks():
    import re

    for file in sorted((ROOT / "messages").glob("*.toml")):
        for name, entry in tomllib.loads(file.read_text("utf-8")).items():
            texts = [entry] if isinstance(entry.get("en"), str) else [part for part in entry.values() if isinstance(part, dict)]
            for text in texts:
                assert text.keys() >= {"en", "fr"}, f"{file.name}: {name}"
                blanks = [sorted(set(re.findall(r"(?<!\{)\{(\w+)[^}]*\}", text[language]))) for language in ("en", "fr")]
                assert blanks[0] == blanks[1], f"{file.name}: {name}: {blanks}"


def named(path):
    """The catalogue keys given to ``say`` or to an error."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            function = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if function == "say" or function[:1].isupper():
                yield node.args[0].value


def test_every_sentence_that_code_names_exists():
    areas = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in (ROOT / "messages").glob("*.toml")}
    keys = [(path, key) for path in modules() for key in named(path)]
    parts = [(path, *key.partition(".")[::2]) for path, key in keys if key.partition(".")[0] in areas]
    assert len(parts) > 200
    missing = [
        f"{path.relative_to(ROOT)}: {area}.{name}"
        for path, area, name in parts
        if not name.endswith("-") and name and name not in areas[area]
    ]
    assert not missing
