"""An independent look at a certificate of a network, with Python's own decimals: nothing that wrote it is used.

Each partial derivative is taken again from the cost, each budget is compared with what rounding does to a plain
backpropagation whose every operation is moved by its rounding error, and the verdict is drawn anew.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from itertools import product
from math import isfinite, prod
from typing import Any

from gradcheck.recheck.cost import (
    COSTS,
    DIGITS,
    LARGEST_POWER,
    LEFT_SLOPE,
    LOGARITHMIC,
    ONE_BY_ONE,
    Network,
    rounding_sizes,
)
from gradcheck.recheck.reading import (
    NETWORK,
    Recheck,
    at,
    expect,
    expect_keys,
    hash_faults,
    indices,
    kind_of,
    read_certificate,
    shape_of,
)
from gradcheck.recheck.verdicts import NEAR_ESTIMATE, Finding, RecheckedEntry, judged, worst
from gradcheck.recheck.watch import TimeAllowance, TimeSpent

OPTIONS = {"biases": False, "l2_on_biases": True}
SLACK = Decimal(10) ** -60  # relative, of the quotient itself
AT_KINK = Decimal(2) ** -40  # of the sum of the sizes of its terms: a weighted input so near to 0 may be on either side
MOST_KINKS = 6
SAFETY = (
    Decimal(8) * Decimal(2).sqrt()
)  # from the mean size of what rounding did in the trials to what is allowed: 4 * 2 sqrt 2
TIGHT = Decimal(2) ** -80  # of the largest entry of its quantity: what encloses the truth any less well was not made here
KINK_WIDTH = Decimal(2) ** -36  # of the largest entry: what depends so much on the side of a kink is decided by it
TOGETHER = 4.0  # budgets: what a choice of subgradients may leave in any of the entries
WEIGHT_ROUNDING = 1e-6
OF_LARGEST = Decimal(2) ** -50  # of the largest entry of its quantity: what is below is a residue of rounding
SMALLEST = Decimal(10) ** -300  # subnormal numbers are rounded to 5e-324, over and over
TRUSTED = (
    f"the exact size of each budget: it lies within a factor of {NEAR_ESTIMATE:.0f} of an estimate of rounding made anew",
    "that the claimed numbers came from the gradient that was checked",
    "toolkit, seed and witness: they are remarks",
)
HOW = f"each recomputed from the cost in decimals of {DIGITS} digits"


def recheck(text: str, watch: TimeAllowance | None = None) -> Recheck:
    """Check the text of a certificate: its form, its hash, each derivative, each budget, each verdict.

    What the time of ``watch`` does not suffice for stays open. Raises ValueError where the text is no certificate of a
    network.
    """
    data = read_certificate(text)
    network = _network(data)
    faults, left, all_of_it = hash_faults(data), list[str](), True
    with localcontext() as context:
        context.prec, context.Emax, context.Emin = DIGITS, LARGEST_POWER, -LARGEST_POWER
        try:
            look = _NetworkNumbers(data, network, watch or TimeAllowance())
            for found in (*(look.in_time(name, verdict) for name, verdict in data["verdicts"].items()), look.together()):
                faults += found.faults
                left += found.open
            all_of_it = look.done == look.count or look.lost
        except ArithmeticError as error:
            left.append(f"the derivatives: their numbers leave the range of decimals ({type(error).__name__})")
    verdicts = data["verdicts"]
    entries = sum(prod(network.shape(name)) for name in verdicts)
    how = HOW if all_of_it else f"as far as the time went {HOW}"
    return Recheck("network", entries, worst(list(verdicts.values())), verdicts, tuple(faults), tuple(left), TRUSTED, how)


@dataclass(frozen=True)
class _Slopes:
    """The derivative by one parameter, for each combination of sides at the kinks; one alone where there is none."""

    each: tuple[Decimal, ...]

    @property
    def low(self) -> Decimal:
        return min(self.each)

    @property
    def high(self) -> Decimal:
        return max(self.each)

    @property
    def size(self) -> Decimal:
        return max(abs(self.low), abs(self.high))

    def off(self, value: Decimal) -> Decimal:
        """How far a value lies outside of what a choice of subgradient gives."""
        return max(self.low - value, value - self.high, Decimal(0))


class _NetworkNumbers:
    """The numbers of one certificate, taken again."""

    def __init__(self, data: Any, network: Network, watch: TimeAllowance) -> None:
        self.data, self.network, self.watch, self.done = data, network, watch, 0
        verdicts = data["verdicts"]
        begin = time.process_time()
        network.slope("W1", (0, 0))
        each = time.process_time() - begin
        kinks = _kinks(network)
        self.at_kink = "kink" in verdicts.values() or any(not network.weighted_input(*kink) for kink in kinks)
        self.kinks = kinks if self.at_kink and len(kinks) <= MOST_KINKS else []
        self.lost = self.at_kink and len(kinks) > MOST_KINKS
        sides = product((False, True), repeat=len(self.kinks))
        self.networks = [replace(network, sides=dict(zip(self.kinks, side, strict=True))) for side in sides]
        self.count = sum(prod(network.shape(name)) for name in verdicts)
        watch.expect(each * self.count * len(self.networks))
        self.rows: list[tuple[_Slopes, Decimal, Decimal]] = []  # entries that kinks decide: slopes, claim, what is allowed
        try:
            self.sizes: dict[str, Any] | None = rounding_sizes(network)
        except ArithmeticError:
            self.sizes = None

    def in_time(self, name: str, verdict: str) -> Finding:
        """What is to be said of one quantity, as long as there is time."""
        try:
            return self.at(name, verdict)
        except TimeSpent:
            return Finding(open=(f"the derivatives by {name}: {self.watch.spent}",))

    def _slopes(self, name: str, index: tuple[int, ...]) -> _Slopes:
        self.watch.check()
        self.watch.progress(self.done, self.count)
        self.done += 1
        return _Slopes(tuple(net.slope(name, index) for net in self.networks))

    def at(self, name: str, verdict: str) -> Finding:
        """What is to be said of one quantity."""
        if self.lost:
            return Finding(open=(f"{name} lies at more than {MOST_KINKS} kinks, which were not followed",))
        places = list(indices(self.network.shape(name)))
        slopes = {index: self._slopes(name, index) for index in places}
        largest = max(one.size for one in slopes.values())
        wide = KINK_WIDTH * largest
        kinked = [index for index in places if slopes[index].high - slopes[index].low > wide]
        found = [self._entry(name, index, slopes[index], largest) for index in places]
        faults = [fault for index in places if (fault := self._enclosure(name, index, slopes[index], largest))]
        if verdict == "kink" and not kinked:
            faults.append(f"{name} is said to lie at a kink, but no weighted input that it depends on is near one")
        if verdict == "match" and kinked:
            faults.append(f"{name} is said to be a match, but {len(kinked)} of its entries depend on the side of a kink")
        if verdict == "kink":
            self.rows += [(slopes[index], *self._claim(name, index)) for index in kinked]
        told = judged(name, verdict, found, together=bool(kinked))
        if verdict == "inconclusive" and all(isfinite(entry.budget) for entry in found) and not kinked:
            faults.append(f"the verdict on {name} is inconclusive, but all its entries have a budget")
        return Finding((*faults, *told.faults), told.open)

    def _claim(self, name: str, index: tuple[int, ...]) -> tuple[Decimal, Decimal]:
        return Decimal(self._number("claimed", name, index)), Decimal(self._number("budget", name, index))

    def _number(self, part: str, name: str, index: tuple[int, ...]) -> float:
        return float.fromhex(at(self.data[part][name], index))

    def _entry(self, name: str, index: tuple[int, ...], slopes: _Slopes, largest: Decimal) -> RecheckedEntry:
        claimed, budget = (self._number(part, name, index) for part in ("claimed", "budget"))
        off = slopes.off(Decimal(claimed)) if isfinite(claimed) else Decimal("Infinity")
        within = off <= Decimal(budget) + SLACK * max(slopes.size, Decimal(1)) and isfinite(claimed)
        least = typical = None
        if self.sizes is not None:
            allowed = SAFETY * at(self.sizes[name], index)
            least, typical = float(allowed), float(allowed + OF_LARGEST * largest + SMALLEST)
        return RecheckedEntry(index, float(off), within, budget, typical, least)

    def _enclosure(self, name: str, index: tuple[int, ...], slopes: _Slopes, largest: Decimal) -> str:
        """What is wrong with the enclosure of an entry, if anything: it misses the truth, or says less than it could."""
        mid, low, rad = (float.fromhex(at(self.data["enclosure"][name][part], index)) for part in ("mid", "low", "rad"))
        if not (isfinite(mid) and isfinite(low) and isfinite(rad)):
            return f"the enclosure of {name}{list(index)} is not finite, but the derivative is {slopes.low:.20g}"
        off = slopes.off(Decimal(mid) + Decimal(low))
        if off > Decimal(rad) + SLACK * max(slopes.size, Decimal(1)):
            return f"the true derivative of {name}{list(index)} is {slopes.low:.20g}, outside of its enclosure by {off:.1e}"
        if Decimal(rad) > TIGHT * largest + slopes.high - slopes.low + SMALLEST:
            return f"the enclosure of {name}{list(index)} has a radius of {rad:.1e}, which encloses anything"
        return ""

    def together(self) -> Finding:
        """Whether one choice of subgradients at the kinks gives all entries that they decide."""
        if not self.rows:
            return Finding()
        weights = _weights(self.rows, len(self.kinks))
        if weights is not None and all(
            abs(_mixture(row[0], weights) - float(row[1])) <= TOGETHER * float(row[2]) for row in self.rows
        ):
            return Finding()
        told = "no choice of subgradients was found that gives all entries at the kinks together"
        return Finding((told,)) if len(self.kinks) == 1 else Finding(open=(told,))


def _mixture(slopes: _Slopes, weights: list[float]) -> float:
    """The derivative where each kink has its weight, and the sides of one do not change what another does."""
    first = slopes.each[0]
    return float(first) + sum(w * float(slopes.each[1 << place] - first) for place, w in enumerate(reversed(weights)))


def _weights(rows: list[tuple[_Slopes, Decimal, Decimal]], kinks: int) -> list[float] | None:
    """The weights of the right sides that come nearest to what is claimed: least squares by Gauss and Jordan."""
    matrix = [[0.0] * (kinks + 1) for _ in range(kinks)]
    for slopes, claimed, _ in rows:
        first = slopes.each[0]
        along = [float(slopes.each[1 << (kinks - 1 - place)] - first) for place in range(kinks)]
        for place, one in enumerate(along):
            for other, value in enumerate([*along, float(claimed - first)]):
                matrix[place][other] += one * value
    for place in range(kinks):
        pivot = max(range(place, kinks), key=lambda row: abs(matrix[row][place]))
        matrix[place], matrix[pivot] = matrix[pivot], matrix[place]
        if not matrix[place][place]:
            return None
        matrix[place] = [value / matrix[place][place] for value in matrix[place]]
        for row in range(kinks):
            if row != place:
                matrix[row] = [a - matrix[row][place] * b for a, b in zip(matrix[row], matrix[place], strict=True)]
    weights = [row[-1] for row in matrix]
    return weights if all(-WEIGHT_ROUNDING <= w <= 1 + WEIGHT_ROUNDING for w in weights) else None


def _kinks(network: Network) -> list[tuple[int, int, int]]:
    """The weighted inputs that may lie on either side of a kink: example, layer, unit."""
    found = []
    for example, layers in enumerate(network.passes):
        below = network.point["x"][example]
        for layer, (z, a) in enumerate(layers, 1):
            if network.activations[layer - 1] in LEFT_SLOPE:
                W, b = network.point[f"W{layer}"], network.biases(layer)
                for unit, value in enumerate(z):
                    size = sum((abs(w * v) for w, v in zip(W[unit], below, strict=True)), abs(b[unit]))
                    if abs(value) <= AT_KINK * size:
                        found.append((example, layer, unit))
            below = a
    return found


# The form of a network and its point


def _network(data: Any) -> Network:
    """The network at its point; raises ValueError where it is none, or one part of the certificate says what another denies."""
    expect(data["schema"] == NETWORK, "it is one of a function")
    fields = data["network"]
    expect_keys(fields, {"notation", "sizes", "activations", "cost", "l2", *(OPTIONS.keys() & fields.keys())}, "network")
    for name, value in OPTIONS.items():  # named where they are not as in most networks
        expect(fields.get(name, value) is value, f"{name} is expected to be {value} where it is named")
    sizes, names, cost = fields["sizes"], fields["activations"], fields["cost"]
    expect(isinstance(sizes, list) and all(type(n) is int and n > 0 for n in sizes), "sizes are expected to be whole numbers")
    expect(isinstance(names, list) and len(names) == len(sizes) - 1 >= 1, "a network has one activation for each layer")
    for layer, name in enumerate(names, 1):
        known = name in (*ONE_BY_ONE, *(("softmax",) if layer == len(names) and sizes[-1] > 1 else ()))
        expect(known, f"layer {layer} has the activation {str(name)[:40]!r}, which is none for it")
    expect(cost in COSTS, f"the cost is {str(cost)[:40]!r}, expected one of {', '.join(COSTS)}")
    expect(names[-1] in LOGARITHMIC.get(cost, names[-1:]), f"the cost {cost} does not go with outputs of {names[-1]}")
    expect(shape_of(fields["l2"], "l2") == () and float.fromhex(fields["l2"]) >= 0, "l2 is expected to be one number >= 0")
    _check_notation(fields)
    point = data["point"]
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in range(1, len(sizes)):
        shapes[f"W{layer}"] = (sizes[layer], sizes[layer - 1])
        if "biases" not in fields:
            shapes[f"b{layer}"] = (sizes[layer],)
    expect_keys(point, {*shapes, "x", "y"}, "point")
    batch = len(point["x"]) if isinstance(point["x"], list) else 0
    expect(batch > 0, "the batch has no example")
    for key, shape in {**shapes, "x": (batch, sizes[0]), "y": (batch, sizes[-1])}.items():
        found = shape_of(point[key], key)
        expect(found == shape, f"{key} of the point has shape {found}, expected {shape} as in the network")
    expect(
        data["verdicts"].keys() == shapes.keys(),
        f"it judges {', '.join(list(data['verdicts'])[:9])}, expected {', '.join(list(shapes)[:9])}",
    )
    for key, shape in shapes.items():
        found = shape_of(data["claimed"][key], key, finite=False)
        expect(found == shape, f"the claimed {key} has shape {found}, expected {shape}")
    _check_targets(cost, point["y"])
    regularised = "Wb" if "l2_on_biases" in fields else "W"
    return Network(tuple(sizes), tuple(names), cost, Decimal(float.fromhex(fields["l2"])), regularised, _decimals(point))


def _check_notation(fields: Any) -> None:
    l2 = float.fromhex(fields["l2"])
    layers = [f"{size}:{name}" for size, name in zip(fields["sizes"][1:], fields["activations"], strict=True)]
    expect("l2_on_biases" not in fields or (l2 > 0 and "biases" not in fields), "l2_on_biases needs an l2 factor, and biases")
    options = "+nobias" if "biases" in fields else ""
    if l2:
        options += f"+{'l2b' if 'l2_on_biases' in fields else 'l2'}={repr(l2).removesuffix('.0')}"
    spelt = "-".join([str(fields["sizes"][0]), *layers]) + f"/{fields['cost']}{options}"
    notation = fields["notation"]
    expect(isinstance(notation, str), f"notation is {kind_of(notation)}, expected a text")
    expect(notation == spelt, f"its notation is {notation[:80]!r}, its sizes, activations, cost and l2 are {spelt!r}")


def _check_targets(cost: str, y: Any) -> None:
    """Targets outside of the domain of their cost: there it is no cost."""
    if cost not in LOGARITHMIC:
        return
    for row in y:
        values = [float.fromhex(value) for value in row]
        fine = abs(sum(values) - 1) <= 1e-5 if cost == "cross_entropy" else all(0 <= value <= 1 for value in values)
        expect(fine, f"its targets {values[:6]} are none for {cost}")


def _decimals(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _decimals(item) for key, item in value.items()}
    return [_decimals(item) for item in value] if isinstance(value, list) else Decimal(float.fromhex(value))
