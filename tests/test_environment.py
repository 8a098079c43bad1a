"""Episodes and the Gymnasium environment: exact on the log, isolated, deterministic, and never broken by what an agent says."""

import hashlib
import json
import os
import pickle
import random
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from timing import spent

from agent_gym.environment import Episode, World
from agent_gym.environment.env import AgentGymEnv, AnyText
from agent_gym.environment.tasks import LoggedPath
from agent_gym.mocker import ToolMocker
from agent_gym.reward import Reward
from agent_gym.trace import EpisodeError, Message, ToolCall, Trace, TraceSet, dumps
from agent_gym.user import TraceUser

ROOT = Path(__file__).resolve().parents[1]


def log(i: int, *, success: bool = True) -> Trace:
    "A conversation about box i: look up, pack or refuse, say goodbye."
    box, free = f"B-{100 + i}", i % 3 > 0
    call = lambda k, name, **a: Message(
        role="assistant", tool_calls=[ToolCall(id=f"{i}-{k}", name=name, arguments=a)]
    )
    answer = lambda k, name, value: Message(
        role="tool",
        name=name,
        tool_call_id=f"{i}-{k}",
        content=dumps(value),
        is_error="error" in value,
    )
    ms = [
        Message(role="system", content="Pack a box only when it is free."),
        Message(role="user", content=f"Please pack my things into box {box}."),
        Message(role="assistant", content="Which size do you need?"),
        Message(role="user", content=f"Size {i % 4 + 1}, please."),
        call(0, "get_box", box=box),
        answer(0, "get_box", {"box": box, "free": free, "size": i % 4 + 1}),
    ]
    if free and success:
        ms += [
            call(1, "pack_box", box=box, size=i % 4 + 1),
            answer(1, "pack_box", {"box": box, "free": False, "size": i % 4 + 1}),
            call(2, "get_box", box=box),
            answer(2, "get_box", {"box": box, "free": False, "size": i % 4 + 1}),
            Message(role="assistant", content=f"Box {box} is packed."),
        ]
    else:
        ms += [
            call(1, "pack_box", box="nowhere", size=1),
            answer(1, "pack_box", {"error": "no such box"}),
            Message(role="assistant", content=f"Sorry, box {box} is taken."),
        ]
    return Trace(
        conversation_id=f"box-{i}",
        messages=[*ms, Message(role="user", content="Thank you, goodbye.")],
        outcome="resolved" if success else "unresolved",
        satisfaction_score=5.0 if success else 2.0,
        metadata={"task_id": str(i // 2)},
    )


def make_world(n: int = 24, **more) -> World:
    traces = TraceSet([log(i, success=i % 4 > 0) for i in range(n)])
    return World(traces, ToolMocker(traces), Reward(traces), TraceUser, **more)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


def says(m: Message) -> str:
    "A logged turn as the JSON text of an OpenAI message."
    if not m.tool_calls:
        return m.content or ""
    calls = [
        {
            "id": c.id,
            "type": "function",
            "function": {"name": c.name, "arguments": json.dumps(c.arguments)},
        }
        for c in m.tool_calls
    ]
    return json.dumps({"role": "assistant", "content": m.content, "tool_calls": calls})


def call(name: str, **arguments) -> str:
    return json.dumps(
        {
            "tool_calls": [
                {
                    "id": "x",
                    "type": "function",
                    "function": {"name": name, "arguments": json.dumps(arguments)},
                }
            ]
        }
    )


def start(world: World, i: int, seed: int = 0, **more) -> Episode:
    return Episode(world, world.path(f"box-{i}"), seed, **more)


def play(world: World, i: int, seed: int = 0) -> Episode:
    e = start(world, i, seed)
    for t in e.path.turns:
        e.step(says(t.said))
    return e


@pytest.mark.parametrize("seed", [0, 7])
def test_the_log_replays_exactly(world, seed):
    for i, t in enumerate(world.traces):
        e = play(world, i, seed)
        assert e.messages == t.messages and e.terminated and not e.truncated
        assert (
            e.breakdown.score == world.reward.episode(t).score
            and e.trace.satisfaction_score == t.satisfaction_score
        )


def test_other_call_ids_change_nothing_but_the_ids(world):
    e = start(world, 1)
    for t in e.path.turns:
        step = e.step(
            t.said.model_copy(
                update={
                    "tool_calls": [c.model_copy(update={"id": None}) for c in t.said.tool_calls]
                }
            )
        )
    assert step.terminated and [m.content for m in e.messages] == [
        m.content for m in world.traces[1].messages
    ]
    assert all(a is not None for _, _, a in e.trace.calls())


def test_leaving_the_log_finds_the_backend_in_the_logs_state(world):
    for k in range(len(world.path("box-1").turns) - 1):
        e = Episode.at(world, "box-1", k)
        logged = world.mocker.session(0, trace=world.traces[1])
        for t in e.path.turns[:k]:
            for c in t.calls:
                logged.adopt(c)
        assert e.session.changes == logged.changes
        assert e.messages == e.path.before(k)
    with pytest.raises(EpisodeError, match="turn must be in"):
        Episode.at(world, "box-1", 99)


def test_a_rejected_action_does_not_leave_the_log(world):
    e = start(world, 1)
    e.step(says(e.path.turns[0].said))
    for bad in (
        '{"tool_calls": 7}',
        call("fly"),
        call("get_box"),
        call("get_box", box="B-101", colour="red"),
        call("get_box", box=["B-101"]),
        None,
        7,
    ):
        step = e.step(bad)
        assert step.seen and not step.terminated and step.reward == 0
    for t in e.path.turns[1:]:
        step = e.step(says(t.said))
        assert step.seen == t.seen
    assert step.terminated


def test_errors_speak_as_the_backend_does(world):
    result = json.loads(start(world, 1).step(call("get_box", box="B-101", colour="red")).seen)
    assert list(result) == ["error"] and "colour" in result["error"]
    assert "fly" in start(world, 1).step(call("fly")).seen


def test_parallel_calls_are_answered_in_order(world):
    both = Message(
        role="assistant",
        content="One moment.",
        tool_calls=[
            ToolCall(id="a", name="get_box", arguments={"box": "B-101"}),
            ToolCall(id="a", name="nope"),
            ToolCall(name="get_box", arguments={"box": "B-102"}),
        ],
    )
    step = start(world, 5).step(both)
    assert [m.is_error for m in step.messages] == [False, True, False] and len(
        {m.tool_call_id for m in step.messages}
    ) == 3
    assert [r.value["box"] for r in step.info["tool_results"] if not r.is_error] == [
        "B-101",
        "B-102",
    ]


def test_forks_are_independent(world):
    e = start(world, 1)
    e.step(call("get_box", box="B-102"))
    a, b, before = e.fork(), e.fork(), e.messages
    sa, sb = a.step("What else?"), b.step("What else?")
    assert (
        sa == sb and e.messages == before and len(a.messages) == len(before) + 1 + len(sa.messages)
    )
    a.step(call("pack_box", box="B-101", size=2))
    assert e.session.changes == () and b.session.changes == () and a.session.changes


def test_truncation_comes_once_with_a_score(world):
    e = start(world, 1, max_turns=3)
    steps = [e.step(call("get_box", box="B-101")) for _ in range(3)]
    assert (
        [s.truncated for s in steps] == [False, False, True]
        and not steps[-1].terminated
        and 0 <= steps[-1].reward <= 1
        and steps[-1].info["breakdown"] is e.breakdown
    )
    with pytest.raises(EpisodeError, match="ended"):
        e.step("hello")


def test_real_functions_answer_beside_the_mocked_tools():
    def get_box(box: str) -> dict:
        "Look into a box."
        if box == "broken":
            raise RuntimeError("the lid is stuck")
        return {"box": box, "free": True, "size": 9}

    world = make_world(8, functions={"get_box": get_box})
    e = start(world, 1)
    for t in e.path.turns[:2]:
        step = e.step(says(t.said))
    assert json.loads(step.seen)["size"] == 9  # the log said 2
    assert (
        "the lid is stuck" in e.step(call("get_box", box="broken")).seen
        and "size" in e.step(call("get_box", box="B-1", size=3)).seen
    )


def test_an_assistant_that_speaks_first():
    t = Trace(
        conversation_id="g",
        messages=[
            Message(role="assistant", content="Hello!"),
            Message(role="user", content="Box B-1, please."),
            Message(role="assistant", content="Done."),
            Message(role="user", content="Bye."),
        ],
    )
    traces = TraceSet([t, log(1)])
    world = World(traces, ToolMocker(traces), Reward(traces), TraceUser)
    e = Episode(world, world.path("g"))
    assert (
        e.messages == []
        and e.step("Hello!").seen == "Box B-1, please."
        and e.step("Done.").terminated
    )
    other = Episode(world, world.path("g"))
    assert other.step("What do you want?").seen == "Box B-1, please."


def test_logs_that_break_off_go_on(world):
    for k in (2, 5, 6, 8):
        t = world.traces[1].model_copy(
            update={"messages": world.traces[1].messages[:k], "conversation_id": "cut"}
        )
        e = Episode(world, LoggedPath.of(t))
        for turn in e.path.turns:
            e.step(says(turn.said))
        if not e.done:
            e.step("Could you say that again?")
        assert Trace.model_validate(e.trace.to_dict()).messages == e.trace.messages


def test_async_steps_equal_plain_ones(world):
    import asyncio

    async def run():
        return await asyncio.gather(*(start(world, i).astep("What do you need?") for i in range(8)))

    assert asyncio.run(run()) == [start(world, i).step("What do you need?") for i in range(8)]


def test_episodes_pickle_in_the_middle(world):
    e = start(world, 2)
    e.step(call("get_box", box="B-101"))
    other = pickle.loads(pickle.dumps(e))
    assert (
        other.messages == e.messages
        and other.step("And now?").messages == e.step("And now?").messages
    )


def digest() -> str:
    world, h = make_world(), hashlib.sha256()
    probes = [
        call("get_box", box="B-101"),
        "What is it about?",
        call("pack_box", box="B-104", size=1),
        "Done.",
        "zzz",
        call("nope"),
    ]
    for s in range(60):
        rng, e = random.Random(s), start(world, s % 24, s, max_turns=8)
        while not e.done:
            step = e.step(rng.choice(probes))
            h.update(repr((step.seen, round(step.reward, 12), step.terminated)).encode())
    return h.hexdigest()


def test_same_seed_same_episode_in_every_process():
    code = (
        "import sys; sys.path.insert(0, 'tests'); import test_environment as t; print(t.digest())"
    )
    run = lambda seed: subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert {run("0"), run("4242"), digest()} == {digest()}


def test_gymnasium_accepts_it(world):
    from gymnasium.utils.env_checker import check_env

    check_env(AgentGymEnv(world), skip_render_check=True)


def test_env_draws_tasks_and_says_when_there_is_none(world):
    env = AgentGymEnv(world, filter=lambda t: t.success is False)
    drawn = {env.reset(seed=s)[1]["conversation_id"] for s in range(40)}
    assert drawn and all(int(c.split("-")[1]) % 4 == 0 for c in drawn)
    assert not {t.conversation_id for t in AgentGymEnv(world, split="train").tasks} & {
        t.conversation_id for t in AgentGymEnv(world, split="held_out").tasks
    }
    with pytest.raises(EpisodeError, match="no task"):
        AgentGymEnv(world, filter=lambda t: False).reset()
    with pytest.raises(EpisodeError, match="reset"):
        AgentGymEnv(world).step("hi")


def test_env_draws_uniformly(world):
    env = AgentGymEnv(world)
    env.reset(seed=1)
    counts = {t.conversation_id: 0 for t in env.tasks}
    for _ in range(2400):
        counts[env.reset()[1]["conversation_id"]] += 1
    expected = 2400 / len(counts)
    assert sum((c - expected) ** 2 / expected for c in counts.values()) < 60


def test_shaping_leaves_the_return(world):
    class Shaped(Reward):
        def potential(self, trace):
            return len(trace.messages) / 50

    plain = World(world.traces, world.mocker, Reward(world.traces), TraceUser)
    shaped = World(world.traces, world.mocker, Shaped(world.traces), TraceUser)
    for script in (
        ["Hm?", call("get_box", box="B-101"), "Hm?"],
        [says(t.said) for t in world.path("box-3").turns],
    ):
        totals, single = [], []
        for w, flag in ((plain, False), (shaped, True)):
            env, rewards = AgentGymEnv(w, max_turns=len(script), shaping=flag), []
            env.reset(seed=0, options={"conversation_id": "box-3"})
            for a in script:
                rewards.append(env.step(a)[1])
            totals.append(sum(rewards))
            single.append(rewards)
        assert totals[0] == pytest.approx(totals[1]) and single[0] != single[1]


def test_render(world):
    env = AgentGymEnv(world, render_mode="ansi")
    with pytest.raises(EpisodeError):
        env.render()
    env.reset(seed=0)
    env.step("<script>alert(1)</script>")
    assert "assistant: <script>" in env.render()
    html = AgentGymEnv(world, render_mode="html")
    html.reset(seed=0)
    html.step("<script>alert(1)</script>")
    assert "<script>alert" not in html.render() and "&lt;script&gt;" in html.render()
    with pytest.raises(ValueError, match="render_mode"):
        AgentGymEnv(world, render_mode="rgb_array")


def test_vector_environments(world):
    from gymnasium.vector import SyncVectorEnv

    v = SyncVectorEnv([lambda: AgentGymEnv(world)] * 3)
    v.reset(seed=3)
    for _ in range(10):
        obs, reward, *_ = v.step(("What do you need?",) * 3)
    assert (
        len(obs) == 3
        and all(isinstance(o, str) for o in obs)
        and ((reward >= 0) & (reward <= 1)).all()
    )


def test_any_text_space():
    assert (
        AnyText() == AnyText(seed=1)
        and "" in AnyText()
        and 1 not in AnyText()
        and AnyText(seed=5).sample() == AnyText(seed=5).sample()
    )
    assert pickle.loads(pickle.dumps(AnyText())) == AnyText()


def test_a_fork_costs_little(world):
    def forks(steps):
        e = start(world, 1)
        for _ in range(steps):
            e.step(call("get_box", box="B-101"))
        return spent(lambda: [e.fork() for _ in range(500)])

    few = forks(2)
    assert forks(20) < 10 * (few + 0.02)  # the bar of 100 us is measured by the bench


def test_a_thousand_episodes_are_small(world):
    for i in range(24):
        start(world, i).step("Hm?")
    tracemalloc.start()
    es = [start(world, i % 24, i) for i in range(1000)]
    for e in es:
        for _ in range(4):
            e.step(call("get_box", box="B-101"))
    size = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    assert size < 64, f"{size:.0f} MB"


FUZZ = make_world(12)
JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda c: st.lists(c, max_size=3) | st.dictionaries(st.text(max_size=8), c, max_size=3),
    max_leaves=8,
)
ARGS = st.dictionaries(
    st.sampled_from(["box", "size", "colour", ""]),
    JSONISH | st.sampled_from(["B-101", "B-102", 1, 2]),
    max_size=3,
)
CALLS = st.builds(
    lambda n, a, i: {"id": i, "type": "function", "function": {"name": n, "arguments": a}},
    st.sampled_from(["get_box", "pack_box", "nope", ""]) | st.none(),
    ARGS | ARGS.map(dumps) | st.text(max_size=5),
    st.sampled_from(["a", "b"]) | st.none(),
)
ACTIONS = (
    st.text(max_size=60)
    | st.sampled_from(
        ["Which size do you need?", "Box B-101 is packed.", "", "{", '{"tool_calls": [']
    )
    | st.builds(
        lambda c, t: json.dumps({"role": "assistant", "content": t, "tool_calls": c}),
        st.lists(CALLS, max_size=3) | JSONISH,
        st.text(max_size=8) | st.none() | JSONISH,
    )
    | st.builds(
        lambda b, s: call("pack_box", box=b, size=s),
        st.sampled_from([f"B-{100 + i}" for i in range(14)]),
        st.integers(0, 5),
    )
    | JSONISH
    | st.builds(Message, role=st.sampled_from(["assistant", "user"]), content=st.text(max_size=9))
)


class Talk(RuleBasedStateMachine):
    @initialize(i=st.integers(0, 11), seed=st.integers(0, 3), limit=st.integers(1, 40))
    def begin(self, i, seed, limit):
        self.e, self.total, self.ends, self.last = start(FUZZ, i, seed, max_turns=limit), 0.0, 0, 0

    @precondition(lambda self: not self.e.done)
    @rule(action=ACTIONS)
    def act(self, action):
        self.step(action)

    @precondition(lambda self: not self.e.done)
    @rule()
    def follow(self):
        k = min(self.e.turn, len(self.e.path.turns) - 1)
        self.step(says(self.e.path.turns[k].said))

    @precondition(lambda self: not self.e.done)
    @rule(action=ACTIONS)
    def fork(self, action):
        before, state = self.e.messages, self.e.fork().session.changes
        self.e.fork().step(action)
        assert self.e.messages == before and self.e.fork().session.changes == state

    @precondition(lambda self: self.e.done)
    @rule(action=ACTIONS)
    def over(self, action):
        with pytest.raises(EpisodeError, match="ended"):
            self.e.step(action)

    def step(self, action):
        changes, n = self.e.fork().session.changes, len(self.e.messages)
        step = self.e.step(action)
        said = self.e.messages[n]
        assert (
            said.role == "assistant"
            and self.e.messages[n + 1 :] == step.messages
            and len(step.info["tool_results"]) == sum(m.role == "tool" for m in step.messages)
        )
        if not said.tool_calls:
            assert self.e.session.changes == changes
        self.total += step.reward
        self.ends += step.terminated + step.truncated
        assert (step.terminated or step.truncated) == self.e.done

    @invariant()
    def holds(self):
        if not hasattr(self, "e"):
            return
        t = self.e.trace
        assert (
            0 <= self.total <= 1 and self.ends == self.e.done and (self.total == 0 or self.e.done)
        )
        assert Trace.model_validate(t.to_dict()) == t and all(
            a is not None for _, _, a in t.calls()
        )


# AGENT_GYM_FUZZ=10000 fuzzes with that many actions
Talk.TestCase.settings = settings(
    max_examples=max(12, int(os.environ.get("AGENT_GYM_FUZZ", "0")) // 40),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestFuzz = Talk.TestCase
