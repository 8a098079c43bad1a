"""Environments of their own for the frameworks, made once in a cache folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from scripts import make_scripts, play

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("AGENT_GYM_CONNECT", ROOT / ".connect"))
MORE = {"trl": ["torch==2.13.0"], "gymnasium": []}
collect_ignore = [] if os.environ.get("AGENT_GYM_CONNECT") else ["test_frameworks.py"]


@pytest.fixture(autouse=True)
def no_network():
    "The frameworks' environments are installed over the network."


def python_of(extra: str) -> Path:
    "The interpreter of an environment that holds this package with `extra`."
    folder, wants = CACHE / extra, [f"-e{ROOT}[{extra}]", *MORE.get(extra, ())]
    python, stamp = folder / "bin" / "python", folder / "agent-gym.json"
    if not (stamp.is_file() and json.loads(stamp.read_text()) == wants):
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *wants]
        subprocess.run(install, check=True)
        stamp.write_text(json.dumps(wants))
    return python


def run_in(extra: str, *args: str | Path, seconds: int = 300) -> str:
    "What `python *args` prints in the environment of `extra`; fails with what it printed instead."
    env = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [python_of(extra), *args],
        capture_output=True,
        text=True,
        timeout=seconds,
        env=env,
        cwd=Path(__file__).parent,
    )
    assert done.returncode == 0, (done.stdout[-1500:], done.stderr[-3000:])
    return done.stdout


@pytest.fixture(scope="session")
def folder(tmp_path_factory, sample_gym):
    "A folder with a saved gym, fifty scripts and what `Episode` makes of them."
    folder, gym = tmp_path_factory.mktemp("connect"), sample_gym(110, 0)
    gym.save(folder / "gym")
    scripts = make_scripts(gym)
    (folder / "scripts.json").write_text(json.dumps(scripts), "utf-8")
    want = [play(gym, s) for s in scripts]
    (folder / "episode.json").write_text(json.dumps(want), "utf-8")
    return folder
