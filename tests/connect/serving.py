"""An OpenEnv server under load and under attack: `python serving.py FOLDER SECONDS`.

It runs in the environment of its extra and prints one JSON object. Round trips are counted for the
gym and for an echo as the framework's template has it, in the same run, by turns."""

import asyncio
import contextlib
import http.client
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from openenv.core.env_server.http_server import create_app
from openenv.core.env_server.interfaces import Environment
from openenv.core.env_server.types import Action, Observation, State
from openenv.core.generic_client import GenericEnvClient
from play import Served
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

import agent_gym as ag
from agent_gym.connect.openenv import GymAction, GymClient, application

SESSIONS = 100


class EchoAction(Action):
    message: str


class EchoObservation(Observation):
    message: str = ""


class Echo(Environment):
    SUPPORTS_CONCURRENT_SESSIONS = True

    def reset(self, seed=None, episode_id=None, **more):
        return EchoObservation()

    def step(self, action, timeout_s=None, **more):
        return EchoObservation(message=action.message)

    @property
    def state(self):
        return State()


async def session(env, action, until, started):
    "Round trips of one client until the time is up; an episode that has ended is begun again."
    n, seed = 0, started
    async with env:
        await env.reset(seed=seed)
        while time.monotonic() < until:
            done = (await env.step(action)).done
            n += 1
            if done:
                seed += SESSIONS
                await env.reset(seed=seed)
    return n


async def load(make, action, sessions, seconds):
    "Round trips of all sessions, and how many failed."
    until = time.monotonic() + seconds
    work = [session(make(), action, until, i) for i in range(sessions)]
    done = await asyncio.gather(*work, return_exceptions=True)
    for e in done:
        if isinstance(e, BaseException):
            print(repr(e)[:200], file=sys.stderr)
    return sum(n for n in done if isinstance(n, int)), sum(not isinstance(n, int) for n in done)


async def status(url, message="{}", **headers):
    "How the server refuses: the HTTP status, the code of the close, or its word."
    try:
        async with connect(url.replace("http", "ws") + "/ws", additional_headers=headers) as ws:
            with contextlib.suppress(ConnectionClosed):
                await ws.send(message)
            return json.loads(await asyncio.wait_for(ws.recv(), 10))["data"].get("code", "answered")
    except InvalidStatus as e:
        return e.response.status_code
    except ConnectionClosed as e:
        return e.rcvd.code if e.rcvd else e.code


def rebound(url, headers):
    "The status for a request by another name."
    there = http.client.HTTPConnection(url.removeprefix("http://"))
    there.request("GET", "/health", headers={"Host": "page.example", **headers})
    return there.getresponse().status


async def refusals(gym):
    "What strangers get from a server with a token and room for one."
    mine = {"Authorization": "Bearer secret"}
    step = json.dumps({"type": "step", "data": {"tool_calls": "no list"}})
    with Served(application(gym, token="secret", most=1)) as url:
        told = {
            "no token": await status(url),
            "wrong token": await status(url, Authorization="Bearer secrets"),
            "cross origin": await status(url, Origin="https://page.example", **mine),
            "rebinding": rebound(url, mine),
            "oversized": await status(url, "x" * (5 << 20), **mine),
            "malformed": await status(url, step, **mine),
        }
        async with GymClient(base_url=url, headers=mine) as env:
            await env.reset(seed=1)
            told["too many"] = await status(url, **mine)
    return told


async def freed(url):
    "Whether a client that is killed frees its place, on a server with room for one."
    code = f"""
import time
from agent_gym.connect.openenv import GymClient
env = GymClient(base_url={url!r}).sync()
env.connect()
env.reset(seed=1)
print("open", flush=True)
time.sleep(60)
"""
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"open\n"
    full = await status(url)
    child.send_signal(signal.SIGKILL)
    child.wait()
    for _ in range(50):
        await asyncio.sleep(0.1)
        if await status(url) != "CAPACITY_REACHED":
            return full == "CAPACITY_REACHED"
    return False


def main(folder, seconds):
    gym = ag.load_gym(folder / "gym")
    echo = create_app(Echo, EchoAction, EchoObservation, max_concurrent_envs=SESSIONS)
    call = GymAction(tool_calls=[{"name": gym.world.tools[0].name, "arguments": {}}])
    with Served(application(gym, most=SESSIONS)) as url, Served(echo) as other:
        clients = {
            "gym": (lambda: GymClient(base_url=url), call),
            "echo": (lambda: GenericEnvClient(base_url=other), {"message": "Hello!"}),
        }
        trips = dict.fromkeys(clients, 0)
        for turn in range(-1, 8):  # one to warm up, then by turns: both see the same machine
            for name, (make, action) in clients.items():
                n, _ = asyncio.run(load(make, action, 1, seconds / 16))
                trips[name] += n if turn >= 0 else 0
        n, errors = asyncio.run(load(*clients["gym"], SESSIONS, seconds))
    with Served(application(gym, most=1)) as url:
        left = asyncio.run(freed(url))
    told = {
        "trips": trips,
        "ratio": trips["gym"] / trips["echo"],
        "sessions": SESSIONS,
        "steps": n,
        "errors": errors,
        "freed": left,
        "refused": asyncio.run(refusals(gym)),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
