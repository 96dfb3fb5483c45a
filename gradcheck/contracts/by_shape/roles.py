"""Which array is which parameter, and which way round: all widths differ, so the shapes say it; where two fit, names do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from typing import Any

import numpy as np

from ..common import Array, Point, Problem
from .parts import Path, arrays, at, leaves, put

# Words in a name that tell a gradient, a velocity, a copy from the parameter itself.
_OTHER = re.compile(
    r"(^|_)(d|g|v|m|s|vd|sd|grads?|gradients?|delta|deltas|nabla|vel|velocity|velocities|momentums?|momenta?|cache|prev\w*"
    r"|old|best|adam|rms|change|changes|update|updates|accum\w*|mask)(_|$)"
)


@dataclass(frozen=True)
class Form:
    """How W lies, and whether b is a row or column of it: ``bias`` is where it stands, nothing where b is an array alone."""

    in_out: bool = False
    bias: str = ""  # "first" or "last" among the inputs
    b: str = "flat"
    vector: bool = False  # whether W of a single output is (n_in,)

    def shape(self, key: str, sizes: Sequence[int]) -> tuple[int, ...]:
        """The shape of the array that holds a parameter."""
        l = int(key[1:])
        if key[0] == "b":
            return {"flat": (sizes[l],), "column": (sizes[l], 1), "row": (1, sizes[l]), "number": ()}[self.b]
        if self.vector:
            return (sizes[l - 1],)
        shape = (sizes[l], sizes[l - 1] + bool(self.bias))
        return shape[::-1] if self.in_out else shape

    def held(self, key: str, params: Mapping[str, Array]) -> Any:
        """A parameter as the array that the object keeps, in memory of its own."""
        value = params[key]
        if key[0] == "b":
            if self.b == "number":
                return value[0]
            value = {"flat": value, "column": value[:, np.newaxis], "row": value[np.newaxis, :]}[self.b]
        elif self.bias:
            b = params[f"b{key[1:]}"][:, np.newaxis]
            value = np.concatenate([b, value] if self.bias == "first" else [value, b], axis=1)
        if key[0] == "W" and self.vector:
            return np.array(value[0])
        return np.array(value.T if key[0] == "W" and self.in_out else value, order="C")

    def back(self, key: str, array: Array) -> dict[str, Array]:
        """The parameters that such an array holds, in the network's layout."""
        if key[0] == "b":
            return {key: array.reshape(-1)}
        if self.vector:
            return {key: array.reshape(1, -1)}
        array = array.T if self.in_out else array
        if not self.bias:
            return {key: array}
        b, W = (array[:, 0], array[:, 1:]) if self.bias == "first" else (array[:, -1], array[:, :-1])
        return {key: W, f"b{key[1:]}": b}


@dataclass(frozen=True)
class Parameters:
    """Where an object keeps each parameter (at every path that leads to the same array), and in which form."""

    form: Form
    paths: Mapping[str, tuple[Path, ...]]
    sizes: tuple[int, ...]

    def put(self, root: Any, params: Mapping[str, Array], *, in_place: bool = True) -> dict[str, Any]:
        """Give an object these values; arrays that it keeps elsewhere too are written into, where shape and numbers allow."""
        given = {}
        for key, paths in self.paths.items():
            value = given[key] = self.form.held(key, params)
            own = at(root, paths[0])
            if in_place and isinstance(own, np.ndarray) and own.shape == value.shape and own.dtype == np.float64:
                own[...] = value
                given[key] = own
            elif not all(put(root, path, value) for path in paths):
                raise Problem("wrong-type", "cannot-be-set", name=key)
        return given

    def now(self, root: Any) -> dict[str, Any]:
        """The arrays that it keeps now."""
        return {key: at(root, paths[0]) for key, paths in self.paths.items()}


MOST_MATRICES = 10
FORMS = [Form(in_out, bias) for bias in ("", "last", "first") for in_out in (True, False)]


def parameters(root: Any, sizes: Sequence[int], *, has_biases: bool = True) -> Iterator[Parameters]:
    """The ways in which an object may keep the parameters of a network of these sizes, the likeliest first."""
    forms = FORMS if has_biases else FORMS[:2]
    held = [(path, array) for path, array in arrays(root) if array.ndim in (1, 2) and array.dtype.kind in "fiu"]
    numbers = [(path, np.asarray(value)) for path, value in leaves(root) if _is_bias(path, value)]
    for form in [*forms, Form(vector=True)] if len(sizes) == 2 and sizes[1] == 1 else forms:
        weights = _each(held, [form.shape(f"W{l}", sizes) for l in range(1, len(sizes))])
        if not weights:
            continue
        found = {f"W{l}": paths for l, paths in enumerate(weights, 1)}
        if form.bias or not has_biases:
            yield Parameters(form, found, tuple(sizes))
            continue
        taken = {path for paths in weights for path in paths}
        rest = [(path, array) for path, array in held if path not in taken]
        for b in ("flat", "row", "column", "number"):
            shaped = Form(form.in_out, "", b, form.vector)
            found_in = rest if b != "number" else numbers if len(sizes) == 2 and sizes[1] == 1 else []
            if biases := _each(found_in, [shaped.shape(f"b{l}", sizes) for l in range(1, len(sizes))]):
                pairs = zip(weights, biases, strict=True)
                every = {f"{c}{l}": paths for l, pair in enumerate(pairs, 1) for c, paths in zip("Wb", pair, strict=True)}
                yield Parameters(shaped, every, tuple(sizes))


def holds_more(root: Any, found: Parameters, point: Point) -> bool:
    """Whether it keeps matrices beside those of the network, and beside the data: it is another network then."""
    others = (point.x.shape, point.y.shape)
    used = [np.shape(at(root, paths[0])) for paths in found.paths.values()]
    left = [array.shape for path, array in arrays(root) if array.ndim == 2 and array.dtype.kind == "f" and not _is_other(path)]
    return any(min(shape) > 1 and shape not in (*used, *others) for shape in left)


def _each(held: Sequence[tuple[Path, Array]], shapes: Sequence[tuple[int, ...]]) -> list[tuple[Path, ...]]:
    """For each shape an array of its own; empty where there are too few."""
    found: list[tuple[Path, ...]] = []
    for shape in shapes:
        best = _best([one for one in held if not any(one[0] in paths for paths in found)], shape)
        if not best:
            return []
        found.append(best)
    return found


def _is_bias(path: Path, value: Any) -> bool:
    if isinstance(value, np.ndarray | bool) or not path or not isinstance(path[-1][1], str):
        return False
    return bool(
        re.fullmatch(r"_?(b|b0|b1|bias|biases|intercept|intercept_|w0|w_0|theta0|sesgo|biais|b_o|bout)_?", path[-1][1].lower())
    )


def _best(held: Sequence[tuple[Path, Array]], shape: tuple[int, ...]) -> tuple[Path, ...]:
    """The paths to the array of this shape that is a parameter by its name, else the first one."""
    fitting = [(path, array) for path, array in held if array.shape == shape]
    if not fitting:
        return ()
    _, best = min(fitting, key=lambda one: _is_other(one[0]))
    return tuple(path for path, array in fitting if array is best)


def _is_other(path: Path) -> int:
    """How much the names on a path speak against a parameter."""
    names = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key) for _, key in path if isinstance(key, str)]
    return sum(
        bool(_OTHER.search(name.lower())) or bool(re.match(r"[dgvms][WwBb]\w*$", name.replace("_", ""))) for name in names
    )


def without_biases(root: Any, sizes: Sequence[int]) -> bool:
    """Whether it keeps the weights of this network, and nothing that could be its biases."""
    held = [(path, array) for path, array in arrays(root) if array.ndim == 2]
    return any(_each(held, [form.shape(f"W{l}", sizes) for l in range(1, len(sizes))]) for form in FORMS[:2])


def own_sizes(root: Any, layers: int) -> Iterator[tuple[int, ...]]:
    """The sizes that an object's own arrays have, where so many of them make a chain in their order."""
    matrices = [array for path, array in arrays(root) if array.ndim == 2 and not _is_other(path)]
    unique = list({id(array): array for array in matrices}.values())[:MOST_MATRICES]
    for chosen in combinations(unique, layers):
        for in_out, more in product((True, False), (0, 1)):
            shapes = [array.shape if in_out else array.shape[::-1] for array in chosen]
            ends = [(n - more, k) for n, k in shapes]
            if all(a[1] == b[0] for a, b in pairwise(ends)):
                yield (ends[0][0], *(k for _, k in ends))
    if layers == 1:
        yield from ((array.size, 1) for path, array in arrays(root) if array.ndim == 1 and not _is_other(path))


@dataclass(frozen=True)
class GradientPlaces:
    """Where the gradients stand below an object or a returned value, for each array of parameters."""

    paths: Mapping[str, Path]

    def read(self, root: Any) -> dict[str, Any]:
        """What stands there."""
        return {key: at(root, path) for key, path in self.paths.items()}


def gradients(
    root: Any, held: Parameters, shapes: Mapping[str, tuple[int, ...]], without: Sequence[Path] = ()
) -> GradientPlaces | None:
    """Where gradients of these arrays stand below a root, told by shapes, then by names; None where some are missing."""
    known = [(path, value) for path, value in leaves(root) if path not in without and _is_floats(value)]
    paths: dict[str, Path] = {}
    for key in sorted(held.paths):  # weights first: where their gradients stand tells where those of the biases do
        shape = shapes[key]
        fitting = [path for path, value in known if path not in paths.values() and _fits(np.shape(value), shape, key)]
        alike = _by_analogy(key, paths, [path for path, _ in known]) if key[0] == "b" else None
        if fitting:
            best = min(fitting, key=lambda path: (not _has_layer(path, key), not _is_gradient(path)))
            paths[key] = alike if alike in fitting else best
    for key in held.paths:
        if key not in paths:
            found = _by_analogy(key, paths, [path for path, _ in known])
            if found is None:
                return None
            paths[key] = found
    return GradientPlaces(paths)


def _is_floats(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.floating | float) and np.asarray(value).dtype.kind == "f"


def _fits(got: tuple[int, ...], expected: tuple[int, ...], key: str) -> bool:
    if key[0] == "W":
        return got == expected
    size = int(np.prod(expected))
    return got in ((size,), (1, size), (size, 1), *([()] if expected == () else []))


def _is_gradient(path: Path) -> bool:
    return bool(_is_other(path))


def _has_layer(path: Path, key: str) -> bool:
    names = [name for _, name in path if isinstance(name, str)]
    return bool(names) and key[1:] in re.findall(r"\d+", names[-1])


def _by_analogy(key: str, paths: Mapping[str, Path], known: Sequence[Path]) -> Path | None:
    """Where the names say that a gradient stands which has another shape: ``db1`` beside ``dW1``."""
    other = ("b" if key[0] == "W" else "W") + key[1:]
    if other not in paths:
        return None
    pattern = [(kind, _neutral(name)) for kind, name in paths[other]]
    alike = [path for path in known if path not in paths.values() and [(k, _neutral(n)) for k, n in path] == pattern]
    return alike[0] if len(alike) == 1 else None


def _neutral(name: Any) -> Any:
    """A name in which a weight and a bias are the same."""
    return re.sub(r"weights?|bias(es)?|[wb]", "_", name.lower()) if isinstance(name, str) else name
