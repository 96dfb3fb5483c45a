"""Which mistake is it? The catalogue is tried against the numbers that came, from the output layer backwards.

A mistake is named only if the program with that one statement changed gives the claimed numbers, in every entry and at every
point, within what rounding allows. Several mistakes at once are peeled off: what is found nearer the output is kept while
the search goes on further back, so that two mistakes do not square the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.diagnosis.mistake_words import form_words, right_words, wrong_words
from gradcheck.diagnosis.narrow_witness import NarrowWitness, planted_gradient
from gradcheck.diagnosis.own_cost import Factor
from gradcheck.diagnosis.remaining_factor import Claims, factors, of_factor, without_factor
from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.search_limits import MOST_WORK, NotSearched, Unsearched, Work, WorkSpent
from gradcheck.rounding.program import approximate_values, changed_values, gradient_of
from gradcheck.rounding.values import SAFETY, Approximate, Roundoff
from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec, quantity_of
from symbolic.mistakes.catalogue import Variant, all_variants, plant
from symbolic.mistakes.changes import alone
from symbolic.programs.build import program
from symbolic.programs.layers import WIDE

FEWEST_DIGITS = 3.0  # a fit to fewer is no evidence: many a formula would do as well
LARGEST = WIDE  # parameters: beyond, nothing is read statement by statement, and a narrow witness is asked
WITNESS_SEED = 11


Ask = Callable[[Point], Mapping[str, Array]]


@dataclass(frozen=True)
class Explanation:
    """The mistakes behind a wrong gradient, and what was not searched for them; None where everything was."""

    told: tuple[Diagnosis, ...] = ()
    not_searched: NotSearched | None = None


def diagnose(spec: NetworkSpec, claims: Claims, *, dtype: Any = np.float64, ask: Ask | None = None) -> tuple[Diagnosis, ...]:
    """The mistakes behind a wrong gradient, given as (point, gradient) pairs; empty where the catalogue does not explain it."""
    return explain(spec, claims, dtype=dtype, ask=ask).told


def explain(spec: NetworkSpec, claims: Claims, *, dtype: Any = np.float64, ask: Ask | None = None) -> Explanation:
    """The same, with what was not searched.

    ``ask`` gives the claimed gradient at other points: a large network is searched where all but a few units are cut off,
    and what is found there must give the claimed numbers of the whole.
    """
    if spec.n_params <= LARGEST:
        search = _Search(spec, claims, Roundoff.of(dtype))
        return Explanation(_searched(search).told, search.not_searched)
    witness = NarrowWitness.of(spec)
    if ask is None or not claims or witness.narrow.n_params > LARGEST:
        return Explanation(not_searched=NotSearched(Unsearched.SIZE))
    rng = np.random.default_rng(WITNESS_SEED)
    points = [witness.point(point.y, rng, dtype) for point, _ in claims]
    narrow = [(small, witness.part(ask(whole))) for small, whole in points]
    search = _Search(witness.narrow, narrow, Roundoff.of(dtype))
    found = _searched(search)
    if not found.told:
        return Explanation(not_searched=search.not_searched)
    explained = [key for key in spec.keys if key not in set(found.search.differing(found.planted, spec.keys))]
    whole = without_factor(spec, claims[:1], found.search.factor)[0]
    forms = frozenset((v.mistake, v.layer, v.form) for v in found.planted)
    given = planted_gradient(spec, forms, whole[0], search.format)
    if given is None:
        return Explanation(not_searched=NotSearched(Unsearched.UNCONFIRMED))
    right = all(_reproduces(given[key], whole[1][key]) for key in explained)
    return Explanation(found.told if right else (), search.not_searched)


@dataclass(frozen=True)
class _Found:
    """The mistakes found, as planted and as told, and the search (of the numbers without a factor) that found them."""

    search: _Search
    planted: tuple[Variant, ...] = ()
    told: tuple[Diagnosis, ...] = ()


def _searched(search: _Search) -> _Found:
    """The mistakes that explain all; else those that do so beside a factor; else those that explain some of the numbers."""
    try:
        return _all_searched(search)
    except WorkSpent:
        search.not_searched = NotSearched(Unsearched.WORK, len(search.tried), len(search.variants))
        return _Found(search)


def _all_searched(search: _Search) -> _Found:
    if search.explains(()):
        return _Found(search)
    single = search.single()
    planted = (single[0],) if single else search.several()
    if not single and not search.explains(planted) and (beside := _beside_a_factor(search)):
        search, planted = beside
    first: dict[tuple[str, str], Variant] = {}
    for variant in planted:
        first.setdefault((variant.mistake, variant.form), variant)
    told = [search.told(v, planted, single[1:]) for v in first.values()]
    if any(diagnosis.digits < FEWEST_DIGITS for diagnosis in told):
        return _Found(search)
    rest = tuple(search.differing(planted, search.spec.keys))
    return _Found(search, planted, search.together(told, rest))


def _beside_a_factor(search: _Search) -> tuple[_Search, tuple[Variant, ...]] | None:
    """The numbers divided by a factor, such as 2 or the batch size, and the mistakes that explain them then."""
    top = [f"W{search.spec.L}", f"b{search.spec.L}"]
    if not search.differing((), top):
        return None  # a factor in front of everything would show in the output layer
    found = factors(search.spec, search.claims, search.readings_of(top[1]))
    scaled = [search.without(factor) for factor in found]
    if any(one.explains(()) for one, factor in zip(scaled, found, strict=True) if not factor.power):
        return None  # nothing but a number: it is told with its ratio
    heads = [[v for v in search.variants if not one.differing((v,), top)] for one in scaled]
    for one, known in zip(scaled, heads, strict=True):
        for variant in known:
            if one.explains((variant,)) and one.shows(variant):
                return one, (variant,)
    for one, known in zip(scaled, heads, strict=True):
        if known or not one.differing((), top):
            planted = one.several()
            if planted and one.explains(planted):
                return one, planted
    return None


SHALLOW = 4  # layers: absolute values lose a factor of a few in each, and are faster than samples


class _Search:
    """The claimed numbers of one network, and the readings of its program with mistakes in it."""

    def __init__(self, spec: NetworkSpec, claims: Claims, format: Roundoff) -> None:
        self.spec, self.claims, self.format = spec, claims, format
        self.factor: Factor | None = None  # what the claimed numbers were divided by
        self.readings: dict[tuple[Any, ...], tuple[int, dict[str, Approximate]]] = {}
        self.work, self.tried = Work(MOST_WORK), set[str]()
        self.not_searched: NotSearched | None = None
        self.variants = sorted(all_variants(spec), key=_is_no_zero)  # a plain 0 before what happens to vanish here
        self.right = [approximate_values(program(spec), p.params, p.x, p.y, format) for p, _ in claims]
        if spec.L <= SHALLOW:
            self.right = [{name: value.unsampled for name, value in each.items()} for each in self.right]

    def differing(self, planted: tuple[Variant, ...], keys: Iterable[str]) -> list[str]:
        """The quantities that the program with these mistakes does not reproduce."""
        wanted, off = list(keys), set()
        lowest = _lowest(wanted)
        for number, (_, claimed) in enumerate(self.claims):
            reading = self._reading(planted, number, lowest)
            off |= {key for key in wanted if not _reproduces(reading[key], claimed[key])}
            if len(off) == len(wanted):
                break
        return [key for key in wanted if key in off]

    def explains(self, planted: tuple[Variant, ...]) -> bool:
        """Whether the program with these mistakes gives every claimed number; asks no further than it must.

        The layers down to that of the mistakes are looked at first, because most hypotheses fail there.
        """
        first = min((quantity_of(name).layer for variant in planted for name in variant.changes), default=1)
        for lowest in dict.fromkeys((first, 1)):
            keys = [key for key in self.spec.keys if quantity_of(key).layer >= lowest]
            for number, (_, claimed) in enumerate(self.claims):
                reading = self._reading(planted, number, lowest)
                if not all(_reproduces(reading[key], claimed[key]) for key in keys):
                    return False
        return True

    def single(self) -> list[Variant]:
        """The variants that explain everything by themselves."""
        off = self.differing((), self.spec.keys)
        reaching = [v for v in self.variants if _begins(v) & set(off) and _reach(self.spec, v).issuperset(off)]
        return [v for v in reaching if self.explains((v,)) and self.shows(v)]

    def several(self) -> tuple[Variant, ...]:
        """Mistakes that together explain most: what is made in all layers is tried first, then each layer by itself."""
        there = {(v.mistake, v.form) for v in self.variants}
        by_layer = [v for v in self.variants if (v.mistake, alone(v.form)) not in there]
        found = self.peeled(self.variants)
        if all(v in by_layer for v in found) or self.explains(found):
            return found
        return min(found, self.peeled(by_layer), key=lambda planted: len(self.differing(planted, self.spec.keys)))

    def without(self, factor: Factor) -> _Search:
        """The same search for the claimed numbers divided by a factor."""
        one = copy(self)
        one.claims, one.factor = without_factor(self.spec, self.claims, factor), factor
        return one

    def readings_of(self, key: str) -> Iterator[list[Array]]:
        """A quantity at every point: of the right program, then of each single mistake that moves it."""
        for planted in ((), *((v,) for v in self.variants if key in _reach(self.spec, v))):
            yield [self._reading(planted, number, _lowest([key]))[key].value for number in range(len(self.claims))]

    def together(self, told: Sequence[Diagnosis], rest: tuple[str, ...]) -> tuple[Diagnosis, ...]:
        """The mistakes, each with what it leaves to the others; a factor beside them is told as the last of all."""
        if self.factor is None:
            return tuple(replace(one, alone=len(told) == 1 and not rest, unexplained=rest) for one in told)
        left = self.factor.at(len(self.claims[0][0].x))
        found = [replace(one, alone=False, factor=left, unexplained=rest) for one in told]
        return (*found, replace(of_factor(self.spec, self.factor, left, rest), digits=min(one.digits for one in told)))

    def _reading(self, planted: tuple[Variant, ...], number: int, lowest: int = 1) -> dict[str, Approximate]:
        """The gradient with these mistakes in it, of the layers from ``lowest`` on, at one point; of single ones it is kept."""
        if len(planted) > 1:
            return self._read(planted, number, lowest)
        key = (*((v.mistake, v.layer, v.form) for v in planted), number)
        if key not in self.readings or self.readings[key][0] > lowest:
            self.readings[key] = lowest, self._read(planted, number, lowest)
        return self.readings[key][1]

    def _read(self, planted: tuple[Variant, ...], number: int, lowest: int) -> dict[str, Approximate]:
        self.tried.update(variant.label for variant in planted)
        changed = [name for variant in planted for name in variant.changes]
        known, spend = self.right[number], self.work.spend
        values = changed_values(plant(self.spec, *planted), changed, known, self.format, lowest=lowest, spend=spend)
        return gradient_of(self.spec, values, self.format)

    def peeled(self, variants: Sequence[Variant]) -> tuple[Variant, ...]:
        """One mistake after the other, layer by layer from the output; stops where none fits."""
        found: tuple[Variant, ...] = ()
        for layer in reversed(self.spec.layers):
            keys = [f"W{layer}", f"b{layer}"]
            while off := self.differing(found, keys):
                better = next((v for v in variants if v not in found and self._helps(found, v, off, keys)), None)
                if better is None:
                    return found
                found = (*found, better)
        return found

    def _helps(self, found: tuple[Variant, ...], variant: Variant, off: list[str], keys: list[str]) -> bool:
        """Whether fewer quantities of this layer, and none that was right before, are left unexplained."""
        if _reach(self.spec, variant).isdisjoint(off) or self._spoils(found, variant, _lowest(keys)):
            return False
        return set(self.differing((*found, variant), keys)) < set(off) and self.shows(variant)

    def _spoils(self, found: tuple[Variant, ...], variant: Variant, layer: int) -> bool:
        """Whether a mistake made nearer the output than this layer leaves more unexplained there than was before."""
        made = max(quantity_of(name).layer for name in variant.changes)
        if made <= layer:
            return False
        own = [f"W{made}", f"b{made}"]
        return not set(self.differing((*found, variant), own)) <= set(self.differing(found, own))

    def shows(self, variant: Variant) -> bool:
        """Whether the mistake changes a number here: phi' at a = relu(z) is the right one, and at a kink fits much else."""
        right, wrong = self._reading((), 0), self._reading((variant,), 0)
        return any((np.abs(wrong[key].value - right[key].value) > right[key].error).any() for key in self.spec.keys)

    def told(self, variant: Variant, planted: tuple[Variant, ...], same: Sequence[Variant]) -> Diagnosis:
        """The mistake in words."""
        wrong, right = wrong_words(variant.mistake), right_words(variant.mistake)
        made = [v for v in planted if (v.mistake, v.form) == (variant.mistake, variant.form)]
        forms = form_words(variant.form)
        written = Sentence("diagnosis.with-form", wrong=wrong, forms=forms) if forms else wrong
        alternatives = dict.fromkeys(v.mistake for v in same if v.mistake != variant.mistake)
        return Diagnosis(
            id=variant.mistake,
            layer=variant.layer,
            quantity=min(_touched(variant), key=lambda key: (-quantity_of(key).layer, key)),
            message=_placed(self.spec, made, Sentence("diagnosis.mistake", wrong=written, right=right)),
            wrong=wrong,
            right=right,
            digits=min(self._digits(planted, v) for v in made),
            alternatives=tuple(alternatives),
        )

    def _digits(self, planted: tuple[Variant, ...], variant: Variant) -> float:
        """To how many digits the wrong numbers are reproduced, in the quantities that the mistake reaches first."""
        claimed, reading, right = self.claims[0][1], self._reading(planted, 0), self._reading((), 0)
        keys = _touched(variant)
        # a mistake may leave nothing but rounding: the right numbers are then what it is measured by
        size = max(float(np.abs(values).max()) for key in keys for values in (claimed[key], right[key].value))
        error = max(float(np.abs(claimed[key] - reading[key].value).max()) for key in keys)
        if error == 0 or size == 0:
            return 16.0
        return float(np.clip(-np.log10(error / size), 0, 16))


def _is_no_zero(variant: Variant) -> bool:
    return any(rhs != 0 for rhs in variant.changes.values())


def _placed(spec: NetworkSpec, made: Sequence[Variant], mistake: Sentence) -> Sentence:
    """A mistake with where it was made; nothing for what is by its nature made in the whole network."""
    if len({quantity_of(name).layer for name in made[0].changes}) > 1:
        return mistake
    layers = tuple(str(v.layer) for v in made)
    if len(layers) == spec.L > 1:
        return Sentence("diagnosis.in-every-layer", mistake=mistake)
    return Sentence("diagnosis.in-layers", layers=layers, count=len(layers), mistake=mistake)


def _reach(spec: NetworkSpec, variant: Variant) -> set[str]:
    """The parameters whose gradient the changed statements can move: a delta reaches its own layer and those before."""
    reached = set()
    for changed in map(quantity_of, variant.changes):
        if changed.kind == "delta":
            reached |= {key for key in spec.keys if quantity_of(key).layer <= changed.layer}
        else:
            reached.add(changed.parameter)
    return reached


def _lowest(keys: Iterable[str]) -> int:
    """The layer nearest the input among those of some parameters."""
    return min((quantity_of(key).layer for key in keys if key != "x"), default=1)


def _begins(variant: Variant) -> set[str]:
    """The parameters of the layers whose own statements are changed: where all of these are right, nothing has changed."""
    return {f"{letter}{quantity_of(name).layer}" for name in variant.changes for letter in "Wb"}


def _touched(variant: Variant) -> set[str]:
    """The parameters whose gradient a mistake reaches first: those of its own layer."""
    own = {changed.parameter for changed in map(quantity_of, variant.changes) if changed.kind in ("dW", "db", "gW")}
    return own or {f"W{variant.layer}"}


def _reproduces(reading: Approximate, claimed: Array) -> bool:
    """Whether the claimed numbers are those of the reading, allowing for the rounding of both."""
    return bool((np.abs(reading.value - claimed) <= 2 * SAFETY * reading.error + reading.kink).all())
