"""Which argument of a submission's function means what: by the names of its parameters, else by their order."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

# Letters and digits of a name in lower case, as it is met in course code.
_NAMES = {
    "params": "params parameters param paramdict theta thetas network net model nn nnparams weightsandbiases",
    "x": "x xs xtrain xbatch xb input inputs data features inputdata",
    "y": "y ys ytrue ytrain ybatch yb t target targets label labels truth expected ground groundtruth onehoty yonehot",
    "l2": "lam lambda lambd lamda lmbda l2 reg lambdareg reglambda l2reg l2lambda weightdecay regularization regstrength",
    "weights": "weights ws weightlist",
    "biases": "biases bs bias biaslist",
    "W": "w weight",
    "b": "b",
    "cache": "cache caches memo memory ctx context intermediates activations acts",
    "output": "output outputs out yhat ypred pred preds prediction predictions probs al a h yh",
    "lr": "lr learningrate eta stepsize alpha",
    "m": "m batchsize nexamples nsamples",
    "sizes": "sizes layersizes layerdims dims",
    "n_in": "inputlayersize inputsize inputsdim inputdim nin nx",
    "n_hidden": "hiddenlayersize hiddensize hiddendim nhidden nh",
    "n_out": "numlabels nlabels outputlayersize outputsize numclasses nout",
}
_MEANINGS = {name: meaning for meaning, names in _NAMES.items() for name in names.split()}
_PARAMETER = re.compile(r"(w|weights?|b|bias|biases)(\d+)")
_WHOLE = {"params", "weights", "W", "W1"}  # one of these and the function knows the parameters itself


def meaning(name: str) -> str | None:
    """What a parameter of this name means: a key of the table above, or ``W1``, ``b1``, ...; None where it is not known."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    found = _PARAMETER.fullmatch(plain)
    return found[1][0].upper().replace("B", "b") + found[2] if found else _MEANINGS.get(plain)


class Known:
    """What can be passed, by meaning; what only a forward pass can tell (its cache, its output) is computed when asked for."""

    def __init__(
        self, values: Mapping[str, Any], forward: Callable[..., Any] | None = None, output: tuple[int, ...] | None = None
    ) -> None:
        self.values, self.forward, self.output = dict(values), forward, output
        self.results: dict[str, Any] | None = None

    def key(self, name: str) -> str | None:
        """The key of a parameter of this name; None where nothing known is meant."""
        key = meaning(name)
        if key in self.values:
            return key
        if self.forward is None:
            return None
        return name if name in returned_names(self.forward) else key if key in ("cache", "output") else None

    def __getitem__(self, key: str) -> Any:
        """The value of a key."""
        if key in self.values:
            return self.values[key]
        if self.results is None:
            assert self.forward is not None
            returned = call(self.forward, Known(self.values), ("params", "x"))
            self.results = _results(self.forward, returned, self.output)
        return self.results[key]

    def knows_itself(self, key: str) -> bool:
        """Whether a key stands for something that came out of the forward pass."""
        return key not in self.values


def _results(forward: Callable[..., Any], returned: Any, shape: tuple[int, ...] | None) -> dict[str, Any]:
    """What a forward pass returned: by the names in its return statement, and as its output and cache.

    The output is the last part of its shape, ``z1, a1, z2, a2``, or else the first one, ``cost, cache``.
    """
    parts = returned if isinstance(returned, tuple) else (returned,)
    names = returned_names(forward)
    by_name = dict(zip(names, parts, strict=True)) if len(names) == len(parts) else {}
    outputs = [part for part in parts if isinstance(part, np.ndarray) and part.shape == shape]
    return {"output": (outputs or parts[:1])[-1], "cache": parts[-1], **by_name}


def returned_names(function: Callable[..., Any]) -> list[str]:
    """The names that a function's last return statement lists, ``return a, cache``; empty where it lists anything else.

    A name that the function itself takes means something else where another function takes it.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        taken = inspect.signature(function).parameters
    except (OSError, TypeError, ValueError, SyntaxError):
        return []
    returns = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    last = returns[-1] if returns else None
    parts = last.elts if isinstance(last, ast.Tuple) else [last]
    names = [part.id for part in parts if isinstance(part, ast.Name) and part.id not in taken]
    return names if len(names) == len(parts) else []


def call(function: Callable[..., Any], known: Known, order: Sequence[str]) -> Any:
    """Call a function with what its parameters' names mean; where one is not known, with the order's values one by one.

    ``l2`` comes last in an order and is passed where the function takes it.
    """
    parameters = _parameters(function)
    keys = named(function, known)
    if keys is None:
        return function(*(known[key] for key in _by_position(parameters, known, order)))
    passed = [p for p in parameters if p.default is p.empty or keys.get(p.name) in order]
    arguments = {p.name: known[keys[p.name]] for p in passed}
    if any(p.kind is p.POSITIONAL_ONLY for p in parameters):
        return function(*arguments.values())
    leading = [p.name for p, q in zip(parameters, passed, strict=False) if p is q and p.kind is not p.KEYWORD_ONLY]
    rest = {name: value for name, value in arguments.items() if name not in leading}
    return function(*(arguments[name] for name in leading), **rest)


def named(function: Callable[..., Any], known: Known) -> dict[str, str] | None:
    """Parameters by their keys where every required one is known; None where the order has to tell."""
    parameters = _parameters(function)
    required = [p.name for p in parameters if p.default is p.empty]
    if not required:
        return None
    keys = {p.name: key for p in parameters if (key := "l2" if _is_lambda(p) else known.key(p.name)) is not None}
    if not {"biases", "b"} & set(keys.values()) and "biases" in known.values:  # in a network without them it is the weights
        keys = {name: "params" if key in ("weights", "W") else key for name, key in keys.items()}
    asked = [keys.get(name) for name in required]
    if None in asked or len(set(asked)) < len(asked):
        return None
    own = any(known.knows_itself(str(key)) and key != "output" for key in asked)
    return keys if "x" in asked or own or not _WHOLE & set(asked) else None


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p for p in found if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]


def _by_position(parameters: Sequence[inspect.Parameter], known: Known, order: Sequence[str]) -> Sequence[str]:
    plain = [key for key in order if key != "l2"]
    after = [p for p in parameters if p.kind is not p.KEYWORD_ONLY][len(plain) :]
    return order if len(plain) < len(order) and after and _takes_lambda(after[0], known["l2"]) else plain


def _takes_lambda(parameter: inspect.Parameter, l2: float) -> bool:
    """Whether the parameter after the data is lambda: it must be given, has its name, or is a number of unknown name."""
    if parameter.default is parameter.empty or _is_lambda(parameter):
        return True
    number = isinstance(parameter.default, int | float) and not isinstance(parameter.default, bool)
    return number and meaning(parameter.name) is None and bool(l2)


def _is_lambda(parameter: inspect.Parameter) -> bool:
    """By its name; or ``alpha=0.0``, because no learning rate is zero."""
    found = meaning(parameter.name)
    return found == "l2" or (found == "lr" and type(parameter.default) in (int, float) and not parameter.default)


def accepts(function: Callable[..., Any], count: int) -> bool:
    """Whether a function takes so many positional arguments."""
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        return count <= 3
    return True
