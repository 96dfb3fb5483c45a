"""A point: parameters, inputs and targets that belong to a spec; how they are drawn and how they are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference_nets.activations import Array
from reference_nets.spec import NetworkSpec
from reports.words import Words


@dataclass(frozen=True)
class Point:
    """Parameters by key, inputs (m, n_0) and targets (m, n_L) that belong together."""

    params: Mapping[str, Array]
    x: Array
    y: Array


def init_params(
    spec: NetworkSpec, rng: np.random.Generator, *, scale: float = 1.0, dtype: Any = np.float64
) -> dict[str, Array]:
    """Random parameters: ``W_l ~ N(0, scale^2 2 / (n_l + n_{l-1}))`` (Glorot and Bengio 2010), ``b_l ~ N(0, scale^2 / 16)``.

    Biases are not zero, because zero biases hide mistakes.

    >>> {key: value.shape for key, value in init_params(NetworkSpec.parse("2-3-1"), np.random.default_rng(0)).items()}
    {'W1': (3, 2), 'b1': (3,), 'W2': (1, 3), 'b2': (1,)}
    """
    spread = {key: np.sqrt(2 / sum(shape)) if key in spec.weights else 0.25 for key, shape in spec.shapes.items()}
    return {key: (scale * spread[key] * rng.standard_normal(shape)).astype(dtype) for key, shape in spec.shapes.items()}


def random_batch(spec: NetworkSpec, rng: np.random.Generator, m: int, *, dtype: Any = np.float64) -> tuple[Array, Array]:
    """Inputs ``x ~ N(0, 1)`` and targets from the cost's domain: one-hot rows, zeros and ones, or multiples of 1/8."""
    x = rng.standard_normal((m, spec.sizes[0])).astype(dtype)
    return x, random_targets(spec, rng, m).astype(dtype)


def random_targets(spec: NetworkSpec, rng: np.random.Generator, m: int) -> Array:
    """Targets of shape (m, n_L), exact in float64 and float32: multiples of 1/8 where the cost takes any number."""
    outputs = spec.sizes[-1]
    if spec.cost == "cross_entropy" or (spec.activations[-1] == "softmax" and spec.cost == "bce"):
        return np.eye(outputs)[rng.integers(outputs, size=m)]
    if spec.cost == "bce":
        return rng.integers(2, size=(m, outputs)).astype(np.float64)
    return rng.integers(-8, 17, size=(m, outputs)) / 8


def check_shapes(spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array | None = None) -> None:
    """Raise ValueError, naming the array and what to try, where a shape is not the spec's."""
    for key, shape in spec.shapes.items():
        if key not in params:
            raise ValueError(Words("the parameter {key} is missing; {spec} has {keys}", key=key, spec=spec, keys=spec.keys))
        if params[key].shape != shape:
            raise ValueError(_wrong_shape(key, params[key].shape, shape))
    if x.ndim != 2 or x.shape[1] != spec.sizes[0]:
        words = "x has shape {shape}, expected (m, {inputs}): one row an example, as {spec} has it"
        raise ValueError(Words(words, shape=x.shape, inputs=spec.sizes[0], spec=spec))
    if not len(x):
        raise ValueError(Words("x has shape {shape}: a batch needs at least one example", shape=x.shape))
    if y is not None and y.shape != (len(x), spec.sizes[-1]):
        expected = (len(x), spec.sizes[-1])
        words = "y has shape {shape}, expected {expected}: one row an example, one column an output"
        raise ValueError(Words(words, shape=y.shape, expected=expected))


def _wrong_shape(key: str, got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    meaning = "(n_out, n_in)" if len(expected) == 2 else "(n_out,)"
    guess = Words("; did you store the transpose?") if got == expected[::-1] and got != expected else ""
    words = "{key} has shape {got}, expected {expected} = {meaning}{guess}"
    return Words(words, key=key, got=got, expected=expected, meaning=meaning, guess=guess)


def check_numbers(spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array) -> None:
    """Raise ValueError where a number is not finite or a target lies outside the cost's domain (after `check_shapes`)."""
    for name, array in {**params, "x": x, "y": y}.items():
        if array.dtype.kind != "f":
            words = "{name} holds {dtype}, expected floats; try {name}.astype(float)"
            raise ValueError(Words(words, name=name, dtype=array.dtype))
        if not np.isfinite(array).all():
            where = ", ".join(str(int(i)) for i in np.argwhere(~np.isfinite(array))[0])
            value = array[~np.isfinite(array)][0]
            raise ValueError(Words("{name}[{where}] is {value}, expected a finite number", name=name, where=where, value=value))
    if spec.cost == "bce" and ((y < 0) | (y > 1)).any():
        raise ValueError(Words("y has {y}, expected targets from 0 to 1: the cost is bce", y=y[(y < 0) | (y > 1)][0]))
    if spec.cost == "cross_entropy" and (np.abs(y.sum(axis=1) - 1) > len(y[0]) * np.finfo(y.dtype).eps).any():
        row = int(np.argmax(np.abs(y.sum(axis=1) - 1)))
        words = "row {row} of y sums to {total:.6g}, expected 1: the cost is cross_entropy, whose targets are probabilities"
        raise ValueError(Words(words, row=row, total=float(y[row].sum())))
