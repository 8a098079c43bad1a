"""Saved files survive full disks and careless hands; a gym that was saved is learned no second time."""

import json
import os
from pathlib import Path

import pytest
from test_environment import make_world
from test_rollout import Asks

import agent_gym as ag
from agent_gym.environment import EpisodeSet, rollout
from agent_gym.trace import AgentGymError, TraceError, TraceSet
from agent_gym.user import TraceUser


@pytest.fixture(scope="module")
def gym():
    return ag.create_environment(make_world(16).traces)


@pytest.fixture(scope="module")
def saved(gym, tmp_path_factory):
    return gym.save(tmp_path_factory.mktemp("saved") / "gym")


def learn_nothing(*args, **kwargs):
    raise AssertionError("something was learned again")


def test_a_loaded_gym_is_the_same_and_learns_nothing(gym, saved, monkeypatch):
    want = rollout(gym, Asks(), 12, seed=3).digest()
    for name in ("ToolMocker.__init__", "learn_dialogues", "Reward.__init__", "UserModel.__init__"):
        monkeypatch.setattr(f"agent_gym.factory.{name}", learn_nothing)
    again = ag.load_gym(saved)
    assert again.traces == gym.traces and again.tasks == gym.tasks
    assert rollout(again, Asks(), 12, seed=3).digest() == want
    assert [again.reward_fn.episode(t).score for t in gym.traces] == [
        gym.reward_fn.episode(t).score for t in gym.traces
    ]
    assert rollout(again, Asks(), 12, seed=3, backend="process", workers=2).digest() == want


def test_a_loaded_gym_is_saved_again(gym, saved, tmp_path):
    twice = ag.load_gym(ag.load_gym(saved).save(tmp_path / "twice"))
    assert rollout(twice, Asks(), 6).digest() == rollout(gym, Asks(), 6).digest()


def test_traces_may_stay_at_home(gym, saved, tmp_path):
    bare = gym.save(tmp_path / "bare", traces=False)
    assert not list(bare.glob("traces*"))
    with pytest.raises(TraceError, match="pass traces="):
        ag.load_gym(bare)
    with pytest.raises(TraceError, match="not the traces"):
        ag.load_gym(bare, gym.traces[:5])
    assert (
        rollout(ag.load_gym(bare, gym.traces), Asks(), 6).digest()
        == rollout(gym, Asks(), 6).digest()
    )


def politely(trace) -> float:
    return 1.0


def test_what_was_brought_is_asked_for_again(gym, tmp_path):
    logs = gym.traces
    mine = ag.create_environment(
        logs,
        reward={"politely": politely},
        tools={"today": lambda: "Monday"},
        user=lambda trace, seed: TraceUser(trace, seed),
    )
    folder = mine.save(tmp_path / "mine")
    brought = {
        "reward": {"politely": politely},
        "tools": {"today": lambda: "Monday"},
        "user": lambda trace, seed: TraceUser(trace, seed),
    }
    for name in brought:
        with pytest.raises(TraceError, match=f"pass .*{name}="):
            ag.load_gym(folder, **{k: v for k, v in brought.items() if k != name})
    again = ag.load_gym(folder, **brought)
    assert again.reward_fn.parts[0].name == "politely"
    assert rollout(again, Asks(), 4).digest() == rollout(mine, Asks(), 4).digest()


@pytest.mark.parametrize("fail_at", range(1, 5))
def test_a_full_disk_leaves_the_old_gym_whole(gym, tmp_path, monkeypatch, fail_at):
    folder = gym.save(tmp_path / "gym")
    smaller = ag.create_environment(gym.traces[:8])
    calls, sync = [], os.fsync

    def full(fd):
        calls.append(fd)
        if len(calls) == fail_at:
            raise OSError(28, "No space left on device")
        sync(fd)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        smaller.save(folder)
    monkeypatch.undo()
    assert len(ag.load_gym(folder).traces) == len(gym.traces)
    assert not list(folder.glob("*.half"))
    smaller.save(folder)
    assert len(ag.load_gym(folder).traces) == 8
    assert len(list(folder.iterdir())) == 4  # what the old gym and the failure left is gone


def test_other_files_survive_a_full_disk_and_links_are_not_followed(tmp_path, monkeypatch):
    world = make_world(8)
    episodes = rollout(world, Asks(), 4)
    outside = tmp_path / "outside.txt"
    outside.write_text("precious")
    for name, write in (
        ("e.jsonl", lambda p: episodes.to_jsonl(p)),
        ("t.jsonl", lambda p: world.traces.to_jsonl(p)),
        ("t.jsonl.gz", lambda p: world.traces.to_jsonl(p)),
        ("t.parquet", lambda p: world.traces.to_parquet(p)),
    ):
        path = write(tmp_path / name)
        before = path.read_bytes()
        with monkeypatch.context() as m:
            m.setattr(os, "fsync", lambda fd: (_ for _ in ()).throw(OSError(28, "No space")))
            with pytest.raises(OSError, match="No space"):
                write(path)
        assert path.read_bytes() == before and not list(tmp_path.glob(".*.half"))
        path.unlink()
        path.symlink_to(outside)
        write(path)
        assert outside.read_text() == "precious" and not path.is_symlink()


def spoil(folder: Path, name: str, data: bytes | None) -> None:
    path = next(folder.glob(name))
    path.unlink()
    if data is None:
        path.mkdir()
    else:
        path.write_bytes(data)


@pytest.mark.parametrize("name", ["gym.json", "traces-*", "learned-*.json", "learned-*.npz"])
@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"{}", b"[" * 9999, b"null", None])
def test_malformed_files_are_located_errors(gym, tmp_path, name, data):
    folder = gym.save(tmp_path / "gym")
    spoil(folder, name, data)
    with pytest.raises(AgentGymError, match=str(tmp_path)):
        ag.load_gym(folder)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tools", 5),
        ("tools", [5]),
        ("parts", {"a": 1}),
        ("seed", "0"),
        ("seed", None),
        ("format", 99),
        ("learned", 5),
        ("learned", {"state": 5, "arrays": 5}),
        ("learned", {"state": "../../x", "arrays": "x"}),
        ("file", "../../etc/passwd"),
        ("file", 5),
    ],
)
def test_malformed_settings_are_located_errors(saved, tmp_path, field, value):
    folder = tmp_path / "gym"
    folder.mkdir()
    for p in saved.iterdir():
        (folder / p.name).write_bytes(p.read_bytes())
    told = json.loads((folder / "gym.json").read_text())
    (folder / "gym.json").write_text(json.dumps({**told, field: value}))
    with pytest.raises(AgentGymError, match=str(tmp_path)):
        ag.load_gym(folder)


def test_a_file_where_a_folder_should_be(gym, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AgentGymError, match="cannot hold a gym"):
        gym.save(tmp_path / "file")
    with pytest.raises(AgentGymError, match="no saved gym"):
        ag.load_gym(tmp_path / "file")
    with pytest.raises(TraceError, match="cannot be read"):
        EpisodeSet.from_jsonl(tmp_path)
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe\n")
    with pytest.raises(TraceError, match="line 1"):
        EpisodeSet.from_jsonl(tmp_path / "bytes.jsonl")


def test_flipped_bytes_of_parquet_are_located_errors(tmp_path):
    path = make_world(6).traces.to_parquet(tmp_path / "t.parquet")
    data = bytearray(path.read_bytes())
    for at in range(0, len(data), max(1, len(data) // 60)):
        spoilt = bytearray(data)
        spoilt[at] ^= 0xFF
        path.write_bytes(spoilt)
        try:
            found = ag.load_traces(path, progress=False, on_error="collect")
            assert isinstance(found, TraceSet)
            list(found)
        except AgentGymError as e:
            assert str(e)
