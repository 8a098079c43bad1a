"""The paths that need no framework: Gymnasium, and the interface that all others go through."""

import json
from collections import Counter

import pytest
from play import by_gymnasium
from scripts import KINDS, MAX_TURNS, as_call, differences

import agent_gym as ag
from agent_gym.connect.interface import ToolInterface


@pytest.fixture(scope="module")
def loaded(folder):
    return ag.load_gym(folder / "gym")


@pytest.fixture(scope="module")
def scripts(folder):
    return json.loads((folder / "scripts.json").read_text())


@pytest.fixture(scope="module")
def want(folder):
    return json.loads((folder / "episode.json").read_text())


def test_the_scripts_show_something(scripts, want):
    assert Counter(s["kind"] for s in scripts) == dict.fromkeys(KINDS, 10)
    assert len({s["conversation_id"] for s in scripts}) == 50
    assert len({r["reward"] for r in want}) > 5 and {r["done"] for r in want} == {True, False}


def test_gymnasium(loaded, scripts, want, folder):
    assert not differences(want, [*by_gymnasium(loaded, scripts, folder)])


@pytest.mark.parametrize("identifiers", [True, False])
def test_the_interface(loaded, scripts, want, identifiers):
    tools, got = ToolInterface.of(loaded, identifiers=identifiers), []
    for s in scripts:
        episode, seen = loaded.episode(s["conversation_id"], s["seed"], MAX_TURNS), []
        for t in s["turns"]:
            if not episode.done:
                seen.append(tools.call(episode, *as_call(tools, t)).text)
        b = episode.score()
        got.append({"seen": seen, "reward": b.score, "verdict": b.verdict, "done": episode.done})
    assert not differences(want, got)
