"""Bounds of `load_traces`: memory against input, depth of nesting, what shows while it works, and that an index is the list."""

import gzip
import io
import json
import os
import random
import subprocess
import sys
import zipfile

import pandas as pd
import pytest
from test_parser_properties import SEEDS
from timing import spent

from agent_gym.parser import READERS, items, lists, load_traces, reading, register
from agent_gym.parser import load as load_module
from agent_gym.parser.lists import many
from agent_gym.trace import Trace, TraceError, TraceSet

MEASURE = """
import sys
from agent_gym import load_traces
from agent_gym.parser.registry import load_readers
def status(key): return next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith(key))
load_readers()
load_traces([{"messages": [{"role": "user", "content": "x"}]}])
before = status("VmRSS")
with open("/proc/self/clear_refs", "w") as f: f.write("5")
try: n = len(load_traces(sys.argv[1], on_error=sys.argv[2], progress=False))
except ValueError as e: n = str(e)
print(status("VmHWM") - before, n)
"""
SHORT = b'{"role":"user","content":"x"}'
TALK = b'{"messages":[' + b",".join([SHORT] * 10) + b"]}"


def filled(
    unit: bytes, size: int, between: bytes = b"\n", before: bytes = b"", after: bytes = b""
) -> bytes:
    return before + between.join([unit] * (size // (len(unit) + len(between)))) + after


def growth(path, on_error="raise") -> tuple[float, str]:
    "MB by which the peak memory of a fresh process grows while it loads `path`, and what it found."
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), on_error],
        capture_output=True,
        text=True,
        check=True,
    )
    mb, _, found = done.stdout.partition(" ")
    return float(mb), found.strip()


def bound(data: bytes) -> float:
    "Ten times the input and 50 MB; input is what was unpacked, unless that is refused."
    return 10 * len(data) / 2**20 + 50


def span(i: int) -> bytes:
    "One of four spans of a trace, with as few attributes as tell what was said."
    said = [
        {"key": f"gen_ai.{k}", "value": {"stringValue": v}}
        for k, v in (
            ("prompt.0.role", "user"),
            ("prompt.0.content", f"q{i}"),
            ("completion.0.content", f"a{i}"),
        )
    ]
    return json.dumps(
        {
            "traceId": f"t{i // 4}",
            "spanId": f"s{i}",
            "name": "chat",
            "startTimeUnixNano": str(i),
            "attributes": said,
        }
    ).encode()


measured = pytest.mark.skipif(
    not os.path.exists("/proc/self/clear_refs"), reason="the peak of a process is measured on Linux"
)
MB = 1_000_000
LARGE = {
    "messages of one character, a conversation a line": (
        "a.jsonl",
        lambda: filled(TALK, 5 * MB),
        "raise",
    ),
    "messages of one character, one list": (
        "a.json",
        lambda: filled(TALK, 5 * MB, b",", b"[", b"]"),
        "raise",
    ),
    "the same, compressed": ("a.json.gz", lambda: filled(TALK, 5 * MB, b",", b"[", b"]"), "raise"),
    "rows of a table": (
        "c.csv",
        lambda: (
            b"conversation_id,role,content\n"
            + b"\n".join(b"%d,user,x" % (i // 4) for i in range(80_000))
        ),
        "raise",
    ),
    "one conversation without end": (
        "d.json",
        lambda: filled(SHORT, 5 * MB, b",", b'{"messages":[', b"]}"),
        "raise",
    ),
    "one answer of brackets": (
        "e.json",
        lambda: filled(
            b"[]",
            12 * MB,
            b",",
            b'{"conversation_id":"a","messages":[{"role":"tool","name":"x","result":[',
            b"]}]}",
        ),
        "raise",
    ),
    "faults alone": ("f.jsonl", lambda: filled(b"{}", MB // 2), "collect"),
    "one object with all conversations in a list": (
        "g.json",
        lambda: filled(TALK, 5 * MB, b",", b'{"total":1,"data":{"items":[', b"]}}"),
        "raise",
    ),
    "one object with a conversation a key": (
        "h.json",
        lambda: b"{" + b",".join(b'"c%d":%b' % (i, TALK) for i in range(16_000)) + b"}",
        "raise",
    ),
    "all simulations in one object": (
        "i.json",
        lambda: filled(
            b'{"id":"s","task_id":"1","messages":[{"role":"user","content":"x"}]}',
            4 * MB,
            b",",
            b'{"tasks":[],"info":{},"simulations":[',
            b"]}",
        ),
        "raise",
    ),
    "spans, one list": (
        "j.json",
        lambda: b"[" + b",".join(span(i) for i in range(24_000)) + b"]",
        "raise",
    ),
    "spans out of order, a line each": (
        "k.jsonl",
        lambda: b"\n".join(span(i * 7919 % 24_000) for i in range(24_000)),
        "raise",
    ),
    "spans, one OTLP object": (
        "l.json",
        lambda: (
            b'{"resourceSpans":[{"scopeSpans":[{"spans":['
            + b",".join(span(i) for i in range(24_000))
            + b"]}]}]}"
        ),
        "raise",
    ),
    "rows of a table, each a conversation": (
        "m.csv",
        lambda: (
            b"conversation_id,role,content\n" + b"\n".join(b"%d,user,x" % i for i in range(60_000))
        ),
        "raise",
    ),
    "numbers beside the messages": (
        "n.json",
        lambda: filled(b"1.5", 8 * MB, b",", b'{"messages":[],"v":[', b"]}"),
        "collect",
    ),
    "keys beside the messages": (
        "o.json",
        lambda: b'{"messages":[],"v":{' + b",".join(b'"k%d":1' % i for i in range(700_000)) + b"}}",
        "collect",
    ),
    "as many messages as may be, five times": (
        "p.jsonl",
        lambda: b"\n".join(
            [filled(SHORT, 49_990 * (len(SHORT) + 1), b",", b'{"messages":[', b"]}")] * 5
        ),
        "raise",
    ),
}


RARE = (  # the largest; each takes as long as all others together
    "spans, one OTLP object",
    "one object with all conversations in a list",
    "faults alone",
)


@measured
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in RARE else n for n in LARGE]
)
def test_memory_is_bounded_by_the_input(tmp_path, name):
    file, make, on_error = LARGE[name]
    data = make()
    (tmp_path / file).write_bytes(gzip.compress(data, 1) if file.endswith(".gz") else data)
    mb, found = growth(tmp_path / file, on_error)
    assert mb <= bound(data), f"{mb:.0f} MB for {len(data) / 2**20:.0f} MB: {found}"


@measured
@pytest.mark.slow
def test_the_measure_of_memory_can_fail(tmp_path):
    "The same measure on the same list, held as traces, is past the bound."
    (tmp_path / "a.jsonl").write_bytes(filled(TALK, 5 * MB))
    script = MEASURE.replace(
        "load_readers()\n",
        "load_readers()\nfrom agent_gym.parser import load\nload.BASE = 1 << 40\n",
        1,
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "a.jsonl"), "raise"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout.split()[0]) > bound(filled(TALK, 5 * MB))


@measured
@pytest.mark.parametrize("packed", ["gz", "zip", "zst"])
def test_what_unpacks_without_end_is_refused(tmp_path, packed):
    data = b'{"messages":[{"role":"user","content":"' + b"a" * (150 * MB) + b'"}]}'
    path = tmp_path / f"bomb.{packed}"
    if packed == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("a.jsonl", data)
    elif packed == "zst":
        path.write_bytes(pytest.importorskip("zstandard").compress(data))
    else:
        path.write_bytes(gzip.compress(data, 9))
    mb, found = growth(path)
    assert "unpacks to more" in found
    assert mb < 70


CLEAN = b"\n".join(json.dumps(record).encode() for record in SEEDS)


def spoilt(rng: random.Random) -> bytes:
    "Records of one or more formats in some envelope, cut, overwritten, recoded or packed at random."
    units = [json.dumps(rng.choice(SEEDS)).encode() for _ in range(rng.choice([1, 1, 3]))]
    if rng.random() < 0.2:
        units = [b"1,user,hi", b'2,agent,"a\r\nb"', b"3,user,"]
    between, (before, after) = (
        rng.choice([b"\n", b",", b"\n,", b"\r\n", b"\r"]),
        rng.choice(
            [
                (b"[", b"]"),
                (b"", b""),
                (b'{"data":[', b"]}"),
                (b'{"resourceSpans":[', b"]}"),
                (b'{"a":{"b":[[', b"]]}}"),
                (b"conversation_id,role,content\n", b""),
            ]
        ),
    )
    data = bytearray(before + between.join(rng.choices(units, k=rng.choice([1, 3, 400]))) + after)
    for _ in range(rng.randrange(5)):
        at = rng.randrange(len(data))
        data[at : at + rng.choice([0, 1, 1, 50])] = rng.choice(
            [
                b"",
                b"[",
                b"]",
                b"{",
                b"}",
                b'"',
                b",",
                b":",
                b"\\",
                b"\x00",
                b"\xff",
                b"\n",
                b"NaN",
                b"1e999",
                b"9" * 30,
                b"[" * 300,
                b"{}" * 3000,
                bytes([rng.randrange(256)]),
            ]
        )
    data = data[: rng.choice([len(data), rng.randrange(len(data) + 1)])]
    if rng.random() < 0.2:
        data = bytearray(
            bytes(data)
            .decode("latin-1")
            .encode(rng.choice(["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1"]))
        )
    if rng.random() < 0.2:
        data = bytearray(gzip.compress(bytes(data), 1))
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def read_or_refuse(data: bytes, on_error: str) -> None:
    try:
        ts = load_traces(data, on_error=on_error, progress=False)
        assert len({t.conversation_id for t in ts}) == len(ts)
    except TraceError as e:
        assert e.reason and e.source


@measured
@pytest.mark.parametrize("seed", range(6))
def test_broken_bytes_raise_nothing_else_take_little_memory_and_no_time(monkeypatch, seed):
    "In every second run, what large inputs alone go through is asked of small ones."
    if seed % 2:
        monkeypatch.setattr(items, "_long", lambda data: many(data, 100))
        monkeypatch.setattr(load_module, "BASE", -(1 << 40))
    rng = random.Random(f"spoilt/{seed}")
    clean = spent(lambda: read_or_refuse(CLEAN, "collect"))
    for i in range(60):
        data = spoilt(rng)
        before = status("VmRSS")
        with open("/proc/self/clear_refs", "w") as f:
            f.write("5")
        took = spent(lambda d=data: read_or_refuse(d, rng.choice(["raise", "collect"])))
        assert status("VmHWM") - before < 10 * len(data) / 2**20 + 50, (seed, i)
        assert took < 100 * (clean + 0.1), (seed, i)


def status(key: str) -> float:
    with open("/proc/self/status", encoding="utf-8") as f:
        return next(int(line.split()[1]) / 1024 for line in f if line.startswith(key))


IN_PIECES = {
    "a list": lambda rs: rs,
    "a list in an object": lambda rs: {"n": 1, "data": rs, "more": {"a": [1, 2]}},
    "a list two objects down": lambda rs: {"data": {"items": rs}},
    "a key each": lambda rs: {f"k{i}": r for i, r in enumerate(rs)},
    "simulations": lambda rs: {
        "info": {"environment_info": {"policy": "p"}},
        "tasks": [{"id": "1", "x": 2}],
        "simulations": [
            {"id": f"s{i}", "task_id": "1", "messages": r["messages"]}
            for i, r in enumerate(rs)
            if isinstance(r, dict) and isinstance(r.get("messages"), list)
        ],
    },
    "samples": lambda rs: {
        "samples": [
            {"id": i, "epoch": 1, "messages": r["messages"]}
            for i, r in enumerate(rs)
            if isinstance(r, dict) and isinstance(r.get("messages"), list)
        ],
        "eval": {"task": "t"},
    },
    "lines": None,
}


@pytest.mark.parametrize("form", IN_PIECES)
@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_what_is_read_in_pieces_is_what_is_read_at_once(monkeypatch, form, seed):
    rs = [
        *(SEEDS[seed] if isinstance(SEEDS[seed], list) else [SEEDS[seed]] * 5),
        {"nothing": 1},
        *(SEEDS[seed] if isinstance(SEEDS[seed], list) else [SEEDS[seed]]),
    ]
    make = IN_PIECES[form]
    data = (
        "\n".join(json.dumps({"data": [r] * 3}) for r in rs).encode()
        if make is None
        else json.dumps(make(rs)).encode()
    )

    def found():
        try:
            ts = load_traces(data, on_error="collect")
        except TraceError as e:
            return str(e)
        return [t.to_dict() for t in ts], [str(e) for e in ts.errors], ts.notes

    at_once = found()
    monkeypatch.setattr(items, "_long", lambda data: many(data, 20))
    monkeypatch.setattr(lists, "MEMBERS", 2)
    monkeypatch.setattr(reading, "BATCH", 1)
    in_pieces = found()
    assert in_pieces[0] == at_once[0]
    assert len(in_pieces[1]) == len(at_once[1])


def nested(n, value=1):
    for i in range(n):
        value = [value] if i % 2 else {"a": value}
    return value


def deep_records(n):
    "A record a format with a value nested `n` deep in it, and how many levels of the trace lie above that value."
    text = json.dumps(nested(n))
    call = {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": "a",
                "type": "function",
                "function": {"name": "f", "arguments": json.dumps({"v": nested(n)})},
            }
        ],
    }
    answer = {"role": "tool", "tool_call_id": "a", "content": text}
    plain = {"role": "user", "content": "x"}
    yield (
        6,
        {
            "conversation_id": "c",
            "messages": [
                {
                    "role": "assistant",
                    "tool_calls": [{"id": "a", "name": "f", "arguments": {"v": nested(n)}}],
                }
            ],
        },
    )
    yield (
        3,
        {
            "conversation_id": "c",
            "messages": [{"role": "tool", "name": "f", "result": nested(n), "is_error": False}],
        },
    )
    yield 2, {"conversation_id": "c", "messages": [], "extra": nested(n)}
    yield 6, {"messages": [call]}
    yield 3, {"messages": [plain, answer]}
    yield (
        3,
        {
            "conversations": [
                {"from": "human", "value": "x"},
                {"from": "observation", "value": text},
            ]
        },
    )
    yield (
        6,
        {
            "messages": [
                {
                    "role": "assistant",
                    "content": [
                        {"type": "tool_use", "id": "t", "name": "f", "input": {"v": nested(n)}}
                    ],
                }
            ]
        },
    )
    yield 3, {"task_id": 1, "reward": 1.0, "traj": [plain, answer]}
    yield 2, {"prompt": "x", "completion": "y", "more": nested(n)}


@pytest.mark.parametrize("form", range(9))
def test_what_is_nested_deeper_than_can_be_written_is_refused_where_it_comes_in(tmp_path, form):
    above = list(deep_records(1))[form][0]
    fits, too_deep = (list(deep_records(200 - above + more))[form][1] for more in (0, 1))
    trace = load_traces(json.dumps(fits).encode())[0]
    assert Trace.model_validate_json(json.dumps(trace.to_dict())) == trace
    for name in ("t.jsonl", "t.parquet"):
        (TraceSet([trace]).to_parquet if name.endswith("t") else TraceSet([trace]).to_jsonl)(
            tmp_path / name
        )
        assert list(load_traces(tmp_path / name)) == [trace]
    for source in (
        json.dumps(too_deep).encode(),
        [too_deep],
        json.dumps([too_deep]).encode(),
        pd.DataFrame([too_deep]),
    ):
        with pytest.raises(TraceError, match="nested") as e:
            load_traces(source)
        assert e.value.path != "$"


def test_deep_answers_of_other_readers_are_refused(monkeypatch):
    monkeypatch.setattr("agent_gym.parser.registry.READERS", READERS)
    register(
        "theirs",
        lambda r: isinstance(r, dict) and "theirs" in r,
        lambda r: {
            "conversation_id": "c",
            "messages": [{"role": "user", "content": "x"}],
            "metadata": {"v": nested(r["theirs"])},
        },
    )
    try:
        assert len(load_traces([{"theirs": 198}])) == 1
        for n in (199, 500, 5000):
            with pytest.raises(TraceError, match=r"\$\[0\]\.metadata"):
                load_traces([{"theirs": n}])
    finally:
        del READERS["theirs"]


@pytest.fixture
def nothing_is_kept(monkeypatch):
    monkeypatch.setattr(load_module, "BASE", -(1 << 40))


@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_an_index_of_any_format_is_the_list(tmp_path, seed, nothing_is_kept):
    records = SEEDS[seed] if isinstance(SEEDS[seed], list) else [SEEDS[seed]] * 3
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as z:
        z.writestr("t.json", json.dumps(records))
    held = load_traces(records)
    (tmp_path / "t.json").write_text(json.dumps(records))
    (tmp_path / "t.jsonl").write_text(
        "\n".join(map(json.dumps, records)) + "\n" + json.dumps(records[0]) + "\n"
    )
    (tmp_path / "t.zip").write_bytes(buffer.getvalue())
    for name in ("t.json", "t.zip"):
        indexed = load_traces(tmp_path / name)
        assert type(indexed._traces).__name__ != "list"
        assert [t.messages for t in indexed] == [t.messages for t in held]
        assert [indexed[i] for i in range(len(indexed))] == list(indexed)
    lines = load_traces(tmp_path / "t.jsonl")
    assert len({t.conversation_id for t in lines}) == len(lines)
    assert [lines[i] for i in range(len(lines))] == list(lines)


def test_elements_of_a_large_list_are_located(tmp_path):
    good = {"conversation_id": "c", "messages": [{"role": "user", "content": "x" * 900}]}
    records = [{**good, "conversation_id": f"c{i}"} for i in range(3000)]
    records[2900] = {"conversation_id": "bad", "messages": [{"role": "boss", "content": "x"}]}
    (tmp_path / "t.json").write_text(json.dumps(records))
    with pytest.raises(TraceError) as e:
        load_traces(tmp_path / "t.json")
    assert e.value.path == "$[2900].messages[0].role"
    found = load_traces(tmp_path / "t.json", on_error="collect")
    assert (len(found), len(found.errors), found[-1].conversation_id) == (2999, 1, "c2999")
    text = json.dumps(records[:2900])
    (tmp_path / "cut.json").write_text(text[:-400])
    found = load_traces(tmp_path / "cut.json", on_error="collect")
    assert (len(found), len(found.errors)) == (2899, 1)
    assert "cut off" in str(found.errors[0])
    assert "byte" in str(found.errors[0])


SLOW = """
import sys
from agent_gym.parser import load_traces, progress
progress.PATIENCE = .02
n = len(load_traces(sys.argv[1]))
"""


def slow_file(tmp_path):
    (tmp_path / "big.jsonl").write_bytes(filled(TALK, MB))
    return tmp_path / "big.jsonl"


@pytest.mark.parametrize(("terminal", "shows"), [(True, True), (False, False)])
def test_progress_shows_in_a_terminal_and_never_in_a_pipe(tmp_path, terminal, shows):
    env = {**os.environ, "COLUMNS": "80", "TERM": "xterm", "FORCE_COLOR": "1" if terminal else ""}
    done = subprocess.run(
        [sys.executable, "-c", SLOW, str(slow_file(tmp_path))],
        capture_output=True,
        text=True,
        check=True,
        env=env,
    )
    assert ("reading big.jsonl" in done.stdout) == shows
    assert ("/999.8 kB" in done.stdout) == shows
    assert terminal or done.stdout + done.stderr == ""


def test_progress_shows_in_a_notebook(tmp_path):
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_notebook

    shown = []

    class Watching(NotebookClient):
        def process_message(self, msg, cell, cell_index):
            shown.append(str(msg["content"]))
            return super().process_message(msg, cell, cell_index)

    notebook = new_notebook(
        cells=[new_code_cell(SLOW.replace("sys.argv[1]", repr(str(slow_file(tmp_path)))))]
    )
    Watching(notebook, timeout=60, kernel_name="python3").execute()
    assert any("reading big.jsonl" in text and "/999.8 kB" in text for text in shown)
