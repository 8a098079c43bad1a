"""Build the documentation site from the notebooks, offline: `python tools/docs.py` -> `_docs/html`.

Notebooks carry their outputs, so nothing is executed here. Exported cells become an entry of the
reference (signature, docstring, fields, methods) above their folded source; hidden cells go;
everything else stays as it was written. Pages that no menu names stand under the internals. The
landing page, the reference by public name and the list of limits are made here; every number on
them is measured by the build.
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
    ("Start", ["index", "tutorials/customer_service"]),
    ("Concepts", ["concepts", "architecture"]),
    ("Guides", ["tutorials/*", "limits"]),
    ("Reference", ["reference"]),
]
INTERNALS = "Internals"  # every other page, folded: the notebooks that the package is exported from
CONF = """project = "Agent Gym"
copyright = "2026, Agent Gym developers"
extensions = ["myst_nb"]
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
myst_enable_extensions = ["attrs_inline", "colon_fence", "dollarmath"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Agent Gym"
html_theme_options = {"navigation_with_keys": True}
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


def toctree(caption: str, names: list[str], depth: int = 1) -> str:
    listed = "\n".join(names)
    return f"```{{toctree}}\n:caption: {caption}\n:maxdepth: {depth}\n:hidden:\n\n{listed}\n```\n"


def menus(names: list[str]) -> str:
    "A menu for each section; what is in none goes to the internals, by room."
    trees, seen = [], set()
    for title, patterns in SECTIONS:
        inside = [
            n for p in patterns for n in names if fnmatch(n, p) and p.count("/") == n.count("/")
        ]
        inside = [n for n in dict.fromkeys(inside) if n not in seen]
        seen |= set(inside)
        trees += [toctree(title, inside)] if inside else []
    return "\n".join([*trees, toctree(INTERNALS, ["internals"])])


def internals(names: list[str]) -> str:
    "The page of all notebooks that no menu names, room by room."
    known = {n for _, patterns in SECTIONS for p in patterns for n in names if fnmatch(n, p)}
    rooms: dict[str, list[str]] = {}
    for n in (n for n in names if n not in known):
        rooms.setdefault(n.split("/")[0] if "/" in n else "package", []).append(n)
    told = "# Internals\n\nThe notebooks that the package is exported from, room by room.\n"
    trees = (
        f"## {room}\n\n```{{toctree}}\n:maxdepth: 1\n\n" + "\n".join(inside) + "\n```\n"
        for room, inside in sorted(rooms.items())
    )
    return "\n".join([told, *trees])


def reference() -> str:
    "Every public name with its signature and what it is for, in the order of the alphabet."
    import agent_gym as ag

    out = ["# Reference\n\nEverything that `import agent_gym as ag` gives.\n"]
    for name in sorted(ag.__all__, key=str.lower):
        obj = getattr(ag, name)
        if inspect.isclass(obj) or inspect.isfunction(obj):
            text = entry(obj.__module__.removeprefix("agent_gym."), name)
            out.append(text.partition("\n")[2])  # the label stands on the page of its notebook
    return "\n".join(out)


def limits() -> str:
    "The limits that every notebook names, in one place."
    out = ["# Limits\n\nWhat each part does not do, as its own page says it.\n"]
    for path in notebooks():
        cells = json.loads(path.read_text("utf-8"))["cells"]
        texts = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
        found = next((t for t in texts if t.startswith("## Limits")), None)
        if found:
            title = next((t.splitlines()[0].lstrip("# ") for t in texts), path.stem)
            page = path.relative_to(ROOT / "nbs").with_suffix("")
            body = found.partition("\n")[2].strip()
            out.append(f"## [{title}](/{page}.ipynb)\n\n{body}\n")
    return "\n".join(out)


FLOW = (ROOT / "tools" / "flow.svg").read_text("utf-8").strip()
FRAME = """<iframe src="_static/{name}.html" title="{title}" loading="lazy"
style="width:100%;height:{height}px;border:1px solid #8884;border-radius:8px"></iframe>"""
SHOWN, LEARNED = 60, 110  # conversations in the live explorer; learned from for the card


def landing() -> str:
    "The first page: the picture, a live explorer and the report card of the sample logs."
    import agent_gym as ag
    from agent_gym.report import report

    logs = ag.load_traces(ROOT / "data" / "processed" / "traces.jsonl", progress=False)
    ag.TraceExplorer(logs[:SHOWN], labels=None).to_html(SOURCE / "_static" / "explorer.html")
    card = report(ag.create_environment(logs[:LEARNED]), n=24, name="the sample logs")
    card.to_html(SOURCE / "_static" / "card.html")
    lights = "\n".join(f"- **{x.use}**: {x.sentence}" for x in card.lights)
    explorer = FRAME.format(name="explorer", title="the sample conversations", height=620)
    shown = FRAME.format(name="card", title="the report card of the sample logs", height=760)
    return f"""# Agent Gym

Conversation logs become a gym in which agents act, are scored, compared and trained; offline.

```{{raw}} html
{FLOW}
```

```python
import agent_gym as ag

gym = ag.create_environment("logs.jsonl")
gym.explore()                  # look around
gym.report(quick=True)         # what may it be trusted with?
ag.compare({{"mini": logs_a, "large": logs_b}})
```

## Look around

{SHOWN} conversations of a small subscription service; search them, filter, step with j and k.

```{{raw}} html
{explorer}
```

## May it be trusted?

Every gym answers that first. Of the sample logs, learned from {LEARNED} conversations:

{lights}

```{{raw}} html
{shown}
```
"""


def notebooks() -> list[Path]:
    "All notebooks, in order."
    found = sorted((ROOT / "nbs").rglob("*.ipynb"))
    return [p for p in found if ".ipynb_checkpoints" not in p.parts]


def write_sources() -> None:
    "Everything Sphinx reads, in `SOURCE`."
    shutil.rmtree(ROOT / "_docs", ignore_errors=True)
    (SOURCE / "_static").mkdir(parents=True)
    (SOURCE / "_static" / "site.css").write_text(SITE_CSS, "utf-8")
    (SOURCE / "conf.py").write_text(CONF + 'root_doc = "start"\n', "utf-8")
    pages = {"reference": reference(), "limits": limits(), "start": landing()}
    names = ["reference", "limits"]
    for nb in notebooks():
        inside = nb.relative_to(ROOT / "nbs")
        names.append(inside.with_suffix("").as_posix())
        (SOURCE / inside).parent.mkdir(parents=True, exist_ok=True)
        (SOURCE / inside).write_text(json.dumps(page(nb)), "utf-8")
    for extra in (ROOT / "nbs").rglob("*.png"):
        shutil.copy2(extra, SOURCE / extra.relative_to(ROOT / "nbs"))
    (SOURCE / "internals.md").write_text(internals(names), "utf-8")
    pages["start"] += "\n" + menus(names)
    for name, text in pages.items():
        (SOURCE / f"{name}.md").write_text(text, "utf-8")


def build() -> int:
    "Write the site; returns the exit status of Sphinx."
    write_sources()
    sphinx = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-j", "2", str(SOURCE), str(OUT)]
    done = subprocess.run(sphinx)
    print(f"{len(list(OUT.rglob('*.html')))} pages in {OUT / 'start.html'}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(build())
