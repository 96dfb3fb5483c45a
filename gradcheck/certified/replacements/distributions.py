"""What stands in place of the distributions of scipy.stats: their log densities and distribution functions on balls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.composed.densities import DENSITIES, Density, of
from gradcheck.certified.linear_algebra.eigenvalues import symmetric
from gradcheck.certified.linear_algebra.linear_systems import slogdet, solve
from gradcheck.certified.numbers.arrays import Ours, objects, wrap
from gradcheck.certified.numbers.nodes import CONSTANT
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.replacements.ours import holds_ours, is_followed
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball, is_constant_zero

Function = Callable[..., Any]


class Distribution(Ours):
    """A distribution as the code under test sees it: the original, but for methods that are given numbers of ours.

    ``fixed`` are the arguments of a frozen one.
    """

    def __init__(
        self, original: Any, rules: dict[str, Function], *, freezes: bool = True, fixed: tuple[Any, Any] = ((), {})
    ) -> None:
        self._original, self._rules, self._fixed, self._freezes = original, rules, fixed, freezes

    def __getattr__(self, name: str) -> Any:
        rule = self._rules.get(name)
        first, named = self._fixed
        original: Any = None if holds_ours([*first, *named.values()]) else getattr(self._original, name)
        if original is not None and not callable(original):
            return original

        def method(*args: Any, **kwargs: Any) -> Any:
            given = [*args, *kwargs.values(), *first, *named.values()]
            if not is_followed() or not holds_ours(given):
                return original(*args, **kwargs)
            if rule is None:
                refuse("no-rule", Sentence("following.no-rule", name=f"scipy.stats.{_called(self._original)}.{name}"))
            return rule(*args[:1], *(first or args[1:]), **named, **kwargs)

        return method

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Freeze it: fix its parameters."""
        if not self._freezes:
            raise TypeError("a frozen distribution cannot be called")
        original = self._original if holds_ours([*args, *kwargs.values()]) else self._original(*args, **kwargs)
        return Distribution(original, self._rules, freezes=False, fixed=(args, kwargs))


def _called(distribution: Any) -> str:
    """The name of a distribution, frozen or not."""
    thawed = getattr(distribution, "dist", distribution)
    return getattr(thawed, "name", None) or type(distribution).__name__.removesuffix("_gen").removesuffix("_frozen")


def rules_of(density: Density) -> dict[str, Function]:
    """The methods of a distribution that can be followed."""
    log = "logpmf" if density.discrete else "logpdf"
    rules = {log: _log_density(density)}
    rules["pmf" if density.discrete else "pdf"] = lambda *args, **kwargs: np.exp(rules[log](*args, **kwargs))
    rules |= {name: _distribution_function(density, name, formula) for name, formula in density.others.items() if name != "ppf"}
    if "ppf" in density.others:
        rules["ppf"] = _quantile(density)
    for name, whole in (("logcdf", "cdf"), ("logsf", "sf")):
        if name not in rules and whole in rules:
            rules[name] = lambda *args, _whole=rules[whole], **kwargs: np.log(_whole(*args, **kwargs))
    return rules


def _standard(density: Density, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any], Any, Any]:
    """Shapes, location and scale from the arguments after the first."""
    names = (*density.shapes, "loc") if density.discrete else (*density.shapes, "loc", "scale")
    given = dict(zip(names, args, strict=False)) | kwargs
    if unknown := given.keys() - set(names):
        raise TypeError(f"unexpected arguments: {', '.join(sorted(unknown))}")
    values = {name: wrap(objects(given[name])) for name in given}
    return [values[name] for name in density.shapes], values.get("loc", 0), values.get("scale", 1)


def _moved(x: Any, loc: Any) -> Any:
    """``x - loc``; x itself for a plain 0, so that what lies at the end of the support stays there exactly."""
    points, places = wrap(objects(x)), objects(loc)
    if all(cell.node == CONSTANT and is_constant_zero(cell.ball) for cell in places.ravel()):
        return points
    return points - wrap(places)


def _log_density(density: Density) -> Function:
    def log_density(x: Any, *args: Any, **kwargs: Any) -> Any:
        shapes, loc, scale = _standard(density, args, kwargs)
        if density.discrete:
            return _number(_log_chance(density, _counts(x) - _counts(loc), shapes))
        moved = _moved(x, loc)
        found = density.log(moved / scale, *shapes) - np.log(wrap(objects(scale)))
        return _number(_supported(density, found, moved, scale, -np.inf, -np.inf))

    return log_density


def _counts(values: Any) -> Any:
    """Numbers that do not depend on the inputs, as floats."""
    cells = objects(values)
    return np.array([float(cell) for cell in cells.ravel()]).reshape(cells.shape)


def _log_chance(density: Density, counts: Any, shapes: list[Any]) -> Any:
    """The logarithm of the probability of whole numbers; that of others is 0."""
    found = density.log(wrap(objects(counts)), *shapes)
    possible = (counts == np.floor(counts)) & (counts >= density.low) & (counts <= density.high)
    if density.at_most:
        possible = possible & (counts <= _counts(shapes[density.shapes.index(density.at_most)]))
    return np.where(possible, found, -np.inf)


def _distribution_function(density: Density, name: str, formula: Function) -> Function:
    below, above = {"cdf": (0.0, 1.0), "sf": (1.0, 0.0), "logcdf": (-np.inf, 0.0), "logsf": (0.0, -np.inf)}[name]

    def function(x: Any, *args: Any, **kwargs: Any) -> Any:
        shapes, loc, scale = _standard(density, args, kwargs)
        moved = _moved(x, loc)
        return _number(_supported(density, formula(moved / scale, *shapes), moved, scale, below, above))

    return function


def _quantile(density: Density) -> Function:
    def quantile(q: Any, *args: Any, **kwargs: Any) -> Any:
        shapes, loc, scale = _standard(density, args, kwargs)
        return _number(density.others["ppf"](wrap(objects(q)), *shapes) * scale + loc)

    return quantile


def _supported(density: Density, value: Any, moved: Any, scale: Any, below: float, above: float) -> Any:
    """The value on the support; beside it what holds there. The ends are compared before anything is divided."""
    if density.low > -np.inf:
        value = np.where(moved >= (density.low * scale if density.low else 0), value, below)
    if density.high < np.inf:
        value = np.where(moved <= density.high * scale, value, above)
    return value


def _number(value: Any) -> Any:
    return value if np.ndim(value) else wrap(objects(value))[()]


# Several variables


def _normal_of_several(x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Any:
    """``multivariate_normal.logpdf``; of the covariance SciPy reads the lower triangle."""
    points, given = wrap(objects(x)), wrap(objects(cov))
    d = np.shape(mean)[-1] if np.ndim(mean) else given.shape[-1] if given.ndim else 1
    if given.ndim < 2:
        matrix = given * np.identity(d) if not given.ndim else np.diag(given)
    else:
        matrix = wrap(symmetric(objects(given), "L"))
    if d == 1 and points.ndim < 2:
        points = points.reshape(*points.shape, 1)
    off = (points if mean is None else points - mean).reshape(-1, d)
    distances = np.sum(off * solve(matrix, off.T).T, axis=-1)
    constant = Scalar((2 * Ball.pi()).log() * d) + slogdet(matrix)[1]
    found = -(distances + constant) / 2
    return found.reshape(points.shape[:-1])[()]


def _dirichlet(x: Any, alpha: Any) -> Any:
    points, weights = wrap(objects(x)), wrap(objects(alpha))
    if len(points) + 1 == len(weights):
        points = np.concatenate([points, 1 - np.sum(points, axis=0, keepdims=True)])
    constant = of("gammaln", np.sum(weights)) - np.sum(of("gammaln", weights))
    powers = (weights - 1).reshape(-1, *(1,) * (points.ndim - 1))
    return constant + np.sum(of("xlogy", powers, points), axis=0)


def _multinomial(x: Any, n: Any, p: Any) -> Any:
    """``multinomial.logpmf``; the last probability is what the others leave."""
    counts, chances = wrap(objects(x)), wrap(objects(p))
    last = 1 - np.sum(chances[..., :-1], axis=-1, keepdims=True)
    chances = np.concatenate([chances[..., :-1], last], axis=-1)
    return of("gammaln", wrap(objects(n)) + 1) + np.sum(of("xlogy", counts, chances) - of("gammaln", counts + 1), axis=-1)


def _zscore(a: Any, axis: Any = 0, ddof: int = 0, nan_policy: str = "propagate") -> Any:
    values = wrap(objects(a))
    off = values - np.mean(values, axis=axis, keepdims=True)
    return off / np.std(values, axis=axis, ddof=ddof, keepdims=True)


def _entropy(pk: Any, qk: Any = None, base: Any = None, axis: int = 0) -> Any:
    p = wrap(objects(pk))
    p = p / np.sum(p, axis=axis, keepdims=True)
    if qk is None:
        terms = of("entr", p)
    else:
        q = wrap(objects(qk))
        terms = of("rel_entr", p, q / np.sum(q, axis=axis, keepdims=True))
    result = np.sum(terms, axis=axis)
    return result if base is None else result / np.log(wrap(objects(base)))


def _sem(a: Any, axis: Any = 0, ddof: int = 1) -> Any:
    values = wrap(objects(a))
    n = values.size if axis is None else values.shape[axis]
    return np.std(values, axis=axis, ddof=ddof) / Scalar(Ball(n).sqrt())


DESCRIPTIVE: dict[str, Function] = {
    "zscore": _zscore,
    "entropy": _entropy,
    "sem": _sem,
    "gmean": lambda a, axis=0: np.exp(np.mean(np.log(wrap(objects(a))), axis=axis)),
    "hmean": lambda a, axis=0: 1 / np.mean(1 / wrap(objects(a)), axis=axis),
}


def _both(name: str, function: Function) -> dict[str, Function]:
    return {name: function, name.removeprefix("log"): lambda *args, **kwargs: np.exp(function(*args, **kwargs))}


RULES: dict[str, dict[str, Function]] = {
    **{name: rules_of(density) for name, density in DENSITIES.items()},
    "multivariate_normal": _both("logpdf", _normal_of_several),
    "dirichlet": _both("logpdf", _dirichlet),
    "multinomial": _both("logpmf", _multinomial),
}


def frozen(value: Any) -> Any:
    """What stands in place of a frozen distribution that the code holds; one without a rule stays."""
    rules = RULES.get(value.dist.name)
    return value if rules is None else Distribution(value, rules, freezes=False, fixed=(value.args, value.kwds))


def frozen_normal(value: Any) -> Any:
    """The same for one of several variables."""
    return Distribution(value, RULES["multivariate_normal"], freezes=False, fixed=((value.mean, value.cov), {}))


OF_SCIPY_STATS: dict[tuple[str, str], Function] = {
    ("scipy.stats", name): lambda original, rules=rules: Distribution(original, rules) for name, rules in RULES.items()
}
FROZEN: dict[tuple[str, str], Function] = {
    ("scipy.stats._distn_infrastructure", "rv_continuous_frozen"): frozen,
    ("scipy.stats._distn_infrastructure", "rv_discrete_frozen"): frozen,
    ("scipy.stats._multivariate", "multivariate_normal_frozen"): frozen_normal,
}
