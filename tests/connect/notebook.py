"""Run a notebook in this environment, with the cells that need a framework (`#| eval: false`).

    python tests/connect/notebook.py nbs/connect/02_mcp.ipynb [--store]

`--store` keeps the outputs of those cells, which no other run makes."""

import json
import os
import re
import sys
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output


def shown(done, captured) -> list[dict]:
    "What a cell printed and its last value, as a notebook stores them."
    out = []
    if captured.stdout.strip():
        lines = captured.stdout.splitlines(keepends=True)
        out.append({"output_type": "stream", "name": "stdout", "text": lines})
    if done.result is not None:
        data, _ = InteractiveShell.instance().display_formatter.format(done.result)
        data = {k: v.splitlines(keepends=True) for k, v in data.items() if k.startswith("text/")}
        result = {"output_type": "execute_result", "execution_count": None}
        out.append(result | {"data": data, "metadata": {}})
    return out


def run(path: Path, store: bool = False) -> int:
    "How many cells were run; raises RuntimeError at the first that fails."
    shell, n = InteractiveShell.instance(), 0
    hook = shell.displayhook
    hook.write_output_prompt = hook.write_format_data = lambda *args: None
    notebook = json.loads(path.read_text("utf-8"))
    os.chdir(path.parent)
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or re.search(r"^#\|\s*default_exp", source, re.M):
            continue
        with capture_output(display=False) as captured:
            done = shell.run_cell(source)
        if not done.success:
            raise RuntimeError(f"{path.name}, cell {cell['id']}: {done.error_in_exec!r}")
        n += 1
        if store and re.search(r"^#\|\s*eval:\s*false", source, re.M):
            cell["outputs"] = [] if source.rstrip().endswith(";") else shown(done, captured)
    if store:
        text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        path.write_text(text, "utf-8")
    return n


if __name__ == "__main__":
    print(run(Path(sys.argv[1]).resolve(), "--store" in sys.argv), "cells")
