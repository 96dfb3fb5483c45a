"""`check_grad` and `assert_grad`: is this the gradient of that function? Structure and behaviour first, then numbers."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.arrays.plain_arrays import plain
from gradcheck.arrays.pytree import Array, copied, float_leaves, in_order_of, leaf_name, leaves, mapped, unequal_leaves
from gradcheck.certified.formula import Status
from gradcheck.certified.numbers.nodes import MAX_SECONDS
from gradcheck.certified.replacements.kept import unchanged
from gradcheck.certified.replacements.namespaces import walked_once
from gradcheck.diagnosis.glance import Glance
from gradcheck.functions.arguments import check_arguments, read_point, value_at
from gradcheck.functions.glancing import look
from gradcheck.functions.numbers.by_directions import judge_by_directions
from gradcheck.functions.numbers.choice import judge_numbers
from gradcheck.functions.numbers.claim import read_as_numbers, read_claim
from gradcheck.functions.numbers.question import AfterForward, Question, answered, drawn, is_short
from gradcheck.functions.result import GradientCheck
from gradcheck.judge.float_formats import declared
from gradcheck.judge.lost_digits import nearby
from gradcheck.judge.steadiness import allowed_without_budget, differing, inputs_unchanged, steadiness
from gradcheck.judge.verdicts import Check, Verdict
from gradcheck.sentences.sentence import Sentence, told_by

Function = Callable[..., Any]
A_WORD = 10.0  # seconds of judging, beyond which judging a second point costs more than a word is worth
METHODS = ("auto", "numeric", "directional")


def check_grad(
    f: Function,
    grad: Function | None,
    x: Any,
    *,
    rng: np.random.Generator | int | None = None,
    jacobian: bool = False,
    f_and_grad: bool = False,
    method: str = "auto",
    dtype: Any = None,
    max_seconds: float = MAX_SECONDS,
) -> GradientCheck:
    """Judge ``grad`` as the gradient of ``f`` at x.

    Parameters
    ----------
    f : any function from x to a number; or to an array: then ``grad(x, cotangent)`` must be the gradient of
        ``sum(cotangent * f(x))``, checked for a random cotangent.
    grad : from x to the gradient, in the structure and shape of x.
    x : an array, or a dict, list or tuple of arrays; floats of 64 bits or fewer.
    rng : a NumPy generator or a seed, for what is drawn.
    jacobian : ``grad(x)`` is the whole Jacobian of an array-valued f, of shape ``f(x).shape + x.shape`` (leaf by leaf).
    f_and_grad : f returns ``(value, gradient)`` and ``grad`` is None.
    method : "auto"; "numeric" to judge by differences alone; "directional" for large problems: some directions, and
        wrong entries found by bisection.
    dtype : the format that the code computes in, such as "bfloat16", "float16", "tf32", "float8_e4m3": it is judged by what
        that can show. "float64" takes lost digits for what they are; by default a shorter format is recognised by the numbers.
    max_seconds : what balls may take; and differences of every entry, instead of which some directions are taken where they
        would take longer.

    Raises ValueError for a misuse, before anything is judged; what f and grad raise on floats passes through.

    >>> check_grad(lambda x: np.sum(np.sin(x)), lambda x: np.cos(x), np.array([0.5, 2.0])).verdict
    <Verdict.MATCH: 'match'>
    """
    if method not in METHODS:
        raise ValueError(Sentence("arguments.method", method=repr(method), expected=tuple(map(repr, METHODS))))
    if f_and_grad != (grad is None):
        raise ValueError(Sentence("arguments.either"))
    if f_and_grad:
        f, grad = functools.partial(_first_of, f), functools.partial(_second_of, f)
    assert grad is not None
    return checked(f, grad, x, rng=rng, jacobian=jacobian, method=method, dtype=dtype, max_seconds=max_seconds)


def checked(
    f: Function,
    grad: Function,
    x: Any,
    *,
    rng: np.random.Generator | int | None,
    jacobian: bool = False,
    method: str = "auto",
    paired: bool = False,
    dtype: Any = None,
    max_seconds: float = MAX_SECONDS,
) -> GradientCheck:
    """As `check_grad`; with ``paired`` the gradient takes a cotangent even where f has but one number to pair it with.

    What f and grad keep between calls is afterwards as it was before.
    """
    seed = rng if isinstance(rng, int) else None
    generator = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
    with unchanged(f, grad) as kept:
        format_declared, point = declared(dtype), read_point(x)
        value = value_at(f, x, point, copied)
        float_leaves(point.x)
        keys = mapped(point.x, lambda _: None)
        ordered = functools.partial(_in_order, grad, keys) if _has_keys(keys) else grad
        question = _asked(f, ordered, point.x, value, jacobian, paired, generator)
        question = replace(question, declared=format_declared, max_seconds=max_seconds)
        check_arguments(grad, value, cotangent=question.cotangent is not None)
        if kept.is_changed():
            question = replace(question, grad=AfterForward(f, question.grad))
        result = replace(_judged(question, value, method, generator), subject=_name(f, grad), seed=seed, gradient=grad)
        return replace(result, remarks=(*result.remarks, *point.remarks)) if result.quantities else result


def _judged(question: Question, value: Any, method: str, generator: np.random.Generator) -> GradientCheck:
    """Behaviour first; then the numbers, by the method that was asked for."""
    seen = _behaviour(question, value, generator)
    checks, claimed, x = tuple(seen.checks), seen.claimed, question.x
    if claimed is None:
        return GradientCheck("", checks, (), "", (), Status.NOT_ASKED, None, (), None)
    glances: tuple[Glance, ...] = ()
    if method == "directional":
        found = judge_by_directions(question, claimed, generator)
    else:
        judge = functools.partial(judge_numbers, calls_of_f=seen.calls_of_f, certified=method == "auto")
        with walked_once((question.f, question.grad)):
            start = time.monotonic()
            found = judge(question, claimed)
            slow = time.monotonic() - start > A_WORD
            glances = look(question, claimed, found.quantities, None if slow else judge)
    returned = _called(question, x)
    remarks = (*found.remarks, *seen.remarks, *read_as_numbers(returned, x))
    asked = replace(question, x=copied(x))
    return GradientCheck("", checks, **answered(replace(found, remarks=remarks)), seed=None, asked=asked, glances=glances)


def assert_grad(f: Function, grad: Function | None, x: Any, *, strict: bool = False, **options: Any) -> None:
    """Raise AssertionError with the report's first lines unless grad is the gradient of f at x; for tests.

    ``strict`` takes lost digits for wrong, too; what differences cannot decide fails in any case. Options as in `check_grad`.
    """
    __tracebackhide__ = True  # pytest then shows the test's line alone
    result = check_grad(f, grad, x, **options)
    if not result.ok or (strict and result.verdict is Verdict.INACCURATE):
        raise AssertionError(str(result))


def _first_of(both: Function, x: Any) -> Any:
    return _pair(both(x))[0]


def _second_of(both: Function, x: Any) -> Any:
    return _pair(both(x))[1]


def _in_order(grad: Function, keys: Any, x: Any, *more: Any) -> Any:
    """The gradient with the keys of each dict in the order in which x has them: a dict has no order that means something."""
    return in_order_of(keys, grad(x, *more))


def _has_keys(structure: Any) -> bool:
    return isinstance(structure, Mapping) or (isinstance(structure, list | tuple) and any(map(_has_keys, structure)))


def _pair(result: Any) -> Any:
    if not isinstance(result, tuple | list) or len(result) < 2:
        raise ValueError(Sentence("arguments.a-pair", type=type(result).__name__))
    return result


def _name(f: Function, grad: Function) -> str:
    names = [
        getattr(g.args[0] if isinstance(g, functools.partial) and g.args else g, "__name__", "function") for g in (f, grad)
    ]
    return Sentence("functions.subject", grad=names[1], f=names[0]) if names[0] != names[1] else str(names[0])


def _asked(f: Function, grad: Function, x: Any, value: Any, jacobian: bool, paired: bool, rng: np.random.Generator) -> Question:
    """The question with its cotangents: none for a number, a random one for an array, each unit one for a Jacobian."""
    sizes = [np.shape(leaf) for _, leaf in leaves(value)]
    if not paired and len(sizes) == 1 and (sizes[0] == () or (np.size(leaves(value)[0][1]) == 1 and not jacobian)):
        return Question(f, grad, x)
    if jacobian:
        if len(sizes) != 1:
            raise ValueError(Sentence("arguments.jacobian-one-array"))
        if 0 in sizes[0]:
            raise ValueError(Sentence("arguments.no-entries", shape=sizes[0]))
        return Question(f, grad, x, jacobian=sizes[0])
    short = any(is_short(leaf) for _, leaf in (*leaves(value), *leaves(x)))
    return Question(f, grad, x, cotangent=mapped(value, lambda leaf: drawn(np.shape(leaf), rng, short=short)))


def _called(question: Question, x: Any) -> Any:
    return question.grad(copied(x), *question.more)


# Behaviour


def changed_in_place(name: str) -> str:
    """A remark on an argument that the code under test spoils."""
    return Sentence("functions.changed-in-place", name=name)


@dataclass(frozen=True)
class _Behaviour:
    """What was seen before any number was judged; ``claimed`` is None where there is nothing to judge."""

    checks: list[Check]
    claimed: list[Array] | None
    calls_of_f: int
    remarks: tuple[str, ...] = ()


def _behaviour(question: Question, value: Any, rng: np.random.Generator) -> _Behaviour:
    """Structure, shape, dtype, finiteness; inputs unchanged; determinism; no state: before any number is judged."""
    x = question.x
    if any(not np.isfinite(np.asarray(leaf, dtype=float)).all() for _, leaf in leaves(value)):
        return _Behaviour([Check("interface", Verdict.ERROR, Sentence("functions.f-not-finite"))], None, 0)
    if _changes(question, value):
        return _Behaviour([Check("determinism", Verdict.INCONCLUSIVE, RANDOM, "nondeterministic")], None, 0)
    handed, more = copied(x), question.more
    counter = _CallCounter(question.f, calls=-1 if isinstance(question.grad, AfterForward) else 0)
    with counter:
        returned = question.grad(handed, *more)
    try:
        claimed = read_claim(returned, x, question.jacobian)
    except ValueError as error:
        return _Behaviour([Check("interface", Verdict.MISMATCH, told_by(error))], None, counter.calls)
    checks = [Check("interface", Verdict.MATCH, Sentence("functions.as-x"))]
    checks.append(inputs_unchanged(list(map(leaf_name, unequal_leaves(x, handed)))))
    if _changes(question, value):
        if _changes(question, question.f(copied(x))):  # by itself, which the first look missed by chance
            return _Behaviour([Check("determinism", Verdict.INCONCLUSIVE, RANDOM, "nondeterministic")], None, 0)
        checks.append(Check("no-state", Verdict.MISMATCH, SPOILT))
    spoilt = bool(more) and bool(unequal_leaves(question.cotangent, more[0]))
    remarks = (changed_in_place("cotangent"),) if spoilt else ()
    return _Behaviour(checks + _repeated(question, claimed, rng), claimed, counter.calls, remarks)


SPOILT = Sentence("functions.spoilt")
RANDOM = Sentence("functions.random")


def _changes(question: Question, value: Any) -> bool:
    """Is the value of f by now another one: by a seed that is not fixed, a clock, a counter, or what the gradient did?"""
    before, after = _by_name(value), [_by_name(question.f(copied(question.x))) for _ in range(2)]
    allowed = allowed_without_budget(before)
    return any(
        {key: part.shape for key, part in one.items()} != {key: part.shape for key, part in before.items()}
        or bool(differing(before, one, allowed))
        for one in after
    )


def _by_name(value: Any) -> dict[str, Array]:
    return {leaf_name(path): plain(leaf).astype(np.float64) for path, leaf in leaves(value)}


def _repeated(question: Question, claimed: list[Array], rng: np.random.Generator) -> list[Check]:
    """Equal calls give equal answers, also after a call elsewhere."""
    x = question.x
    names = [leaf_name(path) for path, _ in leaves(x)]

    def asked() -> dict[str, Array]:
        return dict(zip(names, read_claim(_called(question, x), x, question.jacobian), strict=True))

    answers = [dict(zip(names, claimed, strict=True)), asked(), asked()]
    _called(question, mapped(x, lambda leaf: nearby(leaf, rng)))
    return steadiness(answers, asked(), allowed_without_budget(answers[0]))


@dataclass
class _CallCounter:
    """Counts the calls of a function while something else runs: a gradient that differences its cost calls it often."""

    function: Function
    calls: int = 0

    def __enter__(self) -> _CallCounter:
        inner = self.function
        while isinstance(inner, functools.partial):
            inner = inner.args[0] if inner.func is _first_of else inner.func
        self._code = getattr(getattr(inner, "__func__", inner), "__code__", None)
        self._before = sys.getprofile()
        if self._code is not None and self._before is None:
            sys.setprofile(self._seen)
        return self

    def _seen(self, frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is self._code:
            self.calls += 1

    def __exit__(self, *_: object) -> None:
        if self._code is not None and self._before is None:
            sys.setprofile(None)
