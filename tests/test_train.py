"""Training: never behind its fallback by its own test, deterministic, saved without pickle; practice helps where the judge is right."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import agent_gym as ag
from agent_gym.agent.policy import choices, clone
from agent_gym.agent.policy_agent import PolicyAgent
from agent_gym.agent.practice import PracticeSettings, Score, practise
from agent_gym.agent.proposals import learn_proposals
from agent_gym.sample import World, sample_traces, world_seed
from agent_gym.trace import Message
from agent_gym.train import GymTasks, TrainSettings, paired_test

SMALL = TrainSettings(PracticeSettings(rounds=1, tries=1), customers=60)


@pytest.fixture(scope="module")
def trained(sample_gym):
    return ag.train(sample_gym(60, 5), seed=1, progress=False, settings=SMALL)


def test_never_worse_by_its_own_account(trained):
    assert (trained.test is not None and trained.test.passed) == trained.improved
    assert trained.agent is (trained.practised if trained.improved else trained.cloned)
    assert "Returned" in trained.report
    assert set(trained.history.columns) >= {"round", "pass", "abstain", "corrected"}


_LOADED = """
import sys
from agent_gym.agent.policy_agent import PolicyAgent
from agent_gym.sample import sample_traces
from agent_gym.trace import dumps
agent = PolicyAgent.load(sys.argv[1])
turns = [(t, k) for t in sample_traces(60, 5)[:8] for k, m in enumerate(t.messages) if m.role == "assistant"]
said = [agent.act(t.messages[:k]).model_dump(mode="json") for t, k in turns]
print(dumps([said, agent.name]))
"""


def test_saved_and_loaded_in_a_fresh_process(trained, tmp_path):
    folder = trained.practised.save(tmp_path / "agent")
    assert {p.suffix for p in folder.rglob("*") if p.is_file()} <= {".json", ".jsonl", ".npz"}
    out = subprocess.run(
        [sys.executable, "-c", _LOADED, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "77"},
    ).stdout
    said, name = json.loads(out)
    logs = sample_traces(60, 5)[:8]
    turns = [(t, k) for t in logs for k, m in enumerate(t.messages) if m.role == "assistant"]
    mine = [trained.practised.act(t.messages[:k]).model_dump(mode="json") for t, k in turns]
    assert said == json.loads(json.dumps(mine)) and name == "practised"


def test_a_damaged_agent_is_refused_in_words(trained, tmp_path):
    folder = trained.cloned.save(tmp_path / "agent")
    with np.load(folder / "policy.npz") as z:
        arrays = dict(z)
    np.savez_compressed(folder / "policy.npz", **arrays | {"left": arrays["left"] * 0})
    with pytest.raises(ag.AgentGymError, match="leads back"):
        PolicyAgent.load(folder)


def test_without_success_there_is_nothing_to_clone():
    failed = [t.model_copy(update={"outcome": "unresolved"}) for t in sample_traces(12, 1)]
    with pytest.raises(ag.AgentGymError, match="nothing to clone"):
        ag.train(ag.create_environment(failed), progress=False)


def test_void_rollouts_teach_nothing(sample_gym):
    gym = sample_gym(60, 5)
    tasks = GymTasks(gym, list(gym.traces)[:10], gym.reward_fn.episode)
    start = tasks.start

    class Void(GymTasks):
        def start(self, customer, seed):
            rollout = start(customer, seed)
            rollout.void = True
            return rollout

    p = learn_proposals(gym.traces)
    agent = PolicyAgent(clone(p, gym.traces))
    base = [c for t in gym.traces if t.success for c in choices(p, t.messages)]
    settings = PracticeSettings(rounds=1, tries=1)
    same, history = practise(agent, base, Void(gym, tasks.traces, tasks.judge), settings)
    assert same.policy is agent.policy and history[0]["corrected"] == 0


def test_the_paired_test_refuses_ties_losses_and_void_rollouts():
    won, lost, none = Score("pass", 0.9), Score("fail", 0.1), Score("abstain", 0.3)
    assert paired_test([lost] * 30, [won] * 20 + [lost] * 10).passed
    assert not paired_test([won] * 30, [won] * 30).passed
    assert not paired_test([won] * 30, [lost] * 30).passed
    assert not paired_test([none] * 30, [Score("abstain", 0.9, void=True)] * 30).passed
    assert not paired_test([lost] * 30, [won] * 30, [0] * 30).passed
    with pytest.raises(ValueError, match="pairs"):
        paired_test([won], [])


class _Rollout:
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

    def score(self):
        won = self.world.verdict().success
        return Score("pass" if won else "fail", float(won))


class _Tasks:
    tools, customers = World.tools, 60

    def start(self, customer, seed):
        return _Rollout(world_seed(str(1 + customer), 5))


def test_practice_with_the_true_verdict_raises_success(sample_logs):
    traces = sample_logs(120, 5)
    p = learn_proposals(traces)
    base = [c for t in traces if t.success for c in choices(p, t.messages)]
    settings = PracticeSettings(rounds=2, tries=3)
    _, history = practise(PolicyAgent(clone(p, traces)), base, _Tasks(), settings, seed=2)
    assert history[-1]["pass"] > history[0]["pass"]
    assert np.isfinite(history[-1]["turns"])
