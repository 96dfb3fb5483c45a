"""Properties of a right gradient: right ones have them all, each catches its mistakes, failures are shrunk."""

import importlib
import json
import os
import subprocess
import sys
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import configuration

from benchmarks.catch_table import NETWORKS, catch_document, catch_table
from gradcheck.judge.verdicts import Verdict
from gradcheck.properties.check import check_properties, check_reference
from gradcheck.properties.invariants import PROPERTIES, applicable
from gradcheck.properties.subject import Subject
from gradcheck.properties.taylor import remainders
from gradcheck.verification.default_networks import spread
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from reports.render import render
from symbolic.mistakes.catalogue import CATALOGUE, plant, variants
from symbolic.programs.compiled import closed_form, compile_gradient

ROOT = Path(__file__).resolve().parent.parent.parent.parent
NAMES = [row.name for row in PROPERTIES]


def planted(mistake):
    """The gradient of any network with this mistake made in every layer, in its first form."""

    @cache
    def gradient_for(spec):
        first = {variant.layer: variant for variant in reversed(variants(spec, CATALOGUE[mistake]))}
        return compile_gradient(plant(spec, *first.values()))

    return gradient_for


def failing(results):
    return {result.name: result for result in results if result.verdict is not Verdict.MATCH}


# Right gradients


@pytest.mark.parametrize("spec", spread(), ids=str)
def test_the_reference_has_every_property(spec):
    results = check_reference(spec)
    assert [result.name for result in results] == [row.name for row in applicable(spec)]
    assert failing(results) == {}
    assert all(result.examples == 3 for result in results)


@pytest.mark.parametrize("text", NETWORKS)
def test_the_compiled_closed_form_has_every_property(text):
    spec = NetworkSpec.parse(text)
    assert failing(check_properties(closed_form(spec), spec, examples=10)) == {}


def from_activations(params, x, y):
    """A right gradient as it is often written: phi' from a, example by example, the sum last."""
    a1 = np.tanh(x @ params["W1"].T + params["b1"])
    a2 = 1 / (1 + np.exp(-(a1 @ params["W2"].T + params["b2"])))
    total = {key: np.zeros_like(value) for key, value in params.items()}
    for i in reversed(range(len(x))):
        delta2 = (a2[i] - y[i]) * a2[i] * (1 - a2[i])
        delta1 = (delta2 @ params["W2"]) * (1 - a1[i] ** 2)
        parts = {"W1": np.outer(delta1, x[i]), "b1": delta1, "W2": np.outer(delta2, a1[i]), "b2": delta2}
        total = {key: total[key] + part / len(x) for key, part in parts.items()}
    return total


def test_a_right_gradient_written_otherwise_has_every_property():
    assert failing(check_properties(from_activations, NetworkSpec.parse("3-4:tanh-2"), examples=50)) == {}


# What is caught

CATCHES = {
    "mean-of-examples": "missing-batch-average batch-average-twice bias-gradient-not-averaged upstream-overwritten",
    "permuted-batch": "one-example-only",
    "duplicated-example": "missing-batch-average one-example-only bias-gradient-averaged-twice",
    "permuted-units": "weight-transpose-missing weight-gradient-transposed activation-derivative-wrong-layer layers-swapped",
    "sign-symmetry": "activation-value-for-derivative activation-derivative-of-upstream delta-not-propagated",
    "positive-homogeneity": "relu-mask-from-gradient relu-mask-always-one leaky-slope-missing weight-gradient-uses-z",
    "constant-input": "bias-gradient-missing bias-gradient-over-all-entries weight-used-for-activation l2-on-bias",
    "softmax-shift": "softmax-diagonal-only softmax-derivative-ignored extra-output-activation-derivative",
    "zero-error": "l2-missing l2-factor zero-gradient softmax-derivative-ignored",
    "downhill": "output-delta-sign sign-flipped",
    "taylor": " ".join(CATALOGUE),
}


def test_what_each_property_catches_is_as_the_document_says(request):
    document = catch_document()
    caught = {name: set() for name in NAMES}
    escaped, possible = [], set()
    for rows in document.data.values():
        for row in rows:
            mistake = row["mistake"].split()[0]
            escaped += [row["mistake"]] if not row["caught_by"] and not row["equivalent"] else []
            possible |= set() if row["equivalent"] else {mistake}
            for name in row["caught_by"]:
                caught[name].add(mistake)
    assert escaped == []
    assert CATCHES.keys() == caught.keys()
    assert possible == set(CATALOGUE)  # these networks show them all
    for name, mistakes in CATCHES.items():
        missed = {*mistakes.split()} - caught[name]
        assert not missed, f"{name} no longer catches {missed}"
    page, text = ROOT / "docs" / "properties.md", render(document, "markdown")
    if request.config.getoption("--renew-golden"):
        page.write_text(text, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == text, (
        "if the new one is right: pytest --renew-golden tests/gradcheck/properties/test_properties.py"
    )


def test_a_mistake_that_changes_nothing_is_equivalent_and_caught_by_none():
    rows = catch_table(NetworkSpec.parse("2-3:relu-1:identity/mse"), points=1)
    (row,) = [row for row in rows if row.variant.mistake == "activation-derivative-at-activation"]
    assert row.equivalent
    assert row.caught_by == frozenset()
    assert [row for row in rows if row.equivalent and row.caught_by] == []


@pytest.mark.parametrize(("relative", "caught"), [(1e-9, True), (1e-16, False)])
def test_an_error_in_one_entry_is_caught_unless_rounding_explains_it(relative, caught):
    spec = NetworkSpec.parse("2-3:tanh-3:tanh-2")
    point = safe_point(spec, np.random.default_rng(1))

    def gradient(params, x, y):
        grads = backward(spec, params, x, y)
        grads["W2"][1, 2] *= 1 + relative
        return grads

    (taylor,) = [row for row in PROPERTIES if row.name == "taylor"]
    violation = taylor.violation(gradient, spec, point.params, point.x, point.y)
    assert (violation is not None) == caught


def test_which_properties_apply():
    def names(text):
        return {row.name for row in applicable(NetworkSpec.parse(text))}

    always = {"mean-of-examples", "permuted-batch", "duplicated-example", "constant-input", "downhill", "taylor"}
    assert names("3-2:sigmoid/cross_entropy") == always
    assert names("3-2:sigmoid/bce") == {*always, "zero-error"}
    assert names("3-2:softmax/bce") == {*always, "zero-error", "softmax-shift"}
    assert names("3-1:relu-2") == {*always, "zero-error", "positive-homogeneity"}
    assert names("3-2:tanh-2") == {*always, "zero-error", "sign-symmetry", "permuted-units"}


def test_homogeneity_summed_over_units_is_the_same_in_every_layer_without_biases():
    spec = NetworkSpec.parse("3-4:relu-4:relu-2:identity/mse")
    rng = np.random.default_rng(3)
    params = {key: rng.standard_normal(shape) * (key[0] == "W") for key, shape in spec.shapes.items()}
    grads = backward(spec, params, rng.standard_normal((5, 3)), rng.standard_normal((5, 2)))
    sums = [(params[f"W{layer}"] * grads[f"W{layer}"]).sum() for layer in spec.layers]
    np.testing.assert_allclose(sums, sums[0], rtol=1e-12)
    assert sums[0] != 0


# Failures, shrunk


@pytest.mark.parametrize(
    ("mistake", "network", "most_examples"),
    [
        ("missing-hidden-activation-derivative", "1-1:tanh-1", 1),
        ("relu-mask-from-gradient", "1-1:relu-1:identity/mse", 1),
        ("missing-batch-average", "1-2/cross_entropy", 2),
        ("softmax-diagonal-only", "1-1:tanh-2:softmax/quadratic", 1),
    ],
)
def test_a_failure_is_shrunk_to_numbers_that_one_can_work_through_by_hand(mistake, network, most_examples):
    spec = NetworkSpec.parse(network)
    results = failing(check_properties(planted(mistake)(spec), spec, shrink=1))
    counterexample = next(result.counterexample for result in results.values() if result.counterexample)
    assert counterexample.network == str(spec)
    assert len(counterexample.x) <= most_examples
    plain = {eighths / 8 for eighths in range(-12, 13)}
    assert {*counterexample.x.ravel(), *counterexample.y.ravel()} <= plain
    assert {value for array in counterexample.params.values() for value in array.ravel()} <= plain
    # Both gradients are what they are said to be, and they differ.
    at = (counterexample.params, counterexample.x, counterexample.y)
    assert counterexample.got
    for key, value in counterexample.got.items():
        np.testing.assert_array_equal(value, planted(mistake)(spec)(*at)[key])
        np.testing.assert_allclose(counterexample.expected[key], backward(spec, *at)[key], rtol=1e-12, atol=1e-15)
        assert np.abs(value - counterexample.expected[key]).max() > 1e-3
    assert len(str(counterexample).splitlines()) <= 12
    assert set(json.loads(json.dumps(counterexample.to_dict()))) == {"network", "params", "x", "y", "expected", "got"}


def test_the_same_seed_gives_the_same_counterexample_and_a_message_with_both_sides():
    spec = NetworkSpec.parse("2-2:tanh-2")
    wrong = planted("weight-gradient-transposed")(spec)
    one, two = (failing(check_properties(wrong, spec, seed=5, examples=10)) for _ in range(2))
    assert "sign-symmetry" in one
    assert [str(r.counterexample) for r in one.values()] == [str(r.counterexample) for r in two.values()]
    message = one["sign-symmetry"].message
    assert message.startswith(
        "Negating what enters and what leaves a tanh unit negates these entries of the gradient. Not so here: dW"
    )
    assert "on the left" in message
    assert json.loads(json.dumps(one["sign-symmetry"].to_dict()))["verdict"] == "mismatch"


def test_only_so_many_failures_are_shrunk():
    spec = NetworkSpec.parse("1-1:tanh-1")
    results = failing(check_properties(planted("upstream-overwritten")(spec), spec, examples=5, shrink=1))
    assert len(results) > 2
    assert sum(result.counterexample is not None for result in results.values()) == 1


def test_targets_are_not_made_up_for_a_function_that_takes_labels():
    spec = NetworkSpec.parse("2-3/cross_entropy")
    results = check_properties(partial(backward, spec), spec, examples=1, free_targets=False)
    assert "zero-error" not in {result.name for result in results}
    assert "softmax-shift" in {result.name for result in results}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda g: g | {"b1": g["b1"] * np.nan}, r"db1\[0\] is nan, expected a finite number"),
        (lambda g: g | {"W1": g["W1"].T}, r"dW1 has shape \(2, 3\), expected \(3, 2\): transposed\?"),
        (lambda g: None, "is a return missing"),
    ],
)
def test_what_is_no_gradient_has_no_property_and_the_message_says_why(spoil, message):
    spec = NetworkSpec.parse("2-3/mse")
    results = check_properties(lambda *at: spoil(backward(spec, *at)), spec, examples=2, shrink=1)
    assert len(failing(results)) == len(results)
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(results[0].message)
    assert results[0].counterexample.got == {}


def test_a_function_that_spoils_its_inputs_does_not_spoil_the_check():
    spec = NetworkSpec.parse("2-2:tanh-1")

    def gradient(params, x, y):
        grads = backward(spec, params, x, y)
        for array in (*params.values(), x, y):
            array.fill(7)
        return grads

    assert failing(check_properties(gradient, spec, examples=5)) == {}


def test_a_function_that_differs_between_calls_fails_without_a_crash():
    spec, rng = NetworkSpec.parse("1-1/mse"), np.random.default_rng(0)

    def gradient(params, x, y):
        return {key: g + rng.integers(2) for key, g in backward(spec, params, x, y).items()}

    assert failing(check_properties(gradient, spec, examples=10))


# Taylor


@pytest.mark.parametrize(
    ("network", "y", "factor", "kind", "ratio"),
    [
        ("1-1:identity/mse", 0.0, 1, "exactly quadratic", 4),
        ("1-1:identity/huber", 4.0, 1, "exactly linear", None),
        ("1-1:sigmoid/quadratic", 0.0, 1, "order two", 4),
        ("1-2:tanh-1:sigmoid/quadratic+l2=0.5", 0.0, 1, "order two", 4),
        ("1-1:sigmoid/quadratic", 0.0, 2, "order one", 2),
        ("1-1:identity/huber", 4.0, 1.001, "order one", 2),
    ],
)
def test_the_remainder_tells_the_order_and_exactly_linear_and_quadratic_costs(network, y, factor, kind, ratio):
    spec = NetworkSpec.parse(network)
    params = {key: np.full(shape, 0.5) for key, shape in spec.shapes.items()}
    point = Point(params, np.array([[1.0]]), np.full((1, 1), y))
    table = remainders(Subject(lambda *at: {k: factor * g for k, g in backward(spec, *at).items()}, spec, point))
    assert table.kind == kind
    if ratio:
        assert table.ratios == pytest.approx([ratio] * 3, rel=1e-4)
    assert len(table.table().rows) == 4
    assert table.table().caption == kind


# Manners


def run_elsewhere(tmp_path, **environment):
    """What a program that searches, in a folder of its own, prints and leaves there."""
    program = (
        "from gradcheck.properties.check import check_properties, check_reference\n"
        "from reference_nets.spec import NetworkSpec\n"
        "spec = NetworkSpec.parse('1-1')\n"
        "check_reference(spec)\n"
        "zero = lambda params, x, y: {key: 0 * value for key, value in params.items()}\n"
        "assert any(result.counterexample for result in check_properties(zero, spec, examples=5, shrink=1))\n"
    )
    command = [sys.executable, "-W", "error", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{program}"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HYPOTHESIS")}
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env={**inherited, **environment}
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return [path.name for path in tmp_path.iterdir()]


def test_nothing_is_printed_and_no_folder_is_left(tmp_path):
    assert run_elsewhere(tmp_path) == []


def test_notes_go_where_hypothesis_was_told_to_keep_them(tmp_path):
    assert run_elsewhere(tmp_path, HYPOTHESIS_STORAGE_DIRECTORY="kept") == ["kept"]
    assert any((tmp_path / "kept" / "constants").iterdir())


def test_the_folder_of_the_users_own_hypothesis_stays_where_it_was():
    before = str(configuration.storage_directory(intent_to_write=False).path)
    check_reference(NetworkSpec.parse("1-1"))
    assert str(configuration.storage_directory(intent_to_write=False).path) == before


def test_numbers_in_the_sources_of_loaded_modules_change_no_example(tmp_path, monkeypatch):
    def points_seen():
        seen = []
        check_properties(lambda *point: seen.append(str(point)) or backward(spec, *point), spec, examples=20)
        return seen

    spec = NetworkSpec.parse("2-9-2")  # 18 weights are drawn one by one; of larger arrays a seed is drawn
    before = points_seen()
    (tmp_path / "full_of_numbers.py").write_text(f"SEEN = {[*range(1000, 1400), *(n + 0.123 for n in range(400))]}")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("full_of_numbers")  # Hypothesis looks through it, and may mix its numbers into what it draws
    assert points_seen() == before
    assert len(before) > 20


@pytest.mark.parametrize("call", [1, 2, 40])
def test_what_is_raised_once_is_raised_and_not_taken_for_the_end_of_the_examples(call):
    """Hypothesis asks again, and where nothing is raised then it says only that; the property held "at 0 examples"."""
    asked = []

    def gradient(params, x, y):
        asked.append(1)
        if len(asked) == call:
            raise ZeroDivisionError("once")
        return backward(spec, params, x, y)

    spec = NetworkSpec.parse("2-3-1")
    with pytest.raises(ZeroDivisionError, match="once"):
        check_properties(gradient, spec, examples=5)
    assert {result.examples for result in check_properties(gradient, spec, examples=5)} == {5}
