"""What NumPy's protocols do with our scalars and arrays: a rule of the tables, or NumPy itself; the rest is refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import CannotFollow, Undecided, raised, refuse
from gradcheck.certified.numbers import complex_arrays
from gradcheck.certified.numbers.arrays import Array, Mask, elementwise, objects, plain, store, truth, truths, wrap
from gradcheck.certified.numbers.choices import Open
from gradcheck.certified.numbers.piecewise import PREDICATES, either
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS, AS_THEY_ARE, ELEMENTWISE, METHODS, PRODUCTS, PROTOCOLS, Rule
from gradcheck.certified.numbers.scalars import UNKNOWN, Scalar
from gradcheck.sentences.sentence import Sentence


def _xor(a: Any, b: Any) -> Any:
    if isinstance(a, Open) and isinstance(b, Open):
        raise Undecided(Sentence("following.compared"))
    flips, other = (a, b) if isinstance(a, Open) else (b, a)
    return (~flips if other else flips) if isinstance(flips, Open) else bool(a) != bool(b)


def _logical(function: Rule, arguments: int) -> Rule:
    return np.frompyfunc(function, arguments, 1)


LOGICAL: dict[str, Rule] = {
    "logical_and": _logical(lambda a, b: a & b, 2),
    "logical_or": _logical(lambda a, b: a | b, 2),
    "logical_xor": _logical(_xor, 2),
    "logical_not": _logical(lambda a: ~a if isinstance(a, Open) else not a, 1),
}
for _bitwise, _same in (("and", "and"), ("or", "or"), ("xor", "xor")):
    LOGICAL[f"bitwise_{_bitwise}"] = LOGICAL[f"logical_{_same}"]
LOGICAL["invert"] = LOGICAL["logical_not"]


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
        refuse("dtype", Sentence("following.with", function=f"numpy.{ufunc.__name__}", options=(f"dtype={np.dtype(dtype)}",)))


def _call(ufunc: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    name = ufunc.__name__
    if (function := ELEMENTWISE.get(name)) is not None:
        return wrap(elementwise(function, len(inputs))(*(objects(value) for value in inputs)))
    if name == "divmod":
        return np.floor_divide(*inputs), np.remainder(*inputs)
    if (predicate := PREDICATES.get(name)) is not None:
        if _compares_truths(inputs):
            return _compared_truths(name, *map(truths, inputs))
        return truth(elementwise(predicate, len(inputs))(*(objects(value) for value in inputs)))
    if (logical := LOGICAL.get(name)) is not None:
        return truth(logical(*(truths(value) for value in inputs)))
    if (product := PRODUCTS.get(name)) is not None:
        return product(*inputs, **kwargs)
    if all(set(kind) <= set("O->") for kind in ufunc.types):  # np.vectorize, np.frompyfunc: Python code, entry by entry
        return rewrapped(ufunc(*(objects(value) for value in inputs)))
    return on_constants(ufunc, inputs, kwargs)


def _compares_truths(inputs: tuple[Any, ...]) -> bool:
    return len(inputs) == 2 and all(isinstance(value, Mask | Open) for value in inputs)


def _compared_truths(name: str, a: Any, b: Any) -> Any:
    if name not in ("equal", "not_equal"):
        raise Undecided(Sentence("following.compared"))
    unlike = LOGICAL["logical_xor"](a, b)
    return truth(LOGICAL["logical_not"](unlike) if name == "equal" else unlike)


def _outer(ufunc: Any, a: Any, b: Any) -> Any:
    left, right = objects(a), objects(b)
    return ufunc(wrap(left.reshape(left.shape + (1,) * right.ndim)), wrap(right))


def _at(ufunc: Any, target: Any, index: Any, *values: Any) -> None:
    """``ufunc.at``: one element after the other."""
    if not isinstance(target, Array):
        refuse("float-array", Sentence("following.at-float-array", name=ufunc.__name__))
    places = np.arange(target.size, dtype=np.intp).reshape(target.shape)[index]
    flat = target.view(np.ndarray).reshape(-1)
    if not np.shares_memory(flat, target):
        refuse("no-rule", Sentence("following.at-not-contiguous", name=ufunc.__name__))
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


# NumPy's own functions called on our numbers: as floats where nothing depends on the inputs, or as plain arrays.


def on_constants(function: Any, args: Iterable[Any], kwargs: dict[str, Any]) -> Any:
    """What has no rule is called as it is, on floats, where nothing it is given depends on the inputs."""
    try:
        args, kwargs = as_floats(list(args)), as_floats(kwargs)
    except CannotFollow:
        raised.pop()
        module, name = getattr(function, "__module__", None), getattr(function, "__name__", str(function))
        refuse("no-rule", Sentence("following.no-rule", name=f"{module or 'numpy'}.{name}"))
    return function(*args, **kwargs)


def as_floats(value: Any) -> Any:
    """Arguments with exact constants as floats; refuses what depends on the inputs."""
    if isinstance(value, Scalar):
        return np.float64(float(value))
    if isinstance(value, Array):
        return np.fromiter((float(cell) for cell in value.flat), dtype=np.float64, count=value.size).reshape(value.shape)
    if isinstance(value, Mask | Open):
        raise Undecided(Sentence("following.no-rule-undecided"))
    if type(value) in (list, tuple):
        return type(value)(as_floats(item) for item in value)
    return {key: as_floats(item) for key, item in value.items()} if isinstance(value, dict) else value


def stripped(value: Any) -> Any:
    """Arguments with every `Array` as a plain array of Scalars."""
    if isinstance(value, Array):
        return value.view(np.ndarray)
    if isinstance(value, Scalar):
        return plain(value)
    if isinstance(value, Mask):
        raise Undecided(Sentence("following.rearranged"))
    if isinstance(value, list | tuple):
        return type(value)(stripped(item) for item in value) if type(value) in (list, tuple) else value
    if isinstance(value, dict):
        return {key: stripped(item) for key, item in value.items()}
    return value


def rewrapped(value: Any) -> Any:
    """Results with every plain array of Scalars as an `Array`; views stay views."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        if all(type(item) is Scalar for item in value.flat):
            return value.view(Array)
        return wrap(objects(value))
    if isinstance(value, list | tuple):
        return type(value)(rewrapped(item) for item in value) if type(value) in (list, tuple) else value
    return value
