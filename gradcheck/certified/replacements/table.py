"""One table: each function that would not notice our numbers, and what stands in its place during a run.

Outside of a run each replacement is the original: other threads that call it meanwhile notice nothing.
"""

from __future__ import annotations

import functools
import sys
import types
from functools import lru_cache
from typing import Any

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.replacements.array_makers import ARRAY_MAKERS, Function
from gradcheck.certified.replacements.distributions import FROZEN, OF_SCIPY_STATS
from gradcheck.certified.replacements.float_names import Float64Name
from gradcheck.certified.replacements.number_functions import NUMBER_FUNCTIONS
from gradcheck.certified.replacements.ours import holds_ours, is_followed
from gradcheck.certified.replacements.sparse_matrices import KINDS as SPARSE
from gradcheck.sentences.sentence import Sentence

# (module, name) -> a function that is given the original and returns what stands in its place.
TABLE: dict[tuple[str, str], Function] = {
    **ARRAY_MAKERS,
    ("numpy", "float64"): lambda original: Float64Name,
    **NUMBER_FUNCTIONS,
    **OF_SCIPY_STATS,
}
# (module, class) -> a function that is given an object of it which the code sees, and returns what stands in its place.
KINDS: dict[tuple[str, str], Function] = {**FROZEN, **SPARSE}


# Modules whose functions take floats alone: those without a rule are refused by name.
CLOSED = (
    "scipy.linalg", "scipy.signal", "scipy.ndimage", "scipy.interpolate", "scipy.integrate", "scipy.optimize",
    "scipy.spatial.distance", "scipy.fft", "scipy.stats",
)  # fmt: skip
MODULES = ("numpy", "numpy.linalg", "math", "statistics", "scipy", "scipy.special", "scipy.spatial", *CLOSED)


def _refusing(module: str, name: str, original: Function) -> Function:
    """The function itself; given a number of ours, it ends the run with a reason that names it."""

    @functools.wraps(original)
    def function(*args: Any, **kwargs: Any) -> Any:
        if is_followed() and any(holds_ours(value) for value in (*args, *kwargs.values())):
            refuse("no-rule", Sentence("following.no-rule", name=f"{module}.{name}"))
        return original(*args, **kwargs)

    return function


class Proxy(types.ModuleType):
    """A module as the code under test sees it: with our replacements, everything else as it is.

    The module itself is left alone: compiled code calls ``numpy.empty``, too, and writes floats into what it gets.
    """

    def __init__(self, module: types.ModuleType) -> None:
        super().__init__(module.__name__, module.__doc__)
        self.__dict__["original"] = module

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.__dict__["original"], name)
        if isinstance(value, types.ModuleType):
            return proxies().get(id(value), value)
        return value


_OWN = frozenset(vars(Proxy(types))) | {"__doc__", "__name__"}  # what every proxy has
# Modules that offer another's functions under the same names.
ALIASES = {"autograd.numpy": "numpy", "autograd.scipy.special": "scipy.special"}
_proxies: dict[str, Proxy] = {}


def proxies() -> dict[int, Proxy]:
    """By identity of the module: the proxies of all modules of the table that are loaded, and of those around them."""
    found: dict[int, Proxy] = {}
    for module in MODULES:
        if (loaded := sys.modules.get(module)) is not None:
            if module not in _proxies:
                _proxies[module] = _proxy(module, loaded)
            found[id(loaded)] = _proxies[module]
    for alias, module in ALIASES.items():
        if (loaded := sys.modules.get(alias)) is not None:
            found[id(loaded)] = _proxies[module]
    return found


def _proxy(name: str, module: types.ModuleType) -> Proxy:
    proxy = Proxy(module)
    if name in CLOSED:
        for function in getattr(module, "__all__", ()):
            if isinstance(original := getattr(module, function, None), types.FunctionType):
                setattr(proxy, function, _refusing(name, function, original))
    for (home, function), replace in TABLE.items():
        if home == name and hasattr(module, function):
            setattr(proxy, function, replace(getattr(module, function)))
    return proxy


def replaced_functions() -> dict[int, tuple[Any, Any]]:
    """By identity of the original: the original itself and what stands in its place."""
    proxies()
    return _replaced_in(tuple(_proxies), tuple(alias for alias in ALIASES if alias in sys.modules))


def held_functions() -> dict[int, tuple[Any, Any]]:
    """The same without classes: what takes the place of functions that objects and containers hold."""
    proxies()
    return _held_in(tuple(_proxies), tuple(alias for alias in ALIASES if alias in sys.modules))


@lru_cache(maxsize=8)
def _held_in(modules: tuple[str, ...], aliases: tuple[str, ...]) -> dict[int, tuple[Any, Any]]:
    return {key: pair for key, pair in _replaced_in(modules, aliases).items() if not isinstance(pair[0], type)}


@lru_cache(maxsize=8)
def _replaced_in(modules: tuple[str, ...], aliases: tuple[str, ...]) -> dict[int, tuple[Any, Any]]:
    found = {}
    for home in modules:
        proxy = _proxies[home]
        places = [proxy.original, *(sys.modules[alias] for alias in aliases if ALIASES[alias] == home)]
        for function, stand_in in vars(proxy).items():
            for original in (getattr(place, function, None) for place in places):
                if original is not None and original is not stand_in and function not in _OWN:
                    found[id(original)] = (original, stand_in)
    return found
