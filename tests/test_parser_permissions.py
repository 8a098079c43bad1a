"""Files that may not be read: the error names them, and what else there is still loads."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

GOOD = '{"conversation_id": "good", "messages": [{"role": "user", "content": "x"}]}\n'
ASKED = """
import json, os, sys
from agent_gym.parser import load_traces
from agent_gym.parser import load as load_module
from agent_gym.trace import TraceError
def tried(f):
    try: return f()
    except TraceError as e: return [str(e.source), e.reason]
def loaded(source, on_error="raise"):
    ts = load_traces(source, on_error=on_error, progress=False)
    return [t.conversation_id for t in ts], [[str(e.source), e.reason] for e in ts.errors]
os.chdir(sys.argv[1])
loaded("later"), loaded(b"conversation_id,role,content\\n1,user,x\\n")
if os.geteuid() == 0:
    import pyarrow.parquet
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
asked = {name: [tried(lambda: loaded(name)), tried(lambda: loaded(name, "collect"))] for name in sys.argv[2:]}
load_module.BASE = -(1 << 40)
ts = load_traces("later/t.jsonl")
os.chmod("later/t.jsonl", 0)
asked["later"] = [tried(lambda: [t.conversation_id for t in ts]), tried(lambda: ts[0].conversation_id)]
print(json.dumps(asked))
"""
CLOSED = {
    "t.jsonl",
    "t.json.gz",
    "t.csv",
    "t.zip",
    "t.parquet",
    "among/closed.jsonl",
    "shut/t.jsonl",
    "shut",
    "above/shut",
    "helpdesk/ticket_data.csv",
}
NAMED = {
    "t.jsonl": "t.jsonl",
    "t.json.gz": "t.json.gz",
    "t.csv": "t.csv",
    "t.zip": "t.zip",
    "t.parquet": "t.parquet",
    "*.jsonl": "t.jsonl",
    "among": "among/closed.jsonl",
    "shut": "shut",
    "shut/t.jsonl": "shut/t.jsonl",
    "above": "above/shut",
    "helpdesk/ticket_comment_data.csv": "helpdesk/ticket_data.csv",
}
LOADS = {"among": ["good"], "above": ["good"]}


@pytest.fixture(scope="module")
def asked():
    "What a user who may not read the files `CLOSED` gets; root may read everything and becomes nobody first."
    root = Path(tempfile.mkdtemp())
    try:
        for name in (*CLOSED, "among/good.jsonl", "above/good.jsonl", "later/t.jsonl"):
            if "." in name:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(
                    GOOD + GOOD.replace("good", "other") if name.startswith("later") else GOOD
                )
        (root / "above" / "shut").mkdir()
        (root / "helpdesk" / "ticket_data.csv").write_text("ticket_id,requester_id\n1,7\n")
        (root / "helpdesk" / "ticket_comment_data.csv").write_text(
            "ticket_id,id,author_id,body,created,public\n1,1,7,help,2024-01-01,true\n1,2,8,sure,2024-01-02,true\n"
        )
        if os.geteuid() == 0:
            for path in (root, root / "later", root / "later" / "t.jsonl"):
                os.chown(path, 65534, 65534)
        for name in CLOSED:
            (root / name).chmod(0)
        done = subprocess.run(
            [sys.executable, "-c", ASKED, str(root), *NAMED],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout)
    finally:
        for d, _, _ in os.walk(root):
            os.chmod(d, 0o700)
        shutil.rmtree(root)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of files are those of POSIX")
@pytest.mark.parametrize("name", NAMED)
def test_what_may_not_be_read_is_named(asked, name):
    raised, collected = asked[name]
    assert raised[0] == NAMED[name]
    assert "ermission denied" in raised[1]
    assert collected == [LOADS.get(name, []), [raised]]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of files are those of POSIX")
def test_a_file_that_is_closed_after_it_was_loaded_is_named(asked):
    for source, reason in asked["later"]:
        assert source == "later/t.jsonl"
        assert "ermission denied" in reason
