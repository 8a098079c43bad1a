"""Build the documentation site from the notebooks, offline: `python tools/docs.py` writes `_docs/html`.

Notebooks carry their outputs, so nothing is executed here. Exported cells become an entry of the reference (signature, docstring, fields,
methods) above their folded source; hidden cells go; everything else stays as it was written.
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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE, OUT = ROOT / "_docs" / "source", ROOT / "_docs" / "html"
SECTIONS = [
    ("Start", ["index", "tutorials/*"]),
    ("Conversations and text", ["0*"]),
    ("Parser", ["parser/*"]),
    ("Tool mocker", ["mocker/*"]),
    ("Reward", ["reward/*"]),
    ("User", ["user/*"]),
    ("Environment", ["environment/*"]),
    ("Agents", ["agent/*"]),
    ("Train, report, export", ["*train*", "*report*", "*export*", "*factory*"]),
    ("Explore and connect", ["explore/*", "connect/*", "*cli*"]),
    ("Sample world", ["*sample*", "sample/*"]),
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
suppress_warnings = ["myst.header", "myst.xref_missing", "mystnb.unknown_mime_type", "toc.not_included"]
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
"""
SITE_CSS = ".ag{background:transparent!important;--ag-fg:var(--color-foreground-primary)!important;--ag-bg:var(--color-background-primary)!important;max-width:100%!important}.ag table{width:auto}details.hide{border:0!important;background:none!important;box-shadow:none!important}details.hide>summary{background:var(--color-background-secondary)!important;font-size:.8em}\n"


def signature(obj: object) -> str:
    try:
        return re.sub(r"(?<=: |> )'([^']*)'", r"\1", str(inspect.signature(obj)))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return "(...)"


def entry(module: str, name: str) -> str:
    "The reference entry of a public `name` as Markdown."
    obj = getattr(importlib.import_module(f"agent_gym.{module}"), name, None)
    doc = inspect.getdoc(obj) or ""
    if not (inspect.isclass(obj) or inspect.isfunction(obj)):
        return ""
    kind = "class" if inspect.isclass(obj) else "def"
    head = f"({module.replace('.', '-')}-{name.lower()})=\n### {name}\n\n```python\n{kind} {name}{'' if hasattr(obj, 'model_fields') else textwrap.shorten(signature(obj), 400)}\n```\n\n{doc}\n"
    rows = []
    for field, info in getattr(obj, "model_fields", {}).items():
        rows.append(
            f"- `{field}`: `{getattr(info.annotation, '__name__', info.annotation)}`"
            + (
                ""
                if info.is_required()
                else f", default `{info.get_default(call_default_factory=True)!r}`"[:120]
            )
        )
    if inspect.isclass(obj):
        for n, m in vars(obj).items():
            f = m.fget if isinstance(m, property) else getattr(m, "__func__", m)
            if not n.startswith("_") and inspect.isfunction(f) and inspect.getdoc(f):
                rows.append(
                    f"- `.{n}{'' if isinstance(m, property) else textwrap.shorten(signature(f), 200)}`: {' '.join((inspect.getdoc(f) or '').split())}"
                )
    return head + ("\n" + "\n".join(rows) + "\n" if rows else "")


def public(source: str) -> list[str]:
    return [
        n.name
        for n in ast.parse(source).body
        if isinstance(n, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not n.name.startswith("_")
    ]


def page(path: Path) -> dict:
    nb = json.loads(path.read_text("utf-8"))
    sources = ["".join(c["source"]) for c in nb["cells"]]
    module = next(
        (m[1] for s in sources if (m := re.search(r"^#\|\s*default_exp\s+(\S+)", s, re.M))), ""
    )
    cells = []
    for cell, source in zip(nb["cells"], sources):
        marks = set(re.findall(r"^#\|\s*(\w+)", source, re.M))
        if cell["cell_type"] != "code":
            cells.append(cell | {"metadata": {}})
            continue
        if marks & {"hide", "default_exp"}:
            continue
        code = re.sub(r"^#\|.*\n?", "", source, flags=re.M).strip("\n")
        tags = []
        if "export" in marks or "exporti" in marks:
            tags = ["hide-input"]
            text = "\n".join(filter(None, (entry(module, n) for n in public(code))))
            if text:
                cells.append(
                    {
                        "cell_type": "markdown",
                        "id": f"doc-{cell['id']}",
                        "metadata": {},
                        "source": text,
                    }
                )
        cells.append(cell | {"metadata": {"tags": tags}, "source": code})
    return nb | {"cells": cells}


def build() -> int:
    shutil.rmtree(ROOT / "_docs", ignore_errors=True)
    (SOURCE / "_static").mkdir(parents=True)
    (SOURCE / "conf.py").write_text(CONF, "utf-8")
    (SOURCE / "_static" / "site.css").write_text(SITE_CSS, "utf-8")
    for nb in sorted((ROOT / "nbs").rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in nb.parts:
            to = SOURCE / nb.relative_to(ROOT / "nbs")
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_text(json.dumps(page(nb)), "utf-8")
    for extra in (ROOT / "nbs").rglob("*.png"):
        shutil.copy2(extra, SOURCE / extra.relative_to(ROOT / "nbs"))
    trees, seen = [], set()
    for title, patterns in SECTIONS:
        names = [
            p.relative_to(SOURCE).with_suffix("").as_posix()
            for pat in patterns
            for p in sorted(SOURCE.glob(pat + ".ipynb"))
        ]
        names = [n for n in names if not (n in seen or seen.add(n))]
        if names:
            trees.append(
                f"```{{toctree}}\n:caption: {title}\n:maxdepth: 1\n\n" + "\n".join(names) + "\n```"
            )
    (SOURCE / "contents.md").write_text("# Contents\n\n" + "\n\n".join(trees) + "\n", "utf-8")
    (SOURCE / "conf.py").write_text(CONF + 'root_doc = "contents"\n', "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-j", "2", str(SOURCE), str(OUT)]
    )
    print(f"{len(list(OUT.rglob('*.html')))} pages in {OUT / 'index.html'}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(build())
