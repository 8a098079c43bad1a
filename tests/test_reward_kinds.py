"""Who does what for whom, in which mood, with which value bound to which key: turned round, it loses against both paraphrases, in four languages; opposite answers score low."""

from collections import defaultdict

import pytest
from replies_kinds import CASES, DEVELOPED

from agent_gym.reward.response import score

OPPOSITE = (
    ("ja", "ご注文をキャンセルしました。", "ご注文を確定しました。"),
    ("ja", "返金できません。", "返金できます。"),
    ("ja", "予約は可能です。", "予約は不可能です。"),
    ("ja", "お支払いは完了しています。", "お支払いは完了していません。"),
    ("ar", "تم إلغاء طلبك.", "تم تأكيد طلبك."),
    ("ar", "يمكنك استرداد المبلغ.", "لا يمكنك استرداد المبلغ."),
    ("ar", "الخدمة متاحة اليوم.", "الخدمة غير متاحة اليوم."),
    ("ar", "المتجر مفتوح.", "المتجر مغلق."),
    ("de", "Ihre Bestellung wurde storniert.", "Ihre Bestellung wurde bestätigt."),
    ("de", "Der Umtausch ist möglich.", "Der Umtausch ist unmöglich."),
    ("de", "Die Karte wurde gesperrt.", "Die Karte wurde entsperrt."),
    ("de", "Sie können das Geld zurückbekommen.", "Sie können das Geld nicht zurückbekommen."),
)


@pytest.mark.parametrize("seen", [True, False])
def test_what_is_turned_round_loses(seen):
    won = defaultdict(list)
    for c in CASES:
        if (c.domain in DEVELOPED) is seen:
            good = [score(p, c.truth, c.user) for p in (c.close, c.free)]
            for kind, text in c.turned.items():
                won[kind.split("_")[0]] += [score(text, c.truth, c.user) < g for g in good]
    low = {k: sum(v) / len(v) for k, v in won.items() if sum(v) < 0.7 * len(v)}
    assert not low and sum(map(sum, won.values())) >= 0.9 * sum(map(len, won.values())), won


@pytest.mark.parametrize("lang, a, b", OPPOSITE)
def test_opposite_answers_score_low(lang, a, b):
    assert score(a, b) <= 0.2 and score(b, a) <= 0.2
