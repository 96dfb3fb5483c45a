"""The catalogue of backpropagation mistakes, as data: each is one statement of the program changed.

From this one table come the planted mistakes of the tests, the search for what a wrong published figure did, and the
hypotheses of a diagnosis. A row yields a variant for each layer it applies to (and for each common form it takes).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from reference_nets.spec import NetworkSpec
from symbolic.mistakes.changes import Changes, Mistake
from symbolic.mistakes.wrong_deltas import WRONG_DELTAS
from symbolic.mistakes.wrong_gradients import WRONG_GRADIENTS
from symbolic.programs.build import program
from symbolic.programs.statements import Program

CATALOGUE: dict[str, Mistake] = {row.id: row for row in (*WRONG_DELTAS, *WRONG_GRADIENTS)}

# Mistakes that no changed statement expresses: they are behaviour, seen by calling a function more than once or by its
# digits, they are made elsewhere than in the backward pass, or they have a number in them that no table can list.
BEHAVIOUR: dict[str, str] = {
    "activation-overwritten-in-place": "z and a share memory: the numbers of activation-derivative-at-activation",
    "bias-gradient-wrong-axis": "summed over units: a wrong shape unless m = n_l",
    "softmax-over-batch": "the forward pass normalises each column: another network",
    "constant-added": "a number is added to the gradient",
    "gradient-clipped": "the gradient is cut off beyond a number",
    "wrong-forward": "a, z or the cost differ: another network",
    "numeric-gradient": "the cost is differenced",
    "float32-precision": "computed in float32",
    "unstable-formula": "overflow or cancellation",
    "accumulates-across-calls": "the gradient adds to that of the last call",
    "mutates-inputs": "params, x or y are changed",
    "nondeterministic": "equal calls give different answers",
    "works-for-one-example-only": "right for m = 1 alone",
}


@dataclass(frozen=True)
class Variant:
    """One way to make a mistake in one network: the layer, the form it takes, and the changed right sides."""

    mistake: str
    layer: int
    form: str
    changes: Changes

    @property
    def label(self) -> str:
        """The id, layer and form, for a message or a test's name."""
        return " ".join(filter(None, [self.mistake, f"layer {self.layer}", self.form]))


def plant(spec: NetworkSpec, *planted: Variant) -> Program:
    """The program of a network with one or more mistakes made in it; where two meet in a name, the last counts."""
    changes: Changes = {}
    for variant in planted:
        changes |= variant.changes
    return program(spec).changed(changes)


def variants(spec: NetworkSpec, mistake: Mistake) -> list[Variant]:
    """Every way to make this mistake in this network that changes at least one right side."""
    right = program(spec)
    found = []
    for layer, form, changes in mistake.variants(right):
        changed = {name: rhs for name, rhs in changes.items() if rhs != right.by_name[name].rhs}
        if changed:
            found.append(Variant(mistake.id, layer, form, changed))
    return found


def all_variants(spec: NetworkSpec) -> list[Variant]:
    """Every variant of every mistake in the catalogue, for this network."""
    return list(_all_variants(spec))


@lru_cache(maxsize=8)  # of a network that is asked about again and again; a tenth of what it takes to judge a wrong file
def _all_variants(spec: NetworkSpec) -> tuple[Variant, ...]:
    return tuple(variant for mistake in CATALOGUE.values() for variant in variants(spec, mistake))
