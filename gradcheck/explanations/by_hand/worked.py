"""The worked case of a wrong gradient: chosen, calculated line by line, proven by a nudge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gradcheck.explanations.by_hand.asks import Asks
from gradcheck.explanations.by_hand.case import NoCase, Nudge, WorkedCase
from gradcheck.explanations.by_hand.choice import Chosen, NotFound, choose, first_wrong
from gradcheck.explanations.by_hand.lines import Calculation, CodeNumbers, EntryPlace
from gradcheck.explanations.by_hand.nudge import nudge
from gradcheck.explanations.by_hand.paste import lines_to_paste
from gradcheck.explanations.by_hand.same_mistake import is_alike
from gradcheck.explanations.traced.code import NoAnswer
from gradcheck.judge.mistake import Diagnosis
from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import Array
from reference_nets.network import cost
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import CATALOGUE


@dataclass(frozen=True)
class WrongGradient:
    """What is known of a wrong gradient: which quantities are wrong, by which mistakes of the catalogue if by any."""

    wrong: tuple[str, ...]
    mistakes: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    forward: bool = False  # whether the code's forward pass is what is wrong


def foretelling(diagnoses: Sequence[Diagnosis]) -> tuple[str, ...]:
    """The names of the mistakes, if what the catalogue has under them gives the numbers on other networks, too."""
    alone = all(
        one.id in CATALOGUE and one.id != "constant-factor" and one.complete and one.factor is None for one in diagnoses
    )
    return tuple(one.id for one in diagnoses) if alone else ()  # a factor of a quantity may be any


def worked_case(spec: NetworkSpec, asks: Asks, known: WrongGradient) -> WorkedCase | NoCase:
    """The case that shows it best, or why there is none."""
    chosen = choose(spec, asks, known.wrong, known.mistakes)
    if isinstance(chosen, NotFound):
        return NoCase(Sentence(f"teaching/by_hand.{chosen}", network=str(spec)))
    case, point = chosen.candidate.spec, chosen.candidate.point
    place = wrong_place(chosen)
    calculation = Calculation(case, point, CodeNumbers({}, known.names))
    calculation = Calculation(case, point, CodeNumbers(_own(chosen, asks, calculation, forward=known.forward), known.names))
    proof = _nudge(case, point, place, chosen, asks)
    right = {key: calculation.gradient[key] for key in case.keys}
    python = lines_to_paste(case, point, place, proof) if proof else ()
    shown = (calculation.rows(place), right, chosen.yours, chosen.wrong, proof, python)
    return WorkedCase(case, point, *shown, known.names, asks.learning_rate, known.forward)


def wrong_place(chosen: Chosen) -> EntryPlace:
    """The entry to look at: of the first wrong bias where one is wrong, else of the weight; the one that is off most."""
    key = min(first_wrong(chosen.wrong), key=lambda key: key[0] == "W")
    off = np.abs(np.asarray(chosen.yours[key]) - chosen.right[key])
    return EntryPlace(key, tuple(int(i) for i in np.unravel_index(int(off.argmax()), off.shape)))


def _own(chosen: Chosen, asks: Asks, right: Calculation, *, forward: bool) -> dict[str, Array]:
    """The code's own numbers: its gradient, and where it has them its output, its cost, its z, a and delta.

    Of a wrong forward pass z and a are what stands in the place of the right ones.
    """
    spec, point = chosen.candidate.spec, chosen.candidate.point
    seen = dict(asks.quantities(spec, point)) if asks.quantities else {}
    output = _unless_silent(asks.output, spec, point)
    if output is not None:
        seen[f"a{spec.L}"] = np.asarray(output)
    believed = {name for name in seen if forward and (name[0] == "a" or _is_seen_apart(name, seen))}
    values = {name: own for name, own in seen.items() if name in believed or _is_believed(name, own, right, chosen)}
    values |= {f"d{key}": np.asarray(value) for key, value in chosen.yours.items()}
    if output is not None:
        values[f"a{spec.L}"] = np.asarray(output)
    if (cost_there := _unless_silent(asks.cost, spec, point)) is not None:
        values["C"] = np.array(cost_there)
    return values


def _is_seen_apart(name: str, seen: Mapping[str, Array]) -> bool:
    """Whether what stands in the place of a z is not its a already, as where one line makes a at once."""
    a = seen.get(f"a{name[1:]}")
    return name[0] == "z" and a is not None and not is_alike(a, seen[name])


def _is_believed(name: str, own: Array, right: Calculation, chosen: Chosen) -> bool:
    """Whether it is the quantity: the right one; or a delta that is as wrong as the gradient of the bias that it becomes."""
    quantity, layer = name.rstrip("0123456789"), int(name[len(name.rstrip("0123456789")) :])
    if is_alike(right.value(quantity, layer), own):
        return True
    bias = chosen.yours.get(f"b{layer}")
    return quantity == "delta" and bias is not None and is_alike(np.asarray(bias), own.sum(axis=0))


def _unless_silent(function: Callable[[NetworkSpec, Point], object] | None, spec: NetworkSpec, point: Point) -> object:
    try:
        return function(spec, point) if function else None
    except NoAnswer:
        return None


def _nudge(spec: NetworkSpec, point: Point, place: EntryPlace, chosen: Chosen, asks: Asks) -> Nudge | None:
    right, yours = (float(np.asarray(values[place.key])[place.index]) for values in (chosen.right, chosen.yours))

    def own(moved: Point) -> float:
        value = _unless_silent(asks.cost, spec, moved)
        return float("nan") if value is None else float(value)  # type: ignore[arg-type]

    return nudge(point, place, right, yours, lambda p: cost(spec, p.params, p.x, p.y), own if asks.cost else None)
