"""Zips with any byte spoilt: read, or refused in words, never another error."""

import io
import zipfile

import pytest

import agent_gym as ag

TALK = '{"conversation_id": "c", "messages": [{"role": "user", "content": "hi"}]}'
LOG = {
    "header.json": '{"eval": {"task": "t"}}',
    "samples/1_epoch_1.json": '{"id": 1, "epoch": 1, "messages": [{"role": "user", "content": "hi"}]}',
}


def packed(members: dict[str, str], method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, text in members.items():
            z.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("members", [{"a.json": TALK, "b.jsonl": TALK}, LOG], ids=["files", "log"])
def test_a_spoilt_byte_is_never_another_error(members, method):
    data = packed(members, method)
    assert len(ag.load_traces(data, progress=False)) >= 1
    refused = 0
    for at in range(len(data)):
        for value in (0, 1, 128, 255):
            spoilt = bytearray(data)
            spoilt[at] = value
            try:
                found = ag.load_traces(bytes(spoilt), on_error="collect", progress=False)
                refused += bool(found.errors)
            except ag.TraceError:
                refused += 1
    assert refused > len(data)


def test_two_members_of_one_name_are_both_read(tmp_path):
    import json
    import warnings
    import zipfile

    from agent_gym import load_traces

    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as z, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for c in ("one", "two"):
            talk = [{"role": "user", "content": c}, {"role": "assistant", "content": "Hi"}]
            z.writestr("logs.jsonl", json.dumps({"conversation_id": c, "messages": talk}))
    traces = load_traces(path, progress=False)
    assert [t.conversation_id for t in traces] == ["one", "two"]
