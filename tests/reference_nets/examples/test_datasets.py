from collections import Counter

import numpy as np
import pytest

from reference_nets.examples.datasets import DATASETS, load_dataset
from reference_nets.preparation import constant_features

SIZES = [
    ("iris", (150, 4), {"setosa": 50, "versicolor": 50, "virginica": 50}),
    ("digits", (1797, 64), dict(zip("0123456789", [178, 182, 177, 183, 181, 182, 181, 179, 174, 180], strict=True))),
    ("petals", (100, 2), {"versicolor": 50, "virginica": 50}),
    ("xor", (4, 2), {"yes": 2, "no": 2}),
]


def test_every_data_set_has_its_size_on_record():
    assert [name for name, _, _ in SIZES] == list(DATASETS)


@pytest.mark.parametrize(("name", "shape", "classes"), SIZES)
def test_a_data_set_has_its_known_size_and_class_counts(name, shape, classes):
    table = load_dataset(name)
    assert table.features.shape == shape and Counter(table.labels) == classes
    assert len(table.feature_names) == shape[1]


def test_iris_has_fishers_values_in_the_two_rows_that_are_often_wrong():
    features = load_dataset("iris").features
    assert features[34].tolist() == [4.9, 3.1, 1.5, 0.2] and features[37].tolist() == [4.9, 3.6, 1.4, 0.1]
    np.testing.assert_allclose(features.sum(axis=0), [876.5, 458.6, 563.7, 179.9], rtol=1e-12)


def test_digits_have_pixels_from_0_to_16_and_three_that_are_always_empty():
    table = load_dataset("digits")
    assert set(table.features.ravel()) == set(range(17)) and table.features.sum() == 561718
    assert constant_features(table) == ("pixel_0_0", "pixel_4_0", "pixel_4_7")


def test_petals_are_the_last_hundred_rows_of_iris():
    assert load_dataset("petals").features.tolist() == load_dataset("iris").features[50:, 2:].tolist()


def test_xor_is_exclusive_or():
    table = load_dataset("xor")
    assert [bool(p) != bool(q) for p, q in table.features] == [label == "yes" for label in table.labels]


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(ValueError, match="unknown data set 'mnist', expected one of iris, digits, petals, xor"):
        load_dataset("mnist")
