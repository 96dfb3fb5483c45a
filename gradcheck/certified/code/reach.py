"""What code can reach by what it names: the functions that it may call, and the places that hold its data.

A function reaches its closure, its defaults and attributes, the globals that its code mentions (attributes of modules
included), the objects and containers found there, their classes, and the methods of these. Libraries are left alone.
"""

from __future__ import annotations

import builtins
import functools
import types
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import numpy as np

from gradcheck.certified.code.libraries import LIBRARIES, package

Contents = dict[Any, Any]
MISSING = object()  # what a place holds that is empty
MOST_OBJECTS = 50_000  # the walk ends there: what lies beyond is left as it is
LONGEST = 100_000  # entries of a container that is looked into
_ATOMS = frozenset(
    {int, float, complex, bool, str, bytes, type(None), range, slice, np.float64, np.float32, np.int64, np.bool_, np.dtype}
    | {types.CodeType, types.EllipsisType, types.NotImplementedType, np.ufunc}
)
# Of the standard library's classes, those that people keep numbers in.
_OPEN_CLASSES = frozenset({"types", "argparse", "collections"})
# What files, locks and connections can do: such objects are never looked into.
_OUTSIDE = (("fileno",), ("write", "flush"), ("acquire", "release"), ("send", "recv"), ("commit", "cursor"))


@dataclass(frozen=True)
class Holder:
    """A place that holds values by key: how to read all of them, and how to put back what it held."""

    read: Callable[[], Contents]
    write: Callable[[Contents], None]


@dataclass
class ReachableObjects:
    """What was found: functions of the user's, holders of their data, and the arrays in these."""

    functions: list[types.FunctionType] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)
    arrays: list[np.ndarray[Any, Any]] = field(default_factory=list)


def reach(roots: Iterable[Any]) -> ReachableObjects:
    """Walk from the roots; a module among them counts with everything in it."""
    walk = _Walk()
    for root in roots:
        if isinstance(root, types.ModuleType):
            walk.namespace(vars(root), frozenset(vars(root)))
        walk.waiting.append(root)
    walk.run()
    return walk.found


class _Walk:
    """From one object to the next; each is looked at once."""

    def __init__(self) -> None:
        self.found = ReachableObjects()
        self.waiting: list[Any] = []
        self.seen: dict[int, Any] = {}  # with the objects, which keeps their id from being used again
        self.names: dict[int, tuple[dict[str, Any], set[str]]] = {}  # of each namespace, those that were looked up
        self.looked_up: set[tuple[int, frozenset[str]]] = set()

    def run(self) -> None:
        while self.waiting and len(self.seen) < MOST_OBJECTS:
            value = self.waiting.pop()
            if type(value) in _ATOMS or id(value) in self.seen:
                continue
            self.seen[id(value)] = value
            self.look_into(value)
        for space, names in self.names.values():
            self.found.holders.append(Holder(partial(_named, space, tuple(names)), partial(_name_again, space)))

    def hold(self, read: Callable[[], Contents], write: Callable[[Contents], None]) -> None:
        """Remember a place, and go on to what it holds."""
        self.found.holders.append(Holder(read, write))
        self.waiting.extend(value for value in read().values() if type(value) not in _ATOMS)

    def look_into(self, value: Any) -> None:
        kind = type(value)
        for known, handle in _KINDS:
            if issubclass(kind, known):
                handle(self, value)
                break
        else:
            self.instance(value)
            return
        if kind.__module__ != "builtins" and issubclass(kind, dict | list | set | deque) and _dict_of(value):
            self.waiting.append(kind)  # a class of the user's that is a container, with attributes besides
            self.mapping(_dict_of(value))

    def array(self, value: Any) -> None:
        if type(value) is np.ndarray:
            self.found.arrays.append(value)

    def function(self, value: types.FunctionType) -> None:
        if package(value.__globals__.get("__name__")) in LIBRARIES:  # a decorator, a wrapper: what it wraps may be the user's
            self.wrapped([*(_cell(cell)[None] for cell in value.__closure__ or ()), vars(value).get("__wrapped__")])
            return
        self.found.functions.append(value)
        for cell in value.__closure__ or ():
            if id(cell) not in self.seen:
                self.seen[id(cell)] = cell
                self.hold(partial(_cell, cell), partial(_fill, cell))
        if value.__defaults__ or value.__kwdefaults__:
            self.hold(partial(_defaults, value), partial(_default_again, value))
        self.mapping(vars(value))
        mentioned = names_in(value.__code__)
        self.namespace(value.__globals__, mentioned)
        for held in [_cell(cell)[None] for cell in value.__closure__ or ()]:
            if isinstance(held, types.ModuleType) and package(held.__name__) not in LIBRARIES:
                self.namespace(vars(held), mentioned, own=False)

    def wrapped(self, values: Iterable[Any]) -> None:
        """Of what a library's function or object holds: what can be called, and objects of ours, which may hold such."""
        self.waiting += [item for item in values if callable(item) or package(type(item).__module__) == "gradcheck"]

    def namespace(self, space: dict[str, Any], mentioned: frozenset[str], *, own: bool = True) -> None:
        """The globals that code mentions, and the attributes of modules among them that it mentions, too.

        Of its ``own`` globals those that do not exist yet count, too: code may make them.
        """
        if (id(space), mentioned) in self.looked_up:
            return
        self.looked_up.add((id(space), mentioned))
        _, known = self.names.setdefault(id(space), (space, set()))
        for name in mentioned if own else mentioned & space.keys():
            value = space.get(name, MISSING)
            if isinstance(value, types.ModuleType):
                if package(value.__name__) not in LIBRARIES:
                    self.namespace(vars(value), mentioned, own=False)
            elif isinstance(value, types.FunctionType | type):
                self.waiting.append(value)
            elif value is not MISSING or not hasattr(builtins, name):
                known.add(name)
                self.waiting.append(value)

    def method(self, value: Any) -> None:
        self.waiting += [value.__self__, getattr(value, "__func__", None)]

    def prepared(self, value: functools.partial[Any]) -> None:
        self.waiting.append(value.func)
        if package(getattr(value.func, "__module__", "")) != "gradcheck":
            self.hold(partial(_arguments, value), partial(_argue_again, value))
        else:
            self.wrapped([*value.args, *value.keywords.values()])

    def kind(self, value: type) -> None:
        for base in value.__mro__:
            if package(base.__module__) in LIBRARIES:
                continue
            data = []
            for name, item in vars(base).items():
                if isinstance(item, types.FunctionType):
                    self.waiting.append(item)
                elif isinstance(item, staticmethod | classmethod):
                    self.waiting.append(item.__func__)
                elif isinstance(item, property | functools.cached_property):
                    self.waiting += [getattr(item, part, None) for part in ("fget", "fset", "func")]
                elif not (name.startswith("__") or hasattr(type(item), "__get__")):
                    data.append(name)
            if data:
                self.hold(partial(_attributes, base, tuple(data)), partial(_set_again, type.__setattr__, base))

    def mapping(self, value: dict[Any, Any]) -> None:
        if len(value) <= LONGEST:
            self.hold(partial(_items, value), partial(_refill, value))

    def sequence(self, value: Any) -> None:
        if len(value) <= LONGEST:
            self.hold(partial(_entries, value), partial(_extend_again, value))

    def members(self, value: Any) -> None:
        if len(value) <= LONGEST:
            self.hold(partial(_entries, value), partial(_update_again, value))

    def fixed(self, value: Any) -> None:
        if len(value) <= LONGEST:
            self.waiting.extend(value)

    def nothing(self, value: Any) -> None:
        """What is not looked into."""

    def instance(self, value: Any) -> None:
        """An object: its attributes, in its dict or in slots, and its class."""
        kind = type(value)
        held = _dict_of(value)
        home = package(kind.__module__)
        if home in LIBRARIES and home not in _OPEN_CLASSES:
            self.wrapped(held.values())
            return
        if any(all(hasattr(kind, name) for name in names) for names in _OUTSIDE):
            return
        self.waiting.append(kind)
        if held is not _NOTHING:
            self.mapping(held)
        slots = tuple(name for base in kind.__mro__ for name in _slots(base))
        if slots:
            self.hold(partial(_attributes, value, slots), partial(_set_again, object.__setattr__, value))


_KINDS: tuple[tuple[Any, Callable[[_Walk, Any], None]], ...] = (
    (np.ndarray, _Walk.array),
    (np.generic, _Walk.nothing),
    (types.FunctionType, _Walk.function),
    (types.MethodType, _Walk.method),
    (types.BuiltinFunctionType, _Walk.method),
    (functools.partial, _Walk.prepared),
    (type, _Walk.kind),
    (types.ModuleType, _Walk.nothing),
    (dict, _Walk.mapping),
    ((list, deque), _Walk.sequence),
    (set, _Walk.members),
    ((tuple, frozenset), _Walk.fixed),
)


@lru_cache(maxsize=4096)
def names_in(code: types.CodeType) -> frozenset[str]:
    """The names that code mentions: of globals, attributes and modules, in functions within it, too."""
    inner = [names_in(constant) for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return frozenset(code.co_names).union(*inner)


_NOTHING: dict[str, Any] = {}


def _dict_of(value: Any) -> dict[str, Any]:
    try:
        held = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return _NOTHING
    return held if type(held) is dict else _NOTHING


def _slots(kind: type) -> list[str]:
    names = vars(kind).get("__slots__", ())
    found = [names] if isinstance(names, str) else [name for name in names if isinstance(name, str)]
    return [name for name in found if not name.startswith("__")]


# Reading and putting back, by kind of place


def _cell(cell: types.CellType) -> Contents:
    try:
        return {None: cell.cell_contents}
    except ValueError:
        return {None: MISSING}


def _fill(cell: types.CellType, before: Contents) -> None:
    if before[None] is MISSING:
        del cell.cell_contents
    else:
        cell.cell_contents = before[None]


def _named(space: dict[str, Any], names: tuple[str, ...]) -> Contents:
    return {name: space.get(name, MISSING) for name in names}


def _name_again(space: dict[str, Any], before: Contents) -> None:
    for name, value in before.items():
        if value is MISSING:
            space.pop(name, None)
        else:
            space[name] = value


def _defaults(function: types.FunctionType) -> Contents:
    return {"__defaults__": function.__defaults__, **(function.__kwdefaults__ or {})}


def _default_again(function: types.FunctionType, before: Contents) -> None:
    function.__defaults__ = before["__defaults__"]
    if function.__kwdefaults__:
        function.__kwdefaults__ = {key: value for key, value in before.items() if key != "__defaults__"}


def _arguments(call: functools.partial[Any]) -> Contents:
    return {"func": call.func, "args": call.args, **{("keyword", key): value for key, value in call.keywords.items()}}


def _argue_again(call: functools.partial[Any], before: Contents) -> None:
    keywords = {key[1]: value for key, value in before.items() if isinstance(key, tuple)}
    call.__setstate__((before["func"], before["args"], keywords, vars(call) or None))  # type: ignore[attr-defined]


def _attributes(value: Any, names: tuple[str, ...]) -> Contents:
    if isinstance(value, type):
        return {name: vars(value).get(name, MISSING) for name in names}
    return {name: getattr(value, name, MISSING) for name in names}


def _set_again(setter: Callable[[Any, str, Any], None], value: Any, before: Contents) -> None:
    for name, held in before.items():
        if held is not MISSING:
            setter(value, name, held)
        elif hasattr(value, name):
            delattr(value, name)


def _items(value: dict[Any, Any]) -> Contents:
    return dict(value)


def _refill(value: dict[Any, Any], before: Contents) -> None:
    kind = OrderedDict if isinstance(value, OrderedDict) else dict  # what a class of the user's does besides is not wanted here
    kind.clear(value)
    for key, held in before.items():
        kind.__setitem__(value, key, held)


def _entries(value: Iterable[Any]) -> Contents:
    return dict(enumerate(value))


def _extend_again(value: Any, before: Contents) -> None:
    kind = deque if isinstance(value, deque) else list
    kind.clear(value)
    kind.extend(value, before.values())


def _update_again(value: set[Any], before: Contents) -> None:
    set.clear(value)
    set.update(value, before.values())
