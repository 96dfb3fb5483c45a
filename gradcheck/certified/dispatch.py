"""What NumPy's protocols do with our scalars and arrays: a rule of the tables, or NumPy itself; the rest is refused."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.certified import complex_arrays
from gradcheck.certified.arrays import Array, Mask, elementwise, objects, plain, store, truth, truths, wrap
from gradcheck.certified.choices import Open
from gradcheck.certified.logic import LOGICAL
from gradcheck.certified.piecewise import PREDICATES, either
from gradcheck.certified.plain_calls import on_constants, rewrapped, stripped
from gradcheck.certified.reasons import refuse
from gradcheck.certified.scalars import UNKNOWN
from gradcheck.certified.tables import ARRAY_FUNCTIONS, AS_THEY_ARE, ELEMENTWISE, METHODS, PRODUCTS, PROTOCOLS, Rule


def on_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What ``__array_ufunc__`` does."""
    if complex_arrays.holds_complex(inputs):
        return complex_arrays.on_ufunc(ufunc, method, inputs, kwargs)
    out, where = kwargs.pop("out", None), kwargs.pop("where", True)
    _check_dtype(kwargs.pop("dtype", None), ufunc)
    for ignored in ("casting", "order", "subok", "signature"):
        kwargs.pop(ignored, None)
    if method == "__call__":
        result = _call(ufunc, inputs, kwargs)
    elif (rule := _of_method(ufunc, method)) is not None:
        result = rule(ufunc, *inputs, **kwargs)
    else:
        result = on_constants(getattr(ufunc, method), inputs, kwargs)
    if where is not True:
        kept = objects(out[0]) if out else plain(UNKNOWN)
        result = wrap(elementwise(either, 3)(truths(where), objects(result), kept))
    return result if out is None else store(out[0], result)


def _check_dtype(dtype: Any, ufunc: Any) -> None:
    if dtype is not None and np.dtype(dtype).kind not in "fO":
        refuse("dtype", f"numpy.{ufunc.__name__} with dtype {np.dtype(dtype)} is not followed")


def _call(ufunc: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    name = ufunc.__name__
    if (function := ELEMENTWISE.get(name)) is not None:
        return wrap(elementwise(function, len(inputs))(*(objects(value) for value in inputs)))
    if name == "divmod":
        return np.floor_divide(*inputs), np.remainder(*inputs)
    if (predicate := PREDICATES.get(name)) is not None:
        if _compares_truths(inputs):
            return truth(LOGICAL["logical_xor"](*map(truths, inputs)) != (name == "equal"))
        return truth(elementwise(predicate, len(inputs))(*(objects(value) for value in inputs)))
    if (logical := LOGICAL.get(name)) is not None:
        return truth(logical(*(truths(value) for value in inputs)))
    if (product := PRODUCTS.get(name)) is not None:
        return product(*inputs, **kwargs)
    if all(set(kind) <= set("O->") for kind in ufunc.types):  # np.vectorize, np.frompyfunc: Python code, entry by entry
        return rewrapped(ufunc(*(objects(value) for value in inputs)))
    return on_constants(ufunc, inputs, kwargs)


def _compares_truths(inputs: tuple[Any, ...]) -> bool:
    return False if len(inputs) < 2 else all(isinstance(value, Mask | Open) for value in inputs)


def _outer(ufunc: Any, a: Any, b: Any) -> Any:
    left, right = objects(a), objects(b)
    return ufunc(wrap(left.reshape(left.shape + (1,) * right.ndim)), wrap(right))


def _at(ufunc: Any, target: Any, index: Any, *values: Any) -> None:
    """``ufunc.at``: one element after the other."""
    if not isinstance(target, Array):
        refuse("float-array", f"numpy.{ufunc.__name__}.at changes a float array that was made outside of the function")
    places = np.arange(target.size, dtype=np.intp).reshape(target.shape)[index]
    flat = target.view(np.ndarray).reshape(-1)
    if not np.shares_memory(flat, target):
        refuse("no-rule", f"numpy.{ufunc.__name__}.at on an array that is not contiguous is not followed")
    operands = [np.broadcast_to(objects(value), places.shape).reshape(-1) for value in values]
    function = ELEMENTWISE[ufunc.__name__]
    for k, place in enumerate(places.reshape(-1)):
        flat[place] = function(flat[place], *(operand[k] for operand in operands))


def _of_method(ufunc: Any, method: str) -> Rule | None:
    if method in _METHODS:
        return _METHODS[method]
    if ufunc.__name__ in (table := _TABLES.get(method, {})):
        return _by_function(table)
    return METHODS.get(method) if ufunc.__name__ in ELEMENTWISE else None


def _by_function(table: dict[str, str]) -> Rule:
    """A method of a ufunc that is an array function under another name: ``np.add.reduce`` is a sum."""

    def method(ufunc: Any, value: Any, axis: Any = 0, **kwargs: Any) -> Any:
        name = table[ufunc.__name__]
        return ARRAY_FUNCTIONS[getattr(np, name)](value, axis=axis, **kwargs)

    return method


_TABLES: dict[str, dict[str, str]] = {
    "reduce": {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min", "logical_and": "all", "logical_or": "any"},
    "accumulate": {"add": "cumsum", "multiply": "cumprod"},
}
_METHODS: dict[str, Rule] = {"outer": _outer, "at": _at}


def on_function(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What ``__array_function__`` does."""
    if complex_arrays.holds_complex(args):
        return complex_arrays.on_function(function, args, kwargs)
    if (rule := ARRAY_FUNCTIONS.get(function)) is not None:
        return rule(*args, **kwargs)
    if function in AS_THEY_ARE:
        return rewrapped(function(*stripped(list(args)), **stripped(kwargs)))
    return on_constants(function, args, kwargs)


PROTOCOLS |= {"ufunc": on_ufunc, "function": on_function}
