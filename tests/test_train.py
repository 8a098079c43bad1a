"""Training: never behind its fallback by its own gate, deterministic, saved without pickle, every switch works; practice improves where the judge is right."""
import numpy as np
import pytest

import agent_gym as ag
from agent_gym.agent.policy import PolicyAgent, clone, examples
from agent_gym.agent.practice import Judgement, Options, Practice
from agent_gym.agent.proposals import Proposals
from agent_gym.sample import World, sample_traces, world_seed
from agent_gym.trace import Message
from agent_gym.train import paired_gate

SMALL = Options(rounds=1, games=30)


@pytest.fixture(scope="module")
def gym():
    return ag.create_environment(sample_traces(120, 5))


def test_never_worse_by_its_own_account(gym, tmp_path):
    result = ag.train(gym, seed=1, progress=False, options=SMALL, gate_games=10)
    assert result.agent is result.cloned or result.routed
    assert all(result.gates[k].low > 0 for k in result.routed)
    assert "Returned" in result.report and (not result.rounds or set(result.history.columns) >= {"round", "pass", "abstain"})
    again = ag.train(gym, seed=1, progress=False, options=SMALL, gate_games=10)
    assert again.report == result.report
    messages = [Message(role="user", content="I want to cancel")]
    loaded = PolicyAgent.load(result.practised.save(tmp_path / "a"), result.practised.guard)
    assert loaded.act(messages) == result.practised.act(messages)


def test_without_success_there_is_nothing_to_clone():
    failed = [t.model_copy(update={"outcome": "unresolved"}) for t in sample_traces(12, 1)]
    with pytest.raises(ag.AgentGymError, match="nothing to clone"):
        ag.train(ag.create_environment(failed), progress=False)


@pytest.mark.parametrize("switch", ["guards", "cleaning", "practise", "route"])
def test_switches(gym, switch):
    result = ag.train(gym, progress=False, options=Options(rounds=1, games=10), gate_games=4, **{switch: False})
    assert result.agent.act([Message(role="user", content="hello")]).role == "assistant"


def test_gate_refuses_ties_losses_and_abstentions():
    won, lost, none = Judgement("pass", .9), Judgement("fail", .1), Judgement("abstain", .3)
    assert paired_gate([lost] * 30, [won] * 20 + [lost] * 10).passed
    assert not paired_gate([won] * 30, [won] * 30).passed and not paired_gate([won] * 30, [lost] * 30).passed
    assert not paired_gate([none] * 30, [won] * 30).passed
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
            self.messages.append(Message(role="tool", name=c.name, tool_call_id=c.id, result=value, is_error=is_error))
        if not action.tool_calls:
            words = self.world.reply(action.content or "")
            self.messages += [] if words is None else [Message(role="user", content=words)]
            self.done = words is None
        return self.messages[before:]

    def judge(self):
        won = self.world.verdict().success
        return Judgement("pass" if won else "fail", float(won))


class _Arena:
    tools = World.tools

    def start(self, seed):
        return _Game(world_seed(str(1 + seed % 120), 5))


def test_practice_with_the_true_verdict_raises_success():
    traces = sample_traces(120, 5)
    p = Proposals(traces)
    start = clone(p, traces)
    practice = Practice(_Arena(), start, [e for t in traces if t.success for e in examples(p, t.messages)], options=Options(rounds=3, games=150), seed=2)
    practice.run()
    assert practice.history[-1]["pass"] > practice.history[0]["pass"] and np.isfinite(practice.history[-1]["turns"])
