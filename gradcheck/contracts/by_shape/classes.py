"""Any class that is made from sizes and keeps parameters somewhere: what it holds and gives is told by shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..again import Again, asked_again
from ..common import Array, Contract, Handed, Layout, Names, Net, Point, Problem, single
from .search import ShapeSearch, nearest
from .sources import own_classes
from .ways import UPDATE

CONTRACTS = (
    Contract(
        "class",
        "any class that is made from sizes, keeps its parameters and gives, stores or applies their gradient",
        "3-4-2",
        80,
        (Layout(),),
        by_shape=True,
    ),
)


@dataclass(frozen=True)
class Found(Layout):
    """A layout with the ways that were found, and the one that is used."""

    ways: tuple[Any, ...] = ()
    used: int = 0

    def told(self) -> dict[str, str]:
        """What was found, by field; how often the judge may choose."""
        way = self.ways[self.used]
        free = {"free": "yes", "rate": str(way.rate)} if way.is_free else {}
        fixed = {} if getattr(way.source.making, "has_sizes", False) else {"sizes": "-".join(map(str, way.held.sizes))}
        return {**super().told(), "ways": str(len(self.ways)), **free, **fixed}


def offered(names: Names) -> bool:
    """Whether a file defines a class."""
    return bool(own_classes(names))


def discover(names: Names, probes: Sequence[tuple[Net, Point]]) -> Adapter | Exception | None:
    """The adapter by which the file's class answers; else what came nearest, None where no class keeps such parameters."""
    if not offered(names):
        return None
    search = ShapeSearch(names, probes[-1][0])
    ways = search.ways()
    if ways:
        return Adapter(names, layout_of(ways, 0))
    return nearest(search.problems)


def layout_of(ways: Sequence[Any], used: int) -> Found:
    """The layout that a way has, with all ways."""
    form, batch = ways[used].held.form, ways[used].batch
    told = {"W": "in-out" if form.in_out else "out-in", "b": form.b, "params": "object", "gives": _gives(ways[used])}
    return Found(**told, **batch.told, ways=tuple(ways), used=used)


def _gives(way: Any) -> str:
    calls = [*([way.steps.forward] if way.steps.forward else []), *way.steps.then]
    words = "; ".join(f"{way.source.name}.{call.method}" for call in calls)
    return f"{words} ({'the change of the parameters' if way.read == UPDATE else way.read})"


class Adapter:
    """Asks one class in the way that was found."""

    def __init__(self, names: Names, layout: Any) -> None:
        if not isinstance(layout, Found):
            raise Problem("missing-function", "no-parameters-kept")
        self.names, self.layout, self.way = names, layout, layout.ways[layout.used]

    @property
    def offers(self) -> tuple[str, ...]:
        """Nothing beside the gradient."""
        return ()

    def chosen(self, number: int) -> Adapter:
        """The adapter that goes another way."""
        return Adapter(self.names, layout_of(self.layout.ways, number))

    def gradient(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        """The gradient in the network's layout."""
        found: dict[str, Array] = self.way.gradient(self.names, net, point, handed)
        return found

    def again(self, net: Net, point: Point) -> Again:
        """One object, asked several times; one that changes its parameters is given them anew."""
        one = single(point, 0) if self.way.batch.is_single else point

        def ask(made: Any) -> dict[str, Array]:
            self.way.held.put(made, one.params)
            answer: dict[str, Array] = self.way.asked(self.names, made, net, one, Handed())
            return answer

        return asked_again(lambda: self.way.prepared(self.names, net, one, Handed()), ask)
