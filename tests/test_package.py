"""The package as a whole: quick to import, no network, no development dependency at run time, and
imports that point down."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import agent_gym as ag

ROOT = Path(__file__).resolve().parents[1]


def read_floors() -> dict[str, int]:
    "The floor of each room, from the table of the architecture notebook."
    cells = json.loads((ROOT / "nbs" / "architecture.ipynb").read_text("utf-8"))["cells"]
    source = next(s for c in cells if (s := "".join(c["source"])).startswith("FLOORS = "))
    table = ast.literal_eval(ast.parse(source).body[0].value)
    return {room: floor for room, (floor, _) in table.items()}


FLOORS = read_floors()


def fresh(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.strip()


def test_import_is_light():
    heavy = "pandas sklearn scipy wordllama matplotlib gymnasium ipywidgets nbdev fastcore torch"
    code = f"import agent_gym, sys; print([m for m in '{heavy}'.split() if m in sys.modules])"
    assert fresh(code) == "[]"


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


def test_every_room_has_a_floor():
    rooms = {p.relative_to(ROOT / "agent_gym").parts[0].removesuffix(".py") for p in modules()}
    assert rooms <= FLOORS.keys(), "nbs/architecture.ipynb names no floor for these"
    assert all(type(floor) is int for floor in FLOORS.values())


def test_imports_point_down():
    up = []
    for p in modules():
        own = p.relative_to(ROOT / "agent_gym").parts[0].removesuffix(".py")
        up += [
            f"{p.relative_to(ROOT)} imports {room}"
            for room in top_level_imports(p)
            if room in FLOORS and room != own and FLOORS[room] >= floor(p)
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
