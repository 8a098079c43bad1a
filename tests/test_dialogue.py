"""Wordings that no log holds: read by what stands around them, whatever the text, the same in every process; users of a gym understand them."""

import pickle
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_gym.dialogue.model import (
    UNKNOWN,
    DialogueModel,
    canonical_wording,
    learn_dialogues,
)
from agent_gym.dialogue.slots import learn_slots
from agent_gym.dialogue.state import start_dialogue
from agent_gym.reward.verifier import Verifier
from agent_gym.sample import ScriptedAgent, play, sample_traces
from agent_gym.trace import Message, Trace
from agent_gym.user import UserModel

OWN = {
    "Your subscription has been cancelled": "I went ahead and terminated the contract",
    "Could you tell me": "Would you mind sharing",
    "Happy to help.": "Gladly, I will look into it.",
    "please?": "if you would?",
    "Unfortunately": "Sadly it turns out that",
    "I'm afraid": "Regrettably",
    "Done,": "That is finished:",
    "costs": "comes to",
    "Shall I": "Would it be alright if I",
    "refunded": "paid back",
    "updated to": "changed over to",
}


class Reworded:
    "The scripted agent in words of its own."

    def __init__(self, skill: float):
        self.agent = ScriptedAgent(skill, 1)

    def act(self, messages, tools=()):
        said = self.agent.act(messages, tools)
        return (
            said
            if said.tool_calls
            else said.model_copy(update={"content": reworded(said.content or "")})
        )


@pytest.fixture(scope="module")
def logs() -> list[Trace]:
    return sample_traces(300, 8)


@pytest.fixture(scope="module")
def dialogue(logs) -> DialogueModel:
    return learn_dialogues(logs)


def test_what_the_logs_say_keeps_its_class_whatever_stands_around_it(dialogue):
    assert len(set(dialogue.assistant_acts.values())) > 10
    for words, name in dialogue.assistant_acts.items():
        assert (
            dialogue.assistant_act(words)
            == dialogue.assistant_act(words, frozenset({"done nothing at all"}), 3, "")
            == name
        )


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=300),
    st.sampled_from([None, frozenset(), frozenset({"after the user", "asks"})]),
    st.sampled_from([None, "", "yes"]),
)
def test_any_text_has_one_class_and_pickles_agree(dialogue, text, around, reply):
    found = dialogue.assistant_act(text, around, 0, reply)
    assert found == UNKNOWN or found in set(dialogue.assistant_acts.values())
    assert pickle.loads(pickle.dumps(dialogue)).assistant_act(text, around, 0, reply) == found


def test_hostile_messages_are_read_in_time(dialogue):
    for text in ("x" * 1_000_000, "{} " * 100_000, "\x00\ud83d"[:1] * 50, "‮" * 1000, "?" * 100_000):
        canonical_wording(
            dialogue,
            [Message(role="user", content="Cancel it"), Message(role="assistant", content=text)],
        )


def reworded(text: str) -> str:
    for known, own in OWN.items():
        text = text.replace(known, own)
    return text


def test_rephrasing_keeps_the_values_and_leaves_the_logs_words_alone(logs, dialogue):
    rephrased = kept = 0
    for t in logs[:80]:
        for i, m in enumerate(t.messages):
            if m.role == "assistant" and m.content:
                state = dialogue.track(t.model_copy(update={"messages": t.messages[: i + 1]}))
                assert (
                    state.utterances[-1].wording not in dialogue.assistant_acts
                    or canonical_wording(dialogue, t.messages[: i + 1]) is None
                )
                own = (
                    canonical_wording(
                        dialogue,
                        [*t.messages[:i], m.model_copy(update={"content": reworded(m.content)})],
                    )
                    if reworded(m.content) != m.content
                    else None
                )
                if own is not None and (values := set(re.findall(r"\d+(?:\.\d+)?", m.content))):
                    rephrased += 1
                    kept += values <= set(re.findall(r"\d+(?:\.\d+)?", own))
    assert rephrased >= 20 and kept >= 0.7 * rephrased, (rephrased, kept)


def test_a_flawless_agent_in_words_of_its_own_passes_and_a_bad_one_does_not(logs):
    verifier, passed = Verifier(logs), {}
    for skill in (1.0, 0.3):
        talks = [play(Reworded(skill), 77_000_000 + i, f"own-{i}") for i in range(60)]
        told = [
            (
                verifier.judge(t.model_copy(update={"outcome": None, "satisfaction_score": None})),
                v.success,
            )
            for t, v in talks
        ]
        passed[skill] = [ok for v, ok in told if v.verdict == "pass"]
        right, wrong = ([v.score for v, ok in told if ok is good] for good in (True, False))
        assert sum(right) / len(right) > sum(wrong) / len(wrong) + 0.3
    assert len(passed[1.0]) >= 15 and sum(passed[1.0]) / len(passed[1.0]) >= 0.8


def test_users_answer_own_words_as_they_answered_the_logs(logs, dialogue):
    same, asked = {"plain": 0, "understanding": 0}, 0
    models = {
        "plain": UserModel(logs, DialogueModel(intents=dialogue.intents)),
        "understanding": UserModel(logs, dialogue),
    }
    for t in logs[:120]:
        k = next(
            (
                i
                for i, m in enumerate(t.messages[:-1])
                if m.role == "assistant"
                and m.content
                and reworded(m.content) != m.content
                and t.messages[i + 1].role == "user"
            ),
            None,
        )
        if k is None:
            continue
        asked += 1
        for name, model in models.items():
            user, answer = model(t, 0), None
            user.open()
            for i, m in enumerate(t.messages[: k + 1]):
                if m.role == "assistant" and not m.tool_calls:
                    said = (
                        t.messages[: i + 1]
                        if i < k
                        else [
                            *t.messages[:k],
                            m.model_copy(update={"content": reworded(m.content or "")}),
                        ]
                    )
                    answer = user.reply(said)
            same[name] += answer == t.messages[k + 1].content
    print(asked, same)
    assert (
        asked >= 40
        and same["understanding"] > same["plain"]
        and same["understanding"] >= 0.6 * asked
    ), (asked, same)


_STATE = "slots user_words events intent last_event turns calls told utterances answered_tools"


def test_a_state_forked_anywhere_goes_on_as_one_that_was_not(logs, dialogue):
    extractor = learn_slots(logs[:80], dialogue.intents)
    for t in logs[:12]:
        whole, first = (start_dialogue(dialogue.schema, extractor) for _ in range(2))
        for m in t.messages:
            whole.feed(m)
            fork = first.copy()
            first.feed(Message(role="user", content="Something else: 12345, P-999."))
            first = fork
            first.feed(m)
            for name in _STATE.split():
                assert getattr(first, name) == getattr(whole, name), (t.conversation_id, name)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), max_size=6))
def test_a_category_picks_the_only_row_that_has_it(rows):
    from agent_gym.dialogue.slots import SlotValues

    slots = SlotValues(frozenset({"t.rows[].state"}))
    slots.add_result("t", {"rows": [{"state": s, "n": n} for s, n in rows]})
    for s in "ab":
        having = [n for state, n in rows if state == s]
        assert slots.get(f"t.rows[state={s}]#", 0) == len(having)
        assert slots.get(f"t.rows[state={s}].n") == (having[0] if len(having) == 1 else None)
