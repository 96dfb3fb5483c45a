"""Certificates for any function: what f was, where, what was claimed, what encloses the truth, and the verdict on each entry.

JSON as for networks: hexadecimal floats, an enclosure ``mid + low +- rad`` and a rounding budget for every entry, and a
SHA-256 of it all. `gradcheck.recheck.function` checks it again with other means.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import copied, leaf_name, leaves
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.replacements.kept import unchanged
from gradcheck.certified.witness import certify
from gradcheck.functions.numbers.by_certified import by_budget
from gradcheck.functions.numbers.claim import read_claim
from gradcheck.functions.numbers.question import AfterForward, Question
from gradcheck.functions.result import GradientCheck
from gradcheck.networks.certificate import digest, exact
from gradcheck.sentences.sentence import Sentence, told_by
from gradcheck.version import __version__

SCHEMA = "gradcheck.function-certificate/1"


def function_certificate(result: GradientCheck) -> dict[str, Any]:
    """The certificate of a result of `check_grad` that the certified witness decided; ValueError for any other.

    >>> from gradcheck import check_grad
    >>> result = check_grad(lambda x: np.sum(x**3), lambda x: 3 * x**2, np.array([0.5, 2.0]))
    >>> function_certificate(result)["verdicts"]
    {'x': 'match'}
    """
    question: Question = result.asked
    if not result.certified or question is None or question.jacobian is not None:
        decided = result.witness or Sentence("functions.nothing")
        if question is not None and question.jacobian is not None:
            decided = Sentence("functions.a-jacobian")
        raise ValueError(Sentence("functions.certificate-needs", decided=decided))
    with unchanged(question.f, question.grad):
        claimed = read_claim(question.grad(copied(question.x), *question.more), question.x)
    try:
        truth = certify(question.f, question.x, cotangent=question.cotangent)
    except CannotFollow as error:
        raise ValueError(Sentence("functions.not-followed-any-more", error=told_by(error))) from error
    known, _ = by_budget(question, claimed, truth, question.dtype)
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "toolkit": __version__,
        "subject": result.subject,
        "function": described(question.f),
        "gradient": described(question.grad),
        "seed": result.seed,
        "bits": truth.bits,
        "witness": str(result.witness),
        "formula": str(result.formula),
        "x": tagged(question.x),
        "cotangent": None if question.cotangent is None else tagged(question.cotangent),
        "claimed": dict(zip(truth.names, map(exact, claimed), strict=True)),
        "enclosure": {
            name: {"mid": exact(part.mid), "low": exact(part.low), "rad": exact(part.rad)}
            for name, part in known.gradient.items()
        },
        "budget": {name: exact(known.budget.rounding[name]) for name in truth.names},
        "checks": {check.name: str(check.verdict) for check in result.checks},
        "verdicts": {check.quantity: str(check.verdict) for check in result.quantities},
        "verdict": str(result.verdict),
    }
    return {**data, "sha256": digest(data)}


_WRAPPERS = ("_first_of", "_second_of", "_in_order")  # of `gradcheck.functions.check`, around the user's function


def described(function: Any) -> dict[str, Any]:
    """The name under which a function can be imported, if there is one, and its source, if that can be read."""
    function = function.backward if isinstance(function, AfterForward) else function
    while isinstance(function, functools.partial):
        function = function.args[0] if getattr(function.func, "__name__", "") in _WRAPPERS else function.func
    name = getattr(function, "__qualname__", None)
    importable = name and "<" not in name
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        source = None
    return {"name": f"{function.__module__}:{name}" if importable else None, "source": source}


def tagged(x: Any) -> Any:
    """A structure of arrays as JSON: each leaf with its name, its type and its exact numbers."""
    names = iter([leaf_name(path) for path, _ in leaves(x)])

    def leaf(value: Any) -> dict[str, Any]:
        kind = "array" if isinstance(value, np.ndarray) else "number"
        return {kind: exact(np.asarray(value)), "name": next(names), "dtype": str(np.asarray(value).dtype)}

    def inside(value: Any) -> dict[str, Any]:
        if isinstance(value, Mapping):
            return {"dict": {str(key): inside(item) for key, item in value.items()}}
        if isinstance(value, list | tuple):
            return {"list" if isinstance(value, list) else "tuple": [inside(item) for item in value]}
        return leaf(value)

    return inside(x)
