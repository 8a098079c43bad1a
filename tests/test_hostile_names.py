r"""Names are data: tools, arguments, fields and ids called `\d+`, `{0}` or `../x` are names like others."""

import pytest

import agent_gym as ag
from agent_gym.environment import Episode, rollout
from agent_gym.trace import Message, ToolCall, Trace, TraceSet

NAMES = (
    r"\d+",
    r"\g<0>",
    r"\1(",
    "{0}",
    "{x.__class__}",
    "../x",
    "/etc/passwd",
    "%s%n",
    "__class__",
    "$(x)",
    "`x`",
    "<img src=x onerror=alert(1)>",
    "a b",
    "[0",
    "a.*",
    "'; DROP TABLE x; --",
    "self",
    "None",
    "\\",
    "日本",
    "x\0y",
)


def log(i: int, name: str, k: int) -> Trace:
    "A record looked up, changed or refused; everything that can have a name has this one."
    call = lambda n, tool, **a: Message(
        role="assistant", tool_calls=[ToolCall(id=f"{name}{n}", name=tool, arguments=a)]
    )
    answer = lambda n, tool, value: Message(
        role="tool", name=tool, tool_call_id=f"{name}{n}", result=value, is_error="error" in value
    )
    ident, good = f"{name}-{i}{k}", k % 3 > 0
    get, put = f"get {name}", f"set {name}"
    found = {name: ident, f"{name} state": "open", "total": 10 + i}
    ms = [
        Message(role="user", content=f"Please close {ident}, it is about {name}."),
        call(0, get, **{name: ident}),
        answer(0, get, found),
    ]
    if good:
        ms += [
            call(1, put, **{name: ident, f"{name} state": "closed"}),
            answer(1, put, {**found, f"{name} state": "closed"}),
            Message(role="assistant", content=f"{ident} is closed."),
        ]
    else:
        ms += [
            call(1, put, **{name: f"{name}?{k}", f"{name} state": name}),
            answer(1, put, {"error": f"{name} {name}?{k} of {name} not found"}),
            call(2, get, **{f"{name} x": ident}),
            answer(2, get, {"error": f"unknown argument '{name} x' of {get}"}),
            Message(role="assistant", content=f"Sorry, {ident} is not there."),
        ]
    return Trace(
        conversation_id=f"{name}/{k}",
        messages=[*ms, Message(role="user", content="Thank you, bye.")],
        outcome="resolved" if good else "unresolved",
        metadata={"task_id": f"{name}#{k}", name: name, "agent": name},
    )


@pytest.fixture(scope="module")
def gym():
    return ag.create_environment([log(i, n, k) for i, n in enumerate(NAMES) for k in range(6)])


class Curious:
    "Looks up what the user named, then misspells everything."

    name = NAMES[5]

    def act(self, messages, tools):
        n = len(messages)
        if n > 8:
            return Message(role="assistant", content="Is there anything else?")
        tool = tools[n % len(tools)]
        values = dict.fromkeys(tool.parameters.get("properties", {}), NAMES[n % len(NAMES)])
        return Message(role="assistant", tool_calls=[{"name": tool.name, "arguments": values}])


def test_the_log_replays(gym):
    for t in gym.traces:
        e = Episode.at(gym, t, 0)
        for turn in e.path.turns:
            step = e.step(turn.said)
            assert step.seen == turn.seen
        assert e.messages == t.messages


def test_the_backend_answers_by_name(gym):
    right = 0
    for i, name in enumerate(NAMES):
        for k in (0, 1):
            found = gym.tool_mocker.session().call(f"get {name}", {name: f"{name}-{i}{k}"})
            right += not found.is_error and found.value.get(name) == f"{name}-{i}{k}"
            refused = gym.tool_mocker.session().call(
                f"set {name}", {name: "nobody", f"{name} state": name}
            )
            assert isinstance(refused.value, dict | str)
            assert gym.tool_mocker.session().call(name, {name: name}).is_error
    assert right == 2 * len(NAMES)


def test_agents_play(gym):
    episodes = rollout(gym, Curious(), 21, seed=1)
    assert not episodes.failures and len(episodes) == 21
    own = rollout(gym, gym.query_agent.agent, 6, seed=1)
    assert not own.failures


def test_saved_loaded_written_and_read(gym, tmp_path):
    again = ag.load_gym(gym.save(tmp_path / "gym"))
    want = rollout(gym, Curious(), 8, seed=1, directory=tmp_path / NAMES[5].replace("/", "_"))
    assert rollout(again, Curious(), 8, seed=1).digest() == want.digest()
    path = want.to_jsonl(tmp_path / "e.jsonl")
    assert ag.EpisodeSet.from_jsonl(path) == want if hasattr(ag, "EpisodeSet") else path.exists()
    back = ag.load_traces(gym.traces.to_jsonl(tmp_path / "t.jsonl"), progress=False)
    assert back == gym.traces
    made = {p.relative_to(tmp_path).parts[0] for p in tmp_path.rglob("*")}
    assert made == {"gym", ".._x", "e.jsonl", "t.jsonl"}


def test_shown_as_text(gym):
    episodes = rollout(gym, Curious(), 2, seed=1)
    shown = [gym, episodes, episodes[0], *gym.traces[66:72], *gym.world.tools, gym.traces]
    shown += [gym.tool_mocker.session().call(f"get {n}", {n: n}) for n in NAMES]
    assert not [x for x in shown if "<img" in x._repr_html_()]
    env = gym.env(render_mode="html")
    env.reset(seed=0, options={"conversation_id": f"{NAMES[11]}/1"})
    assert "<img" not in env.render()


def test_prepared_for_models(gym):
    from agent_gym.agent.gemini import request_body
    from agent_gym.agent.openai import chat_body

    tools, talk = list(gym.world.tools), gym.traces[3].messages
    body, names = chat_body("m", talk, tools)
    for t, sent in zip(tools, body["tools"]):
        assert names.back(sent["function"]["name"]) == t.name
    assert request_body(talk, tools)[0]["contents"]
    assert isinstance(gym.traces, TraceSet)
    assert gym.reward_fn("a", "b") >= 0
    for make in (ag.to_sft, ag.to_dpo):
        make(rollout(gym, Curious(), 4, seed=1))
    ag.to_grpo(gym)
