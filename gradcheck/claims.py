"""Reading what a gradient function returned: structure, shapes, types and finiteness, before any number is judged."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from reference_nets.activations import Array
from reference_nets.spec import NetworkSpec


class BadClaim(ValueError):  # noqa: N818 - what is bad is the claim
    """What came is no gradient of this network: says what was expected, what came, and what to try."""


def call_functions_contract(
    backward: Callable[..., Any], spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array
) -> Any:
    """``backward([(W1, b1), ...], x, y)``; lambda is the fourth argument where the function takes one."""
    pairs = [(params[f"W{layer}"], params[f"b{layer}"]) for layer in spec.layers]
    return backward(pairs, x, y, spec.l2) if _takes_lambda(backward) else backward(pairs, x, y)


def _takes_lambda(function: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(positional) >= 4


def read_gradient(returned: Any, spec: NetworkSpec, x_shape: tuple[int, ...], *, dx: bool = False) -> dict[str, Array]:
    """The gradient's arrays by key, from ``[(dW, db), ...]`` or a mapping with keys W1 or dW1; raises BadClaim."""
    if dx:
        if not (isinstance(returned, tuple) and len(returned) == 2):
            raise BadClaim(f"with dx=True expected a pair (gradients, dx), got {_describe(returned)}")
        returned, input_gradient = returned
        return {**read_gradient(returned, spec, x_shape), "x": _array("x", input_gradient, x_shape)}
    parts = _by_key(returned, spec)
    return {key: _array(key, parts[key], shape) for key, shape in spec.shapes.items()}


def _by_key(returned: Any, spec: NetworkSpec) -> dict[str, Any]:
    if isinstance(returned, Mapping):
        named = {key: returned.get(f"d{key}", returned.get(key)) for key in spec.keys}
        missing = [f"d{key}" for key, value in named.items() if value is None]
        if missing:
            there = ", ".join(map(str, returned)) or "nothing"
            raise BadClaim(f"the returned dict lacks {', '.join(missing)}; it has {there}")
        return named
    if isinstance(returned, str | bytes) or not isinstance(returned, Sequence):
        got = _describe(returned)
        raise BadClaim(f"expected a list of (dW, db), one pair a layer, got {got}; is a return missing?")
    if len(returned) != spec.L:
        raise BadClaim(f"expected {spec.L} pairs (dW, db), one a layer, got {len(returned)}")
    parts: dict[str, Any] = {}
    for layer, pair in zip(spec.layers, returned, strict=True):
        if not (isinstance(pair, Sequence) and len(pair) == 2):
            raise BadClaim(f"expected a pair (dW{layer}, db{layer}) for layer {layer}, got {_describe(pair)}")
        parts[f"W{layer}"], parts[f"b{layer}"] = pair
    return parts


def _array(key: str, value: Any, shape: tuple[int, ...]) -> Array:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise BadClaim(f"d{key} is no array of numbers: {error}") from error
    if array.dtype.kind == "c":
        raise BadClaim(f"d{key} is complex; a gradient is real: take the real or the imaginary part that you mean")
    if array.dtype.kind not in "fiu":
        raise BadClaim(f"d{key} holds {array.dtype}, expected floats")
    if len(shape) == 1 and array.shape in ((1, *shape), (*shape, 1)):  # a row or column for a vector is meant plainly
        array = array.reshape(shape)
    if array.shape != shape:
        raise BadClaim(f"d{key} has shape {array.shape}, expected {shape}{_shape_guess(array, shape)}")
    array = array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)
    if not np.isfinite(array).all():
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise BadClaim(f"d{key}[{', '.join(map(str, index))}] is {array[index]}, expected a finite number")
    return array


def _shape_guess(array: Array, shape: tuple[int, ...]) -> str:
    if array.shape == shape[::-1]:
        return ": transposed?"
    if array.shape == (int(np.prod(shape)),):
        return ": flattened?"
    if array.ndim == 0:
        return ": summed over all entries?"
    if array.shape[1:] == shape:
        return ": not summed over the batch?"
    if array.ndim == 1 and len(shape) == 1:
        return ": summed over the wrong axis?"
    return ""


def _describe(value: Any) -> str:
    if value is None:
        return "None"
    shape = f" of shape {value.shape}" if isinstance(value, np.ndarray) else ""
    return f"{type(value).__name__}{shape}"
