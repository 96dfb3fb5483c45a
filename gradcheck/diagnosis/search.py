"""The claimed numbers beside those that the network's program gives when a mistake is planted in it.

A hypothesis is a tuple of variants. It explains the claim if the program with all of them made gives every number that came,
within what rounding allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.diagnosis.mistake_words import form_words, right_words, wrong_words
from gradcheck.diagnosis.own_cost import Factor
from gradcheck.diagnosis.remaining_factor import Claims, of_factor, without_factor
from gradcheck.judge.mistake import Diagnosis, fitting_digits
from gradcheck.judge.search_limits import NotSearched, Work
from gradcheck.rounding.program import approximate_values, changed_values, gradient_of
from gradcheck.rounding.values import SAFETY, Approximate, Roundoff
from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import Array
from reference_nets.spec import NetworkSpec, quantity_of
from symbolic.derivation.numpy_lines import NumpyLines
from symbolic.mistakes.catalogue import Variant, all_variants
from symbolic.mistakes.changes import Changes
from symbolic.mistakes.combined import combined
from symbolic.mistakes.further import further_variants
from symbolic.programs.build import program

SHALLOW = 4  # layers: absolute values lose a factor of a few in each, and are faster than samples


class Search:
    """The claimed numbers of one network, and the readings of its program with mistakes in it."""

    def __init__(self, spec: NetworkSpec, claims: Claims, format: Roundoff, most: int) -> None:
        self.spec, self.claims, self.format = spec, claims, format
        self.factor: Factor | None = None  # what the claimed numbers were divided by
        self.readings: dict[tuple[Any, ...], tuple[int, dict[str, Approximate], dict[str, Approximate]]] = {}
        self.work, self.tried = Work(most), set[str]()
        self.not_searched: NotSearched | None = None
        self.program = program(spec)
        self.variants = sorted(all_variants(spec), key=_is_no_zero)  # a plain 0 before what happens to vanish here
        self.right = [approximate_values(self.program, p.params, p.x, p.y, format) for p, _ in claims]
        if spec.L <= SHALLOW:
            self.right = [{name: value.unsampled for name, value in each.items()} for each in self.right]

    def differing(self, planted: tuple[Variant, ...], keys: Iterable[str]) -> list[str]:
        """The quantities that the program with these mistakes does not reproduce."""
        wanted, off = list(keys), set()
        lowest = lowest_layer(wanted)
        for number, (_, claimed) in enumerate(self.claims):
            reading = self.reading(planted, number, lowest)
            off |= {key for key in wanted if not reproduces(reading[key], claimed[key])}
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
                reading = self.reading(planted, number, lowest)
                if not all(reproduces(reading[key], claimed[key]) for key in keys):
                    return False
        return True

    def single(self, variants: Iterable[Variant]) -> list[Variant]:
        """Those of the variants that explain everything by themselves."""
        off = self.differing((), self.spec.keys)
        reaching = [v for v in variants if _begins(v) & set(off) and reach(self.spec, v).issuperset(off)]
        return [v for v in reaching if self.explains((v,)) and self.shows(v)]

    @property
    def further(self) -> list[Variant]:
        """The rarer forms of the mistakes."""
        return list(further_variants(self.spec, self.program))

    def without(self, factor: Factor) -> Search:
        """The same search for the claimed numbers divided by a factor."""
        one = copy(self)
        one.claims, one.factor = without_factor(self.spec, self.claims, factor), factor
        return one

    def readings_of(self, key: str) -> Iterator[list[Array]]:
        """A quantity at every point: of the right program, then of each single mistake that moves it."""
        for planted in ((), *((v,) for v in self.variants if key in reach(self.spec, v))):
            yield [self.reading(planted, number, lowest_layer([key]))[key].value for number in range(len(self.claims))]

    def together(self, told: Sequence[Diagnosis], rest: tuple[str, ...]) -> tuple[Diagnosis, ...]:
        """The mistakes, each with what it leaves to the others; a factor beside them is told as the last of all."""
        if self.factor is None:
            return tuple(replace(one, alone=len(told) == 1 and not rest, unexplained=rest) for one in told)
        left = self.factor.at(len(self.claims[0][0].x))
        found = [replace(one, alone=False, factor=left, unexplained=rest) for one in told]
        return (*found, replace(of_factor(self.spec, self.factor, left, rest), digits=min(one.digits for one in told)))

    def reading(self, planted: tuple[Variant, ...], number: int, lowest: int = 1) -> dict[str, Approximate]:
        """The gradient with these mistakes in it, of the layers from ``lowest`` on, at one point; kept."""
        return self._read(planted, number, lowest)[1]

    def values(self, planted: tuple[Variant, ...], number: int, lowest: int = 1) -> dict[str, Approximate]:
        """The same for every name of the program."""
        return self._read(planted, number, lowest)[2]

    def _read(
        self, planted: tuple[Variant, ...], number: int, lowest: int
    ) -> tuple[int, dict[str, Approximate], dict[str, Approximate]]:
        key = (*((v.mistake, v.layer, v.form) for v in planted), number)
        if key not in self.readings or self.readings[key][0] > lowest:
            self.tried.update(variant.label for variant in planted)
            changes, known, spend = self.changes(planted), self.right[number], self.work.spend
            program = self.program.changed(changes) if changes else self.program
            env = changed_values(program, changes, known, self.format, lowest=lowest, spend=spend)
            self.readings[key] = lowest, gradient_of(self.spec, env, self.format), env
        return self.readings[key]

    def changes(self, planted: tuple[Variant, ...]) -> Changes:
        """The right sides with all of these mistakes made, which do not exclude each other."""
        found = combined(self.program, planted)
        assert found is not None
        return found

    def shows(self, variant: Variant) -> bool:
        """Whether the mistake changes a number here: phi' at a = relu(z) is the right one, and at a kink fits much else."""
        right, wrong = self.reading((), 0), self.reading((variant,), 0)
        return any((np.abs(wrong[key].value - right[key].value) > right[key].error).any() for key in self.spec.keys)

    def told(self, variant: Variant, planted: tuple[Variant, ...], same: Sequence[Variant]) -> Diagnosis:
        """The mistake in words."""
        wrong, right = wrong_words(variant.mistake), self._right_words(variant)
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

    def _right_words(self, variant: Variant) -> str:
        """What is right: of a slope the formula of this layer's activation."""
        if variant.mistake == "activation-derivative-wrong-formula":
            return NumpyLines(self.spec).slope(variant.layer) or "1"
        return right_words(variant.mistake)

    def _digits(self, planted: tuple[Variant, ...], variant: Variant) -> float:
        """To how many digits the wrong numbers are reproduced, in the quantities that the mistake reaches first."""
        claimed, reading, right = self.claims[0][1], self.reading(planted, 0), self.reading((), 0)
        keys = _touched(variant)
        # a mistake may leave nothing but rounding: the right numbers are then what it is measured by
        size = max(float(np.abs(values).max()) for key in keys for values in (claimed[key], right[key].value))
        error = max(float(np.abs(claimed[key] - reading[key].value).max()) for key in keys)
        return fitting_digits(error, size)


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


def reach(spec: NetworkSpec, variant: Variant) -> set[str]:
    """The parameters whose gradient the changed statements can move: a delta reaches its own layer and those before."""
    reached = set()
    for changed in map(quantity_of, variant.changes):
        if changed.kind == "delta":
            reached |= {key for key in spec.keys if quantity_of(key).layer <= changed.layer}
        else:
            reached.add(changed.parameter)
    return reached


def lowest_layer(keys: Iterable[str]) -> int:
    """The layer nearest the input among those of some parameters."""
    return min((quantity_of(key).layer for key in keys if key != "x"), default=1)


def _begins(variant: Variant) -> set[str]:
    """The parameters of the layers whose own statements are changed: where all of these are right, nothing has changed."""
    return {f"{letter}{quantity_of(name).layer}" for name in variant.changes for letter in "Wb"}


def _touched(variant: Variant) -> set[str]:
    """The parameters whose gradient a mistake reaches first: those of its own layer."""
    own = {changed.parameter for changed in map(quantity_of, variant.changes) if changed.kind in ("dW", "db", "gW", "gb")}
    return own or {f"W{variant.layer}"}


def reproduces(reading: Approximate, claimed: Array) -> bool:
    """Whether the claimed numbers are those of the reading, allowing for the rounding of both."""
    return bool((np.abs(reading.value - claimed) <= 2 * SAFETY * reading.error + reading.kink).all())
