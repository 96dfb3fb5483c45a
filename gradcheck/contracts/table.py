"""The contracts by name, in the order in which ``auto`` tries them."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from . import coursera, cs231n, deeplearning_ai, functions, layers, nielsen, reading, step, teacher
from .common import Handed, Layout, Names, Net, Point, Problem

MODULES: dict[str, ModuleType] = {
    module.NAME: module for module in (functions, nielsen, deeplearning_ai, cs231n, coursera, layers, step)
}
IN_OUT = "functions-in-out"
__all__ = ["CONTRACTS", "Handed", "Layout", "Net", "Point", "Problem", "adapter", "detect", "discover", "reading", "teacher"]
CONTRACTS = ("functions", IN_OUT, *(name for name in MODULES if name != "functions"))
NEEDS = {
    "functions": "backward(params, x, y)",
    "nielsen": "class Network(sizes) with backprop(x, y)",
    "deeplearning-ai": "forward_propagation(X, parameters) and backward_propagation(parameters, cache, X, Y)",
    "cs231n": "a class with params and loss(X, y)",
    "coursera": "nnCostFunction(nn_params, n_in, n_hidden, n_labels, X, y, lambda_)",
    "layers": "affine_forward(x, w, b) and affine_backward(dout, cache), relu_backward, softmax_loss, ...",
    "step": "step(params, x, y, learning_rate)",
}


def detect(names: Names) -> str:
    """The first contract whose names a file defines; raises Problem with what was found and what is missing."""
    for name, module in MODULES.items():
        if module.offered(names):
            return name
    raise Problem("missing-function", no_contract(names))


def no_contract(names: Names) -> str:
    """Why no contract fits, the nearest thing first: a name spelled otherwise, other arguments, a class, no gradient at all."""
    own = {n: v for n, v in names.items() if callable(v) and getattr(v, "__module__", None) == names.get("__name__")}
    defined = [n for n in own if not n.startswith("_")]
    found = f"it defines {', '.join(defined[:12])}" if defined else "it defines no function or class"
    hint = next(filter(None, (look(own) for look in (_other_arguments, _misspelled, _methods))), ".")
    return (
        f"no contract fits the file: {found}{hint} Define backward(params, x, y) -> [(dW, db), ...], "
        "or what another contract asks for (gradcheck networks lists them)"
    )


def _other_arguments(own: Names) -> str:
    for name in functions.GRADIENT_NAMES:
        if name in own and not isinstance(own[name], type):
            taken = ", ".join(inspect.signature(own[name]).parameters)
            return f"; {name}({taken}) would have to take (params, x, y), or what the file's forward(params, x) returns."
    return ""


def _misspelled(own: Names) -> str:
    expected = {"backward", "backprop", "backward_propagation", "forward_propagation", "nnCostFunction", "affine_backward"}
    for name in own:
        close = difflib.get_close_matches(name, expected - set(own), n=1, cutoff=0.8)
        if close:
            return f"; is {name} meant to be {close[0]}?"
    return ""


def _methods(own: Names) -> str:
    """A class that backpropagates in a form of its own."""
    for name, value in own.items():
        for method in ("backward", "backprop", "back_propagation", "train", "fit"):
            if isinstance(value, type) and hasattr(value, method):
                return (
                    f"; nobody can know where its class {name} keeps parameters and gradients: write a function "
                    f"backward(params, x, y) that builds a {name} and returns its gradients, or ask for an adapter."
                )
    return ""


def adapter(contract: str, names: Names, layout: Layout) -> Any:
    """The adapter of a contract for one file in one layout."""
    return MODULES["functions" if contract == IN_OUT else contract].Adapter(names, layout)


def layouts_of(contract: str) -> Sequence[Layout]:
    """The layouts that a contract may be found in, the likeliest first."""
    if contract == IN_OUT:
        return [layout for layout in functions.LAYOUTS if layout.W == "in-out"]
    found: Sequence[Layout] = MODULES[contract].LAYOUTS
    return found


def discover(
    contract: str, names: Names, probes: Sequence[tuple[Net, Point]], skip: int = 0
) -> tuple[Any, BaseException | None, int]:
    """The adapter in the first layout in which the file answers with the right shapes, and the probe that told it.

    The probes are networks, the most telling first: with all widths different a wrong layout crashes. Where none
    answers: the first layout, and its error.
    """
    if not getattr(MODULES.get(contract), "PROBED", True):
        return adapter(contract, names, layouts_of(contract)[0]), None, len(probes) - 1
    first: BaseException | None = None
    doubtful: Any = None  # it answers, but not as a network of this layout would
    net = probes[-1][0]
    candidates = [layout for layout in layouts_of(contract) if layout.suits(net)] or list(layouts_of(contract))
    candidates = candidates[skip:]
    for number, (net, point) in enumerate(probes):
        for layout in candidates:
            try:
                found = adapter(contract, names, layout)
                found.gradient(net, point, Handed())
                if not hasattr(found, "fits") or found.fits(net, point):
                    return found, None, number
                doubtful = doubtful or found
            except Exception as error:
                if layout is candidates[0]:
                    first = error  # the usual layout's own words, on the network that was asked for
        if doubtful:
            return doubtful, None, number
    return adapter(contract, names, candidates[0]), first, len(probes) - 1
