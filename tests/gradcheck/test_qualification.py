"""The checker states its own kill and false-alarm rate beside those of peers."""

import numpy as np
import pytest

from gradcheck.cli import main
from gradcheck.peer_rules import RULES, Asked
from gradcheck.qualification import (
    FAMILIES,
    ON_BALLS,
    OURS,
    SINGLE,
    _correct,
    _rejects,
    _single_is_rejected,
    family_point,
    qualify,
)
from gradcheck.truth import truth_at


@pytest.fixture(scope="module", params=["tiny weights", "a cost near 1e8"])
def scores(request):
    rng = np.random.default_rng(5)
    spec, point = family_point(request.param, rng)
    return {score.rule: score for score in qualify(spec, point, rng, pairs=4).scores}


def test_every_wrong_gradient_is_rejected_and_no_correct_one(scores):
    ours = scores[ON_BALLS]
    assert ours.wrong > 50 and ours.correct == 7
    assert ours.killed == ours.wrong and ours.survivors == ()
    assert ours.alarms == 0 and scores[OURS].alarms == 0
    assert scores[OURS].kill_rate > 0.95


def test_no_peer_does_better_and_some_do_worse(scores):
    assert set(scores) == {OURS, ON_BALLS, *RULES}
    clean = [name for name in RULES if scores[name].killed == scores[name].wrong and not scores[name].alarms]
    assert len(clean) < len(RULES) / 2


@pytest.mark.parametrize("name", RULES)
def test_each_rule_passes_a_right_gradient_and_rejects_a_plainly_wrong_one(name):
    f = lambda x: float(np.sum(np.sin(x)))
    x = np.array([0.3, 1.1, -0.4, 2.0])
    ask = lambda g: RULES[name](Asked(f, x, g, (3, 1)), np.random.default_rng(1))
    assert not ask(np.cos(x))
    assert ask(-np.cos(x))


def test_correct_variants_are_rounded_differently_and_all_right():
    for name in FAMILIES:
        spec, point = family_point(name, np.random.default_rng(5))
        variants = dict(_correct(spec, point))
        truth = truth_at(spec, point)
        assert variants.keys() >= {"phi' from a", "units in reverse order", SINGLE}
        assert [label for label, gradient in variants.items() if _rejects(truth, gradient)] == [SINGLE]
        assert not _single_is_rejected(spec, point, variants[SINGLE])
        off = {key: value * np.float32(1 + 1e-3) for key, value in variants[SINGLE].items()}
        assert _single_is_rejected(spec, point, off)
        first, *others = (np.concatenate([g[key].ravel() for key in spec.keys]) for g in variants.values())
        assert any((other != first).any() for other in others)
        assert (np.abs(others[-1] - first) > 1e-9 * np.abs(first)).any()  # float32 indeed


def test_all_families_are_networks():
    for name in FAMILIES:
        spec, point = family_point(name, np.random.default_rng(0))
        assert spec.L >= 3 and len(point.x) == 5


def test_the_command_prints_the_table(capsys):
    assert main(["qualify", "1-2-1/mse", "--pairs", "2"]) == 0
    out = capsys.readouterr().out
    assert "Coursera" in out and "Qualification on 1-2:sigmoid-1:identity/mse" in out
