"""The house: what holds of every notebook and test, whoever wrote it."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Clocks on the wall. The processor time of this process (`process_time`, `tests/timing.py`) may be
# compared with that of other work in the same run, not with a number of seconds.
CLOCKS = {"time", "perf_counter", "monotonic", "timeit", "repeat"}
WORK = {"process_time", "spent"}
CLOCKS |= {f"{name}_ns" for name in CLOCKS}


def sources() -> Iterator[tuple[str, str]]:
    "Every test module and every code cell: where it is, and its Python."
    for p in sorted((ROOT / "tests").glob("*.py")):
        yield str(p.relative_to(ROOT)), p.read_text("utf-8")
    for p in sorted((ROOT / "nbs").rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in p.parts:
            cells = json.loads(p.read_text("utf-8"))["cells"]
            code = {c["id"]: "".join(c["source"]) for c in cells if c["cell_type"] == "code"}
            for cell, source in code.items():
                if not source.lstrip().startswith(("%", "!")):
                    yield f"{p.relative_to(ROOT)} {cell}", source


def reads_clock(node: ast.AST, timed: set[str], clocks: set[str]) -> bool:
    "True where `node` calls one of `clocks` or uses a name in `timed`."
    for n in ast.walk(node):
        if isinstance(n, ast.Name) and n.id in timed:
            return True
        if isinstance(n, ast.Call):
            f = n.func
            name = f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "")
            root = getattr(getattr(f, "value", None), "id", "")
            if name in clocks and (isinstance(f, ast.Name) or root in ("time", "timeit", "timing")):
                return True
    return False


def timed_names(scope: list[ast.stmt], timed: set[str], clocks: set[str]) -> set[str]:
    "`timed` and the names that `scope` assigns from a clock or from one of them."
    timed = set(timed)
    for node in (n for s in scope for n in ast.walk(s)):
        if isinstance(node, ast.Assign | ast.AugAssign) and reads_clock(node.value, timed, clocks):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = (n for t in targets for n in ast.walk(t) if isinstance(n, ast.Name))
            timed |= {n.id for n in names if isinstance(n.ctx, ast.Store)}
    return timed


def is_bound(node: ast.AST, timed: set[str], clocks: set[str]) -> bool:
    "True where `node` says that a time is less than something; of work, than what is no work."
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    pairs = [
        (a, b) if isinstance(op, ast.Lt | ast.LtE) else (b, a)
        for a, op, b in zip(sides, node.ops, sides[1:])
        if isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE)
    ]
    return any(
        reads_clock(less, timed, clocks)
        and not (clocks is WORK and reads_clock(more, timed, clocks))
        for less, more in pairs
    )


def clock_asserts(source: str, clocks: set[str] = CLOCKS) -> list[int]:
    "Lines of the asserts in `source` that say how long something may take."
    if not any(clock in source for clock in clocks):
        return []
    tree, held = ast.parse(source), []
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    timers = set()
    for f in functions:  # functions that return what a clock says
        names = timed_names(f.body, set(), clocks)
        returned = [n.value for n in ast.walk(f) if isinstance(n, ast.Return) and n.value]
        timers |= {f.name} if any(reads_clock(r, names, clocks) for r in returned) else set()
    rest = [n for n in tree.body if not isinstance(n, ast.FunctionDef | ast.ClassDef)]
    for scope in [rest, *(f.body for f in functions)]:
        names = timed_names(scope, timers, clocks)
        asserts = (n for s in scope for n in ast.walk(s) if isinstance(n, ast.Assert))
        held += [
            n.lineno for n in asserts if any(is_bound(c, names, clocks) for c in ast.walk(n.test))
        ]
    return sorted(set(held))


def test_clock_asserts_are_found():
    held = "import time\nt0 = time.time()\nwork()\ntook = time.time() - t0\nassert took < 3"
    helper = "def took(f):\n    s = perf_counter()\n    f()\n    return perf_counter() - s\n"
    assert clock_asserts(held) == [5]
    assert clock_asserts(f"{helper}assert took(f) < 1") == [5]
    assert clock_asserts("t0 = time.time()\nprint(time.time() - t0)\nassert count < 3") == []
    work = "t = time.process_time()\nf()\ntook = time.process_time() - t\n"
    assert clock_asserts(f"{work}assert took < 3", WORK) == [4]
    assert clock_asserts("few = spent(f)\nassert spent(g) < 9 * few", WORK) == []
    assert clock_asserts("t0 = time.time()\nwait()\nassert time.time() - t0 >= 1") == []


def test_no_test_depends_on_how_busy_the_machine_is():
    held = [
        f"{path}:{line}"
        for path, source in sources()
        for clocks in (CLOCKS, WORK)
        for line in clock_asserts(source, clocks)
    ]
    assert not held, "count the work instead of the seconds: " + ", ".join(held)
