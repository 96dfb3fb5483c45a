"""The checker states its own kill and false-alarm rate beside those of peers."""

import numpy as np
import pytest

from gradcheck.cli import main
from gradcheck.peer_rules import RULES, Asked
from gradcheck.qualification import FAMILIES, ON_BALLS, OURS, family_point, qualify


@pytest.fixture(scope="module", params=["tiny weights", "a cost near 1e8"])
def scores(request):
    rng = np.random.default_rng(5)
    spec, point = family_point(request.param, rng)
    return {score.rule: score for score in qualify(spec, point, rng, pairs=4).scores}


def test_every_wrong_gradient_is_rejected_and_no_correct_one(scores):
    ours = scores[ON_BALLS]
    assert ours.wrong > 50 and ours.correct == 4
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


def test_all_families_are_networks():
    for name in FAMILIES:
        spec, point = family_point(name, np.random.default_rng(0))
        assert spec.L >= 3 and len(point.x) == 5


def test_the_command_prints_the_table(capsys):
    assert main(["qualify", "1-2-1/mse", "--pairs", "2"]) == 0
    out = capsys.readouterr().out
    assert "Coursera" in out and "Qualification on 1-2:sigmoid-1:identity/mse" in out
