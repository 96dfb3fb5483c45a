"""The checker states its own kill and false-alarm rate beside those of peers."""

import numpy as np
import pytest

from gradcheck.commands.cli import main
from gradcheck.verification.peer_rules import RULES, RuleCase
from gradcheck.verification.qualification import (
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
from gradcheck.witnesses.network_truth import truth_at
from gradcheck.witnesses.points import safe_point
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import all_variants


@pytest.fixture(scope="module", params=["tiny weights", "a cost near 1e8"])
def scores(request):
    rng = np.random.default_rng(5)
    spec, point = family_point(request.param, rng)
    return {score.rule: score for score in qualify(spec, point, rng, pairs=20).scores}


def test_every_wrong_gradient_is_rejected_and_no_correct_one(scores):
    ours = scores[ON_BALLS]
    assert ours.wrong > 70 and ours.correct == 7
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
    ask = lambda g: RULES[name](RuleCase(f, x, g, (3, 1)), np.random.default_rng(1))
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


def test_all_pairs_are_planted_or_a_sample_whose_size_is_told():
    spec = NetworkSpec.parse("1-2-1/mse")
    point = safe_point(spec, np.random.default_rng(5))
    whole = qualify(spec, point, np.random.default_rng(5))
    assert whole.pairs == whole.of_pairs == whole.singles * (whole.singles - 1) // 2 > 100
    assert whole.holds and f"and all {whole.of_pairs} pairs of them" in whole.planted
    some = qualify(spec, point, np.random.default_rng(5), pairs=7)
    assert f"and a random 7 of the {whole.of_pairs} pairs of them" in some.planted
    assert some.scores[0].wrong <= some.singles + 7 < whole.scores[0].wrong


def test_two_mistakes_that_undo_each_other_do_not_count():
    spec = NetworkSpec.parse("1-2-1/mse")
    found = qualify(spec, safe_point(spec, np.random.default_rng(5)), np.random.default_rng(5))
    undone = found.singles + found.pairs - found.scores[0].wrong
    assert undone > 0 and f"of which {undone} undo each other" in found.planted


def test_without_a_network_the_command_runs_all_families_and_sums_them_up(capsys, monkeypatch):
    monkeypatch.setattr("gradcheck.verification.qualification.all_variants", lambda spec: all_variants(spec)[:3])
    assert main(["qualify", "--pairs", "1", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert all(f"{name}\n{'─' * len(name)}" in out for name in FAMILIES)
    sums, *each = [line.split() for line in out.splitlines() if line.startswith("Coursera")]
    assert len(each) == len(FAMILIES)
    assert [int(sums[k]) for k in (3, 4, 5, 6)] == [sum(int(row[k]) for row in each) for k in (3, 4, 5, 6)]


def test_a_wrong_gradient_that_gets_through_or_a_correct_one_that_does_not_ends_with_exit_code_1(monkeypatch, capsys):
    monkeypatch.setattr("gradcheck.verification.qualification._rejects", lambda truth, gradient: True)
    assert main(["qualify", "1-2-1/mse", "--pairs", "2"]) == 1
    capsys.readouterr()


def test_the_command_prints_the_table(capsys):
    assert main(["qualify", "1-2-1/mse", "--pairs", "2"]) == 0
    out = capsys.readouterr().out
    assert "Coursera" in out and "Qualification on 1-2:sigmoid-1:identity/mse" in out
