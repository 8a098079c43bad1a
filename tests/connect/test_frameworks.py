"""Every framework, in an environment of its own, sees the episodes that `Episode` plays."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import time

import pytest
from conftest import ROOT, python_of, run_in
from scripts import KINDS, differences

VERSIONS = {
    "mcp": {"mcp": (2, 3)},
    "openenv": {"openenv": (0, 10)},
    "inspect": {"inspect_ai": (0, 3)},
    "trl": {"trl": (1, 0), "transformers": (5, 2), "torch": (2, 8)},
}
PATHS = {
    "mcp": ("mcp_stdio", "mcp_http", "mcp_http_legacy"),
    "openenv": ("openenv",),
    "inspect": ("inspect",),
    "trl": ("trl",),
}
NOTEBOOKS = {
    "mcp": ("02_mcp",),
    "openenv": ("03_openenv",),
    "trl": ("04_trl",),
    "inspect": ("05_inspect",),
}
TOLD = """
import json, sys
from importlib.metadata import version
print(json.dumps({n: version(n) for n in sys.argv[1:]}))
"""


@pytest.mark.parametrize("extra", VERSIONS)
def test_what_pip_resolves(extra):
    found = json.loads(run_in(extra, "-c", TOLD, *VERSIONS[extra]))
    for name, least in VERSIONS[extra].items():
        assert tuple(map(int, found[name].split(".")[:2])) >= least, (name, found[name])


@pytest.mark.parametrize(("extra", "path"), [(e, p) for e, ps in PATHS.items() for p in ps])
def test_fifty_scripts_go_as_in_an_episode(extra, path, folder):
    run_in(extra, "play.py", path, folder)
    want, got = (json.loads((folder / f"{n}.json").read_text()) for n in ("episode", path))
    assert len(want) == 10 * len(KINDS) and {r["done"] for r in want} == {True, False}
    if path == "trl":  # which answers calls of unknown tools itself: `play.py` tells them apart
        scripts = json.loads((folder / "scripts.json").read_text())
        kept = [i for i, s in enumerate(scripts) if s["kind"] != "unknown"]
        want, got = ([results[i] for i in kept] for results in (want, got))
    assert not differences(want, got)


@pytest.mark.parametrize(("extra", "name"), [(e, n) for e, ns in NOTEBOOKS.items() for n in ns])
def test_the_notebooks_run_where_their_framework_is(extra, name):
    path = ROOT / "nbs" / "connect" / f"{name}.ipynb"
    assert int(run_in(extra, "notebook.py", path).split()[-2]) > 5


def test_a_served_gym_bears_load_and_refuses_strangers(folder):
    told = json.loads(run_in("openenv", "serving.py", folder, "5").splitlines()[-1])
    assert told["errors"] == 0 and told["sessions"] == 100, told
    assert told["freed"] and told["refused"] == {
        "no token": 403,
        "wrong token": 403,
        "cross origin": 403,
        "rebinding": 421,
        "oversized": 1009,
        "malformed": "VALIDATION_ERROR",
        "too many": "CAPACITY_REACHED",
    }, told
    print(told)


@pytest.mark.parametrize("how", ["--openenv", "--mcp"])
def test_the_command_serves_a_saved_gym(folder, how):
    extra, port = how.removeprefix("--"), free_port()
    command = [python_of(extra).parent / "agent-gym", "serve", folder / "gym", how, "--port", port]
    env = os.environ | {"PYTHONPATH": str(ROOT), "AGENT_GYM_TOKEN": "secret"}
    with subprocess.Popen([*map(str, command)], env=env) as child:
        try:
            statuses = [status_of(port, token) for token in ("secret", "guessed")]
        finally:
            child.kill()
    assert statuses == [200 if extra == "openenv" else 404, 401]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def status_of(port, token, tries=600):
    "The status of a GET, once somebody listens."
    for _ in range(tries):
        there = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.suppress(ConnectionRefusedError):
            there.request("GET", "/health", headers={"Authorization": f"Bearer {token}"})
            return there.getresponse().status
        time.sleep(0.1)
    raise AssertionError("nobody listens")


def test_a_small_model_is_trained(tmp_path):
    bench = ROOT / "tools" / "bench_lm.py"
    how = "--logs 40 --sft-steps 30 --grpo-steps 2 --size 8 --customers 0".split()
    lines = run_in("trl", bench, *how, "--folder", tmp_path, seconds=1500).splitlines()
    told = [json.loads(x) for x in lines if x.startswith('{"arm"')]
    assert [t["arm"] for t in told] == ["data", "sft", "step", "step", "grpo"]
