"""Check that exported modules and README.md are what the notebooks say.

python tools/sync.py           # exit status 1 and the names of the files that differ
python tools/sync.py --write   # export and write them
"""

import filecmp
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def readme(root: Path) -> str:
    "README.md as Markdown of index.ipynb, with its outputs."
    import nbformat
    from nbconvert import MarkdownExporter

    nb = nbformat.read(root / "nbs" / "index.ipynb", 4)
    nb.cells = [
        c
        for c in nb.cells
        if not (c.cell_type == "code" and re.search(r"^#\|\s*hide\b", c.source, re.M))
    ]
    for c in nb.cells:
        if c.cell_type == "code":
            c.source = re.sub(r"^#\|.*\n?", "", c.source, flags=re.M).strip()
            for o in c.outputs:  # Markdown shows text; HTML is for the notebook and the docs
                if "data" in o:
                    o.data = {
                        k: v for k, v in o.data.items() if k in ("text/plain", "text/markdown")
                    }
    nb.metadata["language_info"] = {"name": "python"}
    body, _ = MarkdownExporter().from_notebook_node(nb)
    return re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"


def exported(root: Path) -> None:
    "Run nbdev's export in `root`."
    subprocess.run(
        [sys.executable, "-c", "from nbdev.doclinks import nbdev_export; nbdev_export()"],
        cwd=root,
        check=True,
        capture_output=True,
    )


def differences() -> list[str]:
    with tempfile.TemporaryDirectory() as tmp:
        copy = Path(tmp) / "copy"
        shutil.copytree(
            ROOT,
            copy,
            ignore=shutil.ignore_patterns(
                ".venv*",
                ".git",
                "_docs",
                "_proc",
                "data",
                "out",
                "__pycache__",
                "*.egg-info",
                "build",
                "dist",
            ),
        )
        for p in (copy / "agent_gym").rglob("*.py"):
            if p.name != "__init__.py":
                p.unlink()
        exported(copy)
        here = {p.relative_to(ROOT) for p in (ROOT / "agent_gym").rglob("*.py")}
        there = {p.relative_to(copy) for p in (copy / "agent_gym").rglob("*.py")}
        bad = [
            f"{p}: differs from its notebook"
            for p in sorted(here & there)
            if not filecmp.cmp(ROOT / p, copy / p, shallow=False)
        ]
        bad += [f"{p}: no notebook exports it" for p in sorted(here - there)] + [
            f"{p}: not exported yet" for p in sorted(there - here)
        ]
    if (ROOT / "README.md").read_text("utf-8") != readme(ROOT):
        bad.append("README.md: differs from nbs/index.ipynb")
    return bad


if __name__ == "__main__":
    if "--write" in sys.argv:
        exported(ROOT)
        (ROOT / "README.md").write_text(readme(ROOT), "utf-8", newline="\n")
    elif bad := differences():
        sys.exit("\n".join(bad) + "\nmend with: python tools/sync.py --write")
    else:
        print("in sync")
