"""Play the scripts through one path: `python play.py PATH FOLDER`, in an environment that has it.

FOLDER holds a saved gym and `scripts.json`; what came of each script goes to `PATH.json`."""

import asyncio
import json
import sys
from pathlib import Path

from scripts import MAX_TURNS, as_call

import agent_gym as ag
from agent_gym.connect.interface import ToolInterface
from agent_gym.environment.action import observation


def by_gymnasium(gym, scripts, folder):
    env = gym.env(max_turns=MAX_TURNS)
    for s in scripts:
        env.reset(seed=s["seed"], options={"conversation_id": s["conversation_id"]})
        seen, reward, done = [], 0.0, False
        for t in s["turns"]:
            if done:
                break
            call = {"name": t.get("tool"), "arguments": t.get("arguments")}
            action = t["say"] if "say" in t else json.dumps({"tool_calls": [call]})
            obs, reward, terminated, truncated, info = env.step(action)
            done = terminated or truncated
            seen.append(obs)
        b = info["breakdown"] if done else env.episode.score()
        assert not done or reward == b.score
        yield {"seen": seen, "reward": b.score, "verdict": b.verdict, "done": done}


async def over_mcp(client, gym, s):
    "One script over an MCP client."
    tools = ToolInterface.of(gym, identifiers=False)
    about = {"conversation_id": s["conversation_id"], "seed": s["seed"]}
    started = await client.call_tool("start_episode", about)
    handle = json.loads(started.content[0].text)["episode"]
    seen, done = [], False
    for t in s["turns"]:
        if done:
            break
        name, arguments = as_call(tools, t)
        answer = await client.call_tool(name, {"episode": handle, **arguments})
        seen.append(answer.content[0].text)
        done = bool((answer.meta or {}).get("agent-gym/verdict"))
    ended = await client.call_tool("end_episode", {"episode": handle})
    again = await client.call_tool("end_episode", {"episode": handle})
    assert again.is_error
    reward, verdict = (ended.meta[f"agent-gym/{k}"] for k in ("reward", "verdict"))
    return {"seen": seen, "reward": reward, "verdict": verdict, "done": done}


def by_mcp_stdio(gym, scripts, folder):
    from mcp import Client, StdioServerParameters

    load = f"import agent_gym as ag; gym = ag.load_gym({str(folder / 'gym')!r})"
    command = f"{load}; from agent_gym.connect import mcp; mcp.serve_stdio(gym)"
    how = StdioServerParameters(
        command=sys.executable, args=["-c", command], env={"PYTHONPATH": sys.path[1]}
    )

    async def talk():
        async with Client(how, read_timeout_seconds=60) as client:
            names = {t.name for t in (await client.list_tools()).tools}
            assert "message_user" in names
            return [await over_mcp(client, gym, s) for s in scripts]

    return asyncio.run(talk())


class Served:
    "An ASGI application on a free port of this machine, in a thread."

    def __init__(self, app):
        import threading

        import uvicorn

        self.server = uvicorn.Server(
            uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1)
        )
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self):
        import time

        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)
        return f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join(20)


def by_mcp_http(gym, scripts, folder, mode="auto"):
    "Two clients of one server, interleaved."
    from mcp import Client

    from agent_gym.connect import mcp

    async def half(url, own):
        async with Client(f"{url}/mcp", mode=mode, read_timeout_seconds=60) as client:
            await client.list_tools()
            return client.protocol_version, [await over_mcp(client, gym, s) for s in own]

    async def both(url):
        return await asyncio.gather(half(url, scripts[::2]), half(url, scripts[1::2]))

    with Served(mcp.application(gym, max_turns=MAX_TURNS)) as url:
        (version, even), (_, odd) = asyncio.run(both(url))
    assert (version >= "2026-07-28") == (mode == "auto"), version
    return [r for pair in zip(even, odd, strict=True) for r in pair]


def by_mcp_http_legacy(gym, scripts, folder):
    return by_mcp_http(gym, scripts, folder, mode="legacy")


def by_openenv(gym, scripts, folder):
    "The framework's client and server; two sessions at once."
    from agent_gym.connect import openenv

    with Served(openenv.application(gym, max_turns=MAX_TURNS)) as url:
        other = openenv.GymClient(base_url=url).sync()
        with openenv.GymClient(base_url=url).sync() as env, other:
            for s in scripts:
                other.reset(seed=s["seed"] + 1)  # another episode of another client
                yield over_openenv(env, s)
                other.step(openenv.GymAction(content="Hello!"))


def over_openenv(env, s):
    "One script over an OpenEnv client."
    from agent_gym.connect.openenv import GymAction

    env.reset(conversation_id=s["conversation_id"], seed=s["seed"])
    seen, got = [], None
    for t in s["turns"]:
        if got is not None and got.done:
            break
        call = {"name": t.get("tool"), "arguments": t.get("arguments")}
        got = env.step(GymAction(content=t["say"]) if "say" in t else GymAction(tool_calls=[call]))
        seen.append(got.observation.text)
    state = env.state()
    assert not got.done or (got.reward, got.observation.verdict) == (state.score, state.verdict)
    return {"seen": seen, "reward": state.score, "verdict": state.verdict, "done": got.done}


def by_trl(gym, scripts, folder):
    "As TRL does it: an instance used again and again, methods by name; unknown tools it keeps."
    from scripts import play

    from agent_gym.connect.trl import environment_factory

    environment = environment_factory(gym, max_turns=MAX_TURNS)()
    for s in scripts:
        known = [t for t in s["turns"] if "say" in t or hasattr(environment, t["tool"])]
        assert (len(known) < len(s["turns"])) == (s["kind"] == "unknown")
        assert environment.reset(**s, prompt=[{}]) is None
        seen, episode = [], environment._episode
        for t in known:
            if episode.done:
                break
            name, arguments = as_call(environment._tools, t)
            seen.append(getattr(environment, name)(**arguments))
        told = {"seen": seen, "reward": environment.get_reward(), "done": episode.done}
        told["verdict"] = episode.score().verdict
        assert told == play(gym, s | {"turns": known})
        yield told


def answers(trace):
    "What came back after each turn of the agent."
    seen = []
    for m in trace.messages:
        if m.role == "assistant":
            seen.append([])
        elif seen:
            seen[-1].append(m)
    return [observation(heard) for heard in seen]


def by_inspect(gym, scripts, folder):
    "One evaluation; the model says what the script says, and fails where that is given up."
    from inspect_ai import eval as evaluate
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.solver._task_state import sample_state

    from agent_gym.connect import inspect

    tools = ToolInterface.of(gym, customer=True)
    by_id = {f"{s['conversation_id']}#{s['seed']}": s for s in scripts}

    def model(messages, *rest):
        turn = sum(m.role == "assistant" for m in messages)
        name, arguments = as_call(tools, t := by_id[sample_state().sample_id]["turns"][turn])
        out = ModelOutput.for_tool_call("scripted", name, arguments)
        if "say" in t:
            out = ModelOutput.from_content("scripted", t["say"])
        else:
            out.choices[0].message.content = ""
        out.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return out

    task = inspect.task(gym, repeats=10, max_turns=MAX_TURNS)
    task.dataset = task.dataset.filter(lambda sample: sample.id in by_id)
    (log,) = evaluate(
        task,
        model=get_model("mockllm/model", custom_outputs=model),
        log_dir=str(folder / "inspect"),
        display="none",
        fail_on_error=False,
    )
    found = {f"{r.conversation_id}#{r.seed}": r for r in inspect.episodes(log)}
    for key in by_id:
        r = found[key]
        done = r.terminated or r.truncated
        told = {"seen": answers(r.trace), "reward": r.score, "verdict": r.verdict, "done": done}
        yield told


if __name__ == "__main__":
    path, folder = sys.argv[1], Path(sys.argv[2])
    gym = ag.load_gym(folder / "gym")
    scripts = json.loads((folder / "scripts.json").read_text("utf-8"))
    found = [*globals()[f"by_{path}"](gym, scripts, folder)]
    (folder / f"{path}.json").write_text(json.dumps(found), "utf-8")
