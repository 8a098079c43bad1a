"""State learned as documents: log-ins, balances, lists, declared tools, faults, and names that are only data."""

import random
import subprocess
import sys

import pytest

import agent_gym as ag
from agent_gym.mocker.documents import State
from agent_gym.mocker.transitions import learn_state
from agent_gym.tools import declared_tools, logged_calls
from agent_gym.trace import ToolError, ToolSpec


class Bank:
    "Nothing without a log-in; a balance, payments with running numbers."

    def __init__(self):
        self.user, self.balance, self.payments = None, 100, []

    def call(self, name, a):
        if name == "log_in":
            self.user = a["user"]
            return {"welcome": a["user"]}
        if self.user is None:
            return "Error: please log in"
        if name == "get_balance":
            return {"balance": self.balance}
        if name == "list_payments":
            return [dict(p) for p in self.payments]
        if a["amount"] > self.balance:
            return f"Error: {a['amount']} is more than you have"
        self.balance -= a["amount"]
        self.payments.append({"id": 7 + len(self.payments), "to": a["to"], "amount": a["amount"]})
        return {"paid": a["amount"], "id": self.payments[-1]["id"]}


def bank_calls(seed, n=9):
    rng, names = random.Random(seed), ["get_balance", "list_payments"]
    names += ["log_in"] * (seed % 4 > 0)
    for i in range(n):
        name = rng.choice(names + ["pay"] * (i > 1))
        yield (
            name,
            {
                "log_in": {"user": f"u{seed % 3}"},
                "pay": {"to": rng.choice("ABC"), "amount": rng.randint(1, 60)},
            }.get(name, {}),
        )


def as_trace(i, calls, answer):
    messages = [{"role": "user", "content": "hello"}]
    for k, (name, a) in enumerate(calls):
        call = {"id": f"c{k}", "name": name, "arguments": a}
        messages += [
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": f"c{k}", "name": name, "result": answer(name, a)},
        ]
    return {"conversation_id": f"t{i}", "messages": messages, "outcome": "resolved"}


def bank_traces(n):
    return ag.load_traces(
        [as_trace(i, list(bank_calls(i)), Bank().call) for i in range(n)], progress=False
    )


@pytest.fixture(scope="module")
def traces():
    return bank_traces(60)


@pytest.fixture(scope="module")
def mocker(traces):
    return ag.ToolMocker(traces, progress=False)


def test_a_bank_with_a_log_in_is_answered_as_the_true_one(mocker):
    right = asked = 0
    for seed in range(100, 140):
        bank, session = Bank(), mocker.session()
        for name, a in bank_calls(seed, 12):
            asked += 1
            right += session.call(name, a).value == bank.call(name, a)
    assert right >= 0.93 * asked, (right, asked)


def test_forks_do_not_see_each_other(mocker):
    one = mocker.session()
    one.call("log_in", {"user": "u1"})
    before = one.call("get_balance").value
    two = one.fork()
    two.call("pay", {"to": "A", "amount": 9})
    assert one.call("get_balance").value == before != two.call("get_balance").value
    answer = two.call("list_payments").value
    answer.append("mine")
    assert two.call("list_payments").value != answer


def test_faults_come_when_asked_for_and_change_nothing(mocker):
    session = mocker.session()
    session.call("log_in", {"user": "u1"})
    session.fail("pay", on=2, error="Error: closed")
    twin = session.fork()
    said = [session.call("pay", {"to": "A", "amount": 1}).is_error for _ in range(3)]
    assert said == [False, True, False] and len(session.call("list_payments").value) == 2
    assert not twin.call("pay", {"to": "A", "amount": 1}).is_error
    with pytest.raises(ToolError, match="no tool"):
        session.fail("nothing")


def test_functions_over_the_state_are_checked_and_seen_by_all(traces):
    def pay(state, to, amount):
        balance = state.read("get_balance")
        if balance is None:
            raise ToolError("please log in")
        state.write("get_balance", {"balance": balance["balance"] - 2 * amount})
        return {"paid": amount}

    mocker = ag.ToolMocker(traces, progress=False, functions={"pay": pay})
    told = mocker.agreement["pay"]
    assert told.right < told.total and told.first is not None and "differs" in str(told)
    session = mocker.session()
    session.call("log_in", {"user": "u1"})
    paid = session.call("pay", {"to": "A", "amount": 10})
    assert paid.source == "function" and paid.confidence == 1.0
    assert session.call("get_balance").value == {"balance": 80} and session.changes
    assert (
        session.call("pay", {"amount": 10}).is_error and mocker.session().call("pay", []).is_error
    )
    with pytest.raises(ToolError, match="no tool"):
        ag.ToolMocker(traces, progress=False, functions={"other": pay})


def test_declared_kinds_decide(traces):
    calls = [list(logged_calls(t)) for t in traces]
    spec = ToolSpec(name="pay", kind="write", writes=("list_payments",))
    model = learn_state(calls, {}, declared=declared_tools([spec]))
    assert {e.view for e in model.effects["pay"]} == {"list_payments"}
    quiet = learn_state(calls, {}, declared=declared_tools([ToolSpec(name="pay", kind="read")]))
    assert "pay" not in quiet.actions


@pytest.mark.parametrize("odd", [r"\d+", r"\1", "a\0b", "{x}", "%s", "__class__", "#", "a|b", ""])
def test_names_and_values_of_logs_are_only_data(odd):
    def answer(name, a):
        return {"ok": a[odd]} if a[odd] != "no" else f"Error: {a[odd]} {odd} is unknown"

    rows = [
        as_trace(i, [("t", {odd: v}), ("t", {odd: "no"}), (f"get {odd}", {odd: v})], answer)
        for i, v in enumerate(["x1", "no", "x3", "x4", "x5", "no"])
    ]
    mocker = ag.ToolMocker(ag.load_traces(rows, progress=False), progress=False)
    for name in ("t", f"get {odd}"):
        for value in ("x1", "no", odd, None, {odd: [odd]}):
            mocker.session().call(name, {odd: value})
    assert mocker.call("t", {odd: "no"}).is_error


def test_the_same_is_learned_under_every_hash_seed():
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from test_mocker_state import bank_traces, bank_calls\nimport agent_gym as ag\n"
        "m = ag.ToolMocker(bank_traces(24), progress=False)\n"
        "s = m.session()\n"
        "print([(r.value, r.source, round(r.confidence, 9))"
        " for n, a in bank_calls(101, 12) for r in [s.call(n, a)]])\n"
    )
    out = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**__import__("os").environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "7")
    }
    assert len(out) == 1


def test_what_is_made_up_is_nobody_elses():
    people = {
        f"p{i:05}": {
            "name": f"Person{chr(65 + i)}x Of{i}",
            "mail": f"q{i}z@x.example",
            "card": 5_000_017 + 31 * i,
            "open": True,
        }
        for i in range(12)
    }
    firms = [f"p{i:05}" for i in range(14)]

    def answer(name, a):
        return (
            {"id": "f1", "members": firms}
            if name == "get_firm"
            else {"id": a["person"], **people[a["person"]]}
        )

    rows = [
        as_trace(i, [("get_firm", {"firm": "f1"}), ("get_person", {"person": p})], answer)
        for i, p in enumerate(people)
    ]
    mocker = ag.ToolMocker(ag.load_traces(rows, progress=False), progress=False)
    known = {v for r in people.values() for k, v in r.items() if k != "open"}
    for seed in range(20):
        got = mocker.session(seed=seed).call("get_person", {"person": "p00013"}).value
        if isinstance(got, dict):
            assert not known & {v for v in got.values() if isinstance(v, str | int)}, got


def test_state_needs_no_arguments_of_a_known_kind(mocker):
    state = State(mocker.backend.state)
    assert state.fork().document("get_balance", {"odd": [1, {"x": None}]})[1] == 0
