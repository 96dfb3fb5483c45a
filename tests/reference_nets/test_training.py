import math
import re

import numpy as np
import pytest

from reference_nets.metrics import accuracy
from reference_nets.network import backward, cost
from reference_nets.optimizers import OPTIMIZERS
from reference_nets.points import init_params, random_batch
from reference_nets.spec import NetworkSpec
from reference_nets.training import Settings, train

SPEC = NetworkSpec.parse("2-4:tanh-3/cross_entropy")


def rng(seed=0):
    return np.random.default_rng(seed)


def data(m=40, seed=5, dtype=np.float64):
    """Three classes by the angle of x: learnable, not linearly."""
    x = rng(seed).standard_normal((m, 2))
    angle = np.arctan2(x[:, 0], x[:, 1])
    return x.astype(dtype), np.eye(3)[np.digitize(angle, [-1, 1])].astype(dtype)


def test_gradient_descent_repeats_the_step_of_the_book():
    x, y = data()
    start = init_params(SPEC, rng(1))
    result = train(SPEC, x, y, rng=rng(), params=start, settings=Settings("gradient-descent", 0.3, epochs=3))
    params = start
    for _ in range(3):
        grads = backward(SPEC, params, x, y)
        params = {key: params[key] - 0.3 * grads[key] for key in SPEC.keys}
    for key in SPEC.keys:
        np.testing.assert_allclose(result.params[key], params[key], rtol=1e-12)
    assert result.best.number == 3 and result.best.cost == cost(SPEC, result.params, x, y)


@pytest.mark.parametrize("batch_size", [1, 7, 40, 1000])
def test_an_epoch_of_sgd_takes_every_row_once_in_shuffled_batches(batch_size, monkeypatch):
    x, y = data()
    batches = []

    def spy(spec, params, x, y):
        batches.append(x.copy())
        return backward(spec, params, x, y)

    monkeypatch.setattr("reference_nets.training.backward", spy)
    train(SPEC, x, y, rng=rng(), settings=Settings("sgd", epochs=2, batch_size=batch_size))
    per_epoch = math.ceil(len(x) / batch_size)
    assert len(batches) == 2 * per_epoch and {len(b) for b in batches[: per_epoch - 1]} <= {batch_size}
    first, second = np.concatenate(batches[:per_epoch]), np.concatenate(batches[per_epoch:])
    assert sorted(first.tolist()) == sorted(second.tolist()) == sorted(x.tolist())
    if batch_size < len(x):
        assert first.tolist() != second.tolist() and first.tolist() != x.tolist()


def test_rows_stay_with_their_targets_when_shuffled(monkeypatch):
    x, y = data()
    owner = {tuple(row): target for row, target in zip(x.tolist(), y.tolist(), strict=True)}

    def spy(spec, params, x, y):
        assert [owner[tuple(row)] for row in x.tolist()] == y.tolist()
        return backward(spec, params, x, y)

    monkeypatch.setattr("reference_nets.training.backward", spy)
    train(SPEC, x, y, rng=rng(), settings=Settings("sgd", epochs=2, batch_size=7))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_learns_with_its_own_learning_rate(name):
    x, y = data(m=120)
    result = train(SPEC, x, y, rng=rng(), settings=Settings(name, epochs=200), score=accuracy)
    assert result.stopped == "epochs" and result.best.score > 0.95
    assert result.best.cost < 0.3 * result.history[0].cost


def test_the_best_parameters_are_kept_not_the_last():
    x, y = data()
    result = train(SPEC, x, y, rng=rng(), settings=Settings("sgd", 8.0, epochs=30, batch_size=4))
    costs = [epoch.cost for epoch in result.history]
    assert result.best.cost == min(costs) < costs[-1]
    assert cost(SPEC, result.params, x, y) == min(costs)


def test_held_out_rows_choose_the_best_epoch_where_there_are_any():
    (x, y), held_out = data(), data(m=15, seed=9)
    noisy = held_out[0], np.roll(held_out[1], 1, axis=1)  # wrong answers: learning makes them worse
    settings = Settings("adam", epochs=20)
    result = train(SPEC, x, y, rng=rng(), settings=settings, held_out=noisy, score=accuracy)
    chosen = min(result.history, key=lambda epoch: epoch.held_out_cost)
    assert result.best == chosen != result.history[-1] and result.best.judged_cost == chosen.held_out_cost
    assert cost(SPEC, result.params, *noisy) == chosen.held_out_cost
    assert result.history[-1].cost == train(SPEC, x, y, rng=rng(), settings=settings).history[-1].cost


def test_history_begins_before_the_first_step_and_every_epoch_is_told():
    x, y = data()
    told = []
    start = init_params(SPEC, rng(1))
    result = train(SPEC, x, y, rng=rng(), params=start, settings=Settings(epochs=4), on_epoch=told.append)
    assert [epoch.number for epoch in told] == [0, 1, 2, 3, 4] and tuple(told) == result.history
    assert told[0].cost == cost(SPEC, start, x, y)
    assert math.isnan(told[0].score) and math.isnan(told[0].held_out_cost)


def test_training_stops_at_the_target():
    x, y = data()
    result = train(SPEC, x, y, rng=rng(), settings=Settings("adam", 0.05, epochs=500, target=0.3))
    assert result.stopped == "target" and result.best.cost <= 0.3 < result.history[-2].cost
    assert result.message == f"the target was reached after {len(result.history) - 1} epochs; kept: epoch " + (
        f"{result.best.number}, cost {result.best.cost:.4g}"
    )


def test_an_interrupt_keeps_the_best_so_far():
    x, y = data()

    def impatient(epoch):
        if epoch.number == 3:
            raise KeyboardInterrupt

    result = train(SPEC, x, y, rng=rng(), settings=Settings(epochs=50), on_epoch=impatient)
    assert result.stopped == "interrupted" and len(result.history) == 4
    assert cost(SPEC, result.params, x, y) == result.best.cost < result.history[0].cost
    assert result.message.startswith("interrupted after 3 epochs; kept: epoch 3, cost ")


def test_an_interrupt_in_the_middle_of_an_epoch_does_not_touch_what_is_kept(monkeypatch):
    x, y = data()
    calls = iter(range(1000))

    def interrupted(spec, params, x, y):
        if next(calls) == 25:
            raise KeyboardInterrupt
        return backward(spec, params, x, y)

    monkeypatch.setattr("reference_nets.training.backward", interrupted)
    result = train(SPEC, x, y, rng=rng(), settings=Settings("sgd", epochs=50, batch_size=4))
    assert result.stopped == "interrupted" and result.history[-1].number == 2
    assert cost(SPEC, result.params, x, y) == result.best.cost


def test_an_interrupt_before_there_is_anything_to_keep_passes_on(monkeypatch):
    def interrupted(*arrays):
        raise KeyboardInterrupt

    monkeypatch.setattr("reference_nets.training.cost", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(SPEC, *data(), rng=rng())


@pytest.mark.parametrize("name", ["gradient-descent", "sgd", "momentum"])
def test_a_cost_that_is_no_longer_finite_stops_and_keeps_the_best(name):
    spec = NetworkSpec.parse("2-3:identity-1/mse")
    x, y = random_batch(spec, rng(), 400)
    result = train(spec, x, y, rng=rng(), settings=Settings(name, 1e6, epochs=1000, batch_size=4))
    assert result.stopped == "diverged" and len(result.history) < 100
    assert math.isfinite(result.best.cost) and all(np.isfinite(value).all() for value in result.params.values())
    assert re.fullmatch(
        r"the cost became (inf|nan) in epoch \d+: try a smaller learning rate; kept: epoch 0, cost .*", result.message
    )


def test_the_same_seed_gives_the_same_training():
    x, y = data()
    runs = [train(SPEC, x, y, rng=rng(seed), settings=Settings(epochs=3)).best.cost for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_the_order_of_the_parameters_in_the_dictionary_means_nothing():
    x, y = data()
    start = init_params(SPEC, rng(1))
    turned = dict(reversed(start.items()))
    runs = [train(SPEC, x, y, rng=rng(), params=params, settings=Settings(epochs=2)) for params in (start, turned)]
    assert [epoch.cost for epoch in runs[0].history] == [epoch.cost for epoch in runs[1].history]


def test_float32_data_are_trained_in_float32():
    x, y = data(dtype=np.float32)
    result = train(SPEC, x, y, rng=rng(), settings=Settings(epochs=3))
    assert {value.dtype for value in result.params.values()} == {np.dtype(np.float32)}


def test_what_is_passed_in_is_left_unchanged():
    x, y = data()
    start = init_params(SPEC, rng(1))
    before = {key: value.copy() for key, value in {**start, "x": x, "y": y}.items()}
    train(SPEC, x, y, rng=rng(), params=start, settings=Settings(epochs=2))
    assert all(np.array_equal(before[key], value) for key, value in {**start, "x": x, "y": y}.items())


SETTINGS = [
    ({"optimizer": "adm"}, "unknown optimizer 'adm', expected one of gradient-descent, sgd, momentum, adam"),
    ({"learning_rate": 0}, "the learning rate is 0, expected a finite number > 0, as in 0.1"),
    ({"learning_rate": math.nan}, "the learning rate is nan, expected a finite number > 0, as in 0.1"),
    ({"learning_rate": "fast"}, "the learning rate is fast, expected a finite number > 0, as in 0.1"),
    ({"epochs": 0}, "epochs is 0, expected a whole number >= 1"),
    ({"batch_size": -3}, "batch_size is -3, expected a whole number >= 1"),
    ({"epochs": 1.5}, "epochs is 1.5, expected a whole number >= 1"),
]


@pytest.mark.parametrize(("fields", "sentence"), SETTINGS)
def test_settings_that_make_no_sense_are_named(fields, sentence):
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        Settings(**fields)


def test_unfit_arrays_are_refused_before_any_step():
    x, y = data()
    with pytest.raises(ValueError, match=r"x has shape \(40, 1\), expected \(m, 2\)"):
        train(SPEC, x[:, :1], y, rng=rng())
    with pytest.raises(ValueError, match="row 0 of y sums to 2, expected 1"):
        train(SPEC, x, 2 * y, rng=rng())
    with pytest.raises(ValueError, match=r"y has shape \(40, 2\), expected \(40, 3\)"):
        train(SPEC, x, y, rng=rng(), held_out=(x, y[:, :2]))
