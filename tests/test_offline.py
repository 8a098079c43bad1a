"""The main job without a network and without a key: nothing tries to leave this machine."""

import json
import pickle

import pytest

import agent_gym as ag

TRACES = "data/processed/traces.jsonl"


@pytest.fixture(scope="module")
def gym():
    from pathlib import Path

    return ag.create_environment(
        ag.load_traces(Path(__file__).resolve().parents[1] / TRACES, progress=False)[:60]
    )


def test_the_main_interface_word_for_word(gym, monkeypatch):
    for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    query_agent, tool_mocker, reward_fn = gym
    response = query_agent("I want to cancel my subscription")
    tool_result = tool_mocker("lookup_account", {"user_id": "123"})
    score = reward_fn(response, ground_truth="Expected response...")
    assert str(response) and response.role == "assistant" and 0 <= score <= 1
    json.dumps(tool_result)
    assert "offline" in repr(query_agent)


def test_a_key_chooses_gemini_without_touching_the_network(gym, monkeypatch):
    monkeypatch.setenv("GOOGLE_API_KEY", "a-key-that-must-not-show")
    from agent_gym.agent.query import query_agent

    q = query_agent(gym.traces, gym.tool_mocker)
    assert "GeminiLLM" in repr(q) and "a-key-that-must-not-show" not in repr(q)


def test_a_bad_key_is_said_in_one_line_at_the_first_call(gym):
    from fake_models import FakeServer

    with FakeServer(default=(401, {"error": {"message": "API key not valid"}})) as server:
        q = ag.create_environment(
            gym.traces[:5], llm=ag.GeminiLLM(api_key="wrong", base_url=server.url)
        ).query_agent
        with pytest.raises(ag.LLMError) as e:
            q("hello")
        assert (
            e.value.kind == "auth"
            and "\n" not in str(e.value)
            and "wrong" not in str(e.value)
            and len(server.requests) == 1
        )


def test_a_gym_travels_to_another_process(gym):
    again = pickle.loads(pickle.dumps(gym))
    assert (
        again.tool_mocker("lookup_account", {"user_id": "123"})
        == gym.tool_mocker("lookup_account", {"user_id": "123"})
        and len(again.traces) == 60
    )


def test_examples_for_a_model_get_better_with_more_traces():
    from pathlib import Path

    from agent_gym.agent.llm_agent import Examples, _act

    traces = ag.load_traces(Path(__file__).resolve().parents[1] / TRACES, progress=False)
    held = [t for t in traces[260:] if t.success]
    rates = []
    for k in (20, 60, 250):
        index = Examples(traces[:k])
        states = [(t, i) for t in held for i, m in enumerate(t.messages) if m.role == "assistant"]
        rates.append(
            sum(
                any(e.act == _act(t.messages[i]) for e in index.near(t.messages[:i], 4))
                for t, i in states
            )
            / len(states)
        )
    assert rates == sorted(rates) and rates[-1] > rates[0] + 0.02, rates


def test_the_same_verdicts_in_every_process():
    import os
    import subprocess
    import sys
    from pathlib import Path

    root = Path(__file__).resolve().parents[1]
    code = (
        "import agent_gym as ag; t = ag.load_traces('data/processed/traces.jsonl', progress=False)[:40]; r = ag.Reward(t); "
        "print([repr(r.episode(x).score) for x in t[:20]], [(g.text, g.weight) for g in r.guards], repr(r('a b', 'a c')))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "7")
    }
    assert len(said) == 1
