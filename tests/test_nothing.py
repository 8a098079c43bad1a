"""Agents that do nothing right pass nowhere, and three rules tell them apart: see tools/bench_nothing.py."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from bench_nothing import DOMAINS, verdicts


@pytest.mark.parametrize("domain", [d for d in DOMAINS if d.name in ("home", "lab", "code")])
def test_who_does_nothing_right_never_passes(domain):
    rows = list(verdicts(domain, 12))
    assert not [a for a, verdict, _ in rows if verdict == "pass" and a != "right"]
    if not domain.command:
        assert all(verdict == "pass" for a, verdict, _ in rows if a == "right")
    right = [by_rules == ("pass" if a == "right" else "fail") for a, _, by_rules in rows]
    assert sum(right) >= 0.95 * len(right)
