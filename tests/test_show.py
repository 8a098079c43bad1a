"""Everything public shows itself: HTML for a notebook, short text for a console, nothing executed."""

import inspect

import pytest

import agent_gym as ag
from agent_gym.compare import AgentComparison
from agent_gym.environment.statistics import paired, wilson
from agent_gym.explore.labelling import LabelEffect
from agent_gym.report import Light, ReportCard, Section

LONGEST = 600  # characters of a short text
USED = {  # agents, users and environments: they act, nobody reads them
    *("AgentGymEnv", "LLM", "LLMUser", "ReplayAgent", "RetrievalAgent", "ToolSession"),
    *("TraceUser", "Verifier"),
}
HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m"


def talk(i: int, good: bool, text: str = HOSTILE) -> ag.Trace:
    said = [ag.Message(role="user", content=text), ag.Message(role="assistant", content=f"{i}")]
    outcome = "resolved" if good else "failed"
    return ag.Trace(
        conversation_id=f"c{i}", outcome=outcome, metadata={"task_id": i}, messages=said
    )


@pytest.fixture(scope="module")
def shown(sample_gym):
    "One object of each class that a user meets at the end of a cell."
    gym = sample_gym(60, 1)
    episodes = gym.rollout(ag.ReplayAgent, 2, progress=False)
    call = next(c for t in gym.traces for m in t.messages for c in m.tool_calls)
    policy = ag.Policy()
    policy.forbid("nothing")(lambda view: False)
    result = gym.tool_mocker.call(call.name, call.arguments)
    sides = {"a": [talk(0, True), talk(1, False)], "b": [talk(0, False), talk(1, False)]}
    return [
        gym.traces,
        gym.traces[0],
        gym.traces[0].messages[0],
        gym.traces.summary(),
        gym.tool_mocker.tools[call.name],
        gym,
        result,
        gym.reward_fn.episode(gym.traces[0]),
        gym.reward_fn.explain("Done.", "It is done."),
        gym.labels,
        policy,
        episodes,
        episodes[0],
        gym.episode(seed=1),
        wilson(3, 5),
        paired([1.0, 0.0], [0.0, 0.0]),
        ag.compare(sides),
        LabelEffect(1, (("c1", HOSTILE, "fail"),), (wilson(1, 2), wilson(2, 2))),
        ag.TraceError(HOSTILE, source=HOSTILE, line=3),
        ag.AgentGymError(HOSTILE),
        Light("to train", "red", HOSTILE),
    ]


def test_every_object_has_html_and_a_short_text(shown):
    missing = []
    for x in shown:
        name, text = type(x).__name__, str(x)
        html = x._repr_html_() if hasattr(x, "_repr_html_") else None
        if html is None and not hasattr(x, "_repr_mimebundle_"):
            missing.append(f"{name} has no HTML")
        elif html is not None:
            assert "<img" not in html and "\x1b" not in html, name
        if len(text) > LONGEST and not isinstance(x, ag.Trace | ag.Message):
            missing.append(f"{name} is {len(text)} characters as text: {text[:80]!r}")
    assert not missing, missing


def test_classes_that_are_public_have_a_text_of_their_own():
    classes = {n: x for n in ag.__all__ if inspect.isclass(x := getattr(ag, n))}
    bare = {n for n, x in classes.items() if x.__repr__ is object.__repr__}
    assert bare <= USED, f"these show their address: {sorted(bare - USED)}"
    assert AgentComparison.__repr__ is not object.__repr__ and ReportCard and Section
