"""The points that the judge chooses: chosen so that nothing hides and no weighted input comes near a kink.

What hides mistakes (measured, see docs/method.md): a batch of one, zero biases, tiny weights, a dead relu unit, a batch
as large as a layer. The points here have none of them, by construction; a point given by the user may.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.sentences.sentence import sentences_of
from reference_nets.activations import ACTIVATIONS, Array
from reference_nets.points import Point, check_numbers, check_shapes, init_params, random_batch
from reference_nets.reading.stored_arrays import read_npz
from reference_nets.reading.strict_json import DamagedFile, as_numbers, parse, read_file
from reference_nets.spec import NetworkSpec

SCALE = 1.25  # of the weights, times those of Glorot and Bengio
DEEP = 6  # layers: beyond, weights are scaled so that the gradient neither vanishes nor explodes on its way to the first
NARROW = 0.1  # of the distance from the smallest to the largest weighted input of a unit
TINY = float(np.finfo(np.float64).tiny)
ROWS = 4  # random rows to choose from
LEAST_SLOPE = 0.05  # of a layer whose units are nearly all saturated

_say = sentences_of("commands/options")


def batch_size(spec: NetworkSpec) -> int:
    """A batch of at least four examples whose size is no layer's width: a confusion of axes then shows."""
    return next(m for m in range(4, 10**9) if m not in spec.sizes)


def safe_point(spec: NetworkSpec, rng: np.random.Generator, *, m: int | None = None, dtype: Any = np.float64) -> Point:
    """A random point, away from kinks, with live units and, where m > 1, units that are dead for some example.

    In a deep network each W is divided by the usual slope of the layer before it, and biases put weighted inputs around
    zero: what changes from example to example, and the gradient, keep their size from layer to layer.

    >>> spec = NetworkSpec.parse("2-3:relu-1")
    >>> point = safe_point(spec, np.random.default_rng(0))
    >>> point.x.shape, sorted(point.params)
    ((4, 2), ['W1', 'W2', 'b1', 'b2'])
    """
    m = batch_size(spec) if m is None else m
    if m < 1:
        raise ValueError(_say("batch", m=m))
    params = init_params(spec, rng, scale=SCALE, dtype=dtype)
    x, y = random_batch(spec, rng, m, dtype=dtype)
    a, slope, deep = x, 1.0, spec.L > DEEP
    for layer in spec.layers:
        row, W = ACTIVATIONS[spec.activations[layer - 1]], f"W{layer}"
        if deep and layer > 1:
            params[W] = (params[W] / (SCALE * max(slope, LEAST_SLOPE))).astype(dtype)
        if row.kinked and not spec.has_biases:
            params[W] = _live_rows(params[W], a, rng)
        z = a @ params[W].T
        if spec.has_biases:
            b = f"b{layer}"
            if row.kinked:
                params[b] = _bias_between(z, rng, NARROW if deep else 0.0).astype(dtype)
            elif deep and layer < spec.L:
                params[b] = (params[b] - z.mean(axis=0)).astype(dtype)
            z = z + params[b]
        a = row.phi(z)
        slope = float(np.sqrt(np.mean(row.dphi(z) ** 2))) if deep and layer < spec.L else 1.0
    return Point(params, x, y)


def _bias_between(z: Array, rng: np.random.Generator, narrow: float) -> Array:
    """For each unit (column) a bias that puts zero into the middle of a gap of its weighted inputs.

    Unit j is live for the 1 + j mod m largest inputs, so that every example has a live unit when units are many, and
    the first unit, whose gap lies below all of them, is live for every example. Where that gap is narrower than this part
    of them all, it is the widest one: in deep networks errors grow, and a narrow gap is a kink in float32.
    """
    m, units = z.shape
    biases = np.empty(units)
    for j, column in enumerate(np.sort(z, axis=0).T):
        dead, gaps = 0 if j == 0 else j % m, np.diff(column)
        if dead and gaps[dead - 1] < narrow * (column[-1] - column[0]):
            dead = 1 + int(np.argmax(gaps))
        below = column[dead - 1] if dead else column[0] - 1 - rng.random()
        biases[j] = -(below + column[dead]) / 2
    return biases


def _live_rows(W: Array, a: Array, rng: np.random.Generator) -> Array:
    """Rows of W where there is no bias to do it: weighted inputs away from zero, and if possible a live unit for each example.

    Each row is the one of `ROWS` random ones whose weighted inputs come least near zero, with the sign that makes live most of
    the examples that had no live unit before. A unit is live for one example at least, and all but the first are dead for one.
    """
    rows, waiting = W.copy(), np.ones(len(a), dtype=bool)
    for j, row in enumerate(W):
        drawn = np.array([row, *np.std(W) * rng.standard_normal((ROWS - 1, len(row)))], dtype=W.dtype)
        drawn = drawn if j == 0 else _centred(drawn, a).astype(W.dtype)
        z = a @ drawn.T
        sizes = np.abs(z.astype(np.float64))  # all of them zero where every unit before is dead
        best = int(np.argmax(sizes.min(axis=0) / np.maximum(sizes.max(axis=0), TINY)))
        live, dead = z[:, best] > 0, z[:, best] < 0
        gains = (live & waiting).sum() - (dead & waiting).sum()
        turn = gains < 0 or not live.any()
        rows[j] = -drawn[best] if turn else drawn[best]
        waiting &= ~(dead if turn else live)
    return rows


def _centred(rows: Array, a: Array) -> Array:
    """Rows whose weighted inputs have one sign for all examples turned just so far that their mean is zero.

    Where nothing would be left of a row, because all examples lie in one direction, it stays as it is.
    """
    z, mean = a @ rows.T, a.mean(axis=0)
    one_sided = (z > 0).all(axis=0) | (z < 0).all(axis=0)
    turned = rows - np.outer(one_sided * z.mean(axis=0), mean / max(float(mean @ mean), TINY))
    kept = np.linalg.norm(turned, axis=1) >= np.linalg.norm(rows, axis=1) / 8
    return np.where(kept[:, np.newaxis], turned, rows)


def load_point(path: Path, spec: NetworkSpec) -> Point:
    """A point from an .npz or .json file with keys W1 b1 ... x y; raises ValueError with what was expected."""
    expected = [*spec.keys, "x", "y"]
    arrays = _read_arrays(path, expected)
    missing = [key for key in expected if key not in arrays]
    if missing:
        raise ValueError(_say("lacks", path=path, missing=tuple(missing), network=spec, expected=tuple(expected)))
    params = {key: arrays[key] for key in spec.keys}
    check_shapes(spec, params, arrays["x"], arrays["y"])
    check_numbers(spec, params, arrays["x"], arrays["y"])
    return Point(params, arrays["x"], arrays["y"])


def _shown(keys: Sequence[str]) -> str:
    """The names of a point, of many the first and the last."""
    return " ".join(keys if len(keys) <= 4 else [*keys[:2], "...", *keys[-2:]])


def _read_arrays(path: Path, keys: Sequence[str]) -> dict[str, Array]:
    kind = path.suffix.lower()
    if kind not in (".json", ".npz"):
        raise ValueError(_say("neither", path=path, keys=_shown(keys)))
    try:
        if kind == ".npz":
            return {key: array.astype(np.float64) for key, array in read_npz(path, keys).items()}
        data = parse(read_file(path), constants=True)
        if not isinstance(data, dict):
            raise ValueError(_say("object", keys=_shown(keys)))
        return {key: _numbers(key, data[key]) for key in keys if key in data}
    except OSError as error:
        raise ValueError(_say("unread", path=path, error=error.strerror or str(error))) from error
    except DamagedFile as error:
        raise ValueError(_say("no-point", path=path, error=_say("it", reason=error.reason))) from error
    except ValueError as error:
        raise ValueError(_say("no-point", path=path, error=error)) from error


def _numbers(key: str, value: Any) -> Array:
    try:
        return np.array(as_numbers(value), dtype=np.float64)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None
