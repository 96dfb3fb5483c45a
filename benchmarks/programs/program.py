"""A random program: statements with their tangents, its point, what it returns; written as Python that anyone can run."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from benchmarks.programs import helpers
from benchmarks.programs.rows import MODULES

Array = np.ndarray[Any, Any]
HELPERS = {name: function for name, function in vars(helpers).items() if inspect.isfunction(function)}


@dataclass(frozen=True)
class Statement:
    """``name`` is made of the names in ``reads``; ``value`` and ``tangent`` are lines of code."""

    name: str
    value: tuple[str, ...]
    tangent: tuple[str, ...]
    reads: tuple[str, ...]
    row: Any = None


@dataclass(frozen=True)
class Program:
    """``x`` is the point: a number, an array, or a dict of arrays. ``returned`` names one value, or several by key."""

    x: Any
    statements: tuple[Statement, ...]
    returned: Any  # a name, a tuple of names, or a dict of them
    constants: dict[str, Array] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def leaves(self) -> dict[str, str]:
        """Name in the code -> how the code takes it from x."""
        if isinstance(self.x, dict):
            return {key: f"x[{key!r}]" for key in self.x}
        if isinstance(self.x, tuple):
            return {f"x{k}": f"x[{k}]" for k in range(len(self.x))}
        return {"x": "x"}

    def text(self, *, changed: str = "") -> str:
        """The whole module: constants, ``f``, ``jvp`` and ``grad``; ``changed`` is code that spoils the gradient g."""
        body = "\n\n".join([self._function(), self._jvp(), self._gradient(changed)])
        parts = ["import math", *self._imports(body), "import numpy as np", *self._helpers(body), *self._constants(body)]
        return "\n".join(parts) + "\n\n" + body + f"\n\nx = {_literal(self.x)}\n"

    def _imports(self, body: str) -> list[str]:
        lines = ["from fractions import Fraction"] if "gamma(" in body else []
        lines += ["import statistics"] if "statistics." in body else []
        for short, module in MODULES.items():
            if module.startswith("scipy") and re.search(rf"\b{short}\.", body):
                package, _, name = module.rpartition(".")
                lines.append(f"from {package} import {name}" + (f" as {short}" if short != name else ""))
        return lines

    @property
    def numeric(self) -> bool:
        """Whether a tangent is taken by differences: then there is no formula to ask about."""
        return any("slopes(" in line for statement in self.statements for line in statement.tangent)

    def _helpers(self, body: str) -> list[str]:
        wanted: dict[str, str] = {}
        text = body
        while found := [n for n in HELPERS if n not in wanted and re.search(rf"(?<![.\w]){n}\(", text)]:
            for name in found:
                wanted[name] = inspect.getsource(HELPERS[name])
                text += wanted[name]
        named = [f"BERNOULLI = {helpers.BERNOULLI!r}"] if any("BERNOULLI" in source for source in wanted.values()) else []
        return named + list(wanted.values())

    def _constants(self, body: str) -> list[str]:
        return [f"{name} = {_literal(value)}" for name, value in self.constants.items() if re.search(rf"\b{name}\b", body)]

    def _function(self) -> str:
        lines = [line for s in self.statements for line in s.value]
        return _function("f", "x", [*self._unpacked(""), *lines, f"return {self._returned('')}"])

    def _jvp(self) -> str:
        lines = [line for s in self.statements for line in (*s.value, *s.tangent)]
        return _function("jvp", "x, dx", [*self._unpacked(""), *self._unpacked("d"), *lines, f"return {self._returned('d')}"])

    def _unpacked(self, d: str) -> list[str]:
        return [] if list(self.leaves) == ["x"] else [f"{d}{name} = {d}{place}" for name, place in self.leaves.items()]

    def _returned(self, d: str) -> str:
        if isinstance(self.returned, dict):
            return "{" + ", ".join(f"{key!r}: {d}{name}" for key, name in self.returned.items()) + "}"
        if isinstance(self.returned, tuple):
            return "(" + ", ".join(d + name for name in self.returned) + ")"
        return d + str(self.returned)

    def _gradient(self, changed: str) -> str:
        """The gradient of ``sum(v * f)`` from jvp along every unit direction; the Jacobian likewise."""
        keys: list[Any] = list(_keyed(self.x)) if isinstance(self.x, dict | tuple) else []
        several = bool(keys)
        entries = f"for key in {keys!r}:\n        " if several else ""
        part = "[key]" if several else ""
        shape = f"x{part}"
        zero = _zeros(self.x)
        pairs = {
            dict: "sum(np.sum(v[k] * d[k]) for k in d)",
            tuple: "sum(np.sum(p * q) for p, q in zip(v, d))",
        }.get(type(self.returned), "np.sum(v * d)")
        inner = "        " if several else "    "
        lines = [
            f"g = {zero}",
            f"{entries}for i in np.ndindex(np.shape({shape})):",
        ]
        text = "def grad(x, v=None):\n    " + "\n    ".join(lines) + f"\n{inner}    dx = {zero}\n{inner}    "
        unit = f"dx{part}[i] = 1.0"
        text += f"{unit}\n{inner}    d = jvp(x, dx)\n{inner}    g{part}[i] = np.sum(d) if v is None else {pairs}\n"
        text += "".join(f"    {line}\n" for line in changed.splitlines())
        text += "    return g\n"
        if several or isinstance(self.returned, dict | tuple):
            return text
        text += "\ndef jacobian(x):\n    g = np.zeros(np.shape(f(x)) + np.shape(x))\n"
        text += "    for i in np.ndindex(np.shape(x)):\n        dx = np.zeros(np.shape(x))\n        dx[i] = 1.0\n"
        text += "        g[(..., *i)] = jvp(x, dx)\n"
        text += "".join(f"    {line}\n" for line in changed.splitlines())
        return text + "    return g\n"

    def run(self, changed: str = "") -> dict[str, Any]:
        """The names that the module defines."""
        namespace: dict[str, Any] = {"__name__": "program"}
        exec(compile(self.text(changed=changed), "<program>", "exec"), namespace)
        return namespace

    def without_dead_code(self) -> Program:
        """The same without statements that nothing returned depends on."""
        wanted = set(_keyed(self.returned).values() if isinstance(self.returned, dict | tuple) else [self.returned])
        kept: list[Statement] = []
        for statement in reversed(self.statements):
            if statement.name in wanted:
                wanted |= set(statement.reads)
                kept.append(statement)
        return replace(self, statements=tuple(reversed(kept)))


def _keyed(value: dict[Any, Any] | tuple[Any, ...]) -> dict[Any, Any]:
    """The parts by key, or by place."""
    return value if isinstance(value, dict) else dict(enumerate(value))


def _zeros(x: Any) -> str:
    if isinstance(x, dict):
        return "{k: np.zeros(np.shape(x[k])) for k in x}"
    if isinstance(x, tuple):
        return "[np.zeros(np.shape(part)) for part in x]"
    return "np.zeros(np.shape(x))"


def _function(name: str, arguments: str, lines: list[str]) -> str:
    return f"def {name}({arguments}):\n" + "".join(f"    {line}\n" for line in lines)


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_literal(part)}" for key, part in value.items()) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_literal, value)) + ("," if len(value) == 1 else "") + ")"
    if np.ndim(value) == 0 and not isinstance(value, np.ndarray):
        return repr(float(value))
    return f"np.array({np.asarray(value).tolist()!r})"
