"""From a table to numbers that a network can learn from: which task it is, one-hot targets, standardisation."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from reference_nets.activations import ACTIVATIONS, Array
from reference_nets.reading.csv_data import DataError, DataTable
from reference_nets.spec import NetworkSpec


@dataclass(frozen=True)
class Preparation:
    """What is remembered with a model: ``x = (features - mean) / scale``; no classes means regression.

    Regression targets are ``y = (value - target_mean) / target_scale``.
    """

    feature_names: tuple[str, ...]
    label_name: str
    classes: tuple[str, ...]
    mean: Array
    scale: Array
    target_mean: float = 0.0
    target_scale: float = 1.0


def is_regression(spec: NetworkSpec) -> bool:
    """Whether the single output is a number on an open scale; sigmoid, tanh and several outputs tell classes apart."""
    return spec.sizes[-1] == 1 and spec.activations[-1] not in ("sigmoid", "tanh")


def prepare(spec: NetworkSpec, table: DataTable, rows: Array | None = None) -> Preparation:
    """What ``table`` says about classes, and its ``rows`` (default: all) about mean and spread.

    A column that is constant in these rows becomes zero. Raises DataError where table and spec do not fit together.
    """
    _check_features(spec, table)
    features = table.features if rows is None else table.features[rows]
    mean, scale = _spread(features)
    prepared = Preparation(table.feature_names, table.label_name, (), mean, scale)
    if is_regression(spec):
        values = label_values(spec, table)
        center, width = _spread((values if rows is None else values[rows])[:, np.newaxis])
        lowest = ACTIVATIONS[spec.activations[-1]].phi(np.array([-100.0]))
        unbounded = lowest[0] < -1  # the others cannot reach far below zero
        return replace(prepared, target_mean=float(center[0]) if unbounded else 0.0, target_scale=float(width[0]))
    return replace(prepared, classes=_classes(spec, table))


def inputs(prepared: Preparation, features: Array) -> Array:
    """``x = (features - mean) / scale``, (m, n_0)."""
    return np.asarray((features - prepared.mean) / prepared.scale)


def targets(spec: NetworkSpec, prepared: Preparation, table: DataTable) -> Array:
    """``y`` (m, n_L): one-hot rows, a column of zeros and ones for a single output, or standardised numbers."""
    if not prepared.classes:
        return ((label_values(spec, table) - prepared.target_mean) / prepared.target_scale)[:, np.newaxis]
    number = {name: index for index, name in enumerate(prepared.classes)}
    one_hot = np.eye(len(prepared.classes))[[number[label] for label in table.labels]]
    return one_hot if spec.sizes[-1] > 1 else one_hot[:, 1:]


def constant_features(table: DataTable) -> tuple[str, ...]:
    """The names of the columns that hold one value only; they teach nothing."""
    constant = np.ptp(table.features, axis=0) == 0
    return tuple(name for name, same in zip(table.feature_names, constant, strict=True) if same)


def label_values(spec: NetworkSpec, table: DataTable) -> Array:
    """The labels as numbers, (m,); raises DataError at the first that is none."""
    values = np.empty(len(table))
    for row, text in enumerate(table.labels):
        try:
            values[row] = float(text)
        except ValueError:
            values[row] = math.nan
        if not math.isfinite(values[row]):
            raise DataError(
                f"the label {text!r} of row {row + 1} is no finite number, but {spec} learns numbers; to tell classes "
                f"apart try {_notation(spec, len(set(table.labels)))}"
            )
    if np.ptp(values) == 0:
        raise DataError(f"every row has the same target {table.labels[0]}: there is nothing to learn")
    return values


def _check_features(spec: NetworkSpec, table: DataTable) -> None:
    count = table.features.shape[1]
    if count != spec.sizes[0]:
        fitting = replace(spec, sizes=(count, *spec.sizes[1:]))
        raise DataError(
            f"the data have {count} feature columns, but {spec} takes {spec.sizes[0]} inputs; {fitting} would fit"
        )
    if len(constant_features(table)) == count:
        raise DataError("every feature column is constant: there is nothing to learn from")


def _spread(values: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of each column, 1 where it is constant; free of overflow."""
    largest = np.maximum(np.abs(values).max(axis=0), np.finfo(float).tiny)
    mean, deviation = (values / largest).mean(axis=0) * largest, (values / largest).std(axis=0) * largest
    constant = np.ptp(values / largest, axis=0) == 0
    return np.where(constant, values[0], mean), np.where(constant | (deviation == 0), 1.0, deviation)


def _classes(spec: NetworkSpec, table: DataTable) -> tuple[str, ...]:
    """The classes in order: by value where all are numbers, else by text."""
    found = sorted(set(table.labels))
    try:
        found.sort(key=float)
    except ValueError:
        found.sort()
    if len(found) == 1:
        raise DataError(f"every row has the label {found[0]!r}: one class only, so there is nothing to tell apart")
    outputs = spec.sizes[-1]
    if len(found) != max(outputs, 2):
        shown = ", ".join(found[:5]) + (", ..." if len(found) > 5 else "")
        tells = f"{outputs} outputs tell {outputs} classes" if outputs > 1 else "one output tells two classes"
        advice = "" if outputs > 1 else f"; for numbers as targets {spec.sizes[0]}-1/mse"
        raise DataError(
            f"the labels have {len(found)} classes ({shown}), but in {spec} {tells} apart; "
            f"{_notation(spec, len(found))} would fit{advice}"
        )
    return tuple(found)


def _notation(spec: NetworkSpec, classes: int) -> str:
    """The network with the same hidden layers that tells so many classes apart."""
    size, activation, cost = (1, "sigmoid", "bce") if classes <= 2 else (classes, "softmax", "cross_entropy")
    sizes, activations = (*spec.sizes[:-1], size), (*spec.activations[:-1], activation)
    return str(replace(spec, sizes=sizes, activations=activations, cost=cost))
