"""Build the documentation site from the notebooks, offline: `python tools/docs.py` -> `_docs/html`.

Notebooks carry their outputs, so nothing is executed here. Exported cells become an entry of the
reference (signature, docstring, fields, methods) above their folded source; hidden cells go;
everything else stays as it was written. A page that no menu names is an error.
"""

import ast
import importlib
import inspect
import json
import re
import shutil
import subprocess
import sys
import textwrap
from fnmatch import fnmatch
from pathlib import Path

from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parents[1]
SOURCE, OUT = ROOT / "_docs" / "source", ROOT / "_docs" / "html"
SECTIONS = [  # the menus, in order; a page belongs to the first that matches
    ("Start", ["index", "tutorials/*", "architecture"]),
    ("Conversations", ["*_trace", "*_text", "*_llm", "*_progress", "*_render", "*_tools"]),
    ("Dialogue", ["dialogue/*"]),
    ("Parser", ["parser/*", "parser/*/*"]),
    ("Tool mocker", ["mocker/*"]),
    ("Simulated user", ["user/*"]),
    ("Reward", ["reward/*"]),
    ("Environment", ["environment/*"]),
    ("Agents", ["agent/*"]),
    (
        "Train, compare, export",
        ["*_factory", "*_train", "*_compare", "export/*", "train/*"],
    ),
    ("Report, explore, connect", ["report/*", "explore/*", "compare/*", "connect/*"]),
    ("Console and sample world", ["cli/*", "sample/*"]),
]
CONF = """project = "Agent Gym"
copyright = "2026, Agent Gym developers"
extensions = ["myst_nb"]
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
myst_enable_extensions = ["attrs_inline", "colon_fence", "dollarmath"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Agent Gym"
html_static_path = ["_static"]
html_css_files = ["site.css"]
suppress_warnings = ["myst.header", "myst.xref_missing", "mystnb.unknown_mime_type"]
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
"""
SITE_CSS = """
.ag { background: transparent !important; max-width: 100% !important;
      --ag-fg: var(--color-foreground-primary) !important;
      --ag-bg: var(--color-background-primary) !important }
.ag table { width: auto }
details.hide { border: 0 !important; background: none !important; box-shadow: none !important }
details.hide > summary { background: var(--color-background-secondary) !important;
                         font-size: .8em }
"""
LONG = {"signature": 400, "method": 200, "default": 120}  # characters shown of each


def signature(obj: object) -> str:
    try:
        shown = str(inspect.signature(obj))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return "(...)"
    return re.sub(r"(?<=: |> )'([^']*)'", r"\1", shown)


def field_row(name: str, info: FieldInfo) -> str:
    "A field of a pydantic class as a list item."
    kind = getattr(info.annotation, "__name__", info.annotation)
    if info.is_required():
        return f"- `{name}`: `{kind}`"
    default = f", default `{info.get_default(call_default_factory=True)!r}`"
    return f"- `{name}`: `{kind}`" + default[: LONG["default"]]


def method_row(name: str, member: object) -> str:
    "A method or property with a docstring as a list item, else an empty text."
    function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
    doc = inspect.getdoc(function) if inspect.isfunction(function) else None
    if name.startswith("_") or not doc:
        return ""
    shown = "" if isinstance(member, property) else signature(function)
    return f"- `.{name}{textwrap.shorten(shown, LONG['method'])}`: {' '.join(doc.split())}"


def entry(module: str, name: str) -> str:
    "The reference entry of a public `name` as Markdown."
    try:
        obj = getattr(importlib.import_module(f"agent_gym.{module}"), name, None)
    except ModuleNotFoundError:  # a framework that is not installed here: its source is shown
        return ""
    if not (inspect.isclass(obj) or inspect.isfunction(obj)):
        return ""
    fields = getattr(obj, "model_fields", {})
    shown = "" if fields else textwrap.shorten(signature(obj), LONG["signature"])
    kind = "class" if inspect.isclass(obj) else "def"
    methods = vars(obj).items() if inspect.isclass(obj) else ()
    rows = [field_row(n, info) for n, info in fields.items()]
    rows += [row for n, m in methods if (row := method_row(n, m))]
    return "\n".join(
        [
            f"({module.replace('.', '-')}-{kind}-{name.lower()})=",
            f"### {name}\n\n```python\n{kind} {name}{shown}\n```\n",
            f"{inspect.getdoc(obj) or ''}\n",
            *rows,
            "",
        ]
    )


def public(source: str) -> list[str]:
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    found = [n.name for n in ast.parse(source).body if isinstance(n, kinds)]
    return [name for name in found if not name.startswith("_")]


def default_module(sources: list[str]) -> str:
    "The module that a notebook exports, or an empty text."
    found = (re.search(r"^#\|\s*default_exp\s+(\S+)", s, re.M) for s in sources)
    return next((m[1] for m in found if m), "")


def page_cells(cell: dict, source: str, module: str) -> list[dict]:
    "What the site shows of one cell: nothing, the cell, or an entry and the folded cell."
    if cell["cell_type"] != "code":
        return [cell | {"metadata": {}}]
    marks = set(re.findall(r"^#\|\s*(\w+)", source, re.M))
    if marks & {"hide", "default_exp"}:
        return []
    code = re.sub(r"^#\|.*\n?", "", source, flags=re.M).strip("\n")
    if not marks & {"export", "exporti"}:
        return [cell | {"metadata": {"tags": []}, "source": code}]
    text = "\n".join(filter(None, (entry(module, n) for n in public(code))))
    head = {"cell_type": "markdown", "id": f"doc-{cell['id']}", "metadata": {}, "source": text}
    folded = cell | {"metadata": {"tags": ["hide-input"]}, "source": code}
    return [head, folded] if text else [folded]


def page(path: Path) -> dict:
    "The notebook at `path` as the site shows it."
    nb = json.loads(path.read_text("utf-8"))
    sources = ["".join(c["source"]) for c in nb["cells"]]
    module = default_module(sources)
    shown = [x for c, s in zip(nb["cells"], sources) for x in page_cells(c, s, module)]
    return nb | {"cells": shown}


def menus(names: list[str]) -> str:
    "A page with a menu for each section; raises SystemExit when a page is in none."
    trees, seen = [], set()
    for title, patterns in SECTIONS:
        inside = [
            n for p in patterns for n in names if fnmatch(n, p) and p.count("/") == n.count("/")
        ]
        inside = [n for n in dict.fromkeys(inside) if n not in seen]
        seen |= set(inside)
        if inside:
            listed = "\n".join(inside)
            trees.append(f"```{{toctree}}\n:caption: {title}\n:maxdepth: 1\n\n{listed}\n```\n")
    if lost := [n for n in names if n not in seen]:
        sys.exit(f"no menu of SECTIONS names {', '.join(lost)}")
    return "\n".join(["# Contents\n", *trees])


def write_sources() -> None:
    "Everything Sphinx reads, in `SOURCE`."
    shutil.rmtree(ROOT / "_docs", ignore_errors=True)
    (SOURCE / "_static").mkdir(parents=True)
    (SOURCE / "_static" / "site.css").write_text(SITE_CSS, "utf-8")
    (SOURCE / "conf.py").write_text(CONF + 'root_doc = "contents"\n', "utf-8")
    names = []
    for nb in sorted((ROOT / "nbs").rglob("*.ipynb")):
        if ".ipynb_checkpoints" in nb.parts:
            continue
        inside = nb.relative_to(ROOT / "nbs")
        names.append(inside.with_suffix("").as_posix())
        (SOURCE / inside).parent.mkdir(parents=True, exist_ok=True)
        (SOURCE / inside).write_text(json.dumps(page(nb)), "utf-8")
    for extra in (ROOT / "nbs").rglob("*.png"):
        shutil.copy2(extra, SOURCE / extra.relative_to(ROOT / "nbs"))
    (SOURCE / "contents.md").write_text(menus(names), "utf-8")


def build() -> int:
    "Write the site; returns the exit status of Sphinx."
    write_sources()
    sphinx = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-j", "2", str(SOURCE), str(OUT)]
    done = subprocess.run(sphinx)
    print(f"{len(list(OUT.rglob('*.html')))} pages in {OUT / 'index.html'}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(build())
