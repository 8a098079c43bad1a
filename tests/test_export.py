"""Data sets for trainers: what goes in comes out, and only what may be learned from."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent_gym.agent import ReplayAgent, RetrievalAgent
from agent_gym.cli.app import app
from agent_gym.environment import EpisodeSet
from agent_gym.export import conversation_text, read_turn, to_dpo, to_grpo, to_sft, write_rows
from agent_gym.export.text import lines_of
from agent_gym.parser import load_traces
from agent_gym.trace import AgentGymError, Message, ToolCall

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="module")
def logs(shipped_logs):
    return shipped_logs


@pytest.fixture(scope="module")
def gym(shipped_gym):
    return shipped_gym


def test_sft_holds_the_successes_and_reads_back_as_logs(logs, tmp_path):
    rows = to_sft(logs)
    assert {r["conversation_id"] for r in rows} == {t.conversation_id for t in logs if t.success}
    path = tmp_path / "sft.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in to_sft(logs, arguments="text")))
    again = {t.conversation_id: t for t in load_traces(path, progress=False)}
    for t in logs:
        if t.success:
            calls = lambda x: [(c.name, c.arguments, x.messages[a].value) for _, c, a in x.calls()]
            assert calls(again[t.conversation_id]) == calls(t)


def test_dpo_pairs_share_their_prompt_and_part_at_an_act(gym, logs):
    episodes = EpisodeSet(
        [
            *gym.rollout(ReplayAgent, 40, progress=False),
            *gym.rollout(RetrievalAgent(logs), 40, progress=False),
        ]
    )
    score = {(r.conversation_id, r.seed, r.score) for r in episodes}
    rows = to_dpo(episodes)
    assert rows
    for r in rows:
        assert (
            r["margin"] >= 0.1
            and r["chosen"] != r["rejected"]
            and len(r["chosen"]) == len(r["rejected"]) == 1
        )
        assert r["chosen"][0]["role"] == r["rejected"][0]["role"] == "assistant" and r["prompt"][
            -1
        ]["role"] in ("user", "tool")
        assert r["conversation_id"] in {c for c, _, _ in score}
    assert (
        all(len(r["chosen"]) >= 1 for r in to_dpo(episodes, whole=True))
        and to_dpo(episodes, margin=1.01) == []
    )


def test_grpo_rows_lead_back_to_their_episode(gym):
    rows = to_grpo(gym, split="train", system="Help.")
    assert 0 < len(rows) < len(gym.tasks) and json.loads(json.dumps(rows[0]))
    for r in rows[:20]:
        assert (
            r["prompt"][0] == {"role": "system", "content": "Help."}
            and r["prompt"][1]["content"]
            == gym.episode(r["conversation_id"], r["seed"]).messages[0].content
        )
    with pytest.raises(ValueError):
        to_grpo(gym, repeats=0)


@pytest.mark.parametrize("kind", ["sft", "dpo", "grpo"])
def test_the_command(tmp_path, logs, kind):
    src, dst = logs.to_jsonl(tmp_path / "logs.jsonl"), tmp_path / "out.jsonl"
    done = CliRunner().invoke(app, ["export", kind, str(src), str(dst), "-n", "30"])
    assert done.exit_code == 0, done.output
    assert f"{len(dst.read_text('utf-8').splitlines())} rows" in done.output
    unlabelled = tmp_path / "u.jsonl"
    unlabelled.write_text(
        json.dumps(
            {
                "conversation_id": "1",
                "messages": [
                    {"role": "user", "content": "x"},
                    {"role": "assistant", "content": "y"},
                ],
            }
        )
        + "\n"
    )
    failed = CliRunner().invoke(
        app, ["export", kind, str(unlabelled), str(tmp_path / "none.jsonl")]
    )
    assert (
        failed.exit_code == 1
        and "error:" in failed.stderr
        and not (tmp_path / "none.jsonl").exists()
    )


def test_text_reads_back_whatever_was_said(logs):
    strange = ["", "a\nU: b", "\\n", "@refund a=1", "é \u2028 x", "A: ", "= 5", '"', " "]
    for content in strange:
        for arguments in ({}, {"a": content, "b": [content, {"c": None}]}, {content or "k": 2**70}):
            m = Message(
                role="assistant",
                content=content or None,
                tool_calls=[ToolCall(name="get it" if content else "get", arguments=arguments)],
            )
            text, spans = conversation_text([Message(role="user", content=content), m])
            assert text.count("\n") == 1 + len(lines_of(m)) and len(spans) == 1
            again = read_turn(text[slice(*spans[0])])
            assert (again.content or "", again.tool_calls[0].arguments) == (content, arguments)


@pytest.mark.parametrize("text", ["x", "A:", "@", "@ x=1", "@f x", '@f x="', "@{", "U: hi", "= 1"])
def test_what_is_no_turn_is_an_error(text):
    with pytest.raises(AgentGymError):
        read_turn(text)


def test_arguments_survive_parquet(logs, tmp_path):
    pq = pytest.importorskip("pyarrow.parquet")
    rows = to_sft(logs)
    again = pq.read_table(write_rows(rows, tmp_path / "sft.parquet")).to_pylist()
    calls = lambda r: [c["function"] for m in r["messages"] for c in m.get("tool_calls") or ()]
    assert [(c["name"], json.loads(c["arguments"])) for r in again for c in calls(r)] == [
        (c["name"], c["arguments"]) for r in rows for c in calls(r)
    ]
