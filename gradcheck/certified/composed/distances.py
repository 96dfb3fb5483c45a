"""What stands in place of scipy.spatial.distance: distances between the rows of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.linear_algebra.linear_systems import inv
from gradcheck.certified.numbers.arrays import objects, wrap
from gradcheck.certified.numbers.scalars import ZERO
from gradcheck.certified.numpy_functions.new_arrays import filled
from gradcheck.sentences.sentence import Sentence

Metric = Callable[..., Any]


def _inner(u: Any, v: Any) -> Any:
    return np.sum(u * v, axis=-1)


def _length(u: Any) -> Any:
    return np.sqrt(np.sum(np.square(u), axis=-1))


def _cosine(u: Any, v: Any) -> Any:
    return 1 - _inner(u, v) / (_length(u) * _length(v))


def _centred(u: Any) -> Any:
    return u - np.mean(u, axis=-1, keepdims=True)


def _minkowski(u: Any, v: Any, p: Any = 2, w: Any = None) -> Any:
    sizes = np.abs(u - v)
    if p == np.inf:
        return np.max(sizes, axis=-1)
    if p == 1:
        return np.sum(sizes if w is None else sizes * w, axis=-1)
    if p == 2:
        return np.sqrt(np.sum(np.square(u - v) if w is None else np.square(u - v) * w, axis=-1))
    powers = sizes**p
    return np.sum(powers if w is None else powers * w, axis=-1) ** (1 / p)


def _mahalanobis(u: Any, v: Any, VI: Any) -> Any:
    off = u - v
    return np.sqrt(np.sum(np.matmul(off, wrap(objects(VI))) * off, axis=-1))


def _jensen_shannon(p: Any, q: Any, base: Any = None) -> Any:
    p, q = (part / np.sum(part, axis=-1, keepdims=True) for part in (p, q))
    middle = (p + q) / 2
    total = np.sum(p * np.log(p / middle) + q * np.log(q / middle), axis=-1) / 2
    return np.sqrt(total if base is None else total / np.log(base))


METRICS: dict[str, Metric] = {
    "euclidean": lambda u, v, w=None: _minkowski(u, v, 2, w),
    "sqeuclidean": lambda u, v, w=None: np.sum(np.square(u - v) if w is None else np.square(u - v) * w, axis=-1),
    "cityblock": lambda u, v, w=None: _minkowski(u, v, 1, w),
    "chebyshev": lambda u, v: np.max(np.abs(u - v), axis=-1),
    "minkowski": _minkowski,
    "cosine": _cosine,
    "correlation": lambda u, v: _cosine(_centred(u), _centred(v)),
    "canberra": lambda u, v: np.sum(np.abs(u - v) / (np.abs(u) + np.abs(v)), axis=-1),
    "braycurtis": lambda u, v: np.sum(np.abs(u - v), axis=-1) / np.sum(np.abs(u + v), axis=-1),
    "mahalanobis": _mahalanobis,
    "seuclidean": lambda u, v, V: np.sqrt(np.sum(np.square(u - v) / wrap(objects(V)), axis=-1)),
    "jensenshannon": _jensen_shannon,
}
_SHORT = {  # SciPy's other names
    **dict.fromkeys(("ch", "cheb", "cheby", "chebychev"), "chebyshev"),
    **dict.fromkeys(("c", "cb", "cblock"), "cityblock"),
    **dict.fromkeys(("e", "eu", "euclid"), "euclidean"),
    **dict.fromkeys(("mah", "mahal"), "mahalanobis"),
    **dict.fromkeys(("m", "mi", "pnorm"), "minkowski"),
    **dict.fromkeys(("s", "se"), "seuclidean"),
    **dict.fromkeys(("sqe", "sqeuclid"), "sqeuclidean"),
    "co": "correlation",
    "cos": "cosine",
    "js": "jensenshannon",
}


def _metric(metric: Any, options: dict[str, Any], rows: Any) -> tuple[Metric, dict[str, Any]]:
    """The formula, and its options with SciPy's defaults, which come from all rows."""
    name = metric if isinstance(metric, str) else getattr(metric, "__name__", "")
    name = _SHORT.get(name.lower(), name.lower())
    if name not in METRICS or options.pop("out", None) is not None:
        refuse("no-rule", Sentence("following.with", function="scipy.spatial.distance", options=(f"metric={metric!r}",)))
    options = {key: value for key, value in options.items() if value is not None}
    if name == "seuclidean" and "V" not in options:
        options["V"] = np.var(rows, axis=0, ddof=1)
    if name == "mahalanobis" and "VI" not in options:
        options["VI"] = inv(np.cov(rows.T))
    return METRICS[name], options


def cdist(XA: Any, XB: Any, metric: Any = "euclidean", **options: Any) -> Any:
    """The distance of every row of the one to every row of the other."""
    left, right = wrap(objects(XA)), wrap(objects(XB))
    formula, options = _metric(metric, options, np.concatenate([left, right]))
    return formula(left[:, None, :], right[None, :, :], **options)


def pdist(X: Any, metric: Any = "euclidean", **options: Any) -> Any:
    """The distances of each row to those after it, one after the other."""
    rows = wrap(objects(X))
    formula, options = _metric(metric, options, rows)
    first, second = np.triu_indices(len(rows), 1)
    return formula(rows[first], rows[second], **options)


def squareform(X: Any, force: str = "no", checks: bool = True) -> Any:
    """Distances as a symmetric matrix, or the part above its diagonal as a vector."""
    given = wrap(objects(X))
    if given.ndim == 2:
        return given[np.triu_indices(len(given), 1)]
    n = int(np.ceil(np.sqrt(2 * len(given))))
    result = filled((n, n), ZERO)
    first, second = np.triu_indices(n, 1)
    result[first, second] = given
    result[second, first] = given
    return result


def _of_two(metric: Metric) -> Metric:
    return lambda u, v, *args, **options: metric(wrap(objects(u)), wrap(objects(v)), *args, **options)


OF_SCIPY_DISTANCE: dict[str, Metric] = {
    **{name: _of_two(metric) for name, metric in METRICS.items()},
    "cdist": cdist,
    "pdist": pdist,
    "squareform": squareform,
}
