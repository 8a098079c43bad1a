"""The commands: what they print, what they write, and how they end when there is nothing to work with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent_gym.cli.app import app
from agent_gym.cli.demo import logs_folder, truth_of
from agent_gym.cli.measure import CarelessAgent, percent, same_answer
from agent_gym.parser import load_traces
from agent_gym.sample import sample_traces
from agent_gym.trace import Message, Trace, TraceSet

DATA = Path(__file__).resolve().parents[1] / "data"


def run(*arguments: object):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def jsonl(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    return path


@pytest.mark.parametrize(
    "command",
    [
        "",
        "demo",
        "inspect",
        "convert",
        "sample",
        "doctor",
        "report",
        "retry",
        "compare",
        "export",
        "serve",
    ],
)
def test_every_command_has_help(command):
    done = run(*filter(None, [command]), "--help")
    assert done.exit_code == 0 and "Usage" in done.output


def test_demo_from_logs_to_report(tmp_path, monkeypatch):
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
    out = tmp_path / "report.html"
    done = run("demo", "--traces", DATA / "raw", "--out", out, "-n", 20)
    assert done.exit_code == 0, done.output
    for word in (
        "understood",
        "can be graded",
        "replay",
        "retrieval",
        "careless",
        "equal to the truth",
        "summary",
        "report:",
    ):
        assert word in done.output, word
    html = out.read_text("utf-8")
    assert (
        html.startswith("<!doctype html>")
        and "<script" not in html
        and "src=" not in html
        and sorted(p.name for p in tmp_path.iterdir()) == ["report.html"]
    )


def test_demo_without_a_checkout_writes_the_sample_logs_first(tmp_path):
    folder, written = logs_folder(tmp_path)
    assert (
        written
        and folder == tmp_path / "agent-gym-data" / "raw"
        and len(load_traces(folder, on_error="collect", progress=False)) == 300
    )


def test_the_truth_is_known_for_the_sample_only():
    sample = sample_traces(20)
    assert truth_of(sample) is not None
    assert (
        truth_of(
            [
                Trace(conversation_id=f"conv_{i}", messages=[Message(role="user", content="Hello")])
                for i in range(5)
            ]
        )
        is None
        and truth_of([]) is None
    )


NOTHING = {
    "an empty file": "",
    "broken JSON": '{"conversation_id": "1", "messages": [',
    "not logs": '{"a": 1}\n',
    "an empty list": "[]",
}


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING.keys())
@pytest.mark.parametrize("command", ["demo", "inspect", "convert"])
def test_nothing_to_work_with_is_said_and_nothing_is_written(tmp_path, monkeypatch, command, text):
    monkeypatch.chdir(tmp_path)
    bad = tmp_path / "bad.jsonl"
    bad.write_text(text)
    done = {
        "demo": lambda: run("demo", "--traces", bad),
        "inspect": lambda: run("inspect", bad),
        "convert": lambda: run("convert", bad, "out.jsonl"),
    }[command]()
    assert (
        done.exit_code == 1
        and "error:" in done.stderr
        and "Traceback" not in done.output + done.stderr
    )
    assert [p.name for p in tmp_path.iterdir()] == ["bad.jsonl"]


@pytest.mark.parametrize("command", [("demo", "--traces"), ("inspect",)])
def test_a_missing_or_empty_folder(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    for source in ("empty", "missing"):
        done = run(*command, source)
        assert done.exit_code == 1 and "error:" in done.stderr, done.output


USER, REPLY = (
    {"role": "user", "content": "Hello, I need help"},
    {"role": "assistant", "content": "Hello, all done."},
)


def test_demo_on_traces_without_tools(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    logs = jsonl(
        tmp_path / "a.jsonl",
        *(
            {
                "conversation_id": f"c{i}",
                "messages": [USER, REPLY, {"role": "user", "content": "Thanks"}],
                "outcome": "resolved" if i % 2 else "unresolved",
            }
            for i in range(12)
        ),
    )
    done = run("demo", "--traces", logs, "-n", 3)
    assert done.exit_code in (0, 1) and "Traceback" not in done.output + done.stderr
    assert (
        (done.exit_code == 1)
        == ("error:" in done.stderr)
        == (not (tmp_path / "agent-gym-report.html").exists())
    )


@pytest.mark.parametrize(
    "messages", [[USER], [USER, REPLY]], ids=["no assistant", "a single trace"]
)
def test_demo_on_hardly_anything(tmp_path, monkeypatch, messages):
    monkeypatch.chdir(tmp_path)
    logs = jsonl(
        tmp_path / "a.jsonl",
        {
            "conversation_id": "c",
            "messages": messages,
            "outcome": "resolved",
            "satisfaction_score": 4,
        },
    )
    done = run("demo", "--traces", logs)
    assert "Traceback" not in done.output + done.stderr and (done.exit_code == 1) == (
        "error:" in done.stderr
    ), done.output
    assert (done.exit_code == 1) == (not (tmp_path / "agent-gym-report.html").exists())


def test_convert_keeps_everything_and_reports_the_rest(tmp_path):
    out = tmp_path / "new" / "all.jsonl.gz"
    done = run("convert", DATA / "processed", out)
    assert done.exit_code == 0 and load_traces(out, progress=False) == load_traces(
        DATA / "processed", progress=False
    )
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_text(
        json.dumps({"conversation_id": "1", "messages": [USER, REPLY], "outcome": "resolved"})
        + "\n{broken\n"
    )
    done = run("convert", mixed, tmp_path / "some.jsonl")
    assert (
        done.exit_code == 0
        and "1 conversations written" in done.output
        and "not read" in done.output
    )
    assert (
        run("convert", mixed, tmp_path / "none.jsonl", "--strict").exit_code == 1
        and not (tmp_path / "none.jsonl").exists()
    )


def test_text_from_logs_is_shown_not_obeyed(tmp_path):
    logs = jsonl(
        tmp_path / "evil.jsonl",
        {
            "conversation_id": "1",
            "messages": [
                USER,
                {
                    "role": "assistant",
                    "tool_calls": [{"id": "1", "name": "[red]x\x1b[2J<script>", "arguments": {}}],
                },
                {"role": "tool", "tool_call_id": "1", "result": 1},
                REPLY,
            ],
            "outcome": "[bold]resolved\x1b]0;",
        },
    )
    done = run("inspect", logs)
    assert (
        done.exit_code == 0
        and "\x1b[2J" not in done.output
        and "\x1b]0" not in done.output
        and "[red]x" in done.output.replace("\n", "")
    )


def test_raw_exports_are_read_as_the_conversations_they_are():
    processed = {t.conversation_id: t for t in load_traces(DATA / "processed", progress=False)}
    raw = load_traces(DATA / "raw", on_error="collect", progress=False)
    assert len(raw) == 300
    for t in raw:
        number = int(
            "".join(c for c in str(t.metadata.get("task_id") or t.conversation_id) if c.isdigit())
        )
        whole = processed[f"conv_{number:03d}"]
        said = [(m.role, m.content) for m in whole.messages if m.content and m.role != "tool"]
        assert [
            (m.role, m.content) for m in t.messages if m.content and m.role in ("user", "assistant")
        ] == said, t.conversation_id
        if t.metadata.get("format") != "zendesk_csv":
            answers = lambda trace: [
                (c.name, c.arguments, trace.messages[a].value, trace.messages[a].is_error)
                for _, c, a in trace.calls()
            ]
            assert answers(t) == answers(whole), t.conversation_id


def test_careless_is_careless():
    logs = TraceSet(sample_traces(60))
    agent = CarelessAgent(logs)
    first = agent.act(
        [Message(role="user", content="Please refund inv_123456, I am user 999.")], []
    )
    assert first.tool_calls and agent.act([Message(role="user", content="x"), first], []).content
    assert CarelessAgent([]) is not None and percent(None) == "–" and same_answer(None, None)


def test_the_console_script_in_another_locale(tmp_path):
    for env in (
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
    ):
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "from agent_gym.cli import main; main()",
                "inspect",
                str(DATA / "processed"),
            ],
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(DATA.parent), **env},
        )
        assert done.returncode == 0 and b"lookup_account" in done.stdout, done.stderr


@pytest.mark.parametrize("protocol", ["openenv", "mcp"])
def test_serve_says_what_is_missing(tmp_path, protocol, monkeypatch):
    monkeypatch.setitem(sys.modules, protocol, None)
    monkeypatch.delitem(sys.modules, f"agent_gym.connect.{protocol}", raising=False)
    done = CliRunner().invoke(app, ["serve", str(tmp_path), f"--{protocol}", "--port", "1"])
    assert done.exit_code == 1
