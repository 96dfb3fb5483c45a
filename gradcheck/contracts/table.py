"""The contracts by name, in the order in which ``auto`` tries them."""

from __future__ import annotations

import difflib
import inspect
import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

from . import functions, layers
from . import reading as reading
from . import teacher as teacher
from .common import Contract as Contract
from .common import Handed as Handed
from .common import Layout, Names, Said, said
from .common import Net as Net
from .common import Point as Point
from .common import Problem as Problem


def _found() -> list[tuple[Contract, ModuleType]]:
    """The contracts that files of this folder and those below declare, each with its module: those tried first, in order."""
    names = (one.name for one in pkgutil.walk_packages(sys.modules[__package__].__path__, f"{__package__}."))
    modules = [import_module(name) for name in names if name != __name__]
    found = [(contract, module) for module in modules for contract in getattr(module, "CONTRACTS", ())]
    return sorted(found, key=lambda one: (one[0].order is None, one[0].order or 0))


TEXT, TRAININGS = "__text__", "__trainings__"  # the text of a file, and what gives its loops that train, among its names
_DECLARED = _found()
MODULES = {contract.name: module for contract, module in _DECLARED}
CONTRACTS = {contract.name: contract for contract, _ in _DECLARED}


def know(activations: Sequence[str]) -> None:
    """The activations whose layer functions the judge can judge."""
    layers.ACTIVATIONS[:] = activations


def detect(names: Names) -> str:
    """The first contract whose names a file defines; raises Problem with what was found and what is missing."""
    for name, contract in CONTRACTS.items():
        if contract.order is not None and not contract.by_shape and MODULES[name].offered(names):
            return name
    raise Problem("missing-function", "no-contract", **no_contract(names))


def no_contract(names: Names) -> dict[str, Said]:
    """Why no contract fits, the nearest thing first: a name spelled otherwise, other arguments, a class, no gradient at all."""
    own = {n: v for n, v in names.items() if callable(v) and getattr(v, "__module__", None) == names.get("__name__")}
    defined = [n for n in own if not n.startswith("_")]
    found = said("defines", names=defined[:12]) if defined else said("defines-nothing")
    hints = (look(own) for look in (_other_arguments, _misspelled, _methods))
    return {"found": found, "hint": next(filter(None, hints), said("no-hint"))}


def _other_arguments(own: Names) -> Said | None:
    for name in functions.GRADIENT_NAMES:
        if name in own and not isinstance(own[name], type):
            taken = ", ".join(inspect.signature(own[name]).parameters)
            return said("other-arguments", function=f"{name}({taken})"[:300])
    return None


def _misspelled(own: Names) -> Said | None:
    expected = {name for contract in CONTRACTS.values() for name in contract.names}
    for name in own:
        close = difflib.get_close_matches(name, expected - set(own), n=1, cutoff=0.8)
        if close:
            return said("misspelled", name=name, meant=close[0])
    return None


def _methods(own: Names) -> Said | None:
    """A class that backpropagates in a form of its own."""
    for name, value in own.items():
        for method in ("backward", "backprop", "back_propagation", "train", "fit"):
            if isinstance(value, type) and hasattr(value, method):
                return said("class-of-its-own", name=name)
    return None


def adapter(contract: str, names: Names, layout: Layout) -> Any:
    """The adapter of a contract for one file in one layout."""
    return MODULES[contract].Adapter(names, layout)


def keeps_an_object(contract: str) -> bool:
    """Whether a call makes an object of the file's class, which can be asked again."""
    return contract in MODULES and hasattr(MODULES[contract].Adapter, "again")


def found(
    contract: str, names: Names, probes: Sequence[tuple[Net, Point]], skip: int = 0
) -> tuple[str, Any, BaseException | None, int]:
    """The contract and its adapter; with ``auto`` by names first, then by shapes where that gives no answer.

    Where nothing does, the contract that the names spoke of has the word, and its error; else what came nearest by shapes.
    """
    named, other, problem, used = "", None, None, 0
    try:
        named = contract if contract != "auto" else detect(names)
        if not CONTRACTS[named].by_shape:
            other, problem, used = discover(named, names, probes, skip)
            if contract != "auto" or (problem is None and CONTRACTS[named].whole_network):
                return named, other, problem, used
    except Problem as error:
        problem = error
    nearest: list[Exception] = []
    for name in (name for name, one in CONTRACTS.items() if one.by_shape and contract in ("auto", name)):
        answer = MODULES[name].discover(names, probes)
        if isinstance(answer, Exception):
            nearest.append(answer)
        elif answer is not None:
            return name, answer, None, -1
    is_of_another = isinstance(problem, Problem) and problem.is_of_another and bool(nearest)
    if named and other is not None and not is_of_another and not any(map(_is_near, nearest)):
        return named, other, problem, used
    raise max(nearest, key=_is_near) if nearest else problem or Problem("missing-function", "no-parameters-kept")


def _is_near(error: Exception) -> bool:
    return bool(getattr(error, "is_near", "said" in vars(error)))


def discover(
    contract: str, names: Names, probes: Sequence[tuple[Net, Point]], skip: int = 0
) -> tuple[Any, BaseException | None, int]:
    """The adapter in the first layout in which the file answers with the right shapes, and the probe that told it.

    The probes are networks, the most telling first: with all widths different a wrong layout crashes. Where none
    answers: the first layout, and its error.
    """
    layouts = CONTRACTS[contract].layouts
    if not CONTRACTS[contract].whole_network:
        return adapter(contract, names, layouts[0]), None, len(probes) - 1
    first: BaseException | None = None
    doubtful: Any = None  # it answers, but not as a network of this layout would
    net = probes[-1][0]
    candidates = [layout for layout in layouts if layout.suits(net)] or list(layouts)
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
