import math

import numpy as np
import pytest

from reference_nets.examples.datasets import load_dataset
from reference_nets.examples.presets import PRESETS
from reference_nets.learning import cross_validate, learn, split_folds
from reference_nets.models import predict
from reference_nets.reading.csv_data import DataError, DataTable
from reference_nets.spec import NetworkSpec
from reference_nets.training import Settings

FULL = pytest.mark.extra("resource")  # run by make test-all


def mean_accuracy(name, seed):
    preset = PRESETS[name]
    folds = cross_validate(preset.spec, preset.table(), rng=np.random.default_rng(seed), settings=preset.settings)
    assert len(folds) == 5
    return np.mean([scores["accuracy"] for scores in folds])


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=FULL) for seed in (1, 2, 3))])
@pytest.mark.parametrize(("name", "least"), [("iris", 0.93), ("digits", 0.95), ("logistic-regression", 0.9)])
def test_presets_reach_their_accuracy_on_rows_they_never_saw(name, least, seed):
    assert mean_accuracy(name, seed) >= least


@pytest.mark.parametrize("seed", range(4))
def test_xor_is_learned_and_a_network_without_hidden_layer_cannot(seed):
    table, rng = load_dataset("xor"), np.random.default_rng(seed)
    assert learn(PRESETS["xor"].spec, table, rng=rng, settings=PRESETS["xor"].settings).scores == {"accuracy": 1.0}
    alone = learn(NetworkSpec.parse("2-1/bce"), table, rng=rng, settings=PRESETS["xor"].settings)
    assert alone.scores["accuracy"] < 1 and alone.training.best.cost > 0.69


def line(m=60):
    """Values about 1000 that depend on the first of two features."""
    rng = np.random.default_rng(3)
    features = rng.normal([50, -3], [10, 0.1], (m, 2))
    values = 1000 + 7 * features[:, 0] + rng.normal(0, 1, m)
    return DataTable(features, ("size", "noise"), tuple(repr(float(value)) for value in values), "price")


def test_regression_is_scored_in_the_unit_of_its_target():
    table, spec = line(), NetworkSpec.parse("2-1/mse")
    learned = learn(spec, table, rng=np.random.default_rng(0), settings=Settings("adam", 0.05, 300), test=0.25)
    assert learned.held_out == 15 and set(learned.scores) == {"rmse", "r2"}
    assert 0.3 < learned.scores["rmse"] < 2 and learned.scores["r2"] > 0.99
    values = predict(learned.model, table.features).values
    assert np.abs(values - [float(label) for label in table.labels]).max() < 5


def test_regression_folds_are_scored_as_well():
    spec, settings = NetworkSpec.parse("2-1/huber"), Settings("gradient-descent")
    scores = cross_validate(spec, line(), rng=np.random.default_rng(0), settings=settings, folds=3)
    assert len(scores) == 3 and all(fold["r2"] > 0.9 for fold in scores)


def test_held_out_rows_are_neither_trained_on_nor_standardised_with():
    table, spec = load_dataset("iris"), PRESETS["iris"].spec
    seen = learn(spec, table, rng=np.random.default_rng(0), settings=Settings(epochs=1), test=0.4)
    order = np.random.default_rng(0).permutation(150)
    np.testing.assert_allclose(seen.model.prepared.mean, table.features[order[60:]].mean(axis=0), rtol=1e-12)
    assert seen.held_out == 60 and not math.isnan(seen.training.best.held_out_cost)
    labels = predict(seen.model, table.features[order[:60]]).labels
    right = np.mean(np.array(labels) == np.array(table.labels)[order[:60]])
    assert seen.scores["accuracy"] == seen.training.best.score == right


def test_without_held_out_rows_the_score_is_that_of_all_rows():
    preset = PRESETS["iris"]
    learned = learn(preset.spec, preset.table(), rng=np.random.default_rng(0), settings=Settings(epochs=3))
    assert learned.held_out == 0 and learned.scores["accuracy"] == learned.training.best.score


@pytest.mark.parametrize("test", [-0.1, 1.0, 2, math.nan])
def test_a_share_that_is_none_is_refused(test):
    with pytest.raises(ValueError, match=r"the share of rows held out is .*, expected a number from 0 up to, not inc"):
        learn(PRESETS["xor"].spec, load_dataset("xor"), rng=np.random.default_rng(0), test=test)


@pytest.mark.parametrize("test", [0.01, 0.99])
def test_a_share_that_leaves_no_rows_is_refused(test):
    with pytest.raises(DataError, match=f"{test} of 4 rows leaves none to test or none to train on"):
        learn(PRESETS["xor"].spec, load_dataset("xor"), rng=np.random.default_rng(0), test=test)


@pytest.mark.parametrize(("m", "folds"), [(10, 5), (11, 5), (7, 7), (5, 2)])
def test_every_row_is_tested_once_and_trained_on_in_all_other_folds(m, folds):
    pairs = list(split_folds(m, folds, np.random.default_rng(0)))
    assert len(pairs) == folds and sorted(np.concatenate([fold for _, fold in pairs])) == list(range(m))
    for rows, fold in pairs:
        assert sorted([*rows, *fold]) == list(range(m)) and abs(len(fold) - m / folds) < 1


@pytest.mark.parametrize("folds", [1, 11])
def test_too_few_or_too_many_folds_are_refused(folds):
    with pytest.raises(ValueError, match=f"{folds} folds of 10 rows, expected from 2 folds to as many as there are"):
        next(split_folds(10, folds, np.random.default_rng(0)))


def test_a_fold_is_not_seen_in_training():
    """Labels drawn at random cannot be predicted, however well they are learned by heart."""
    rng = np.random.default_rng(0)
    noise = DataTable(rng.standard_normal((60, 20)), tuple("abcdefghijklmnopqrst"), tuple(rng.choice(["x", "y"], 60)), "z")
    spec, settings = NetworkSpec.parse("20-30:relu-1/bce"), Settings("adam", 0.05, 60)
    assert learn(spec, noise, rng=rng, settings=settings).scores["accuracy"] == 1
    assert np.mean([fold["accuracy"] for fold in cross_validate(spec, noise, rng=rng, settings=settings)]) < 0.75


def test_a_fold_has_no_say_in_which_epoch_is_best():
    told = []
    preset, settings = PRESETS["iris"], Settings(epochs=2)
    cross_validate(preset.spec, preset.table(), rng=np.random.default_rng(0), settings=settings, on_epoch=told.append)
    assert len(told) == 5 * 3 and all(math.isnan(epoch.held_out_cost) for epoch in told)


def test_cross_validation_is_the_same_for_the_same_seed():
    assert mean_accuracy("iris", 0) == mean_accuracy("iris", 0)
