"""From a table to a model that has been tested on rows it never saw; and the mean over several such splits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from reference_nets.activations import Array
from reference_nets.metrics import accuracy, r2, rmse
from reference_nets.models import Model
from reference_nets.network import forward
from reference_nets.preparation import inputs, is_regression, prepare, targets
from reference_nets.reading.csv_data import DataError, DataTable
from reference_nets.spec import NetworkSpec
from reference_nets.training import Epoch, Settings, TrainingResult, train

Listener = Callable[[Epoch], None]


@dataclass(frozen=True)
class LearningResult:
    """The model, how its training went, and its scores by name on the rows that were held out, else on all rows."""

    model: Model
    training: TrainingResult
    scores: dict[str, float]
    held_out: int


def learn(
    spec: NetworkSpec,
    table: DataTable,
    *,
    rng: np.random.Generator,
    settings: Settings | None = None,
    test: float = 0.0,
    on_epoch: Listener | None = None,
) -> LearningResult:
    """Train on the table; a share ``test`` of the rows is held out: they choose the best epoch and give the scores.

    Since they have chosen, their scores are a little kind; `cross_validate` asks rows that had no say.
    """
    if not 0 <= test < 1:
        raise ValueError(f"the share of rows held out is {test}, expected a number from 0 up to, not including, 1")
    order, count = rng.permutation(len(table)), round(test * len(table))
    if test and not 0 < count < len(table):
        raise DataError(f"{test} of {len(table)} rows leaves none to test or none to train on; hold out another share")
    return _fit(spec, table, np.sort(order[count:]), np.sort(order[:count]), rng, settings, on_epoch, choose=True)


def cross_validate(
    spec: NetworkSpec,
    table: DataTable,
    *,
    rng: np.random.Generator,
    settings: Settings | None = None,
    folds: int = 5,
    on_epoch: Listener | None = None,
) -> tuple[dict[str, float], ...]:
    """The scores of each fold: trained on the others, tested on this one, which has no say in the training.

    Hence the parameters of the smallest training cost are taken, and standardisation knows the training rows only.
    """
    return tuple(
        _fit(spec, table, rows, fold, rng, settings, on_epoch, choose=False).scores
        for rows, fold in split_folds(len(table), folds, rng)
    )


def split_folds(m: int, folds: int, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """``folds`` pairs (rows to train on, rows to test on); every row is tested once."""
    if not 2 <= folds <= m:
        raise ValueError(f"{folds} folds of {m} rows, expected from 2 folds to as many as there are rows")
    parts = np.array_split(rng.permutation(m), folds)
    for index, fold in enumerate(parts):
        yield np.sort(np.concatenate(parts[:index] + parts[index + 1 :])), np.sort(fold)


def _fit(
    spec: NetworkSpec,
    table: DataTable,
    rows: Array,
    held_out: Array,
    rng: np.random.Generator,
    settings: Settings | None,
    on_epoch: Listener | None,
    *,
    choose: bool,
) -> LearningResult:
    prepared = prepare(spec, table, rows)
    x, y = inputs(prepared, table.features), targets(spec, prepared, table)
    result = train(
        spec,
        x[rows],
        y[rows],
        rng=rng,
        settings=settings,
        held_out=(x[held_out], y[held_out]) if choose and len(held_out) else None,
        score=r2 if is_regression(spec) else accuracy,
        on_epoch=on_epoch,
    )
    judged = held_out if len(held_out) else rows
    a = forward(spec, result.params, x[judged])
    model = Model(spec, result.params, prepared, result.history)
    if is_regression(spec):
        scores = {"rmse": rmse(a, y[judged]) * prepared.target_scale, "r2": r2(a, y[judged])}
    else:
        scores = {"accuracy": accuracy(a, y[judged])}
    return LearningResult(model, result, scores, len(held_out))
