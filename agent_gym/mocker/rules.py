from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from agent_gym.mocker.documents import Effect, Link, Refusal, Reply, StateModel
from agent_gym.mocker.edits import Edit
from agent_gym.mocker.expressions import Expr, Place, Value, at, const, key_of, place_text
from agent_gym.mocker.trees import Test, Tree
from agent_gym.trace import ToolError, loads, parse_json


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of `tool`; `kind` is `refusal`, `effect` or `reply`. `support` counts the logged
    calls that show it, `counterexamples` those that do not fit. `part` is the rule itself."""

    tool: str
    kind: str
    part: Refusal | Effect | Reply
    support: int
    counterexamples: int = 0

    def __str__(self) -> str:
        if isinstance(self.part, Reply):
            return f"{self.tool} replies {self.part.expression}"
        source = self.part.source if isinstance(self.part, Refusal) else ""
        return f"{self.tool}: {self.part}" + (f" (as {source})" if source else "")


class Rules(tuple[Rule, ...]):
    "Rules, tool by tool: refusals, then effects, then the reply."

    __slots__ = ()

    def of(self, tool: str) -> Rules:
        "The rules of one tool."
        return Rules(r for r in self if r.tool == tool)

    def __repr__(self) -> str:
        return "\n".join(f"{r}    [{r.support} for, {r.counterexamples} against]" for r in self)

    def _repr_html_(self) -> str:
        from agent_gym.render import block, table

        rows = [[str(r), r.support, r.counterexamples] for r in self]
        return block(str(table(rows, ["rule", "support", "counterexamples"])))


def rules_of(model: StateModel) -> Rules:
    "All rules of what was learned."
    out: list[Rule] = []
    for tool in sorted(model.trees):
        refusals = *model.refusals.get(tool, ()), *model.borrowed.get(tool, ())
        out += [Rule(tool, "refusal", r, r.hits, r.total - r.hits) for r in refusals]
        effects = [e for e in model.effects.get(tool, ()) if e.edit.op != "keep"]
        out += [Rule(tool, "effect", e, e.hits, e.total - e.hits) for e in effects]
        reply = model.replies.get(tool)
        if reply is not None:
            right = round(reply.share * reply.total)
            out.append(Rule(tool, "reply", reply, right, reply.total - right))
    return Rules(out)


def with_rules(model: StateModel, rules: Iterable[Rule]) -> StateModel:
    "The model with these rules instead of its own; tools that `rules` does not name keep none."
    new: dict[str, list[Rule]] = defaultdict(list)
    for r in rules:
        if r.tool not in model.trees:
            known = ", ".join(model.trees)
            raise ToolError(f"no tool {r.tool!r} to put a rule on; the tools are {known}")
        new[r.tool].append(r)
    before = rules_of(model)
    edited = {t for t in model.trees if list(before.of(t)) != new[t]}
    refusals, effects = dict(model.refusals), dict(model.effects)
    replies, borrowed = dict(model.replies), dict(model.borrowed)
    for t in sorted(edited):
        parts = [r.part for r in new[t]]
        refusals[t] = tuple(p for p in parts if isinstance(p, Refusal))
        effects[t] = tuple(p for p in parts if isinstance(p, Effect))
        borrowed[t] = ()
        said = [p for p in parts if isinstance(p, Reply)]
        replies.pop(t, None)
        if said:
            replies[t] = said[0]
    return replace(
        model,
        refusals=refusals,
        effects=effects,
        replies=replies,
        borrowed=borrowed,
        edited=model.edited | edited,
    )


def parse_rule(tool: str, text: str, model: StateModel) -> Rule:
    """A rule of `tool` from its text: `fails with "text" when place = value and not (place is
    there)`, or `view(argument = place).field := value`. Raises ToolError where it cannot be read,
    naming the part."""
    links = model.links.get(tool, ())
    refusal = re.fullmatch(r"fails with (.+?) when (.+)", text.strip(), re.S)
    if refusal is not None:
        tests = tuple(_test(t, links, tool) for t in re.split(r"\s+and\s+", refusal[2]))
        said = const(parse_json(refusal[1].strip()))
        return Rule(tool, "refusal", Refusal(tests, said, 0, 0), 0)
    effect = re.fullmatch(
        r"(\w+)\((.*?)\)((?:\.\w+)+)\s*:=\s*(.+?)(?:\s+when\s+(.+))?", text.strip()
    )
    if effect is None:
        raise ToolError(
            f'{tool}: cannot read the rule {text!r}; write `fails with "text" when place = value`'
            " or `view(argument = place).field := value`"
        )
    view, where, path, value, condition = effect.groups()
    if view not in model.views:
        raise ToolError(f"{tool}: no view {view!r}; there are {', '.join(sorted(model.views))}")
    binds = [x.split("=", 1) for x in where.split(",") if "=" in x]
    found = tuple((k.strip(), at(_place(p, links, tool))) for k, p in binds)
    edit = Edit("set", (_value(value, links, tool), False))
    for step in reversed(path.strip(".").split(".")):
        edit = Edit("fields", ((step, edit),))
    if condition is not None:
        edit = replace(edit, guard=_guard(_test(condition, links, tool)))
    return Rule(tool, "effect", Effect(view, found, edit, 0, 0), 0)


def _guard(test: tuple[Test, bool]) -> Tree:
    yes, no = (Tree(None, None, None, {label: 1}) for label in (test[1], not test[1]))
    return Tree(test[0], yes, no, {True: 1, False: 1})


_TEST = re.compile(r"(.+?)\s*(<=|<|=| is in | is there$| is a )\s*(.*)")
_OPS = {"<=": "le", "<": "lt", "=": "same", "is in": "in", "is there": "has", "is a": "type"}


def _test(text: str, links: Iterable[Link], tool: str) -> tuple[Test, bool]:
    text, wanted = text.strip(), True
    if text.startswith("not (") and text.endswith(")"):
        text, wanted = text[5:-1], False
    m = _TEST.fullmatch(text)
    if m is None:
        raise ToolError(f"{tool}: cannot read the test {text!r}; write `place = value`")
    op, left, right = _OPS[m[2].strip()], _place(m[1], links, tool), m[3].strip()
    if op == "has":
        return Test("has", (left,)), wanted
    if op in ("in", "le") or (op == "same" and _is_place(right, links)):
        return Test(op, (left, _place(right, links, tool))), wanted
    value: Value = right if op == "type" else parse_json(right)
    return Test(
        "eq" if op == "same" else op, (left, key_of(value) if op == "same" else value)
    ), wanted


def _value(text: str, links: Iterable[Link], tool: str) -> Expr:
    for op in (" + ", " - ", " * "):
        if op in text:
            left, right = text.split(op, 1)
            return Expr(op.strip(), (_value(left, links, tool), _value(right, links, tool)))
    if text.strip() == "v" or _is_place(text, links):
        return at(("v",) if text.strip() == "v" else _place(text, links, tool))
    try:
        return const(loads(text))
    except ValueError:
        raise ToolError(
            f"{tool}: {text!r} is neither JSON nor a place; places begin with"
            f" {', '.join(_roots(links))}"
        ) from None


def _roots(links: Iterable[Link]) -> dict[str, Place]:
    out: dict[str, Place] = {r: (r,) for r in ("a", "r", "h", "n", "x")}
    return out | {place_text((link.root,)): (link.root,) for link in links}


def _is_place(text: str, links: Iterable[Link]) -> bool:
    return any(text.strip().startswith(r + ".") for r in _roots(links))


def _place(text: str, links: Iterable[Link], tool: str) -> Place:
    "The place that a text names; the longest root that fits it counts."
    roots, text = _roots(links), text.strip()
    fits = [r for r in roots if text == r or text.startswith((r + ".", r + "["))]
    if not fits:
        raise ToolError(f"{tool}: {text!r} names no place; places begin with {', '.join(roots)}")
    root = max(fits, key=len)
    return (*roots[root], *_steps(text[len(root) :], links, tool))


def _steps(text: str, links: Iterable[Link], tool: str) -> Iterator[object]:
    for dotted, inner in re.findall(r"\.([^.\[\]]+)|\[(.+?)\]", text):
        if dotted:
            yield ("+", dotted[4:-1]) if re.fullmatch(r"sum\(.+\)", dotted) else dotted
        elif re.fullmatch(r"-?\d+", inner):
            yield int(inner)
        else:
            field, _, place = inner.rpartition(" = ")
            step = _place(place, links, tool)
            yield ("@", step, field) if field else ("@", step)

