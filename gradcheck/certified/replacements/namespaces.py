"""Putting the replacements where the code under test will look, and taking them out again, whatever happens."""

from __future__ import annotations

import builtins
import functools
import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from gradcheck.certified.code.libraries import LIBRARIES, package
from gradcheck.certified.code.reach import reach
from gradcheck.certified.replacements.float_names import FloatName
from gradcheck.certified.replacements.table import Proxy, proxies, replaced_functions

Namespace = dict[str, Any]
_MISSING = object()


@contextmanager
def replaced(functions: tuple[Callable[..., Any], ...]) -> Iterator[None]:
    """Within the block, every namespace that the functions see holds the replacements; afterwards what it held before."""
    undo: list[tuple[Namespace, str, Any]] = []
    made, modules = replaced_functions(), proxies()
    seen, enclosed = reached(functions)
    ours = {id(stand_in) for _, stand_in in made.values()}  # may be held somewhere already; what they close over stays
    enclosed = [function for function in enclosed if id(function) not in ours]
    try:
        for namespace in seen:
            originals = [(name, value) for name, value in namespace.items() if id(value) in made or id(value) in modules]
            for name, value in originals:
                if (stand_in := _stand_in(value, made, modules)) is not None:
                    _put(namespace, name, stand_in, undo)
            if "float" not in namespace:
                _put(namespace, "float", FloatName, undo)
        with _cells_replaced(enclosed, made, modules), _imports_replaced({id(n) for n in seen}):
            yield
    finally:
        for namespace, name, before in reversed(undo):
            if before is _MISSING:
                namespace.pop(name, None)
            else:
                namespace[name] = before


def _stand_in(value: Any, made: dict[int, tuple[Any, Any]], modules: dict[int, Proxy]) -> Any:
    """What takes the place of a function or module, or None."""
    if (found := made.get(id(value))) is not None and found[0] is value:
        return found[1]
    return modules.get(id(value)) if isinstance(value, types.ModuleType) else None


@contextmanager
def _imports_replaced(seen: set[int]) -> Iterator[None]:
    """The same for what the code imports while it runs."""
    before = builtins.__import__

    def importing(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        module = before(name, globals, locals, fromlist, level)
        home = sys._getframe(1).f_globals if globals is None else globals  # __import__("math"), called by name
        return proxies().get(id(module), module) if id(home) in seen else module

    builtins.__import__ = importing
    try:
        yield
    finally:
        builtins.__import__ = before


def _put(namespace: Namespace, name: str, value: Any, undo: list[tuple[Namespace, str, Any]]) -> None:
    undo.append((namespace, name, namespace.get(name, _MISSING)))
    namespace[name] = value


def namespaces(functions: tuple[Callable[..., Any], ...]) -> list[Namespace]:
    """The globals of the functions, and of everything of the user's that they can reach from there."""
    return reached(functions)[0]


Reached = tuple[list[Namespace], list[types.FunctionType]]
_walked = threading.local()  # of this thread: the identities of functions that were walked from, and what was reached


@contextmanager
def walked_once(functions: tuple[Callable[..., Any], ...]) -> Iterator[None]:
    """Within the block, for several runs of the same functions, what they can reach is looked up once."""
    before = getattr(_walked, "known", None)
    _walked.known = frozenset(map(id, functions)), _reached(functions)
    try:
        yield
    finally:
        _walked.known = before


def reached(functions: tuple[Callable[..., Any], ...]) -> Reached:
    """Namespaces, and the functions on the way to them whose closures may hold something, too."""
    known = getattr(_walked, "known", None)
    return known[1] if known and known[0].issuperset(map(id, functions)) else _reached(functions)


def _reached(functions: tuple[Callable[..., Any], ...]) -> Reached:
    seen: dict[int, Namespace] = {}
    enclosed: list[types.FunctionType] = []
    called = reach(functions).functions
    waiting: list[Any] = [*functions, *called]
    visited: set[int] = set()
    roots = [_namespace(function) for function in functions]
    own = {id(root) for root in (*roots, *(function.__globals__ for function in called))}
    homes = {package(root.get("__name__")) for root in roots if root is not None}
    foreign: dict[int, bool] = dict.fromkeys(own, False)  # by namespace: whether it is a library's
    while waiting:
        value = waiting.pop()
        if id(value) in visited:
            continue
        visited.add(id(value))
        if isinstance(value, types.FunctionType) and value.__closure__:
            enclosed.append(value)
        if (namespace := _namespace(value)) is not None:
            key = id(namespace)
            if key not in foreign:
                foreign[key] = _is_library(namespace, homes)
            if foreign[key] and isinstance(value, type | types.ModuleType):
                continue  # what a library's class is made of is the library's
            if not foreign[key] and key not in seen:
                seen[key] = namespace
                if not _is_library(namespace, homes):  # of an installed package, only what is mentioned is looked at
                    waiting.extend(item for item in namespace.values() if _leads_on(item))
        waiting.extend(_parts(value))
    return list(seen.values()), enclosed


def _is_library(namespace: Namespace, homes: set[str]) -> bool:
    """Whether a module is an installed library that does not itself hold the function under test."""
    home = package(namespace.get("__name__"))
    if home in LIBRARIES:
        return True
    return "site-packages" in str(namespace.get("__file__", "")) and home not in homes


def is_foreign(function: types.FunctionType) -> bool:
    """Whether a function is that of an installed library."""
    return _is_library(function.__globals__, set())


def _leads_on(value: Any) -> bool:
    return isinstance(value, types.FunctionType | types.ModuleType | type | types.MethodType | functools.partial)


def _namespace(value: Any) -> Namespace | None:
    if isinstance(value, types.FunctionType):
        return value.__globals__
    if isinstance(value, types.ModuleType):
        return vars(value)
    if isinstance(value, type) and (module := sys.modules.get(value.__module__)) is not None:
        return vars(module)
    return None


def _parts(value: Any) -> list[Any]:
    """What a callable is made of: wrapped functions, bound objects, closures, the methods of a class."""
    if isinstance(value, types.FunctionType):
        return [content for content in closure(value).values() if callable(content)] + [getattr(value, "__wrapped__", None)]
    if isinstance(value, functools.partial):
        return [value.func, *value.args, *value.keywords.values()]
    if isinstance(value, types.MethodType):
        return [value.__func__, type(value.__self__)]
    if isinstance(value, type):
        return [item for item in vars(value).values() if isinstance(item, types.FunctionType)]
    if not callable(value) or isinstance(value, types.BuiltinFunctionType | np.ufunc):
        return []
    return [type(value), *(item for item in getattr(value, "__dict__", {}).values() if callable(item))]


def closure(function: Any) -> dict[str, Any]:
    """The variables that a function closes over."""
    if not isinstance(function, types.FunctionType) or function.__closure__ is None:
        return {}
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__, strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not filled yet
            continue
    return found


@contextmanager
def _cells_replaced(
    functions: list[types.FunctionType], made: dict[int, tuple[Any, Any]], modules: dict[int, Proxy]
) -> Iterator[None]:
    """The same for variables of closures that hold one of the originals."""
    changed = []
    try:
        for function in functions:
            for cell in function.__closure__ or ():
                try:
                    value = cell.cell_contents
                except ValueError:
                    continue
                if (stand_in := _stand_in(value, made, modules)) is not None:
                    changed.append((cell, value))
                    cell.cell_contents = stand_in
        yield
    finally:
        for cell, value in changed:
            cell.cell_contents = value
