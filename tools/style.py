"""The house style, counted: each room next to notebook projects that good engineers admire.

    python tools/style.py                  # the table, room by room
    python tools/style.py mocker reward    # these rooms, with every place that counts
    python tools/style.py --json           # the same figures as JSON

`tools/nb.py check` holds the rooms of `FINISHED` to it.
"""

import ast
import json
import re
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Rooms in their final form: `make test` refuses a notebook of theirs that breaks the style.
FINISHED = (
    "cli",
    "compare",
    "connect",
    "dialogue",
    "explore",
    "export",
    "llm",
    "progress",
    "render",
    "report",
    "reward",
    "text",
    "tools",
    "train",
)
LINE, CELL, CELLS, SMALL = 100, 40, 15, 2  # columns; lines of an export cell; cells; definitions
# What the admired projects reach (fastcore, claudette; Gymnasium and verifiers have no notebooks).
ANCHORS = {
    "notebooks": "",
    "lines over 100": "0-3 %",
    "cell median": "7-10",
    "cell max": "30-52",
    "cells": "65",
    "examples": "1.5-5.2",
    "asserts": "0-2.3",
    "floats": "",
    "participles": "",
    "package lines": "",
}
IRREGULAR = """begun borne bought bound broken brought built caught chosen cut done drawn driven
    fallen felt forgotten found given gone grown had heard held hidden kept known laid learnt led
    left lent lost made meant met overheard paid proven put said seen sent set shown shut sold
    spent spoken stood sworn taken taught thought thrown told torn understood withheld won worn
    written"""
NOT_PARTICIPLES = "bed embed exceed feed indeed need proceed red seed shed speed"
LINKS = """a about after apart as at away back before by down for from in into of off on onto out
    over so the to together under until up with within"""


def is_bare_participle(name: str) -> bool:
    "`borne` and `held_to` say neither what to do nor what comes back; `sorted_rows` does."
    first, *rest = name.strip("_").split("_")
    ends = first.endswith("ed") and len(first) > 3 and first not in NOT_PARTICIPLES.split()
    return (ends or first in IRREGULAR.split()) and (not rest or rest[0] in LINKS.split())


def public_definitions(tree: ast.Module) -> list[str]:
    "Names of the classes and functions at the top of `tree` that have no leading underscore."
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return [n.name for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_")]


@dataclass(frozen=True)
class Cell:
    "A code cell: its directives (`export`, `hide`, ...), its source without them, what it shows."

    id: str
    marks: frozenset[str]
    source: str
    shows: bool

    @property
    def exported(self) -> bool:
        return bool(self.marks & {"export", "exporti"})

    @property
    def lines(self) -> list[str]:
        "Lines that are not empty."
        return [x for x in self.source.splitlines() if x.strip()]

    @cached_property
    def tree(self) -> ast.Module:
        "The parsed source, with `await` at the top; empty where it holds magics."
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        try:
            return compile(self.source, self.id, "exec", flags)
        except SyntaxError:
            return ast.Module([], [])

    @property
    def names(self) -> set[str]:
        "Every name, attribute and text used; a command is called by its name as a text."
        nodes = list(ast.walk(self.tree))
        names = {n.id for n in nodes if isinstance(n, ast.Name)}
        names |= {n.attr for n in nodes if isinstance(n, ast.Attribute)}
        return names | {str(n.value) for n in nodes if isinstance(n, ast.Constant)}

    @property
    def asserts(self) -> int:
        "Assert statements, and calls of `test_eq` and its kin from fastcore."
        nodes = list(ast.walk(self.tree))
        calls = [
            n.func.id for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        ]
        checks = sum(name.startswith("test_") for name in calls)
        return checks + sum(isinstance(n, ast.Assert) for n in nodes)


@dataclass(frozen=True)
class Notebook:
    "What the style looks at in one notebook."

    path: Path
    cells: int
    code: tuple[Cell, ...]

    @classmethod
    def read(cls, path: Path) -> "Notebook":
        raw = json.loads(path.read_text("utf-8"))["cells"]
        code = [c for c in raw if c["cell_type"] == "code"]
        return cls(path, len(raw), tuple(read_cell(c) for c in code))

    @property
    def room(self) -> str:
        return room_of(self.path.relative_to(ROOT / "nbs"))

    @property
    def exports(self) -> list[Cell]:
        return [c for c in self.code if c.exported]

    @property
    def examples(self) -> list[Cell]:
        return [c for c in self.code if not c.exported and not c.marks & {"default_exp"}]

    @property
    def definitions(self) -> list[str]:
        return [name for c in self.exports for name in public_definitions(c.tree)]

    @property
    def long_lines(self) -> list[tuple[str, str]]:
        return [(c.id, x) for c in self.code for x in c.source.splitlines() if len(x) > LINE]


def read_cell(raw: dict) -> Cell:
    source = "".join(raw["source"])
    marks = frozenset(re.findall(r"^#\|\s*(\w+)", source, re.M))
    return Cell(
        raw["id"], marks, re.sub(r"^#\|.*\n?", "", source, flags=re.M), bool(raw["outputs"])
    )


def room_of(path: Path) -> str:
    "The folder a notebook or module lies in, or its own name where it lies at the top."
    return path.parts[0] if len(path.parts) > 1 else re.sub(r"^\d+[a-z]*_", "", path.stem)


def notebooks(rooms: Iterable[str] = ()) -> list[Notebook]:
    "All notebooks of the project, or those of `rooms`."
    paths = (
        p for p in sorted((ROOT / "nbs").rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts
    )
    found = [Notebook.read(p) for p in paths]
    return [n for n in found if not rooms or n.room in rooms]


def finished() -> list[Notebook]:
    "The notebooks of the rooms in their final form."
    return notebooks(FINISHED) if FINISHED else []


def faults(nb: Notebook) -> Iterator[str]:
    "Where `nb` breaks the style, one sentence each."
    where, defined = nb.path.relative_to(ROOT), nb.definitions
    for c in nb.exports:
        if len(c.lines) > CELL:
            yield f"{where}: export cell {c.id} has {len(c.lines)} lines, at most {CELL} are read"
    for cell, line in nb.long_lines:
        yield f"{where}: cell {cell} has a line of {len(line)} columns: {line.strip()[:40]}"
    shown = sum(c.shows for c in nb.examples)
    asserts = sum(c.asserts for c in nb.examples)
    used = {name for c in nb.examples for name in c.names}
    if shown < len(defined):
        yield f"{where}: {shown} examples with output for {len(defined)} public definitions"
    if asserts < len(defined):
        yield f"{where}: {asserts} asserts for {len(defined)} public definitions"
    for name in defined:
        if name not in used:
            yield f"{where}: no example uses {name}"
    if len(defined) > SMALL and nb.cells < CELLS:
        yield f"{where}: {nb.cells} cells for {len(defined)} definitions, {CELLS} explain them"


@dataclass
class Module:
    "What the style looks at in one exported module."

    path: Path
    room: str = field(init=False)

    def __post_init__(self) -> None:
        self.room = room_of(self.path.relative_to(ROOT / "agent_gym"))

    @cached_property
    def source(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def name(self) -> str:
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts)

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        kinds = ast.FunctionDef | ast.AsyncFunctionDef
        return [n for n in ast.walk(self.tree) if isinstance(n, kinds)]

    @property
    def floats(self) -> list[tuple[int, float]]:
        "Float literals in the bodies of functions, other than 0 and 1, each with its line."
        inside = {}
        for f in self.functions:
            for statement in f.body:
                inside |= {id(n): n for n in ast.walk(statement) if isinstance(n, ast.Constant)}
        found = [n for n in inside.values() if isinstance(n.value, float)]
        return sorted((n.lineno, n.value) for n in found if n.value not in (0.0, 1.0))

    @property
    def participles(self) -> list[str]:
        return sorted(f.name for f in self.functions if is_bare_participle(f.name))

    def imports(self) -> set[str]:
        "Modules of the package that this one imports, inside functions too, not for types only."
        package, out = self.name.split(".")[:-1], set()
        for node in runtime_nodes(self.tree):
            if isinstance(node, ast.ImportFrom):
                base = package[: len(package) - node.level + 1] if node.level else []
                full = ".".join([*base, *([node.module] if node.module else [])])
                out |= {full} | {f"{full}.{a.name}" for a in node.names}
            elif isinstance(node, ast.Import):
                out |= {a.name for a in node.names}
        return out


def runtime_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    "Every node but those under `if TYPE_CHECKING`."
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        yield node
        yield from runtime_nodes(node)


def modules() -> list[Module]:
    skip = {"_modidx.py", "__init__.py"}
    return [Module(p) for p in sorted((ROOT / "agent_gym").rglob("*.py")) if p.name not in skip]


def double_names(found: Iterable[Module]) -> dict[str, list[str]]:
    "Public classes that two modules define, each with its modules: one name, two meanings."
    homes = defaultdict(list)
    for m in found:
        for node in m.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(m.name)
    return {name: where for name, where in sorted(homes.items()) if len(where) > 1}


def circles(found: Iterable[Module]) -> list[list[str]]:
    "Groups of modules that import one another, the smallest module name first (Tarjan 1972)."
    known = {m.name: m for m in found}
    graph = {name: sorted(m.imports() & known.keys() - {name}) for name, m in known.items()}
    index, low, stack, out = {}, {}, [], []

    def visit(v: str) -> None:
        index[v] = low[v] = len(index)
        stack.append(v)
        for w in graph[v]:
            if w not in index:
                visit(w)
            if w in stack:
                low[v] = min(low[v], low[w])
        if low[v] == index[v]:
            group = stack[stack.index(v) :]
            del stack[stack.index(v) :]
            if len(group) > 1:
                out.append(sorted(group))

    for v in graph:
        if v not in index:
            visit(v)
    return sorted(out)


def row(books: list[Notebook], code: list[Module]) -> dict[str, float]:
    "The figures of one room."
    sizes = [len(c.lines) for n in books for c in n.exports if c.lines]
    lines = sum(len(c.source.splitlines()) for n in books for c in n.code)
    defined = sum(len(n.definitions) for n in books)
    shown = sum(c.shows for n in books for c in n.examples)
    asserts = sum(c.asserts for n in books for c in n.examples)
    return {
        "notebooks": len(books),
        "lines over 100": sum(len(n.long_lines) for n in books),
        "% of lines": round(100 * sum(len(n.long_lines) for n in books) / max(lines, 1), 1),
        "cell median": statistics.median(sizes) if sizes else 0,
        "cell max": max(sizes, default=0),
        "cells": round(sum(n.cells for n in books) / max(len(books), 1)),
        "definitions": defined,
        "examples": round(shown / max(defined, 1), 2),
        "asserts": round(asserts / max(defined, 1), 2),
        "floats": sum(len(m.floats) for m in code),
        "participles": sum(len(m.participles) for m in code),
        "package lines": sum(m.source.count("\n") for m in code),
    }


def table(rooms: list[str]) -> dict[str, dict[str, float]]:
    "Room by room, then `all`."
    books, code = notebooks(rooms), [m for m in modules() if not rooms or m.room in rooms]
    names = sorted({n.room for n in books} | {m.room for m in code})
    out = {
        r: row([n for n in books if n.room == r], [m for m in code if m.room == r]) for r in names
    }
    return out | {"all": row(books, code)}


def show(rows: dict[str, dict[str, float]]) -> None:
    heads = list(rows["all"])
    widths = [max(len(h), 7) for h in heads]
    print(" " * 13 + "  ".join(h.rjust(w) for h, w in zip(heads, widths)))
    for name, r in [*rows.items(), ("anchors", ANCHORS)]:
        cells = (f"{r.get(h, ''):{'g' if name != 'anchors' else ''}}" for h in heads)
        print(f"{name:13}" + "  ".join(c.rjust(w) for c, w in zip(cells, widths)))


def places(rooms: list[str]) -> Iterator[str]:
    "Everything that counts against `rooms`."
    for n in notebooks(rooms):
        yield from faults(n)
    for m in modules():
        if m.room in rooms:
            where = m.path.relative_to(ROOT)
            yield from (f"{where}:{line}: unnamed {value}" for line, value in m.floats)
            yield from (f"{where}: {name} says neither verb nor result" for name in m.participles)


def main(arguments: list[str]) -> None:
    rooms = [a for a in arguments if not a.startswith("-")]
    found, rows = modules(), table(rooms)
    doubles, groups = double_names(found), circles(found)
    if "--json" in arguments:
        print(json.dumps({"rooms": rows, "double names": doubles, "circles": groups}, indent=1))
        return
    show(rows)
    print(f"\npublic classes with two homes: {len(doubles)} {', '.join(doubles)}")
    print(f"import circles: {len(groups)}", *(" <-> ".join(g) for g in groups), sep="\n  ")
    if rooms:
        print("", *places(rooms), sep="\n")
        counted = Counter(p.split(":")[0] for p in places(rooms))
        print("", *(f"{n:4} {where}" for where, n in counted.most_common()), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
