"""The mocker as others rely on it: hostile calls, forks, determinism, replay, and learning that knows no names."""

import pickle
import random
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import agent_gym as ag
from agent_gym.mocker.results import json_text as freeze
from agent_gym.sample.logs import sample_traces
from agent_gym.tools import logged_calls


@pytest.fixture(scope="module")
def traces():
    return sample_traces(160)


@pytest.fixture(scope="module")
def mocker(traces):
    return ag.ToolMocker(traces)


# --- a backend with records, links, rows and refusals, in two vocabularies -------------------------------------------
PLAIN = {
    w: w
    for w in (
        "get_order",
        "get_customer",
        "cancel",
        "swap",
        "order_id",
        "customer_id",
        "status",
        "pending",
        "cancelled",
        "items",
        "item_id",
        "price",
        "balance",
        "new_price",
        "find",
        "email",
        "orders",
        "no order of this name",
        "only pending orders can be cancelled",
        "no such item",
    )
}
STRANGE = {w: f"zq{i}" if " " not in w else f"zq{i} xw vb" for i, w in enumerate(PLAIN)}


class Shop:
    "A true backend in some vocabulary: orders of customers with items; cancelling pays back to the customer's balance."

    def __init__(self, words: dict[str, str], prefix: str):
        rng = random.Random(5)
        self.w, self.orders, self.customers = words, {}, {}
        for i in range(60):
            self.customers[f"{prefix}C{1000 + i}"] = {
                words["email"]: f"c{i}@x.example",
                words["balance"]: 10.0 * i,
                words["orders"]: [],
            }
        for i in range(120):
            cid, oid = f"{prefix}C{1000 + i % 60}", f"{prefix}O{5000 + i}"
            items = [
                {
                    words["item_id"]: f"{prefix}I{9000 + 5 * i + j}",
                    words["price"]: round(rng.uniform(5, 90), 2),
                }
                for j in range(rng.randint(1, 3))
            ]
            self.orders[oid] = {
                words["order_id"]: oid,
                words["customer_id"]: cid,
                words["status"]: words["pending"] if rng.random() < 0.7 else words["cancelled"],
                words["items"]: items,
            }
            self.customers[cid][words["orders"]].append(oid)

    def call(self, name, a):
        w = self.w
        if name == w["find"]:
            return next(
                (c for c, r in self.customers.items() if r[w["email"]] == a[w["email"]]),
                f"Error: {w['no order of this name']}",
            )
        if name == w["get_customer"]:
            return self.customers[a[w["customer_id"]]]
        order = self.orders.get(a[w["order_id"]])
        if order is None:
            return f"Error: {w['no order of this name']}"
        if name == w["cancel"]:
            if order[w["status"]] != w["pending"]:
                return f"Error: {w['only pending orders can be cancelled']}"
            order[w["status"]] = w["cancelled"]
            customer = self.customers[order[w["customer_id"]]]
            customer[w["balance"]] = round(
                customer[w["balance"]] + sum(i[w["price"]] for i in order[w["items"]]), 2
            )
        if name == w["swap"]:
            item = next((i for i in order[w["items"]] if i[w["item_id"]] == a[w["item_id"]]), None)
            if item is None:
                return f"Error: {w['no such item']}"
            item[w["price"]] = a[w["new_price"]]
        return order


def shop_log(words, prefix, n, seed):
    "`n` conversations as (trace dict, calls with their true answers)."
    out = []
    for k in range(n):
        rng, shop = random.Random(f"{seed}/{k}"), Shop(words, prefix)
        cid = rng.choice(sorted(shop.customers))
        calls = [
            (words["find"], {words["email"]: shop.customers[cid][words["email"]]}),
            (words["get_customer"], {words["customer_id"]: cid}),
        ]
        for oid in shop.customers[cid][words["orders"]]:
            calls.append((words["get_order"], {words["order_id"]: oid}))
            item = rng.choice(shop.orders[oid][words["items"]])[words["item_id"]]
            act = rng.random()
            if act < 0.5:
                calls.append((words["cancel"], {words["order_id"]: oid}))
            elif act < 0.8:
                item = item if rng.random() < 0.85 else f"{prefix}I1111"
                calls.append(
                    (
                        words["swap"],
                        {
                            words["order_id"]: oid,
                            words["item_id"]: item,
                            words["new_price"]: round(rng.uniform(5, 90), 2),
                        },
                    )
                )
            calls.append((words["get_customer"], {words["customer_id"]: cid}))
        if rng.random() < 0.2:
            calls.append(
                (words["get_order"], {words["order_id"]: f"{prefix}O{rng.randint(100, 999)}"})
            )
        messages, told = [], []
        for i, (name, a) in enumerate(calls):
            value = pickle.loads(pickle.dumps(shop.call(name, a)))
            told.append((name, a, value))
            messages += [
                {"role": "assistant", "tool_calls": [{"id": f"{i}", "name": name, "arguments": a}]},
                {"role": "tool", "tool_call_id": f"{i}", "name": name, "result": value},
            ]
        out.append(({"conversation_id": f"{seed}{k}", "messages": messages}, told))
    return out


def score(words, prefix):
    "Exact answers on new conversations over known records, as (all, after a write)."
    log = shop_log(words, prefix, 150, "train")
    mocker = ag.ToolMocker([ag.Trace.model_validate(t) for t, _ in log])
    right, after = [], []
    shown = {told[1][1][words["customer_id"]] for _, told in log}
    for _, told in shop_log(words, prefix, 60, "test"):
        if told[1][1][words["customer_id"]] not in shown:
            continue
        session, written = mocker.session(), False
        for name, a, value in told:
            got = session.call(name, a)
            right.append(
                freeze(got.value) == freeze(value)
                and got.is_error == (isinstance(value, str) and value.startswith("Error"))
            )
            if written:
                after.append(right[-1])
            written |= name in (words["cancel"], words["swap"])
    return sum(right) / len(right), sum(after) / len(after), mocker


def test_a_backend_is_learned_and_names_do_not_matter():
    plain, plain_after, mocker = score(PLAIN, "#")
    strange, strange_after, _ = score(STRANGE, "k-")
    assert plain >= 0.97 and plain_after >= 0.97, mocker.rules
    assert abs(plain - strange) <= 0.005 and abs(plain_after - strange_after) <= 0.005
    rules = "\n".join(map(str, mocker.rules))
    assert (
        '.status := "cancelled"' in rules
        and "when not (get_order.order_id.status = pending)" in rules
        and ".balance := v + r.items.sum(price)" in rules
    )


def test_replay_of_every_trace_is_exact(mocker, traces):
    for trace in traces:
        session = mocker.session(trace=trace)
        for c in logged_calls(trace):
            got = session.call(c.name, c.arguments)
            assert got.value == c.value and got.is_error == c.is_error and got.source == "replay", (
                trace.conversation_id,
                c,
            )
        adopted = mocker.replay(trace)
        assert adopted.changes == session.changes


def test_changes_do_not_depend_on_the_order_of_calls():
    _, _, mocker = score(PLAIN, "#")
    orders = [o for o, r in Shop(PLAIN, "#").orders.items() if r["status"] == "pending"][:2]
    one, other = mocker.session(), mocker.session()
    for o in orders:
        one.call("cancel", {"order_id": o})
    for o in reversed(orders):
        other.call("cancel", {"order_id": o})
    assert one.changes and one.changes == other.changes and hash(one.changes)


def test_forks_share_nothing_that_is_written():
    _, _, mocker = score(PLAIN, "#")
    order = next(o for o, r in Shop(PLAIN, "#").orders.items() if r["status"] == "pending")
    session = mocker.session()
    fork = session.fork()
    before = session.call("get_order", {"order_id": order}).value
    fork.call("cancel", {"order_id": order})
    assert (
        session.call("get_order", {"order_id": order}).value == before
        and not session.changes
        and fork.changes
    )
    fork.reset()
    assert not fork.changes and fork.call("get_order", {"order_id": order}).value == before
    answer = session.call("get_order", {"order_id": order}).value
    answer["items"].clear()
    assert session.call("get_order", {"order_id": order}).value == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=8), x, max_size=3),
    max_leaves=8,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_hostile_arguments_change_nothing(mocker, data):
    name = data.draw(st.sampled_from([*mocker.tools, "no such tool"]))
    keys = list(mocker.tools[name].parameters["properties"]) if name in mocker.tools else []
    arguments = data.draw(
        st.dictionaries(st.sampled_from([*keys, "extra"]) | st.text(max_size=5), JSON, max_size=4)
        | JSON
    )
    session = mocker.session()
    got = session.call(name, arguments)
    assert (
        isinstance(got.is_error, bool)
        and 0 <= got.confidence <= 1
        and isinstance(got.explain(), str)
        and got._repr_html_()
    )
    if got.is_error or name not in mocker.tools:
        assert not session.changes


@pytest.mark.parametrize(
    "arguments",
    [
        None,
        3,
        "x",
        [],
        {"user_id": {1, 2}},
        {"user_id": object()},
        {1: 2},
        {"user_id": float("nan")},
        {"user_id": "x" * 10**6},
        {"user_id": b"x"},
    ],
)
def test_arguments_that_are_no_json(mocker, arguments):
    assert mocker.session().call("lookup_account", arguments).is_error


def test_deeply_nested_arguments(mocker):
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    assert mocker.session().call("lookup_account", {"user_id": deep}).is_error
    while deep:
        deep = deep[0]


def test_pickles_and_sessions_are_deterministic(mocker, traces):
    again = pickle.loads(pickle.dumps(mocker))
    for trace in traces[:20]:
        for c in logged_calls(trace):
            assert mocker.session(3).call(c.name, c.arguments) == again.session(3).call(
                c.name, c.arguments
            )


def test_same_rules_under_every_hash_seed():
    code = "import agent_gym as ag; from agent_gym.sample.logs import sample_traces; m = ag.ToolMocker(sample_traces(60)); print(m.rules, [m.session(s).call('get_subscription', {'user_id': 'x'}) for s in (0, 1)])"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**__import__("os").environ, "PYTHONHASHSEED": s},
        ).stdout
        for s in ("0", "7")
    }
    assert len(runs) == 1


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_few_traces(traces, n):
    mocker = ag.ToolMocker(traces[:n])
    for trace in traces[:8]:
        for c in logged_calls(trace):
            mocker.call(c.name, c.arguments)
    mocker.reset()
    assert repr(mocker) and isinstance(mocker.rules, tuple)


def test_rules_can_be_taken_out_and_put_in():
    _, _, mocker = score(PLAIN, "#")
    closed = next(o for o, r in Shop(PLAIN, "#").orders.items() if r["status"] == "cancelled")
    without = mocker.with_rules(
        [r for r in mocker.rules if not (r.tool == "cancel" and r.kind == "refusal")]
    )
    mine = mocker.with_rules(
        [
            mocker.rule("cancel", 'fails with "Error: mine" when get_order.order_id is there'),
            *(r for r in mocker.rules if r.tool != "cancel"),
        ]
    )
    fresh = {"order_id": closed}
    sessions = [m.session() for m in (mocker, without, mine)]
    for s in sessions:
        s.call(
            "swap",
            {
                "order_id": closed,
                "item_id": Shop(PLAIN, "#").orders[closed]["items"][0]["item_id"],
                "new_price": 1.5,
            },
        )
    assert [s.call("cancel", fresh).is_error for s in sessions] == [True, False, True]
    assert sessions[2].call("cancel", fresh).value == "Error: mine"
    with pytest.raises(ag.ToolError, match="nonsense"):
        mocker.rule("cancel", "fails with x when nonsense = 3")


def test_contradictions_duplicates_and_missing_results():
    def talk(i, *calls):
        messages = []
        for n, (name, a, value) in enumerate(calls):
            messages.append(
                {"role": "assistant", "tool_calls": [{"id": f"{n}", "name": name, "arguments": a}]}
            )
            messages += (
                [{"role": "tool", "tool_call_id": f"{n}", "result": value}] * (n % 2 + 1)
                if value is not None
                else []
            )
        return ag.Trace.model_validate({"conversation_id": str(i), "messages": messages})

    log = [
        talk(
            i,
            (
                "show",
                {"id": f"A{i % 5}00"},
                {
                    "id": f"A{i % 5}00",
                    "name": "x" if i % 7 else "y",
                    "at": f"2024-01-0{i % 9 + 1}T10:00:00",
                },
            ),
            ("note", {"text": "plain"}, None),
            ("say", {"text": "hi"}, "done, thanks"),
        )
        for i in range(40)
    ]
    mocker = ag.ToolMocker(log)
    assert (
        mocker.call("show", {"id": "A100"}).value["name"] == "x"
        and mocker.call("say", {"text": "hi"}).value == "done, thanks"
    )
    assert mocker.call("note", {"text": "plain"}).is_error in (True, False)
