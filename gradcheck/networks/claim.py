"""Reading what a gradient function returned: structure, shapes, types and finiteness, before any number is judged."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.judge.judge import entry_name
from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import Array
from reference_nets.spec import NetworkSpec

_LAMBDA = ("lam", "lambda_", "lmbda", "lmbd", "l2", "reg", "weight_decay")


class BadClaim(ValueError):  # noqa: N818 - what is bad is the claim
    """What came is no gradient of this network: says what was expected, what came, and what to try."""


def call_functions_contract(
    backward: Callable[..., Any], spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array
) -> Any:
    """``backward([(W1, b1), ...], x, y)``, of a network without biases ``backward([W1, ...], x, y)``.

    Lambda is the fourth argument where the function takes one.
    A fourth parameter with a default of its own is lambda only if its name says so.
    """
    layers: list[Any] = [tuple(params[key] for key in spec.of_layer(layer)) for layer in spec.layers]
    if not spec.has_biases:
        layers = [W for (W,) in layers]
    return backward(layers, x, y, spec.l2) if _takes_lambda(backward) else backward(layers, x, y)


def _takes_lambda(function: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(positional) >= 4 and (positional[3].default is inspect.Parameter.empty or positional[3].name in _LAMBDA)


def read_gradient(returned: Any, spec: NetworkSpec, x_shape: tuple[int, ...], *, dx: bool = False) -> dict[str, Array]:
    """The gradient's arrays by key, from ``[(dW, db), ...]`` or a mapping with keys W1 or dW1; raises BadClaim.

    Of a network without biases from ``[dW, ...]``.
    """
    parts = gradient_parts(returned, spec, dx=dx)
    shapes = {**spec.shapes, "x": x_shape} if dx else spec.shapes
    return {key: _array(key, parts[key], shape) for key, shape in shapes.items()}


def gradient_parts(returned: Any, spec: NetworkSpec, *, dx: bool = False) -> dict[str, Any]:
    """The parts of what was returned by key, as they came; raises BadClaim where the structure is another one."""
    if not dx:
        return _by_key(returned, spec)
    if not (isinstance(returned, tuple) and len(returned) == 2):
        raise BadClaim(Sentence("networks.no-pair-with-dx", got=_describe(returned)))
    return {**_by_key(returned[0], spec), "x": returned[1]}


def _by_key(returned: Any, spec: NetworkSpec) -> dict[str, Any]:
    if isinstance(returned, Mapping):
        named = {key: returned.get(f"d{key}", returned.get(key)) for key in spec.keys}
        missing = tuple(f"d{key}" for key, value in named.items() if value is None)
        if missing:
            there = tuple(map(str, returned)) or Sentence("networks.nothing")
            raise BadClaim(Sentence("networks.lacks", missing=missing, there=there))
        return named
    numbers = isinstance(returned, np.ndarray) and returned.dtype != object
    if isinstance(returned, str | bytes) or numbers or not isinstance(returned, Iterable):
        key = "networks.no-list" if spec.has_biases else "networks.no-list-of-weights"
        raise BadClaim(Sentence(key, got=_describe(returned)))
    if not spec.has_biases:
        return _from_weights(list(returned), spec)
    return _from_pairs([_as_pair(pair) for pair in returned], spec)


def _from_pairs(pairs: list[Any], spec: NetworkSpec) -> dict[str, Any]:
    """The arrays by key; two lists, all dW and all db, are read as what they are."""
    if len(pairs) == 2 and _are_lists(pairs, spec):
        return {f"{name}{layer}": part for name, parts in zip("Wb", pairs, strict=True) for layer, part in enumerate(parts, 1)}
    if len(pairs) == 2 and _is_number(pairs[0]) and isinstance(pairs[1], Mapping | Sequence):
        raise BadClaim(Sentence("networks.cost-first"))
    if len(pairs) != spec.L:
        raise BadClaim(Sentence("networks.pairs", expected=spec.L, got=len(pairs)))
    parts: dict[str, Any] = {}
    for layer, pair in zip(spec.layers, pairs, strict=True):
        if not (isinstance(pair, Sequence) and len(pair) == 2):
            raise BadClaim(Sentence("networks.no-pair", layer=layer, got=_describe(pair)))
        parts[f"W{layer}"], parts[f"b{layer}"] = pair
    return parts


def _from_weights(arrays: list[Any], spec: NetworkSpec) -> dict[str, Any]:
    """The arrays of a network without biases, each by itself or alone in a tuple."""
    if len(arrays) != spec.L:
        raise BadClaim(Sentence("networks.weights", expected=spec.L, got=len(arrays)))
    alone = [a[0] if isinstance(a, tuple) and len(a) == 1 else a for a in arrays]
    for layer, array in zip(spec.layers, alone, strict=True):
        if isinstance(array, tuple) and len(array) == 2:
            raise BadClaim(Sentence("networks.pair-without-biases", layer=layer, got=_describe(array)))
    return {f"W{layer}": array for layer, array in zip(spec.layers, alone, strict=True)}


def _as_pair(pair: Any) -> Any:
    """An array of two objects, or an iterator over two things, as a list."""
    if isinstance(pair, Iterator) or (isinstance(pair, np.ndarray) and pair.dtype == object):
        return list(pair)
    return pair


def _are_lists(parts: list[Any], spec: NetworkSpec) -> bool:
    """Whether the shapes are those of (dWs, dbs) and not those of two pairs."""

    def shapes(values: Any) -> list[tuple[int, ...]]:
        try:
            return [np.shape(value) for value in values]
        except (TypeError, ValueError):
            return []

    wanted = [[spec.shapes[f"{name}{l}"] for l in spec.layers] for name in "Wb"]
    return all(isinstance(part, Sequence) for part in parts) and list(map(shapes, parts)) == wanted


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) or (isinstance(value, np.ndarray) and value.shape == ())


def _array(key: str, value: Any, shape: tuple[int, ...]) -> Array:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise BadClaim(Sentence("networks.no-array", key=key, error=str(error))) from error
    if array.dtype.kind == "c":
        raise BadClaim(Sentence("networks.complex", key=key))
    if array.dtype.kind not in "fiu":
        raise BadClaim(Sentence("networks.no-floats", key=key, dtype=str(array.dtype)))
    if len(shape) == 1 and array.shape in ((1, *shape), (*shape, 1)):  # a row or column for a vector is meant plainly
        array = array.reshape(shape)
    if array.shape != shape:
        raise BadClaim(Sentence(_shape_guess(array, shape), key=key, got=str(array.shape), expected=str(shape)))
    array = array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)
    if not np.isfinite(array).all():
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise BadClaim(Sentence("networks.not-finite", name=entry_name(key, index), value=array[index]))
    return array


def _shape_guess(array: Array, shape: tuple[int, ...]) -> str:
    """The key of the sentence about a wrong shape, with what may have been done."""
    if array.shape == shape[::-1]:
        return "networks.shape-transposed"
    if array.shape == (int(np.prod(shape)),):
        return "networks.shape-flattened"
    if array.ndim == 0:
        return "networks.shape-summed"
    if array.shape[1:] == shape:
        return "networks.shape-each-example"
    if array.ndim == 1 and len(shape) == 1:
        return "networks.shape-wrong-axis"
    return "networks.shape"


def _describe(value: Any) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    return Sentence("networks.of-shape", type=name, shape=str(value.shape)) if isinstance(value, np.ndarray) else name
