"""Edit notebooks as text, keeping cell ids and outputs, and run them in place.

    python tools/nb.py show nbs/00_trace.ipynb > /tmp/trace.txt   # cells as text
    python tools/nb.py put nbs/00_trace.ipynb < /tmp/trace.txt    # text back into cells
    python tools/nb.py run nbs/00_trace.ipynb ...      # execute in a fresh kernel, store outputs
    python tools/nb.py outs nbs/00_trace.ipynb         # outputs as text, to proof-read
    python tools/nb.py check [nbs/00_trace.ipynb ...]  # what breaks the style (the finished rooms)

A cell starts with a line `# %% code`, `# %% md` or `# %% raw`, followed by its id once it has one.
New cells need no id. A cell whose source is unchanged keeps its outputs.
"""

import hashlib
import json
import os
import re
import sys
from pathlib import Path

HEAD = re.compile(r"^# %% (code|md|raw)(?: (\S+))?\s*$")
KIND = {"md": "markdown", "code": "code", "raw": "raw"}
SHORT = {v: k for k, v in KIND.items()}
EMPTY = {
    "cells": [],
    "metadata": {
        "kernelspec": {"display_name": "python3", "language": "python", "name": "python3"}
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}


def read(path: Path) -> dict:
    return json.loads(path.read_text("utf-8")) if path.exists() else json.loads(json.dumps(EMPTY))


def write(path: Path, nb: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(nb, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")


def show(nb: dict) -> str:
    return "\n".join(
        f"# %% {SHORT[c['cell_type']]} {c['id']}\n{''.join(c['source']).rstrip()}\n"
        for c in nb["cells"]
    )


def put(nb: dict, text: str) -> dict:
    "Replace the cells of `nb` by those of `text`; raises ValueError on text before the first."
    old, used, cells, cur = {c["id"]: c for c in nb["cells"]}, set(), [], None
    same = {}
    for c in nb["cells"]:
        same.setdefault((c["cell_type"], "".join(c["source"])), []).append(c["id"])
    for line in text.split("\n"):
        if m := HEAD.match(line):
            cells.append(cur := (KIND[m[1]], m[2], []))
        elif cur is not None:
            cur[2].append(line)
        elif line.strip():
            raise ValueError(f"text before the first cell: {line!r}")
    out = []
    for kind, cid, lines in cells:
        src = "\n".join(lines).strip("\n")
        if cid is None:  # a new cell: the id of an equal one, else one derived from the source
            cid = next((i for i in same.get((kind, src), []) if i not in used), None)
            n = 0
            while cid is None or (n and (cid in used or cid in old)):
                cid, n = hashlib.sha256(f"{src}{n}".encode()).hexdigest()[:8], n + 1
        if cid in used:
            raise ValueError(f"the cell id {cid} occurs twice")
        used.add(cid)
        c = old.get(cid, {})
        keep = c and "".join(c["source"]) == src and c["cell_type"] == kind
        new = {
            "cell_type": kind,
            "id": cid,
            "metadata": c.get("metadata", {}) if c else {},
            "source": src.splitlines(keepends=True),
        }
        if kind == "code":
            new |= {"execution_count": None, "outputs": c.get("outputs", []) if keep else []}
        out.append(new)
    return nb | {"cells": out}


def run(path: Path, timeout: int = 600) -> None:
    """Execute `path` in its own folder and store its outputs; raises the cell's error.

    Cells with `#| eval: false` are skipped."""
    import nbformat
    from nbclient import NotebookClient

    for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY"):
        os.environ.pop(name, None)  # what is stored was said offline
    nb = nbformat.read(path, 4)
    skip = {
        c.id
        for c in nb.cells
        if c.cell_type == "code" and re.search(r"^#\|\s*(eval:\s*false|notest)", c.source, re.M)
    }
    work = nbformat.from_dict({**nb, "cells": [c for c in nb.cells if c.id not in skip]})
    NotebookClient(
        work,
        timeout=timeout,
        kernel_name="python3",
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    done = {c.id: c for c in work.cells}
    raw = read(path)
    for c in raw["cells"]:
        if c["cell_type"] == "code" and c["id"] in done:
            found = json.loads(json.dumps(done[c["id"]].outputs))
            c["outputs"] = [o for o in found if o.get("data") != {}]  # a line of progress, gone
            c["execution_count"] = None
            for o in c["outputs"]:
                if o["output_type"] == "execute_result":
                    o["execution_count"] = None
                else:
                    o.pop("execution_count", None)
                if isinstance(o.get("text"), str):
                    o["text"] = o["text"].splitlines(keepends=True)
                if "text/html" in o.get(
                    "data", {}
                ):  # beside it, a widget without a kernel is blank
                    o["data"].pop("application/vnd.jupyter.widget-view+json", None)
                for k, v in o.get("data", {}).items():
                    if isinstance(v, str):
                        binary = k.startswith("image/") and "svg" not in k
                        o["data"][k] = v.rstrip() if binary else v.splitlines(keepends=True)
    write(path, raw)


def outs(nb: dict) -> str:
    rows = []
    for c in nb["cells"]:
        if c["cell_type"] == "code" and c["outputs"]:
            rows.append(f"--- {c['id']}: {''.join(c['source']).strip().splitlines()[-1][:100]}")
            for o in c["outputs"]:
                text = (
                    o.get("text") or o.get("data", {}).get("text/plain") or o.get("traceback") or ""
                )
                more = ", ".join(k for k in o.get("data", {}) if k != "text/plain")
                rows.append("".join(text)[:3000] + (f"   [+ {more}]" if more else ""))
    return "\n".join(rows)


def check(paths: list[Path]) -> None:
    "Exit with every place where `paths`, or else the finished rooms, break the style."
    import style

    books = [style.Notebook.read(p.resolve()) for p in paths] or style.finished()
    found = [fault for nb in books for fault in style.faults(nb)]
    if found:
        sys.exit("\n".join(found))
    print(f"{len(books)} notebooks explain themselves")


if __name__ == "__main__":
    what, paths = sys.argv[1] if sys.argv[1:] else "", [Path(p) for p in sys.argv[2:]]
    if what == "check":
        check(paths)
        sys.exit()
    if not paths:
        sys.exit(__doc__)
    for p in paths:
        if what == "show":
            print(show(read(p)))
        elif what == "put":
            write(p, put(read(p), sys.stdin.read()))
        elif what == "run":
            run(p)
        elif what == "outs":
            print(outs(read(p)))
        else:
            sys.exit(__doc__)
