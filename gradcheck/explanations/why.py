"""Why is it wrong? A few sentences for each mistake, and the right formula in the names that the reader has.

The sentences stand in the catalogue of sentences, the formulas come from `symbolic`: only the form that applies to this layer,
its activation and the cost, as the arrays lie in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from gradcheck.judge.mistake import UNKNOWN, Diagnosis
from gradcheck.sentences.sentence import Sentence
from reference_nets.spec import NetworkSpec
from reports.document import Block, Code, prose
from symbolic.derivation.numpy_lines import ArrayOrder, CodeLine, NumpyLines
from symbolic.mistakes.catalogue import BEHAVIOUR, CATALOGUE

ROWS = ArrayOrder()


class RecursionStep(Enum):
    """The step of the recursion that a mistake is made in: its formula is what to write instead."""

    DELTA = auto()
    HIDDEN_DELTA = auto()
    OUTPUT_DELTA = auto()
    WEIGHT = auto()
    BIAS = auto()
    BOTH = auto()  # weights and biases
    FORWARD = auto()
    OUTPUT = auto()
    QUANTITY = auto()  # whatever quantity the diagnosis names
    NONE = auto()  # no formula of the recursion is wrong


_GROUPS = {
    "output delta": RecursionStep.OUTPUT_DELTA,
    "activation derivative": RecursionStep.DELTA,
    "the recursion": RecursionStep.HIDDEN_DELTA,
    "weight gradient": RecursionStep.WEIGHT,
    "batch and bias": RecursionStep.BOTH,
    "regularisation": RecursionStep.WEIGHT,
    "whole gradient": RecursionStep.QUANTITY,
}
_HIDDEN = (
    "missing-hidden-activation-derivative", "activation-derivative-of-upstream", "upstream-overwritten",
    "relu-mask-from-gradient", "relu-mask-always-one", "leaky-slope-missing", "activation-derivative-wrong-layer",
)  # fmt: skip
_STEPS = {
    **dict.fromkeys(_HIDDEN, RecursionStep.HIDDEN_DELTA),
    **{name: RecursionStep.BIAS for name in CATALOGUE if name.startswith("bias-gradient")},
    "l2-on-bias": RecursionStep.BIAS,
    "sign-flipped": RecursionStep.OUTPUT_DELTA,
    "constant-factor": RecursionStep.QUANTITY,
    "cost-derivative-factor": RecursionStep.OUTPUT_DELTA,
    "activation-overwritten-in-place": RecursionStep.DELTA,
    "bias-gradient-wrong-axis": RecursionStep.BIAS,
    "softmax-over-batch": RecursionStep.OUTPUT,
    "wrong-forward": RecursionStep.FORWARD,
    "numeric-gradient": RecursionStep.DELTA,
    "works-for-one-example-only": RecursionStep.BOTH,
    "constant-added": RecursionStep.QUANTITY,
    "gradient-clipped": RecursionStep.QUANTITY,
    UNKNOWN: RecursionStep.QUANTITY,
}
OF_ONE_LINE = ("constant-added", "gradient-clipped")  # made after the deltas, with which nothing is wrong
IDS = (*CATALOGUE, *BEHAVIOUR, UNKNOWN)


@dataclass(frozen=True)
class Reasons:
    """What a student reads: a few words beside the line, the sentences, and the right formulas below them."""

    id: str
    note: Sentence
    text: Sentence
    formulas: tuple[CodeLine, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The same as blocks of a report."""
        code = "\n".join(line.text for line in self.formulas)
        return (prose(self.text), *([Code(code, "py")] if code else []))

    def to_dict(self) -> dict[str, Any]:
        """The data."""
        return {"id": self.id, "text": self.text, "formulas": [line.text for line in self.formulas]}


def why(spec: NetworkSpec, diagnosis: Diagnosis, names: Mapping[str, str] | None = None, layout: ArrayOrder = ROWS) -> Reasons:
    """Why the mistake of a diagnosis is one, in this network.

    ``names`` are those of the file by those of the notation, such as ``{"delta2": "dz2", "a1": "h"}``; others stay.
    """
    return why_id(spec, diagnosis.id, diagnosis.layer, diagnosis.quantity, names, layout)


def why_id(
    spec: NetworkSpec, id: str, layer: int, quantity: str, names: Mapping[str, str] | None = None, layout: ArrayOrder = ROWS
) -> Reasons:
    """The same for an id and the layer that it was made in; an id without sentences is told as unknown."""
    known = id if id in IDS else UNKNOWN
    lines = NumpyLines(spec, _without_doubles(spec, names or {}), layout)
    layer = _layer(spec, known, layer)
    note, text = (Sentence(f"teaching/{table}.{known}", **_places(lines, layer)) for table in ("short", "why"))
    return Reasons(known, note, text, _formulas(lines, known, layer, quantity))


def _without_doubles(spec: NetworkSpec, names: Mapping[str, str]) -> Mapping[str, str]:
    """The names with a Greek letter for a delta whose own name means another quantity in the code."""
    greek = {f"delta{layer}": f"δ{layer}" for layer in spec.layers}
    return {**names, **{key: letter for key, letter in greek.items() if key not in names and key in names.values()}}


def step_of(id: str) -> RecursionStep:
    """The step of the recursion that a mistake belongs to."""
    if id in _STEPS:
        return _STEPS[id]
    return _GROUPS[CATALOGUE[id].group] if id in CATALOGUE else RecursionStep.NONE


def _layer(spec: NetworkSpec, id: str, layer: int) -> int:
    """The layer that is spoken of: the output's, or a hidden one, for what can be wrong only there."""
    step = step_of(id)
    if step in (RecursionStep.OUTPUT_DELTA, RecursionStep.OUTPUT):
        return spec.L
    return max(min(layer, spec.L - 1 if step is RecursionStep.HIDDEN_DELTA else spec.L), 1)


def _formulas(lines: NumpyLines, id: str, layer: int, quantity: str) -> tuple[CodeLine, ...]:
    match step_of(id):
        case RecursionStep.DELTA | RecursionStep.HIDDEN_DELTA | RecursionStep.OUTPUT_DELTA:
            return (lines.delta(layer),)
        case RecursionStep.WEIGHT:
            return (lines.bias(layer) if lines.spec.l2_on_biases and quantity[:1] == "b" else lines.weight(layer),)
        case RecursionStep.BIAS:
            return (lines.bias(layer),)
        case RecursionStep.BOTH:
            return (lines.delta(lines.spec.L), lines.weight(layer), *([lines.bias(layer)] if lines.spec.has_biases else []))
        case RecursionStep.FORWARD:
            return (lines.forward(layer), lines.output(layer))
        case RecursionStep.OUTPUT:
            return (lines.output(layer),)
        case RecursionStep.QUANTITY:
            own = lines.weight(layer) if quantity.lstrip("d")[:1] == "W" else lines.bias(layer)
            return (own,) if id in OF_ONE_LINE else (lines.delta(layer), own)
        case RecursionStep.NONE:
            return ()


def _places(lines: NumpyLines, layer: int) -> dict[str, Any]:
    """What is put into the sentences."""
    spec, after = lines.spec, min(layer + 1, lines.spec.L)
    here = {quantity: lines.name(quantity, layer) for quantity in ("a", "z", "delta", "W", "b", "dW", "db")}
    return here | {
        "gradients": tuple(lines.name(f"d{key[0]}", layer) for key in spec.of_layer(layer)),
        "layer": layer,
        "next": after,
        "phi": spec.activations[layer - 1],
        "cost": spec.cost,
        "above": lines.name("delta", after),
        "W_above": lines.name("W", after),
        "input": lines.name("a", layer - 1),
        "y": lines.name("y"),
        "m": lines.name("m"),
    }
