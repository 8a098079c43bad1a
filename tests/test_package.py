"""The package as a whole: quick to import, no network, no development dependency at run time, modules of one idea."""

import ast
import subprocess
import sys
from pathlib import Path

import agent_gym as ag

ROOT = Path(__file__).resolve().parents[1]
FLOORS = {
    "errors": -3,
    "memory": -3,
    "progress": -3,
    "jsontext": -2,
    "trace": -1,
    "summary": 0,
    "text": 1,
    "facts": 1,
    "kinds": 0.5,
    "tools": 1,
    "llm": 1,
    "render": 1,
    "parser": 2,
    "mocker": 2,
    "reward": 3,
    "user": 3,
    "environment": 4,
    "agent": 4,
    "watch": 4.5,
    "train": 5,
    "report": 5,
    "export": 5,
    "factory": 6,
    "explore": 7,
    "connect": 7,
    "cli": 7,
    "sample": 7,
}


def fresh(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.strip()


def test_import_is_quick_and_light():
    code = "import time; t = time.perf_counter(); import agent_gym; d = time.perf_counter() - t; import sys; print(d, [m for m in ('pandas', 'sklearn', 'wordllama', 'nbdev', 'fastcore', 'torch') if m in sys.modules])"
    best = min(float(fresh(code).split()[0]) for _ in range(3))
    assert best <= 0.5, f"import took {best:.2f} s"
    assert fresh(code).endswith("[]")


def test_every_public_name_loads():
    missing = []
    for name in ag.__all__:
        try:
            getattr(ag, name)
        except (ImportError, AttributeError) as e:
            missing.append(f"{name}: {e}")
    assert not missing, missing


def test_functions_are_not_hidden_by_their_modules():
    assert fresh("import agent_gym.train, agent_gym as ag; print(callable(ag.train))") == "True"


def modules():
    return [
        p for p in (ROOT / "agent_gym").rglob("*.py") if p.name not in ("_modidx.py", "__init__.py")
    ]


def test_modules_hold_one_idea():
    long = {
        str(p.relative_to(ROOT)): n
        for p in modules()
        if (n := len(p.read_text("utf-8").splitlines())) > 330
    }
    assert not long, f"modules past about 300 lines hold two ideas: {long}"


def floor(path: Path) -> int:
    return FLOORS[path.relative_to(ROOT / "agent_gym").parts[0].removesuffix(".py")]


def top_level_imports(path: Path) -> set[str]:
    "Rooms imported when the module loads (imports inside functions and under TYPE_CHECKING may look up)."
    out, package = set(), ["agent_gym", *path.relative_to(ROOT / "agent_gym").parts[:-1]]
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            full = [*base, *(node.module or "").split(".")] if node.module or base else []
            full = [x for x in full if x]
            if full[:1] == ["agent_gym"]:
                out |= {full[1]} if len(full) > 1 else {a.name for a in node.names}
        elif isinstance(node, ast.Import):
            out |= {a.name.split(".")[1] for a in node.names if a.name.startswith("agent_gym.")}
    return out


def test_imports_point_down():
    up = []
    for p in modules():
        own = p.relative_to(ROOT / "agent_gym").parts[0].removesuffix(".py")
        up += [
            f"{p.relative_to(ROOT)} imports {room}"
            for room in top_level_imports(p)
            if room in FLOORS
            and room != own
            and FLOORS[room] >= floor(p)
            and not (own == "cli" and room in ("sample", "explore", "connect"))
            and (own, room) != ("text", "facts")
            and (own, room) != ("facts", "text")
        ]
    assert not up, up


def test_no_development_dependency_at_run_time():
    bad = [
        f"{p.name}: {line}"
        for p in modules()
        for line in p.read_text("utf-8").splitlines()
        if line.startswith(("import nbdev", "from nbdev", "import fastcore", "from fastcore"))
    ]
    assert not bad, bad
