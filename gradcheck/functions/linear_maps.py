"""`check_vjp`, `check_jvp`, `check_hvp`: products with a Jacobian or Hessian, judged as `check_grad` judges gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.arrays.plain_arrays import plain
from gradcheck.arrays.pytree import Array, copied, float_leaves, leaves, mapped, unequal_leaves
from gradcheck.certified.numbers.arrays import Array as BallArray
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.replacements.kept import unchanged
from gradcheck.certified.runs.evaluate import handed
from gradcheck.functions.arguments import check_arguments, read_point, value_at
from gradcheck.functions.check import changed_in_place, checked
from gradcheck.functions.numbers.question import drawn, is_short
from gradcheck.functions.result import GradientCheck
from gradcheck.judge.verdicts import Check, Verdict
from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.along_tangent import Along, moved

Function = Callable[..., Any]
ADJOINT = 2.0**-40  # of the larger side: two correct products differ by rounding alone


def check_vjp(
    f: Function, vjp: Function, x: Any, *, rng: np.random.Generator | int | None = None, **options: Any
) -> GradientCheck:
    """Judge ``vjp(x, v)`` as the gradient of ``sum(v * f(x))``, for a random cotangent v in the structure of f(x).

    >>> check_vjp(lambda x: x**2, lambda x, v: 2 * x * v, np.array([1.0, 3.0])).verdict
    <Verdict.MATCH: 'match'>
    """
    return checked(f, vjp, x, rng=rng, paired=True, **options)


def check_hvp(
    grad: Function, hvp: Function, x: Any, *, rng: np.random.Generator | int | None = None, **options: Any
) -> GradientCheck:
    """Judge ``hvp(x, v)`` as the product of a Hessian with v, where ``grad`` is a gradient that is right.

    A Hessian is symmetric, so ``H v`` is the gradient of ``sum(v * grad(x))``.

    >>> check_hvp(lambda x: x**3, lambda x, v: 3 * x**2 * v, np.array([1.0, 3.0])).verdict
    <Verdict.MATCH: 'match'>
    """
    return checked(grad, hvp, x, rng=rng, paired=True, **options)


def check_jvp(
    f: Function,
    jvp: Function,
    x: Any,
    *,
    vjp: Function | None = None,
    rng: np.random.Generator | int | None = None,
    **options: Any,
) -> GradientCheck:
    """Judge ``jvp(x, t)`` as the derivative of f at x along a random tangent t, in the structure and shape of x.

    With ``vjp``, too, the adjoint identity ``sum(v * jvp(x, t)) = sum(vjp(x, v) * t)`` is checked.

    >>> check_jvp(lambda x: x**2, lambda x, t: 2 * x * t, np.array([1.0, 3.0])).verdict
    <Verdict.MATCH: 'match'>
    """
    with unchanged(f, jvp, vjp):
        return _along_a_tangent(f, jvp, x, vjp, rng, options)


def _along_a_tangent(
    f: Function, jvp: Function, x: Any, vjp: Function | None, rng: np.random.Generator | int | None, options: Any
) -> GradientCheck:
    generator = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
    point = read_point(x)
    value = value_at(f, x, point, copied)
    x = point.x
    float_leaves(x)
    if isinstance(value, dict | list | tuple):
        raise ValueError(Sentence("functions.jvp-needs-one-array", type=type(value).__name__))
    check_arguments(jvp, value, cotangent=True)
    value = np.asarray(value)
    short = any(is_short(leaf) for leaf in (value, *(leaf for _, leaf in leaves(x))))
    tangent = mapped(x, lambda leaf: drawn(np.shape(leaf), generator, short=short))
    along, claimed = Along(f, x, tangent), _AlongJvp(jvp, x, tangent)
    result = checked(along, claimed, np.zeros(1), rng=generator, jacobian=value.ndim > 0, **options)
    spoilt = (changed_in_place("tangent"),) if _changes_tangent(jvp, x, tangent) else ()
    remarks = (*result.remarks, *spoilt, *point.remarks)
    found = replace(
        result, remarks=remarks, subject=Sentence("functions.along-a-tangent", name=getattr(jvp, "__name__", "jvp"))
    )
    if vjp is None:
        return found
    rounding = max((check.budget for check in found.quantities if np.isfinite(check.budget)), default=0.0)
    adjoint = _adjoint(jvp, vjp, x, tangent, drawn(value.shape, generator, short=short), rounding)
    return replace(found, checks=(*found.checks, adjoint))


def _changes_tangent(jvp: Function, x: Any, tangent: Any) -> bool:
    given = copied(tangent)
    jvp(copied(x), given)
    return bool(unequal_leaves(tangent, given))


def _adjoint(jvp: Function, vjp: Function, x: Any, tangent: Any, cotangent: Array, rounding: float) -> Check:
    """Whether both sides are the same; ``rounding`` is what an entry of the forward side may be off, all of it near 0."""
    forward = plain(jvp(copied(x), copied(tangent))) * cotangent
    pulled = vjp(copied(x), cotangent.copy())
    back = [np.sum(plain(g) * t) for (_, g), (_, t) in zip(leaves(pulled), leaves(tangent), strict=True)]
    left, right = float(np.sum(forward)), float(sum(back))
    scale = float(np.sum(np.abs(forward))) + sum(abs(float(part)) for part in back)
    holds = abs(left - right) <= ADJOINT * scale + rounding * float(np.sum(np.abs(cotangent)))
    message = Sentence("functions.adjoint", left=left, right=right)
    return Check("adjoint-identity", Verdict.MATCH if holds else Verdict.MISMATCH, message)


@dataclass(frozen=True)
class _AlongJvp:
    """``s -> jvp(x + s t, t)``, with an axis for the one variable s."""

    jvp: Function
    x: Any
    tangent: Any

    def __call__(self, s: Any) -> Any:
        product = self.jvp(moved(self.x, s, self.tangent), handed(self.tangent))
        if product is None:
            return None
        if not isinstance(product, BallArray | Scalar):
            product = plain(product)
        return np.expand_dims(product, -1) if np.ndim(product) else np.reshape(product, (1,))
