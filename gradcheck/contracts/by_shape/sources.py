"""Where an object of a network comes from: a class of the file, or an object that the file makes itself."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..common import Net
from .calls import MethodCall
from .making import Making, data_and_training, made, makings
from .meanings import meaning
from .parts import leaves, put

RATE = 1024.0  # a power of two: dividing by it is exact; large, so that the parameters do not cover the update


@dataclass(frozen=True)
class Source:
    """A class by name and how it is made; without that, an object by the name that it has in the file."""

    name: str
    making: Making | None
    begins: MethodCall | None = None  # a fit that makes the arrays: it is called once, then they are given other numbers

    def made(self, names: Mapping[str, Any], net: Net, x: Any, y: Any, rate: float = RATE) -> Any:
        """A new object, or a copy of the file's, that learns at this rate where it can be told."""
        if self.making is None:
            one = copy.deepcopy(names[self.name])
        else:
            one = made(names[self.name], self.making, net, x, y, rate)
        set_rate(one, rate)
        if self.begins is not None:
            self.begins.made(one, data_and_training(net, x, y, rate) | {"m": len(x)})
        return one


def set_rate(one: Any, rate: float) -> bool:
    """Set every learning rate that an object keeps, or one of its parts; whether there is any."""
    found = [path for path, value in leaves(one) if _is_rate(path, value)]
    return bool(found) and all(put(one, path, rate) for path in found)


def _is_rate(path: Any, value: Any) -> bool:
    if not path or not isinstance(value, float | int) or isinstance(value, bool) or not isinstance(path[-1][1], str):
        return False
    return meaning(path[-1][1], ("lr",)) == "lr"


def own_classes(names: Mapping[str, Any]) -> dict[str, Any]:
    """The classes of the file, those that are built on others last defined first; exceptions and tuples are none."""
    home = names.get("__name__")
    found = {
        name: value for name, value in names.items() if isinstance(value, type) and not issubclass(value, BaseException | tuple)
    }
    own = {name: value for name, value in found.items() if value.__module__ == home or not _is_foreign(value)}
    return dict(sorted(own.items(), key=lambda one: _rank(one[0])))


_FOREIGN = frozenset(["builtins", "numpy", "collections", "typing", "abc", "enum", "dataclasses", "math"])
_NETWORKS = [
    "net",
    "nn",
    "mlp",
    "model",
    "perceptron",
    "ann",
    "regression",
    "classif",
    "red",
    "rete",
    "reseau",
    "netz",
    "brain",
]
_MANY_LAYERS = re.compile(r"(two|2|three|3|four|4|multi\w*|single_?hidden|one_?hidden|deep)_?layer", re.IGNORECASE)
_LAYER = re.compile(r"layer|dense|linear|affine|fully|^fc|neuron$|optimi|^sgd|adam|loss", re.IGNORECASE)


def _is_foreign(cls: type) -> bool:
    return cls.__module__.partition(".")[0] in _FOREIGN


def _rank(name: str) -> int:
    return 0 if any(word in name.lower() for word in _NETWORKS) or _MANY_LAYERS.search(name) else 1


def sources(names: Mapping[str, Any], net: Net, words: str) -> Iterator[Source]:
    """Classes first, then objects that the file itself has made."""
    for name, cls in own_classes(names).items():
        if _LAYER.search(name) and _rank(name):
            continue
        for making in makings(cls, net, words):
            yield Source(name, making)
    own = tuple(cls for name, cls in own_classes(names).items() if not _LAYER.search(name) or not _rank(name))
    for name, value in names.items():
        if own and isinstance(value, own):
            yield Source(name, None)
