"""Code that nobody here wrote: it changes nothing but its own, and nothing waits for it for ever."""

import copy
import threading

import pytest
from test_environment import call, make_world, play, start
from test_rollout import Asks

from agent_gym.environment import rollout
from agent_gym.mocker import ToolMocker
from agent_gym.reward import Reward
from agent_gym.trace import LLMError, Message, TraceSet, copied, dumps
from agent_gym.user import TraceUser


def vandalise(value: object, depth: int = 0) -> None:
    "Change all that can be changed in `value`."
    if depth > 12 or value is None or isinstance(value, str | bytes | int | float):
        return
    if isinstance(value, dict):
        for v in [*value.values()]:
            vandalise(v, depth + 1)
        value.clear()
        value["stolen"] = True
    elif isinstance(value, list):
        for v in [*value]:
            vandalise(v, depth + 1)
        value.clear()
    elif isinstance(value, tuple):
        for v in value:
            vandalise(v, depth + 1)
    elif hasattr(value, "__dict__") or hasattr(value, "__dataclass_fields__"):
        names = getattr(value, "__dataclass_fields__", None) or vars(value)
        for name in [*names]:
            vandalise(getattr(value, name, None), depth + 1)


def state(world) -> str:
    "All that episodes read of a world, as text."
    told = [t.to_dict() for t in world.traces]
    paths = [
        [m.model_dump() for m in world.path(t.conversation_id).before(9)] for t in world.traces
    ]
    tools = [s.model_dump() for s in world.tools]
    results = [
        r.value
        for t in world.traces
        for x in world.path(t.conversation_id).turns
        for r in x.results
    ]
    return dumps([told, paths, tools, results])


class Vandal(Asks):
    def act(self, messages, tools):
        said = super().act(copied([*messages]), tools)
        vandalise(messages)
        vandalise(tools)
        return said


class VandalOfItsOwnWords(Asks):
    "Changes what it said after it said it."

    def act(self, messages, tools):
        if hasattr(self, "said"):
            vandalise(self.said)
        self.said = super().act(messages, tools)
        return self.said


def vandal_factory(trace):
    vandalise(trace)
    return Asks()


class VandalUser(TraceUser):
    def reply(self, messages):
        said = super().reply([*copied(messages)])
        vandalise(messages)
        return said


def vandal_user(trace, seed=0):
    user = VandalUser(copied(trace), seed)
    vandalise(trace)
    return user


class VandalReward(Reward):
    def episode(self, trace, references=None):
        graded = super().episode(copied(trace), references)
        vandalise(trace)
        return graded


def worlds(**more):
    "A world, and one with the same logs that a vandal lives in."
    return make_world(8), make_world(8, **more)


@pytest.mark.parametrize("agent", [Vandal(), VandalOfItsOwnWords(), vandal_factory])
def test_an_agent_changes_nothing_but_its_own(agent):
    clean, world = worlds()
    before = state(world)
    episodes = rollout(world, agent)
    assert state(world) == before
    assert [r.score for r in episodes] == [r.score for r in rollout(clean, Asks())]
    assert [r.trace.messages for r in episodes] == [
        r.trace.messages for r in rollout(clean, Asks())
    ]


def test_what_steps_records_and_environments_give_is_the_callers_own():
    from agent_gym.environment.env import AgentGymEnv

    _, world = worlds()
    before = state(world)
    e = start(world, 1)
    for turn in e.path.turns[:3]:
        step = e.step(turn.said)
        vandalise(step.messages)
        vandalise(step.info["tool_results"])
        vandalise(e.messages)
        vandalise(e.trace)
    vandalise(e.step(call("get_box", box="B-102")))
    assert len(e.messages) > 8 and state(world) == before
    vandalise(play(world, 2).trace)
    vandalise([r.trace for r in rollout(world, Asks(), 3)])
    env = AgentGymEnv(world)
    info = env.reset(seed=1)[1]
    vandalise(info)
    vandalise(env.step("Hello?")[4])
    assert state(world) == before
    vandalise(world.mocker.session().call("get_box", {"box": "B-101"}).value)
    assert state(world) == before and start(world, 1).step(call("get_box", box="B-101")).seen


def test_users_judges_and_parts_get_their_own():
    traces = make_world(8).traces
    told: list[str] = []

    def part(trace):
        told.append(trace.conversation_id)
        vandalise(trace)
        return 1.0

    for world in (
        type(make_world(2))(traces, ToolMocker(traces), Reward(traces), vandal_user),
        type(make_world(2))(traces, ToolMocker(traces), VandalReward(traces), TraceUser),
        type(make_world(2))(
            traces, ToolMocker(traces), Reward(traces, parts={"mine": part}), TraceUser
        ),
    ):
        before = state(world)
        assert all(r.error is None for r in rollout(world, Asks(), 6))
        assert state(world) == before
    assert told


def test_functions_get_copies_of_the_arguments():
    def pack_box(box: str, size: int, labels: list) -> str:
        labels.append("stolen")
        return "ok"

    world = make_world(4, functions={"pack_box": pack_box})
    e = start(world, 1)
    e.step(call("pack_box", box="B-1", size=1, labels=["a"]))
    assert e.messages[-2].tool_calls[0].arguments["labels"] == ["a"]


# --- bounded -----------------------------------------------------------------------------------


class Silent(TraceUser):
    "Hangs until the test lets go."

    gate = threading.Event()

    def reply(self, messages):
        Silent.gate.wait(30)
        return "late"


def leaves(trace, seed):
    raise GeneratorExit


def shouts(trace, seed):
    raise ValueError("x" * 10_000_000)


def hangs(trace, seed):
    Silent.gate.wait(30)
    return TraceUser(trace, seed)


class Numbers(TraceUser):
    def reply(self, messages):
        return 5


def with_user(user):
    traces = make_world(6).traces
    return type(make_world(2))(traces, ToolMocker(traces), Reward(traces), user)


@pytest.mark.parametrize(
    ("user", "words"),
    [
        (leaves, "GeneratorExit"),
        (shouts, "10000000 characters"),
        (hangs, "longer than 0.2 s"),
        (Silent, "longer than 0.2 s"),
        (Numbers, "must speak text"),
    ],
)
def test_a_user_that_fails_breaks_its_own_episode(user, words):
    Silent.gate.clear()
    episodes = rollout(with_user(user), Asks(), 3, timeout=0.2)
    Silent.gate.set()
    assert len(episodes) == 3 and len(episodes.failures) == 3
    assert all(words in r.error and len(r.error) < 1000 and r.score == 0 for r in episodes)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (lambda: {1, 2}, "not JSON serializable"),
        (lambda: float("nan"), "ValueError"),
        (lambda: exec("raise GeneratorExit"), "GeneratorExit"),
        (lambda: exec("raise ValueError('x' * 10_000_000)"), "characters"),
        (lambda: Silent.gate.wait(30), "longer than 0.2 s"),
    ],
)
def test_a_tool_function_that_fails_answers_an_error(value, words):
    def get_box(box: str):
        return value()

    Silent.gate.clear()
    world = make_world(4, functions={"get_box": get_box})
    episodes = rollout(world, Asks(), 2, timeout=0.2)
    Silent.gate.set()
    errors = [m for r in episodes for m in r.trace.messages if m.role == "tool"]
    assert errors and all(m.is_error and len(dumps(m.result)) < 2000 for m in errors)
    assert words in dumps(errors[0].result) or "Type is not JSON" in dumps(errors[0].result)


def test_who_is_no_agent_is_told():
    with pytest.raises(TypeError, match=r"act\(messages, tools\).*str"):
        rollout(make_world(4), "me")
    with pytest.raises(TypeError, match="act"):
        rollout(make_world(4), None)


@pytest.mark.parametrize("waits", [False, True])
def test_a_refused_key_is_not_tried_for_every_episode(waits):
    asked = []

    class Refused:
        def act(self, messages, tools):
            asked.append(1)
            raise LLMError("the key was not accepted", kind="auth")

    class RefusedLater(Refused):
        async def act(self, messages, tools):
            return super().act(messages, tools)

    with pytest.raises(LLMError, match="first 3 episodes"):
        rollout(make_world(24), RefusedLater() if waits else Refused(), concurrency=4)
    assert len(asked) < 12


def test_an_agent_that_leaves_by_any_door():
    import asyncio

    for error in (GeneratorExit(), asyncio.CancelledError(), ValueError("x" * 10_000_000)):

        class Leaves(Asks):
            def act(self, messages, tools, error=error):
                raise error

        class LeavesLater(Asks):
            async def act(self, messages, tools, error=error):
                raise error

        for agent in (Leaves(), LeavesLater()):
            failed = rollout(make_world(4), agent).failures
            assert len(failed) == 4 and all(len(r.error) < 1000 for r in failed)


# --- verbs -------------------------------------------------------------------------------------


def test_verbs_for_adapters():
    world = make_world(8)
    e = start(world, 1)
    before = e.score()
    result = e.call("get_box", {"box": "B-101"})
    assert result.value["box"] == "B-101" and e.turn == 1 and 0 <= before.score <= 1
    with pytest.raises(Exception, match="name"):
        e.call("", {})
    assert e.turn == 1
    said = e.say('{"tool_calls": []}')
    assert e.messages[-len(said.messages) - 1].content == '{"tool_calls": []}'
    other = start(world, 1)
    step = other.step({"tool_calls": [{"name": "get_box", "arguments": {"box": "B-101"}}]})
    assert step.info["tool_results"][0].value == result.value
    finished = play(world, 2)
    assert finished.score() is finished.breakdown
    assert world.tasks[0].id == world.tasks[0].conversation_id


def test_malformed_messages_and_options_are_told():
    from agent_gym.environment.env import AgentGymEnv
    from agent_gym.trace import EpisodeError

    world = make_world(4)
    step = start(world, 1).step(Message.model_construct(role="assistant", content=5, tool_calls=[]))
    assert "content must be" in step.seen
    env = AgentGymEnv(world)
    with pytest.raises(EpisodeError, match="must be the id"):
        env.reset(options={"conversation_id": 5})
    with pytest.raises(EpisodeError, match="unknown options colour"):
        env.reset(options={"colour": 1})
    assert copy.deepcopy(env.reset(seed=0)[1]["messages"])
    assert isinstance(world.traces, TraceSet)
