"""Which methods of an object may lead to a gradient, and what they are called with: forward, backward, update, one step."""

from __future__ import annotations

import dis
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .losses import CostSlope
from .meanings import called, meaning, parameters, plain, required

_BACK = re.compile(r"back|bprop|grad|retro|nabla|rueck|ruck|atras")
_NOT_BACK = re.compile(r"check|numeric|clip|zero|reset|descent|apply|sigmoid|relu|tanh|softmax|activation|loss|cost|mse")
_STEP = re.compile(r"train|fit|learn|step|optimi|sgd|descent|entren|entrain|lern|ajust|aprend|iterat|epoch|update|adjust")
_UPDATE = re.compile(r"update|step|adjust|apply|optimi|descent|ajust|aktualis|mise|actualiz|learn")
_FORWARD = re.compile(
    r"forward|feed|propag|predict|think|query|infer|^run$|^call|activat|adelante|avant|vorw|vorhers|calc|output|proba"
)
SLOPE = "slope"  # of the cost at the output, where a backward pass is handed that
_ASIDE = re.compile(r"score|accuracy|plot|evaluate|test|numeric|check")
_MEANT = ("x", "y", "out", "lr", "epochs", "batch", "m", "cache", "grads", "l2", "momentum")


@dataclass(frozen=True)
class MethodCall:
    """A method and what its parameters are given: the keys of values that are known when it is called."""

    method: str
    arguments: tuple[tuple[str, str], ...]

    def made(self, one: Any, known: Mapping[str, Any]) -> Any:
        """MethodCall it."""
        return called(getattr(one, self.method), {name: known[key] for name, key in self.arguments})

    @property
    def keys(self) -> set[str]:
        """What it is given."""
        return {key for _, key in self.arguments}


_JUDGES = CostSlope()


@dataclass(frozen=True)
class CallSequence:
    """Calls one after the other; what a forward pass returns is known to those after it."""

    forward: MethodCall | None
    then: tuple[MethodCall, ...]
    slope: CostSlope = _JUDGES

    def run(self, one: Any, known: dict[str, Any], shape: tuple[int, ...]) -> Any:
        """What the last of them returns."""
        if self.forward is not None:
            known |= results(self.forward.made(one, known), shape)
        returned: Any = None
        for call in self.then:
            if SLOPE in call.keys:
                known[SLOPE] = known["slope of"](known["out"])
            returned = call.made(one, known)
            known["grads"] = returned
        return returned

    @property
    def told(self) -> str:
        """As one would write them."""
        calls = [*([self.forward] if self.forward else []), *self.then]
        return "; ".join(f"{c.method}({', '.join(key for _, key in c.arguments)})" for c in calls)


def results(returned: Any, shape: tuple[int, ...]) -> dict[str, Any]:
    """What a forward pass gave: its output is the last part of its shape, its cache what stands last."""
    parts = returned if isinstance(returned, tuple | list) else (returned,)
    outputs = [part for part in parts if getattr(part, "shape", None) == shape]
    return {
        "out": (outputs or parts[:1])[-1] if len(parts) else returned,
        "cache": parts[-1] if isinstance(returned, tuple) else returned,
    }


def steps(one: Any, kept: bool, known: Sequence[CostSlope]) -> Iterator[CallSequence]:
    """The sequences of calls that may give a gradient, the likeliest first; ``kept`` where the object has the data already."""
    methods = _methods(one)
    backs = [n for n in methods if _BACK.search(n.lower()) and not _NOT_BACK.search(n.lower())]
    forwards = _forwards(one, methods, backs, kept)
    single = [n for n in methods if _STEP.search(n.lower()) and n not in backs]
    updates = [n for n in methods if _UPDATE.search(n.lower()) and n not in backs]
    for name in backs:
        for call in options(one, name):
            needs = bool(call.keys & {"out", "cache", SLOPE}) or not call.keys & {"x"}
            alone = [None] if kept or "x" in call.keys else []
            if "x" in call.keys and not needs and not _reads_what_is_kept(one, name, forwards):
                order = [*alone, *forwards]
            else:
                order = [*forwards, *([] if needs and not kept else alone)]
            for slope in known if SLOPE in call.keys else (CostSlope(),):
                for forward in order:
                    yield CallSequence(forward, (call,), slope)
                    for last in (last for update in updates for last in options(one, update)):
                        if not last.keys & {"x", "out", SLOPE}:
                            yield CallSequence(forward, (call, last), slope)
    for name in single:
        for call in options(one, name):
            yield CallSequence(None, (call,))
            if "x" not in call.keys:
                yield from (CallSequence(forward, (call,)) for forward in forwards)
    for name in methods:
        if name not in (*backs, *single) and not _ASIDE.search(name.lower()):
            yield from (CallSequence(None, (call,)) for call in options(one, name) if {"x", "y"} <= call.keys)


def _forwards(one: Any, methods: Sequence[str], backs: Sequence[str], kept: bool) -> list[MethodCall]:
    """The passes that may come before, those that are called so first."""
    called_so = [n for n in methods if n not in backs and _FORWARD.search(n.lower()) and not _STEP.search(n.lower())]
    others = [n for n in methods if n not in (*backs, *called_so) and _inputs_alone(getattr(one, n))]
    return [call for name in (*called_so, *others) for call in _forward(one, name, kept)][:4]


def _reads_what_is_kept(one: Any, name: str, forwards: Sequence[MethodCall]) -> bool:
    """Whether a method calls none of the forward passes and reads an attribute that one of them sets: it comes after it."""
    read = _names_in(one, name)
    passes = {call.method for call in forwards}
    return not read & passes and any(read & _set_in(one, method) for method in passes)


def _names_in(one: Any, name: str) -> set[str]:
    code = getattr(getattr(one, name), "__code__", None)
    return set(code.co_names) if code else set()


def _set_in(one: Any, name: str) -> set[str]:
    """The attributes that a method sets: what its instructions store."""
    code = getattr(getattr(one, name), "__code__", None)
    return {str(op.argval) for op in dis.get_instructions(code) if op.opname == "STORE_ATTR"} if code else set()


def _inputs_alone(function: Any) -> bool:
    return [meaning(p.name, ("x",)) for p in required(function)] == ["x"]


def first_fits(one: Any) -> Iterator[MethodCall]:
    """The calls that may make the arrays of an object, from data."""
    for name in _methods(one):
        if re.search("fit|train|init", name.lower()):
            yield from (call for call in options(one, name) if "x" in call.keys)


def _methods(one: Any) -> list[str]:
    found: dict[str, None] = {}
    for cls in type(one).__mro__[:-1]:
        for name, value in vars(cls).items():
            if not name.startswith("__") and callable(getattr(one, name, None)) and not isinstance(value, type | property):
                found.setdefault(name)
    return sorted(found, key=lambda name: name.startswith("_"))


def _forward(one: Any, name: str, kept: bool) -> Iterator[MethodCall]:
    asked = required(getattr(one, name))
    if not asked and kept:
        yield MethodCall(name, ())
    elif len(asked) == 1:
        yield MethodCall(name, ((asked[0].name, "x"),))


def options(one: Any, name: str) -> Iterator[MethodCall]:
    """What a method may be called with: by the names of its parameters, then by their order."""
    function = getattr(one, name)
    meant = _meant(function)
    extra = {
        p.name: key for p in parameters(function) if (key := meant.get(p.name)) in ("lr", "epochs", "batch", "x", "y", "l2")
    }
    asked = [p.name for p in required(function)]
    unknown = [n for n in asked if meant.get(n) is None]
    known = {n: key for n in asked if (key := meant.get(n))}
    if not unknown:
        yield MethodCall(name, tuple({**extra, **known}.items()))
    for keys in _fillings(len(unknown), set(known.values())):
        yield MethodCall(name, tuple({**extra, **known, **dict(zip(unknown, keys, strict=True))}.items()))
    if len(asked) == 1 and not unknown and known[asked[0]] in ("y", "out", "grads"):
        yield from (MethodCall(name, ((asked[0], key),)) for key in ("y", SLOPE) if key != known[asked[0]])


def _meant(function: Any) -> dict[str, str]:
    """Parameters by what they mean: of two that may be the targets, one called output is what the network gave."""
    meant = {p.name: key for p in parameters(function) if (key := meaning(p.name, _MEANT))}
    targets = [n for n, key in meant.items() if key == "y"]
    if len(targets) > 1:
        meant |= {n: "out" for n in targets if plain(n) in ("output", "outputs", "salida", "salidas")}
    return meant


_FILL: dict[int, tuple[tuple[str, ...], ...]] = {
    0: (),
    1: (("y",), (SLOPE,), ("x",), ("lr",)),
    2: (("x", "y"), ("out", "y"), ("y", "out"), (SLOPE, "lr"), ("lr", "momentum")),
    3: (("x", "y", "out"), ("x", "y", "lr"), ("x", "out", "y")),
}


def _fillings(count: int, known: set[str]) -> Sequence[tuple[str, ...]]:
    return [keys for keys in _FILL.get(count, ()) if not known & set(keys)]
