"""Which mistake gives the numbers of a layer function? Each row computes what a wrong line would return, in plain floats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradcheck.arrays.nearness import DOUBLE, near, same
from gradcheck.diagnosis.mistake_words import behaviour_words, right_words, wrong_words
from gradcheck.judge.mistake import UNKNOWN, Diagnosis, fitting_digits
from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import ACTIVATIONS, Activation, Array
from symbolic.mistakes.catalogue import CATALOGUE

FACTORS = (2.0, 0.5, 3.0)  # besides the sizes of the arrays
_same = partial(same, within=DOUBLE)


@dataclass(frozen=True)
class WrongResult:
    """A mistake, and what it returns for a result."""

    mistake: str
    value: Array


def mistake_of_layer(function: str, result: str, arrays: tuple[Array, ...], right: Array, claimed: Array) -> Diagnosis:
    """The mistake that gives these numbers, or that none is known.

    ``arrays`` are what the function was called with, as ``x, w, b, dout``; ``result`` is ``x``, ``w``, ``b`` or ``loss``.
    """
    quantity = f"{function}: {result}"
    with np.errstate(all="ignore"):
        rows = _wrong_results(function, result, arrays, right)
        found = next((one for one in rows if _same(claimed, one.value) and not _same(one.value, right)), None)
    if found is None:
        size, off = int(claimed.size), int((~near(claimed, right, DOUBLE)).sum())
        words = Sentence("submissions.layer-unknown", name=f"d{result}", count=off, size=size)
        return Diagnosis(UNKNOWN, 0, quantity, words, "", "", 0.0, alone=False, unexplained=(quantity,))
    if found.mistake not in CATALOGUE:
        return Diagnosis(found.mistake, 0, quantity, behaviour_words(found.mistake), "", "", _digits(claimed, found.value))
    wrong, meant = wrong_words(found.mistake), right_words(found.mistake)
    words = Sentence("diagnosis.mistake", wrong=wrong, right=meant)
    return Diagnosis(found.mistake, 0, quantity, words, wrong, meant, _digits(claimed, found.value))


def _digits(claimed: Array, value: Array) -> float:
    return fitting_digits(float(np.abs(claimed - value).max(initial=0.0)), float(np.abs(value).max(initial=0.0)))


def _wrong_results(function: str, result: str, arrays: tuple[Array, ...], right: Array) -> Iterator[WrongResult]:
    """The rows in the order in which they are tried: what is particular to a function before what any may have."""
    kind, _, way = function.rpartition("_")
    if kind == "affine" and way == "backward":
        yield from _affine(result, *arrays)
    elif way == "backward":
        yield from _activation(kind, *arrays)
    elif function == "softmax_loss" and result == "x":
        yield from _softmax(arrays[0], arrays[1], right)
    elif way == "forward" and kind in ACTIVATIONS:
        yield from (WrongResult("wrong-forward", row.phi(arrays[0])) for name, row in _elementwise() if name != kind)
    yield WrongResult("zero-gradient", np.zeros_like(right))
    yield WrongResult("sign-flipped", -right)
    sizes = {float(n) for array in arrays for n in np.shape(array)} | set(FACTORS)
    for factor in sorted(sizes - {1.0}):
        yield WrongResult("constant-factor", factor * right)
        yield WrongResult("constant-factor", right / factor)


def _affine(result: str, x: Array, w: Array, b: Array, dout: Array) -> Iterator[WrongResult]:
    m = len(x)
    if result == "w":
        right = x.T @ dout
        yield WrongResult("weight-gradient-transposed", (dout.T @ x).reshape(right.shape))
        yield WrongResult("batch-average-twice", right / m)
        for one in (-1, 0):
            yield WrongResult("one-example-only", np.outer(x[one], dout[one]))
        yield WrongResult("weight-used-for-activation", w * dout.sum(axis=0))
    if result == "b":
        right = dout.sum(axis=0)
        yield WrongResult("bias-gradient-missing", np.zeros_like(right))
        yield WrongResult("bias-gradient-averaged-twice", right / m)
        yield WrongResult("bias-gradient-over-all-entries", np.full_like(right, dout.sum()))
        yield WrongResult("bias-gradient-over-all-entries", np.full_like(right, dout.mean()))
        for one in (-1, 0):
            yield WrongResult("one-example-only", dout[one])
        yield from (WrongResult("bias-gradient-times-input", (x[:, i : i + 1] * dout).sum(axis=0)) for i in range(x.shape[1]))
        yield WrongResult("l2-on-bias", right + b)
    if result == "x":
        yield WrongResult("batch-average-twice", dout @ w.T / m)
        yield WrongResult("delta-not-propagated", np.repeat(dout.sum(axis=1, keepdims=True), x.shape[1], axis=1))


def _activation(kind: str, x: Array, dout: Array) -> Iterator[WrongResult]:
    row = ACTIVATIONS[kind]
    a, slope = row.phi(x), row.dphi(x)
    yield WrongResult("missing-hidden-activation-derivative", dout)
    yield WrongResult("upstream-overwritten", slope)
    if kind == "leaky_relu":
        yield WrongResult("leaky-slope-missing", dout * (x > 0))
    if row.kinked:
        yield WrongResult("relu-mask-from-gradient", dout * row.dphi(dout))
        yield WrongResult("relu-mask-from-gradient", np.where(dout > 0, dout, 0.0))
    yield WrongResult("activation-value-for-derivative", dout * a)
    yield WrongResult("activation-derivative-at-activation", dout * row.dphi(a))
    yield WrongResult("activation-derivative-of-upstream", row.dphi(dout))
    yield WrongResult("activation-derivative-of-upstream", dout * row.dphi(dout))
    for wrong in _slopes(x, a, slope):
        yield WrongResult("activation-derivative-wrong-formula", dout * wrong)


def _slopes(x: Array, a: Array, slope: Array) -> Iterator[Array]:
    """What is taken for a slope: that of another activation, at x or at the output, and the usual slips."""
    for _, row in _elementwise():
        yield from (row.dphi(x), row.dphi(a))
    for z in (a, x):
        yield from (1 - z**2, 1 + z**2, 1 - z, z**2 - 1, -(z**2), z**2, z - 1, 1 - 2 * z, 2 * z)
        yield from (z * (1 - z), z * (1 + z), z * (z - 1))
    yield from (slope**2, -slope, np.abs(a))


def _elementwise() -> list[tuple[str, Activation]]:
    return [(name, row) for name, row in ACTIVATIONS.items() if name not in ("softmax", "identity")]


def _softmax(x: Array, labels: Array, right: Array) -> Iterator[WrongResult]:
    m = len(x)
    exponentials = np.exp(x - x.max(axis=1, keepdims=True))
    p = exponentials / exponentials.sum(axis=1, keepdims=True)
    one_hot = np.eye(x.shape[1])[labels.astype(int)]
    yield WrongResult("missing-batch-average", m * right)
    yield WrongResult("batch-average-twice", right / m)
    yield WrongResult("batch-averaged-by-wrong-count", right / x.shape[1])
    yield WrongResult("batch-averaged-by-wrong-count", (p - one_hot) / x.shape[1])
    yield WrongResult("output-delta-sign", (one_hot - p) / m)
    yield WrongResult("output-delta-sign", one_hot - p)
    for divided in (1, m):
        yield WrongResult("softmax-derivative-ignored", -one_hot / p / divided)
        yield WrongResult("softmax-diagonal-only", -one_hot * (1 - p) / divided)
        yield WrongResult("extra-output-activation-derivative", (p - one_hot) * p * (1 - p) / divided)
    columns = np.exp(x - x.max(axis=0)) / np.exp(x - x.max(axis=0)).sum(axis=0)
    yield WrongResult("softmax-over-batch", (columns - one_hot) / m)
    yield WrongResult("zero-gradient", np.zeros_like(right))


