"""Training: never behind its fallback by its own gate, deterministic, saved without pickle, every switch works; practice improves where the judge is right."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import agent_gym as ag
from agent_gym.agent.policy import clone, examples
from agent_gym.agent.practice import Judgement, Options, Practice
from agent_gym.agent.proposals import Proposals
from agent_gym.sample import World, sample_traces, world_seed
from agent_gym.trace import Message
from agent_gym.train import paired_gate

SMALL = Options(rounds=1, tries=1, bags=1)


@pytest.fixture(scope="module")
def gym(sample_gym):
    return sample_gym(120, 5)


def test_never_worse_by_its_own_account(sample_gym):
    gym = sample_gym(60, 5)
    result = ag.train(gym, seed=1, progress=False, options=SMALL, gate_games=1)
    assert result.agent is result.cloned or result.routed
    assert (result.gate is not None and result.gate.passed) == result.improved
    assert "Returned" in result.report and (
        not result.rounds
        or set(result.history.columns) >= {"round", "pass", "abstain", "corrected"}
    )
    again = ag.train(gym, seed=1, progress=False, options=SMALL, gate_games=1)
    assert again.report == result.report


_LOADED = """
import sys
from agent_gym.agent.policy import PolicyAgent
from agent_gym.sample import sample_traces
from agent_gym.trace import dumps
agent = PolicyAgent.load(sys.argv[1])
said = [agent.act(t.messages[:k]).model_dump(mode="json") for t in sample_traces(60, 5)[:8] for k, m in enumerate(t.messages) if m.role == "assistant"]
print(dumps([said, agent.guard is not None, agent.name]))
"""


def test_saved_and_loaded_in_a_fresh_process(sample_gym, tmp_path):
    gym = sample_gym(60, 5)
    practised = ag.train(gym, seed=1, progress=False, options=SMALL, gate=False).agent
    folder = practised.save(tmp_path / "agent")
    assert {p.suffix for p in folder.rglob("*") if p.is_file()} <= {".json", ".jsonl", ".npz"}
    out = subprocess.run(
        [sys.executable, "-c", _LOADED, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "77"},
    ).stdout
    said, guarded, name = json.loads(out)
    mine = [
        practised.act(t.messages[:k]).model_dump(mode="json")
        for t in sample_traces(60, 5)[:8]
        for k, m in enumerate(t.messages)
        if m.role == "assistant"
    ]
    assert said == json.loads(json.dumps(mine)) and guarded and name == practised.name


def test_without_success_there_is_nothing_to_clone():
    failed = [t.model_copy(update={"outcome": "unresolved"}) for t in sample_traces(12, 1)]
    with pytest.raises(ag.AgentGymError, match="nothing to clone"):
        ag.train(ag.create_environment(failed), progress=False)


class _Certain:
    "A judge that scores what was said last."

    def __init__(self, scores):
        self.scores = scores

    def __call__(self, trace):
        from agent_gym.reward import RewardBreakdown

        return RewardBreakdown(self.scores.get(str(trace.messages[-1]), 0.5), (), "abstain")


def test_void_games_teach_nothing(gym):
    from agent_gym.train import GymArena

    traces = list(gym.traces)
    p = Proposals(traces)
    start = clone(p, traces)
    arena = GymArena(gym, traces[:20], _Certain({}), trust=2.0)  # no answer is that certain
    practice = Practice(
        arena,
        start,
        [e for t in traces if t.success for e in examples(p, t.messages)],
        options=Options(rounds=1, tries=2),
    )
    assert (
        (practice.run().weights == start.weights).all()
        and practice.history[0]["corrected"] == 0
        and practice.history[0]["void"] > 0.3
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "switch", ["guards", "cleaning", "practise", "route", "multiply", "abstain", "second"]
)
def test_switches(gym, switch):
    result = ag.train(
        gym, progress=False, options=SMALL, gate=switch == "second", gate_games=1, **{switch: False}
    )
    assert result.agent.act([Message(role="user", content="hello")]).role == "assistant"


def test_gate_refuses_ties_losses_and_void_games():
    won, lost, none = Judgement("pass", 0.9), Judgement("fail", 0.1), Judgement("abstain", 0.3)
    assert paired_gate([lost] * 30, [won] * 20 + [lost] * 10).passed
    assert (
        not paired_gate([won] * 30, [won] * 30).passed
        and not paired_gate([won] * 30, [lost] * 30).passed
    )
    assert (
        not paired_gate([none] * 30, [Judgement("abstain", 0.9, void=True)] * 30).passed
        and not paired_gate([lost] * 30, [won] * 30, [0] * 30).passed
    )
    with pytest.raises(ValueError, match="paired"):
        paired_gate([won], [])


class _Game:
    def __init__(self, number):
        self.world, self.done = World(number), False
        self.messages = [Message(role="user", content=self.world.open())]

    def step(self, action):
        before = len(self.messages) + 1
        self.messages.append(action)
        for c in action.tool_calls:
            value, is_error = self.world.call(c.name, c.arguments)
            self.messages.append(
                Message(
                    role="tool", name=c.name, tool_call_id=c.id, result=value, is_error=is_error
                )
            )
        if not action.tool_calls:
            words = self.world.reply(action.content or "")
            self.messages += [] if words is None else [Message(role="user", content=words)]
            self.done = words is None
        return self.messages[before:]

    def judge(self):
        won = self.world.verdict().success
        return Judgement("pass" if won else "fail", float(won))


class _Arena:
    tools, customers = World.tools, 120

    def start(self, customer, seed):
        return _Game(world_seed(str(1 + customer), 5))


def test_practice_with_the_true_verdict_raises_success():
    traces = sample_traces(120, 5)
    p = Proposals(traces)
    start = clone(p, traces)
    practice = Practice(
        _Arena(),
        start,
        [e for t in traces if t.success for e in examples(p, t.messages)],
        options=Options(rounds=2, tries=2),
        seed=2,
    )
    practice.run()
    assert practice.history[-1]["pass"] > practice.history[0]["pass"] and np.isfinite(
        practice.history[-1]["turns"]
    )
