"""What a row is: one operation as code, and its derivative along a direction as code.

In the text of a row ``{a}``, ``{b}``, ``{c}`` stand for the values it is given, ``{da}`` for their tangents, ``{y}`` and
``{dy}`` for its result. Where the operation is linear its tangent is the same code with the tangents in the places of the
capital letters ``{A}``, ``{B}``, ``{C}``; where it is linear in each of them, the sum of that over the letters.
Other names in braces are drawn anew for each statement: `benchmarks.programs.parameters` has them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LINEAR = "linear"
MULTILINEAR = "linear in each"
NUMERIC = "by differences"  # no formula: the enclosure is compared with differences of floats, and claims are numbers
LETTERS = ("a", "b", "c")


@dataclass(frozen=True)
class Row:
    """One operation. ``args`` says what each letter may be: a domain and a shape; ``guard`` what must hold of the values."""

    value: str
    tangent: str
    args: dict[str, str] = field(default_factory=dict)
    guard: str = "True"
    needs: tuple[str, ...] = ()  # modules, or names of NumPy, without which it cannot run

    def lines(self, tangent: bool) -> list[str]:
        """The code of the value, or of the tangent, with names still in braces."""
        value = _assigned(self.value, "{y}")
        if not tangent:
            return [_small(line) for line in value]
        if self.tangent == LINEAR:
            return [re.sub(r"\{([ABC])\}", lambda m: f"{{d{m[1].lower()}}}", line).replace("{y}", "{dy}") for line in value]
        if self.tangent == MULTILINEAR:
            parts = [_small(self.value.replace(f"{{{L}}}", f"{{d{L.lower()}}}")) for L in "ABC" if f"{{{L}}}" in self.value]
            return ["{dy} = " + " + ".join(parts)]
        if self.tangent == NUMERIC:
            names = [letter for letter in LETTERS if letter in self.args]
            at, tangents = (", ".join(f"{{{d}{letter}}}" for letter in names) for d in ("", "d"))
            return [f"{{dy}} = slopes(lambda {at}: {self.value}, ({at},), ({tangents},))"]
        return _assigned(self.tangent, "{dy}")

    @property
    def names(self) -> set[str]:
        """The functions that the code names: ``numpy.exp``, ``math.sin``, ``scipy.special.erf``."""
        found = set(re.findall(rf"\b({'|'.join(MODULES)})\.([\w.]+)", self.value))
        names = {f"{MODULES[module]}.{name}".removesuffix(".") for module, name in found}
        return names | {name.rpartition(".")[0] for name in names if name.startswith("scipy.stats")}


def _assigned(text: str, name: str) -> list[str]:
    """Statements that end with a value under that name."""
    return text.split("; ") if f"{name} = " in text else [f"{name} = {text}"]


def _small(text: str) -> str:
    return re.sub(r"\{([ABC])\}", lambda m: f"{{{m[1].lower()}}}", text)


# How code calls the modules.
MODULES = {"np": "numpy", "math": "math", "statistics": "statistics", "special": "scipy.special",
    "splinalg": "scipy.linalg", "sfft": "scipy.fft", "stats": "scipy.stats", "ndimage": "scipy.ndimage",
    "signal": "scipy.signal", "distance": "scipy.spatial.distance", "spatial": "scipy.spatial"}  # fmt: skip


def row(value: str, tangent: str = LINEAR, /, guard: str = "True", needs: str = "", **args: str) -> Row:
    """A row; the letters that its text names and ``args`` does not are any arrays of the shape of a."""
    text = value + tangent
    for letter in LETTERS:
        if re.search(rf"{{d?{letter}}}|{{{letter.upper()}}}", text):
            args.setdefault(letter, "any" if letter == "a" else "any like")
    return Row(value, tangent, args, guard, tuple(needs.split()))


def rows(table: str, tangent: str = LINEAR, guard: str = "True", needs: str = "", **args: str) -> list[Row]:
    """One row a line of text, all of one kind; ``value => tangent`` gives a line its own tangent."""
    found = []
    for line in filter(None, map(str.strip, table.splitlines())):
        value, _, own = line.partition(" => ")
        found.append(row(value.strip(), own.strip() or tangent, guard=guard, needs=needs, **args))
    return found
