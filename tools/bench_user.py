"""How well learned customers stand in for the true ones, in worlds whose truth is known.

    python tools/bench_user.py --world sample,clinic,hire
    AGENT_GYM_BENCH=/path/to/benches python tools/bench_user.py --world transfer    # one a call
    python tools/bench_user.py --digests 1000               # the same words under three hash seeds

A flawless agent talks to the true customer of a logged scenario, in the words of the logs and in words that no log holds. The customer learned from the log of the same
scenario hears every message of that talk and answers; the two answers are compared. "Told by the log" means that the customer of the log decided, or said, the same.
"""

import argparse
import hashlib
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bench_transfer import TrueWorld, world_of
from worlds import Acts

from agent_gym.dialogue.model import learn_dialogues
from agent_gym.dialogue.values import facts
from agent_gym.text import embed
from agent_gym.trace import Message, Trace, dumps
from agent_gym.user import UserModel

NO = re.compile(
    r"^\W*(?:(hmm|hm|well|sorry|in that case|for that [a-z]+|then)\W+)*(no|nope|not|don't|rather not|leave)\b",
    re.I,
)
YES = re.compile(
    r"^\W*(?:(hmm|well|oh)\W+)?(yes|yeah|yep|sure|ok|okay|fine|please do|go ahead|that works|sounds good|do it|alright|all right|perfect, )\b",
    re.I,
)
ALIKE = 0.5  # cosine from which two requests are the same


def agents(world: str) -> dict[str, Acts]:
    "The flawless agents of a world, by how they speak."
    if world.startswith("sample"):
        from agent_gym import sample

        return {"logged": sample.ScriptedAgent(1.0), "unseen": Reworded(sample.ScriptedAgent(1.0))}
    if world.startswith("clinic"):
        from worlds import desk

        return {"logged": desk.Clerk(7), "unseen": desk.Clerk(7, other=True)}
    if world.startswith("hire"):
        from worlds import hire

        return {"logged": hire.Clerk(7), "unseen": hire.Clerk(7, other=True)}
    import harness
    from world import WORLD

    return {
        "logged": harness.Scripted(WORLD, 7),
        "unseen": harness.Scripted(WORLD, 7, alt=True),
    }


class Reworded:
    "An agent whose every sentence is wrapped in words that no log holds."

    def __init__(self, agent: Acts):
        self.agent = agent

    before = "Thanks for bearing with me. "

    def act(self, messages: Sequence[Message], tools: Sequence[object]) -> Message:
        said = self.agent.act([self.plain(m) for m in messages], list(tools))
        if said.tool_calls or not said.content:
            return said
        return said.model_copy(update={"content": self.before + said.content})

    def plain(self, message: Message) -> Message:
        "A message as the agent itself worded it."
        text = (message.content or "").removeprefix(self.before)
        return message.model_copy(update={"content": text}) if message.content else message


def kind(reply: str | None, left: bool) -> str:
    "What a customer does with a reply: leave, no, yes, tell, other."
    if reply is None or left:
        return "leave"
    if NO.search(reply):
        return "no"
    if YES.search(reply):
        return "yes"
    return "tell" if values(reply) else "other"


def values(text: str | None) -> frozenset[str]:
    return frozenset(f.value for f in facts(text or "") if f.kind != "name")


def points(scene: object, agent: Acts, world: TrueWorld, turns: int = 30) -> Iterator[tuple]:
    "The talk up to each utterance of `agent`, with what the true customer answered, whether it left, and whether it came to another request."
    messages = [Message(role="user", content=scene.open())]
    for k in range(turns):
        turn = agent.act(list(messages), list(world.tools))
        calls = [
            c if c.id else c.model_copy(update={"id": f"call_{k}_{i}"})
            for i, c in enumerate(turn.tool_calls)
        ]
        messages.append(Message(role="assistant", content=turn.content, tool_calls=calls))
        for c in calls:
            value, wrong = scene.call(c.name, c.arguments)
            messages.append(
                Message(
                    role="tool",
                    name=c.name,
                    tool_call_id=c.id,
                    content=dumps(value),
                    result=value,
                    is_error=wrong,
                )
            )
        if calls:
            continue
        at = getattr(scene, "at", 0)
        said = scene.reply(turn.content or "")
        left = said is None or bool(getattr(scene, "left", False))
        yield list(messages), said, left, getattr(scene, "at", 0) != at
        if left:
            return
        messages.append(Message(role="user", content=said))


def decided(trace: Trace) -> set[str]:
    "The yes and no that the customer of a log said to a question."
    out, asked = set(), ""
    for m in trace.messages:
        if m.role == "assistant" and m.content:
            asked = m.content
        elif m.role == "user" and "?" in asked:
            out.add(kind(m.content, False))
    return out


def compare(user: object, trace: Trace, talk: Iterator[tuple], tally: Counter, show: int) -> None:
    "Count into `tally` how the answers of `user`, learned from `trace`, compare with those of the true `talk`."
    told = {v for m in trace.messages if m.role == "user" for v in values(m.content)}
    wishes = decided(trace)
    user.open()
    given: set[str] = set()
    for messages, real, left, again in talk:
        if user.left:
            answer, gone = None, True
        else:
            answer = user.reply(messages)
            gone = user.left or answer is None
        wanted, got = kind(real, left), kind(answer, gone)
        asked = "?" in (messages[-1].content or "")
        due = (values(real) & told) - given if not left else frozenset()
        if due:
            tally["facts"] += len(due)
            tally["facts kept"] += len(due & values(answer))
        given |= values(real)
        if wanted in ("yes", "no") and asked:
            tally[wanted] += 1
            tally[f"{wanted} kept"] += got == wanted
            if wanted in wishes:
                tally[f"told {wanted}"] += 1
                tally[f"told {wanted} kept"] += got == wanted
        if again and not left:
            tally["second"] += 1
            told_again = any(
                float(embed([m.content or ""])[0] @ embed([real])[0]) >= ALIKE
                for m in trace.messages[1:]
                if m.role == "user"
            )
            came = not gone and float(embed([answer])[0] @ embed([real])[0]) >= ALIKE
            tally["second kept"] += came
            tally["told second"] += told_again
            tally["told second kept"] += told_again and came
        same = wanted == got and due <= values(answer)
        guess = bool(getattr(user, "guessed", False))
        tally["right" if same else "wrong"] += 1
        tally["right guessed" if same else "wrong guessed"] += guess
        kinds = f"{getattr(user, 'source', '?')} {getattr(user, 'confidence', 0):.1f} {got}"
        tally[f"{'right' if same else 'wrong'}: {kinds}"] += 1
        tally["confidence right" if same else "confidence wrong"] += float(
            getattr(user, "confidence", 0.0)
        )
        if not same and tally["shown"] < show:
            tally["shown"] += 1
            print(
                f"  [{getattr(user, 'source', '?')} {getattr(user, 'confidence', 0):.2f}] "
                f"{(messages[-1].content or '')[:110]!r}\n     true {wanted}: {(real or '')[:80]!r}\n"
                f"     user {got}: {(answer or '')[:80]!r}  log: {sorted(wishes)}"
            )
        if gone and not left:
            tally["early"] += 1
            return


def row(name: str, tally: Mapping[str, int]) -> str:
    "One line of the table."

    def rate(part: str, whole: str) -> str:
        return (
            f"{tally[part] / tally[whole]:.2f} /{tally[whole]:<4}" if tally[whole] else "-       "
        )

    return f"{name:24}" + "".join(
        f"{rate(part, whole):>12}"
        for part, whole in (
            ("told no kept", "told no"),
            ("told yes kept", "told yes"),
            ("no kept", "no"),
            ("yes kept", "yes"),
            ("facts kept", "facts"),
            ("told second kept", "told second"),
            ("wrong guessed", "wrong"),
            ("right guessed", "right"),
        )
    )


LINES = (
    "Could you tell me your number, please?",
    "Which email is on the account?",
    "That would cost 12.50 a month. Shall I go ahead?",
    "It is done. Is there anything else?",
    "I'm sorry, that is not possible.",
    "Mmh.",
    "Goodbye!",
)


def digest(many: int) -> str:
    "Of what `many` learned customers say to lines in any order, and how sure they are."
    traces = world_of("sample", "high", 120).logs(0)[0]
    model, said = UserModel(traces, learn_dialogues(traces)), hashlib.sha256()
    for k in range(many):
        user = model(traces[k % len(traces)], k)
        talk = [Message(role="user", content=user.open())]
        for line in random.Random(k).choices(LINES, k=8):
            talk.append(Message(role="assistant", content=line))
            words = user.reply(talk)
            said.update(repr((words, user.source, user.confidence)).encode())
            if words is None:
                break
            talk.append(Message(role="user", content=words))
        said.update(repr((user.left, user.satisfaction, user.goals)).encode())
    return said.hexdigest()


def digests(many: int) -> None:
    "The digest under three hash seeds."
    command = [sys.executable, __file__, "--digest", str(many)]
    for seed in ("0", "1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
        print(seed, done.stdout.strip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", default="sample,clinic,hire")
    parser.add_argument("--noise", default="high")
    parser.add_argument("--logs", type=int, default=300)
    parser.add_argument("--talks", type=int, default=100, help="logged scenarios played again")
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument(
        "--kinds", action="store_true", help="right and wrong by source, confidence and act"
    )
    parser.add_argument("--show", type=int, default=0, help="differences to print")
    parser.add_argument("--digests", type=int, help="so many episodes under three hash seeds")
    parser.add_argument("--digest", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.digest or options.digests:
        print(digest(options.digest)) if options.digest else digests(options.digests)
        return
    print(
        f"{'':24}"
        + "".join(
            f"{c:>12}"
            for c in (
                "no told",
                "yes told",
                "no",
                "yes",
                "facts",
                "second",
                "wrong:guess",
                "right:guess",
            )
        )
    )
    for name in options.world.split(","):
        world = world_of(name, options.noise, options.logs)
        traces, numbers = world.logs(options.seed)
        model = UserModel(traces, learn_dialogues(traces))
        for words, agent in agents(name).items():
            tally: Counter = Counter()
            for t in traces[: options.talks]:
                scene = world.scenario(numbers[t.conversation_id])
                compare(model(t, 0), t, points(scene, agent, world), tally, options.show)
            print(row(f"{name}, {words}", tally), flush=True)
            if options.kinds:
                kinds = sorted({k[7:] for k in tally if k[:7] in ("right: ", "wrong: ")})
                for k in kinds:
                    print(f"    {tally[f'right: {k}']:4} right {tally[f'wrong: {k}']:4} wrong  {k}")


if __name__ == "__main__":
    main()
