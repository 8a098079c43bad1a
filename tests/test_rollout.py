"""Rollouts: the same records on every back end, nothing lost when agents fail or workers die, and interrupted ones go on."""

import asyncio
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_environment import make_world

from agent_gym.environment import EpisodeRecord, EpisodeSet, rollout
from agent_gym.environment.play import Work, plan
from agent_gym.environment.pools import LocalPool, Pool
from agent_gym.environment.rollouts import RolloutDirectory, surviving
from agent_gym.trace import EpisodeError, Message, Trace, TraceError

WORLD = make_world()


class Asks:
    "Looks the box up, then asks until the user leaves; stateless."

    def act(self, messages, tools):
        done = any(m.role == "tool" for m in messages)
        return (
            Message(role="assistant", content="Anything else?")
            if done
            else Message(
                role="assistant",
                tool_calls=[{"name": "get_box", "arguments": {"box": f"B-{100 + len(messages)}"}}],
                metadata={"usage": {"input_tokens": 10, "output_tokens": len(messages)}},
            )
        )


class Replays:
    "A factory for one conversation: repeats its log."

    def __init__(self, trace: Trace):
        self.left = [m for m in trace.messages if m.role == "assistant"]

    def act(self, messages, tools):
        return self.left.pop(0)


class Breaks:
    "Raises in some conversations."

    def act(self, messages, tools):
        if "B-103" in str(messages[1]) and len(messages) > 2:
            raise KeyError("box")
        return Asks().act(messages, tools)


class Kills:
    "Takes its process with it: once, guarded by a file, or every time in one conversation."

    def __init__(self, flag: Path | None = None):
        self.flag = flag

    def act(self, messages, tools):
        if self.flag is None:
            if "B-105" in str(messages[1]):
                os.kill(os.getpid(), signal.SIGKILL)
        elif "B-110" in str(messages[1]) and not self.flag.exists():
            self.flag.write_text("dead")
            os.kill(os.getpid(), signal.SIGKILL)
        return Asks().act(messages, tools)


class Waits:
    "A network-bound agent."

    under_way = most = 0

    async def act(self, messages, tools):
        Waits.under_way += 1
        Waits.most = max(Waits.most, Waits.under_way)
        await asyncio.sleep(0.002)
        Waits.under_way -= 1
        return Asks().act(messages, tools)


def test_plan_is_a_function_of_the_seed():
    assert plan(WORLD.tasks, None, 3) == plan(WORLD.tasks, None, 3) and len(
        plan(WORLD.tasks)
    ) == len(WORLD.tasks)
    jobs = plan(WORLD.tasks, 60, 1)
    assert [j.index for j in jobs] == list(range(60)) and len(
        {(j.conversation_id, j.seed) for j in jobs}
    ) == 60
    assert jobs[:10] == plan(WORLD.tasks, 10, 1) != plan(WORLD.tasks, 10, 2)
    with pytest.raises(ValueError, match="at least 1"):
        plan(WORLD.tasks, 0)


def test_replaying_the_logs_scores_as_the_logs():
    e = rollout(WORLD, Replays)
    assert (
        [r.score for r in e] == [WORLD.reward.episode(t).score for t in WORLD.traces]
        and set(e.sources()) == {"replay"}
        and e.agent == "Replays"
    )


def test_every_back_end_gives_the_same_records():
    want = rollout(WORLD, Asks(), 50, seed=1)
    assert (
        want.digest()
        == rollout(WORLD, Asks(), 50, seed=1, chunk=7).digest()
        == rollout(WORLD, Asks(), 50, seed=1, backend="process", workers=2, chunk=9).digest()
    )
    assert want == rollout(WORLD, Asks(), 50, seed=1) != rollout(WORLD, Asks(), 50, seed=2)


def test_asynchronous_agents_wait_together():
    Waits.most = 0
    e = rollout(WORLD, Waits(), 40, seed=1, concurrency=8, chunk=40)
    assert e.digest() == rollout(WORLD, Asks(), 40, seed=1).digest() and Waits.most == 8


def test_a_failing_agent_breaks_only_its_own_episode():
    e, good = rollout(WORLD, Breaks()), rollout(WORLD, Asks())
    assert (
        [r.conversation_id for r in e.failures] == ["box-3"]
        and e.failures[0].error == "KeyError: 'box'"
        and e.failures[0].score == 0
    )
    assert [r for r in e if not r.error] == [r for r in good if r.conversation_id != "box-3"]
    assert (
        len(rollout(WORLD, lambda trace: 1 / 0, 3).failures) == 3
        and "no agent" in rollout(WORLD, lambda trace: object(), 1)[0].error
    )


def test_a_worker_killed_once_loses_nothing(tmp_path):
    e = rollout(WORLD, Kills(tmp_path / "flag"), backend="process", workers=2, chunk=5)
    assert (tmp_path / "flag").exists() and e.digest() == rollout(WORLD, Asks()).digest()


def test_an_episode_that_always_kills_is_marked_alone():
    e = rollout(WORLD, Kills(), backend="process", workers=2, chunk=6)
    assert (
        [r.conversation_id for r in e.failures] == ["box-5"]
        and "died" in e.failures[0].error
        and len(e) == len(WORLD.tasks)
    )


class Slow(Asks):
    "Takes its time, so that something can happen meanwhile."

    def act(self, messages, tools):
        time.sleep(0.02)
        return super().act(messages, tools)


class Flaky(LocalPool):
    "A pool whose worker dies at chosen submissions."

    def __init__(self, work: Work, deadly: set[int]):
        super().__init__(work)
        self.deadly, self.n = deadly, -1

    def next(self):
        self.n += 1
        key, jobs = self._queue.popleft()
        return (key, None) if self.n in self.deadly else (key, self._work(jobs))


def test_surviving_plays_every_job_once():
    work, jobs = Work(WORLD, Asks()), plan(WORLD.tasks)
    pool: Pool = Flaky(work, {0, 1, 4})
    done = [
        r
        for records in surviving(
            pool, [jobs[:8], jobs[8:16], jobs[16:]], lambda j: pytest.fail(f"lost {j}")
        )
        for r in records
    ]
    assert sorted(r.index for r in done) == [j.index for j in jobs]
    lost = [
        r
        for records in surviving(
            Flaky(work, set(range(99))),
            [jobs[:2]],
            lambda j: EpisodeRecord(
                j.index, j.conversation_id, "", 0, WORLD.traces[0], 0.0, error="died"
            ),
        )
        for r in records
    ]
    assert [r.error for r in lost] == ["died", "died"]


class Together(LocalPool):
    "Two at once; a deadly job takes what runs beside it along, as in a pool of processes."

    capacity = 2

    def next(self):
        if any(j.conversation_id == "box-5" for _, jobs in self._queue for j in jobs):
            return self._queue.popleft()[0], None
        return super().next()


def test_no_job_is_lost_for_anothers_sake():
    jobs = plan(WORLD.tasks)
    done = [
        r
        for records in surviving(
            Together(Work(WORLD, Asks())),
            [jobs[i : i + 4] for i in range(0, len(jobs), 4)],
            lambda j: EpisodeRecord(
                j.index, j.conversation_id, "", 0, WORLD.traces[0], 0.0, error="died"
            ),
        )
        for r in records
    ]
    assert [r.conversation_id for r in done if r.error] == ["box-5"] and sorted(
        r.index for r in done
    ) == [j.index for j in jobs]


class Observed(Asks):
    "Tells what it plays to a list, and may be stopped; none of which is a setting of it."

    identity = "observed"

    def __init__(self, played, turns=10**9):
        self.played, self.left = played, turns

    def act(self, messages, tools):
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt
        if len(messages) == 2:
            self.played.append(1)
        return super().act(messages, tools)


def test_an_interrupted_rollout_goes_on(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        rollout(WORLD, Observed([], 60), 50, directory=tmp_path, chunk=4)
    parts = sorted(p.name for p in tmp_path.glob("part-*"))
    assert parts and len(parts) < 13 and not list(tmp_path.glob("*.half"))
    played = []
    e = rollout(WORLD, Observed(played), 50, directory=tmp_path, chunk=4)
    assert len(played) == 50 - 4 * len(parts) and e.digest() == rollout(WORLD, Asks(), 50).digest()
    with pytest.raises(EpisodeError, match="another rollout"):
        rollout(WORLD, Observed([]), 51, directory=tmp_path)


class Patient(Asks):
    "As `Asks`, in its own words."

    def __init__(self, words):
        self.words = words

    def act(self, messages, tools):
        said = super().act(messages, tools)
        return said if said.tool_calls else Message(role="assistant", content=self.words)


@pytest.mark.parametrize(
    "other",
    [
        lambda folder: rollout(WORLD, Patient("What now?"), 12, directory=folder),
        lambda folder: rollout(make_world(23), Patient("Well?"), 12, directory=folder),
        lambda folder: rollout(make_world(seed=5), Patient("Well?"), 12, directory=folder),
    ],
    ids=["settings", "gym", "seed"],
)
def test_records_of_another_agent_or_gym_are_played_again(tmp_path, other):
    "Same name, same plan: only the settings of the agent, the logs or the seed of the gym differ."
    own = rollout(WORLD, Patient("Well?"), 12, directory=tmp_path / "own")
    other(tmp_path / "other")
    for p in (tmp_path / "own").glob("part-*"):
        p.unlink()
    for p in (tmp_path / "other").glob("part-*"):
        (tmp_path / "own" / p.name).write_bytes(p.read_bytes())
    again = rollout(WORLD, Patient("Well?"), 12, directory=tmp_path / "own")
    assert again.digest() == own.digest()


@pytest.mark.parametrize(
    ("field", "value"),
    [("score", 7.0), ("score", -1), ("confidence", 3), ("turns", -4), ("seconds", -1.0)],
)
def test_a_record_outside_its_range_is_played_again(tmp_path, field, value):
    want = rollout(WORLD, Asks(), 6, directory=tmp_path)
    part = next(tmp_path.glob("part-*"))
    lines = [json.loads(line) for line in part.read_bytes().splitlines()]
    lines[0]["metadata"]["episode"][field] = value
    part.write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(TraceError, match=rf"line 1.*{field}"):
        EpisodeSet.from_jsonl(part)
    assert rollout(WORLD, Asks(), 6, directory=tmp_path).digest() == want.digest()


def _whole(line: bytes) -> int | None:
    try:
        return json.loads(line)["metadata"]["episode"]["index"]
    except ValueError:
        return None


@settings(max_examples=10, deadline=None)
@given(st.floats(0, 1), st.integers(0, 3), st.sets(st.integers(0, 3), max_size=2))
def test_torn_files_lose_nothing_and_repeat_nothing(cut, torn, gone):
    with tempfile.TemporaryDirectory() as folder:
        want = rollout(WORLD, Observed([]), 20, directory=folder, chunk=5)
        parts = sorted(Path(folder).glob("part-*"))
        raw = parts[torn].read_bytes()
        parts[torn].write_bytes(raw[: int(cut * len(raw))])
        for i in gone:
            parts[i].unlink()
        left = {
            i
            for p in Path(folder).glob("part-*")
            for line in p.read_bytes().splitlines()
            if (i := _whole(line)) is not None
        }
        played = []

        again = rollout(WORLD, Observed(played), 20, directory=folder, chunk=3)
        assert (
            again.digest() == want.digest()
            and len(played) == 20 - len(left)
            and [r.index for r in again] == list(range(20))
        )
        assert rollout(
            WORLD, Observed(played), 20, directory=folder
        ).digest() == want.digest() and len(played) == 20 - len(left)


class Leaves(Asks):
    "Ends its process, as a script would."

    def act(self, messages, tools):
        if "B-103" in str(messages[1]) and len(messages) > 2:
            sys.exit(3)
        return super().act(messages, tools)


class Hangs(Asks):
    "Never answers in one conversation."

    def act(self, messages, tools):
        if "B-103" in str(messages[1]):
            time.sleep(60)
        return super().act(messages, tools)


class HangsLater(Hangs):
    async def act(self, messages, tools):
        if "B-103" in str(messages[1]):
            await asyncio.sleep(60)
        return Asks().act(messages, tools)


class Clutches(Asks):
    "Says something with a lock in it."

    def act(self, messages, tools):
        said = super().act(messages, tools)
        return (
            said.model_copy(update={"metadata": {"held": threading.Lock()}})
            if "B-103" in str(messages[1])
            else said
        )


def test_agents_that_leave_hang_or_say_what_cannot_be_sent_break_their_own_episode():
    good = [r for r in rollout(WORLD, Asks()) if r.conversation_id != "box-3"]
    for agent, options, error in (
        (Leaves(), {}, "SystemExit: 3"),
        (Leaves(), {"backend": "process", "workers": 2}, "SystemExit: 3"),
        (Hangs(), {"timeout": 0.5}, "longer than 0.5 s"),
        (HangsLater(), {"timeout": 0.5}, "longer than 0.5 s"),
        (Hangs(), {"timeout": 1.0, "backend": "process", "workers": 2}, "longer than 1 s"),
        (Clutches(), {"backend": "process", "workers": 2}, "cannot be sent"),
    ):
        e = rollout(WORLD, agent, **options)
        assert (
            [r.conversation_id for r in e.failures] == ["box-3"]
            and error in e.failures[0].error
            and e.failures[0].score == 0
            and [r for r in e if not r.error] == good
        )


def test_a_factory_of_asynchronous_agents():
    assert (
        rollout(WORLD, lambda trace: Waits(), 20, seed=1).digest()
        == rollout(WORLD, Asks(), 20, seed=1).digest()
    )


def test_a_directory_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EpisodeError, match="cannot keep a rollout"):
        rollout(WORLD, Asks(), 4, directory=tmp_path / "file")
    rename, calls = os.replace, []

    def full(source, target):
        calls.append(target)
        if len(calls) in (3, 4):
            raise OSError(28, "No space left on device")
        rename(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.warns(UserWarning, match="takes no more") as told:
        e = rollout(WORLD, Asks(), 20, directory=tmp_path / "full", chunk=4)
    assert (
        e.digest() == rollout(WORLD, Asks(), 20).digest()
        and len(told) == 1
        and not list((tmp_path / "full").glob("*.half"))
    )
    assert (
        len(
            RolloutDirectory(
                tmp_path / "full", Work(WORLD, Asks()), plan(WORLD.tasks, 20)
            ).records()
        )
        == 12
    )
    assert rollout(WORLD, Asks(), 20, directory=tmp_path / "full", chunk=4).digest() == e.digest()


def test_files_that_an_enemy_left_are_not_believed(tmp_path):
    want = rollout(WORLD, Asks(), 12, directory=tmp_path, chunk=3)
    parts = sorted(tmp_path.glob("part-*"))
    lines = [json.loads(line) for p in parts for line in p.read_bytes().splitlines()]
    lines[0]["metadata"]["episode"]["score"] = "high"
    lines[1]["metadata"]["episode"]["index"] = 7
    lines[2]["metadata"]["episode"]["seed"] = 99
    lines[3]["metadata"]["episode"]["index"] = [3]
    parts[0].write_text(
        "\n".join(json.dumps(x) for x in lines[:4]) + "\n" + "[" * 100_000 + "\n\0\xff\n"
    )
    (tmp_path / "part-00000099-x.jsonl").mkdir()
    assert rollout(WORLD, Asks(), 12, directory=tmp_path, chunk=3).digest() == want.digest()
    (tmp_path / "rollout.json").write_bytes(b"\xff{")
    with pytest.raises(EpisodeError, match="damaged"):
        rollout(WORLD, Asks(), 12, directory=tmp_path)
    (tmp_path / "rollout.json").unlink()
    assert rollout(WORLD, Asks(), 12, directory=tmp_path).digest() == want.digest()


_SCRIPT = "import sys, test_rollout as t; print(t.rollout(t.WORLD, t.Slow(), 24, directory=sys.argv[1], chunk=2, progress=False).digest())"


def _start(folder):
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)]),
    }
    return subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, str(folder)], stdout=subprocess.PIPE, text=True, env=env
    )


def test_two_runs_at_once_and_one_killed_in_the_middle(tmp_path):
    want = rollout(WORLD, Slow(), 24).digest()
    killed = _start(tmp_path)
    until = time.monotonic() + 60
    while len(list(tmp_path.glob("part-*"))) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    killed.kill()
    killed.communicate()
    assert 2 <= len(list(tmp_path.glob("part-*"))) < 12
    both = [_start(tmp_path), _start(tmp_path)]
    assert [p.communicate()[0].strip() for p in both] == [want, want] and [
        p.returncode for p in both
    ] == [0, 0]
    left = RolloutDirectory(tmp_path, Work(WORLD, Slow()), plan(WORLD.tasks, 24)).records()
    assert {r.index for r in left} == set(range(24))


def test_an_agent_that_cannot_be_sent_is_refused():
    agent = Asks()
    agent.lock = threading.Lock()
    with pytest.raises(EpisodeError, match="cannot be sent"):
        rollout(WORLD, agent, 4, backend="process")
    with pytest.raises(ValueError, match="backend"):
        rollout(WORLD, Asks(), 4, backend="threads")


def test_episodes_become_logs(tmp_path):
    from agent_gym.parser import load_traces

    e = rollout(WORLD, Asks(), 12)
    path = e.to_jsonl(tmp_path / "episodes.jsonl")
    assert EpisodeSet.from_jsonl(path) == e
    logs = load_traces(path)
    assert [t.messages for t in logs] == [r.trace.messages for r in e]
    assert (
        json.loads(path.read_text("utf-8").splitlines()[0])["metadata"]["episode"]["usage"][
            "input_tokens"
        ]
        == 10
    )
    assert e.usage()["input_tokens"] == 120 and len(e.to_pandas()) == 12 and e.latency() >= 0


def test_filters_and_splits():
    assert {
        r.conversation_id for r in rollout(WORLD, Asks(), filter=lambda t: t.success is False)
    } == {f"box-{i}" for i in range(0, 24, 4)}
    train, held_out = (
        rollout(WORLD, Asks(), split="train"),
        rollout(WORLD, Asks(), split="held_out"),
    )
    assert len(train) + len(held_out) == len(WORLD.tasks)
    with pytest.raises(EpisodeError, match="no task"):
        rollout(WORLD, Asks(), filter=lambda t: False)


def test_a_malformed_turn_is_counted_and_answered():
    class Mute:
        def act(self, messages, tools):
            return None

    e = rollout(WORLD, Mute(), 2, max_turns=4)
    assert (
        all(r.truncated and r.turns == 4 for r in e)
        and "Malformed action" in e[0].trace.messages[-1].content
    )


needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None,
    reason="Ray is not installed: pip install 'agent-gym[ray]'",
)


@needs_ray
def test_ray_gives_the_same_records(tmp_path):
    import ray

    try:
        assert (
            rollout(WORLD, Asks(), 50, seed=1, backend="ray", workers=2).digest()
            == rollout(WORLD, Asks(), 50, seed=1).digest()
        )
        assert (
            rollout(WORLD, Kills(tmp_path / "flag"), backend="ray", workers=2, chunk=5).digest()
            == rollout(WORLD, Asks()).digest()
        )
        e = rollout(WORLD, Kills(), backend="ray", workers=99, chunk=6)
        assert [r.conversation_id for r in e.failures] == ["box-5"]
        with pytest.raises(EpisodeError, match="is connected to"):
            rollout(WORLD, Asks(), 4, backend="ray", ray_address="10.0.0.1:6379")
    finally:
        ray.shutdown()


@needs_ray
def test_two_ray_nodes_of_which_one_leaves(tmp_path, monkeypatch):
    import ray
    from ray.cluster_utils import Cluster

    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    )
    monkeypatch.setattr("agent_gym.environment.pools.HIRING", 40.0)
    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}
    )
    try:
        other = cluster.add_node(num_cpus=1)
        want = rollout(WORLD, Asks(), 40, seed=1).digest()
        assert (
            rollout(
                WORLD, Asks(), 40, seed=1, backend="ray", ray_address=cluster.address, chunk=4
            ).digest()
            == want
        )
        assert (
            sum(n["Alive"] for n in ray.nodes()) == 2 and ray.cluster_resources()["CPU"] == 2
        )  # an actor takes a processor, so both nodes played

        gone = []

        def leaves(records):
            if not gone:
                gone.append(cluster.remove_node(other))

        monkeypatch.setattr(
            RolloutDirectory,
            "add",
            lambda self, records, add=RolloutDirectory.add: (add(self, records), leaves(records)),
        )
        assert (
            rollout(
                WORLD,
                Slow(),
                40,
                seed=1,
                backend="ray",
                ray_address=cluster.address,
                chunk=4,
                directory=tmp_path,
            ).digest()
            == want
        )
    finally:
        ray.shutdown()
        cluster.shutdown()
