import re

import numpy as np
import pytest

from reference_nets.preparation import constant_features, inputs, is_regression, prepare, targets
from reference_nets.reading.csv_data import DataError, DataTable
from reference_nets.spec import NetworkSpec

FEATURES = np.array([[1.0, 10.0], [2.0, 30.0], [3.0, 20.0], [6.0, 60.0]])


def table(labels, features=FEATURES):
    return DataTable(np.asarray(features, dtype=float), tuple(f"f{i}" for i in range(len(features[0]))), tuple(labels), "y")


def refuses(sentence):
    return pytest.raises(DataError, match="^" + re.escape(sentence) + "$")


KINDS = [("2-1/mse", True), ("2-1/huber", True), ("2-1:relu", True), ("2-1", False), ("2-1/bce", False)]


@pytest.mark.parametrize(("notation", "regression"), [*KINDS, ("2-1:tanh/mse", False), ("2-3/mse", False)])
def test_one_output_on_an_open_scale_is_regression(notation, regression):
    assert is_regression(NetworkSpec.parse(notation)) is regression


def test_features_are_standardised():
    data = table("abab")
    x = inputs(prepare(NetworkSpec.parse("2-1"), data), data.features)
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(x.std(axis=0), 1, rtol=1e-15)


def test_mean_and_spread_come_from_the_chosen_rows_and_classes_from_all():
    data = table(["a", "b", "c", "a"])
    prepared = prepare(NetworkSpec.parse("2-3/cross_entropy"), data, np.array([0, 3]))
    assert prepared.mean.tolist() == [3.5, 35] and prepared.scale.tolist() == [2.5, 25]
    assert prepared.classes == ("a", "b", "c")


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e300, 1e-310])
def test_a_constant_column_becomes_zero_and_is_named(constant):
    data = table("abab", np.column_stack([FEATURES[:, 0], np.full(4, constant)]))
    x = inputs(prepare(NetworkSpec.parse("2-1"), data), data.features)
    assert x[:, 1].tolist() == [0, 0, 0, 0] and constant_features(data) == ("f1",)


def test_huge_and_tiny_numbers_are_standardised_without_overflow():
    data = table("abab", FEATURES * [1e307, 1e-307])
    x = inputs(prepare(NetworkSpec.parse("2-1"), data), data.features)
    np.testing.assert_allclose(x.std(axis=0), 1, rtol=1e-12)


def test_several_outputs_give_one_hot_rows_and_one_output_zeros_and_ones():
    data = table(["b", "a", "b", "c"])
    spec = NetworkSpec.parse("2-3/cross_entropy")
    assert targets(spec, prepare(spec, data), data).tolist() == [[0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    data, spec = table(["no", "yes", "yes", "no"]), NetworkSpec.parse("2-1/bce")
    assert targets(spec, prepare(spec, data), data).tolist() == [[0], [1], [1], [0]]


def test_classes_that_are_numbers_are_ordered_by_value():
    spec = NetworkSpec.parse("2-4/cross_entropy")
    assert prepare(spec, table(["10", "9", "-1", "2"])).classes == ("-1", "2", "9", "10")


def test_regression_targets_are_standardised_and_given_back():
    data, spec = table(["100", "300", "200", "400"]), NetworkSpec.parse("2-1/mse")
    prepared = prepare(spec, data)
    y = targets(spec, prepared, data)
    assert prepared.classes == () and y.shape == (4, 1)
    np.testing.assert_allclose([y.mean(), y.std()], [0, 1], atol=1e-15)
    np.testing.assert_allclose(y[:, 0] * prepared.target_scale + prepared.target_mean, [100, 300, 200, 400])


def test_targets_of_an_output_that_cannot_be_negative_are_scaled_but_not_shifted():
    data, spec = table(["100", "300", "200", "400"]), NetworkSpec.parse("2-1:softplus/mse")
    assert targets(spec, prepare(spec, data), data).min() > 0


REFUSED = [
    (
        "3-4:tanh-2/cross_entropy",
        table("abab"),
        "the data have 2 feature columns, but 3-4:tanh-2:softmax/cross_entropy takes 3 inputs; "
        "2-4:tanh-2:softmax/cross_entropy would fit",
    ),
    ("2-1", table("aaaa"), "every row has the label 'a': one class only, so there is nothing to tell apart"),
    ("2-2", table("aaaa"), "every row has the label 'a': one class only, so there is nothing to tell apart"),
    (
        "2-4:relu-2/cross_entropy",
        table("abca"),
        "the labels have 3 classes (a, b, c), but in 2-4:relu-2:softmax/cross_entropy 2 outputs tell 2 classes apart; "
        "2-4:relu-3:softmax/cross_entropy would fit",
    ),
    (
        "2-3/cross_entropy",
        table("abab"),
        "the labels have 2 classes (a, b), but in 2-3:softmax/cross_entropy 3 outputs tell 3 classes apart; "
        "2-1:sigmoid/bce would fit",
    ),
    (
        "2-1",
        table("1234"),
        "the labels have 4 classes (1, 2, 3, 4), but in 2-1:sigmoid/quadratic one output tells two classes apart; "
        "2-4:softmax/cross_entropy would fit; for numbers as targets 2-1/mse",
    ),
    (
        "2-1/mse",
        table(["1", "2", "three", "4"]),
        "the label 'three' of row 3 is no finite number, but 2-1:identity/mse learns numbers; "
        "to tell classes apart try 2-4:softmax/cross_entropy",
    ),
    (
        "2-1/mse",
        table(["1", "inf", "3", "4"]),
        "the label 'inf' of row 2 is no finite number, but 2-1:identity/mse learns numbers; "
        "to tell classes apart try 2-4:softmax/cross_entropy",
    ),
    ("2-1/mse", table(["7.5"] * 4), "every row has the same target 7.5: there is nothing to learn"),
    ("2-1", table("abab", np.ones((4, 2))), "every feature column is constant: there is nothing to learn from"),
]


@pytest.mark.parametrize(("notation", "data", "sentence"), REFUSED)
def test_data_that_do_not_fit_the_network_say_what_would(notation, data, sentence):
    with refuses(sentence):
        prepare(NetworkSpec.parse(notation), data)
