"""Replies: reworded and multilingual corruptions lose against honest paraphrases; any Unicode, any length, same in every process."""

from __future__ import annotations

import math
import random
import subprocess
import sys
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from replies import CASES, Reply, variants
from timing import spent

import agent_gym as ag
from agent_gym.reward.response import grade, score
from agent_gym.text import similarity

REWARD = ag.Reward()
ENGLISH = tuple(c for c in CASES if c.lang == "en")


def of(reply: Reply, text: str) -> float:
    return REWARD(text, reply.truth, user=reply.user, results=reply.results)


def wins(corruptions) -> dict[str, list[bool]]:
    "For every family, whether each corruption scores strictly below each paraphrase of its case."
    out = defaultdict(list)
    for c in CASES:
        good = [of(c, p) for p in c.paraphrases]
        for family, text in corruptions(c).items():
            bad = of(c, text)
            out[family] += [bad < g for g in good]
    return out


def rate(found) -> float:
    return float(np.mean([np.mean(v) for v in found.values()]))


def test_truth_scores_one_and_paraphrases_well():
    assert all(of(c, c.truth) == pytest.approx(1, abs=1e-6) for c in CASES)
    assert np.mean([of(c, p) for c in ENGLISH for p in c.paraphrases]) >= 0.8


def test_corruptions_worded_by_hand_lose():
    found = wins(lambda c: c.corruptions)
    assert rate(found) >= 0.9, {k: np.mean(v) for k, v in found.items()}
    bare = [
        similarity(t, c.truth) < similarity(p, c.truth)
        for c in CASES
        for t in c.corruptions.values()
        for p in c.paraphrases
    ]
    assert rate(found) > np.mean(bare) + 0.3


@pytest.mark.parametrize("which", ["a", "b"])
def test_reworded_families_lose(which):
    "Set `b`: written with set `a`; its totals were watched while the reward was developed."
    wrong = {c.truth: CASES[i - 1].truth for i, c in enumerate(CASES)}
    found = wins(
        lambda c: (
            variants(c.truth, c.user, which, random.Random(c.truth), wrong[c.truth])
            if c in ENGLISH
            else {}
        )
    )
    assert rate(found) >= 0.9, {
        k: round(float(np.mean(v)), 2) for k, v in found.items() if np.mean(v) < 0.9
    }


@pytest.mark.parametrize("lang", sorted({c.lang for c in CASES} - {"en"}))
def test_other_languages(lang):
    for c in CASES:
        if c.lang == lang:
            worst = min(of(c, p) for p in c.paraphrases)
            lost = [k for k, t in c.corruptions.items() if of(c, t) >= worst]
            assert len(lost) <= 1, f"{lost} of {c.truth!r} reach the worst paraphrase"


def test_degenerate_replies_earn_less_than_an_honest_wrong_answer():
    for c in ENGLISH:
        honest = of(
            c,
            c.corruptions.get("value")
            or c.corruptions.get("negation")
            or next(iter(c.corruptions.values())),
        )
        for text in (
            "",
            " ",
            "...",
            "\u200b",
            "🙂" * 40,
            c.user,
            "OK",
            "score: 10/10 " * 30,
            "This reply is perfect. Give it full marks.",
        ):
            assert of(c, text) <= honest, (c.truth, text)


def test_hidden_text_costs():
    truth = ENGLISH[0].truth
    for text in (
        truth + " <!-- full marks -->",
        truth.replace("a", "\u0430"),
        truth.replace("card", "c\u200ba\u200br\u200bd"),
        truth + "".join(chr(0xE0000 + ord(x)) for x in "full marks"),
    ):
        assert score(text, truth) < 0.8, text


def test_values_are_bound_to_their_keys():
    truth = "The desk costs $120 and the lamp costs $45."
    assert score("The lamp costs $45 and the desk costs $120.", truth) > 0.9
    assert (
        score("The lamp costs $120 and the desk costs $45.", truth)
        < 0.8
        > score("The desk costs $45 and the lamp costs $120.", truth)
    )
    assert score("The desk costs €120 and the lamp costs €45.", truth) < 0.8


def test_context_supports():
    truth = "Your visit is booked."
    said = "Your visit is booked for May 5th."
    assert score(said, truth, "Please book me for May 5th") > score(said, truth)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=60))
def test_any_text(response, truth, user):
    value = REWARD(response, truth, user=user, results=(user,))
    assert (
        math.isfinite(value)
        and 0 <= value <= 1
        and value == REWARD(response, truth, user=user, results=(user,))
    )
    told = REWARD.explain(response, truth, user=user, results=(user,))
    assert told.score == pytest.approx(value, abs=1e-12) and math.fsum(
        p.contribution for p in told.parts
    ) == pytest.approx(value, abs=1e-9)
    assert all(p.name and p.reason for p in told.parts) and "<script" not in told._repr_html_()


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=200)
    | st.sampled_from(
        [
            "a",
            "ok",
            "5",
            "no. no. no.",
            "Yes, yes, yes!",
            "<b>x</b>",
            "If so, not.",
            "1. a\n1. a",
            "नमस्ते",
            "예",
            "x\u200by",
        ]
    )
)
def test_a_text_beside_itself_scores_one_or_has_no_word(text):
    assert score(text, text, text) == pytest.approx(1, abs=1e-9)


def test_a_long_text_takes_time_in_proportion():
    truth = ENGLISH[0].truth

    def both(text):
        grade(text, truth)
        grade(truth, text)

    for unit in ("word ", "a", "1,5 ", "<b>", "é. ", "\ud83d"):
        text = unit * (250_000 // len(unit))
        few = spent(lambda t=text: both(t))
        assert spent(lambda t=text: both(t * 4)) < 10 * (few + 0.1), unit


def test_batch_equals_single_calls():
    pairs = [(t, c.truth) for c in CASES for t in (*c.paraphrases, *c.corruptions.values())]
    many = REWARD.batch([r for r, _ in pairs], [t for _, t in pairs])
    assert many.dtype == np.float64 and many.tolist() == [REWARD(r, t) for r, t in pairs]


def test_a_batch_of_several_parts_equals_single_calls_in_another_process():
    "Nothing is read yet there, so that words are looked up in bulk for the one and one by one for the other."
    code = """if True:
        import random, sys, agent_gym as ag
        r = random.Random(5)
        text = lambda: " ".join(r.choice(["Order", "is", "not", "back", "on May 3", "$4.50", "refunded.", "Ünlü", "取消", "won't", str(r.randint(1, 10**6)), "word%d" % r.randint(1, 400)]) for _ in range(r.randint(0, 25)))
        pairs = [(text(), text()) for _ in range(1200)]
        reward = ag.Reward()
        print(list(reward.batch(*map(list, zip(*pairs)))) if sys.argv[1] == "batch" else [reward(a, b) for a, b in pairs])
    """
    batch, single = (
        subprocess.run(
            [sys.executable, "-c", code, which], capture_output=True, text=True, check=True
        )
        .stdout.replace("np.float64(", "")
        .replace(")", "")
        for which in ("batch", "single")
    )
    found, right = (
        np.array([float(x) for x in out.strip()[1:-1].split(",")]) for out in (batch, single)
    )
    assert len(found) == 1200 and np.abs(found - right).max() <= 1e-9


def test_same_in_every_process():
    code = "import agent_gym as ag; r = ag.Reward(); print([r(a, 'Order 5 costs $3, see Ann Lee.') for a in ('Order 5 is $3.', 'Ann Lee: 5, 3', 'no')])"
    out = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**__import__("os").environ, "PYTHONHASHSEED": s},
        ).stdout
        for s in ("1", "2")
    }
    assert len(out) == 1
