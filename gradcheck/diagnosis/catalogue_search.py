"""Which mistake is it? The catalogue is tried against the numbers that came, from the output layer backwards.

A mistake is named only if the program with that one statement changed gives the claimed numbers, in every entry and at every
point, within what rounding allows. What is simpler is tried first: one mistake in a common form, in a rarer one, two, a factor
beside them, numbers that are read off the claim, three.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.diagnosis.narrow_witness import NarrowWitness, planted_gradient
from gradcheck.diagnosis.remaining_factor import Claims, factors, without_factor
from gradcheck.diagnosis.search import Search, reproduces
from gradcheck.diagnosis.several import best, several
from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.search_limits import MOST_WORK, NotSearched, Unsearched, WorkSpent
from gradcheck.rounding.values import Roundoff
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import Variant
from symbolic.programs.layers import WIDE

FEWEST_DIGITS = 3.0  # a fit to fewer is no evidence: many a formula would do as well
MOST_PARAMETERS_READ = WIDE  # parameters: beyond, nothing is read statement by statement, and a narrow witness is asked
WITNESS_SEED = 11
TOGETHER, MOST_TOGETHER = 2, 3  # mistakes of the common forms, and of all forms, that are looked for together


Ask = Callable[[Point], Mapping[str, Array]]


@dataclass(frozen=True)
class SearchResult:
    """The mistakes behind a wrong gradient, and what was not searched for them; None where everything was."""

    told: tuple[Diagnosis, ...] = ()
    not_searched: NotSearched | None = None


def diagnose(spec: NetworkSpec, claims: Claims, *, dtype: Any = np.float64, ask: Ask | None = None) -> tuple[Diagnosis, ...]:
    """The mistakes behind a wrong gradient, given as (point, gradient) pairs; empty where the catalogue does not explain it."""
    return explain(spec, claims, dtype=dtype, ask=ask).told


def explain(spec: NetworkSpec, claims: Claims, *, dtype: Any = np.float64, ask: Ask | None = None) -> SearchResult:
    """The same, with what was not searched.

    ``ask`` gives the claimed gradient at other points: a large network is searched where all but a few units are cut off,
    and what is found there must give the claimed numbers of the whole.
    """
    if spec.n_params <= MOST_PARAMETERS_READ:
        search = Search(spec, claims, Roundoff.of(dtype), MOST_WORK)
        return SearchResult(_searched(search).told, search.not_searched)
    witness = NarrowWitness.of(spec)
    if ask is None or not claims or witness.narrow.n_params > MOST_PARAMETERS_READ:
        return SearchResult(not_searched=NotSearched(Unsearched.SIZE))
    rng = np.random.default_rng(WITNESS_SEED)
    points = [witness.point(point.y, rng, dtype) for point, _ in claims]
    narrow = [(small, witness.part(ask(whole))) for small, whole in points]
    search = Search(witness.narrow, narrow, Roundoff.of(dtype), MOST_WORK)
    found = _searched(search)
    if not found.told:
        return SearchResult(not_searched=search.not_searched)
    explained = [key for key in spec.keys if key not in set(found.search.differing(found.planted, spec.keys))]
    whole = without_factor(spec, claims[:1], found.search.factor)[0]
    forms = frozenset((v.mistake, v.layer, v.form) for v in found.planted)
    given = planted_gradient(spec, forms, whole[0], search.format)
    if given is None:
        return SearchResult(not_searched=NotSearched(Unsearched.UNCONFIRMED))
    right = all(reproduces(given[key], whole[1][key]) for key in explained)
    return SearchResult(found.told if right else (), search.not_searched)


@dataclass(frozen=True)
class _Findings:
    """The mistakes found, as planted and as told, and the search (of the numbers without a factor) that found them."""

    search: Search
    planted: tuple[Variant, ...] = ()
    told: tuple[Diagnosis, ...] = ()


def _searched(search: Search) -> _Findings:
    """The mistakes that explain all; else those that do so beside a factor; else those that explain some of the numbers."""
    try:
        return _all_searched(search)
    except WorkSpent:
        search.not_searched = NotSearched(Unsearched.WORK, len(search.tried), len(search.variants))
        return _Findings(search)


def _all_searched(search: Search) -> _Findings:
    if search.explains(()):
        return _Findings(search)
    single = search.single(search.variants) or search.single(search.further)
    planted: tuple[Variant, ...] = (single[0],) if single else several(search, search.variants, TOGETHER, fit=False)
    if not planted:
        search, planted = _beside_others(search)
    first: dict[tuple[str, str], Variant] = {}
    for variant in planted:
        first.setdefault((variant.mistake, variant.form), variant)
    told = [search.told(v, planted, single[1:]) for v in first.values()]
    if any(diagnosis.digits < FEWEST_DIGITS for diagnosis in told):
        return _Findings(search)
    rest = tuple(search.differing(planted, search.spec.keys))
    return _Findings(search, planted, search.together(told, rest))


def _beside_others(search: Search) -> tuple[Search, tuple[Variant, ...]]:
    """Mistakes beside a factor, rarer forms, numbers read off the claim; at last whatever explains a part."""
    beside, is_factor = _beside_a_factor(search)
    if is_factor:
        return search, ()
    every = [*search.variants, *search.further]
    if beside and len({(v.mistake, v.form) for v in beside[1]}) < TOGETHER:
        return beside
    if found := several(search, every, TOGETHER, fit=True):
        return search, found
    if beside:
        return beside
    return search, several(search, every, MOST_TOGETHER, fit=True) or best(search, every)


def _beside_a_factor(search: Search) -> tuple[tuple[Search, tuple[Variant, ...]] | None, bool]:
    """The numbers divided by a factor, such as 2 or the batch size, and the mistakes that explain them then.

    True where a number alone explains all: it is told with its ratio.
    """
    top = search.spec.of_layer(search.spec.L)
    if not search.differing((), top):
        return None, False  # a factor in front of everything would show in the output layer
    found = factors(search.spec, search.claims, search.readings_of(top[-1]))
    scaled = [search.without(factor) for factor in found]
    alone = [factor for one, factor in zip(scaled, found, strict=True) if one.explains(())]
    if any(not factor.power or factor.number > 0 for factor in alone):
        return None, not any(factor.power for factor in alone)  # such as 7 m, which is read off as one of delta_L
    heads = [[v for v in search.variants if not one.differing((v,), top)] for one in scaled]
    for one, known in zip(scaled, heads, strict=True):
        for variant in known:
            if one.explains((variant,)) and one.shows(variant):
                return (one, (variant,)), False
    for one, known in zip(scaled, heads, strict=True):
        if known or not one.differing((), top):
            planted = several(one, one.variants, TOGETHER, fit=False)
            if planted:
                return (one, planted), False
    return None, False
