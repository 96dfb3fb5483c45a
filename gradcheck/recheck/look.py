"""A function's derivatives taken again in 80 digits, and what rounding does to them, beside what a certificate says."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import isfinite
from typing import Any

import mpmath

from gradcheck.recheck.floats import enclosed, outside
from gradcheck.recheck.kinks import KinkBounds, at_kinks
from gradcheck.recheck.numbers import LongNumber, rounded
from gradcheck.recheck.reading import at, indices
from gradcheck.recheck.subject import CertifiedFunction, leaves_of
from gradcheck.recheck.verdicts import RecheckedEntry
from gradcheck.recheck.watch import TimeSpent

LOOK_STEP, SLACK = mpmath.mpf(10) ** -25, mpmath.mpf(10) ** -40
TRIALS, FEWEST, LONG = 16, 4, 60.0  # runs with rounding; fewer where they would take longer than these seconds
SAFETY = 8 * 2**0.5  # from the mean size of what rounding did in the trials to what is allowed: 4 * 2 sqrt 2
OF_LARGEST, SMALLEST = 2.0**-50, 1e-300
TIGHT = 2.0**-60  # of the largest entry of its quantity: what encloses the truth any less well says little
ONE_SIDED = 1e-9  # of the largest: slopes ahead and behind differ by more at a kink alone
SHORTER, SHARPER = mpmath.mpf(10) ** -6, 1000  # the slopes of a smooth function come nearer by 10^6 with such a step
NO_KINKS = KinkBounds()


class RepeatedDerivatives:
    """The derivatives of f, taken again in 80 digits, and what rounding does to them."""

    def __init__(self, data: dict[str, Any], subject: CertifiedFunction) -> None:
        self.data, self.subject = data, subject
        self.shapes = {name: subject.leaf(name).shape for name in data["verdicts"]}
        self.slopes, self.sided = self._slopes()
        self.kinked = {name for name in self.shapes if self._is_kinked(name)}
        names = [name for name, verdict in data["verdicts"].items() if verdict == "kink" or name in self.kinked]
        self.kinks = at_kinks(data, subject, LOOK_STEP, names)
        self.sizes = self._rounding()

    def _places(self) -> list[tuple[str, tuple[int, ...]]]:
        return [(name, index) for name, shape in self.shapes.items() for index in indices(shape)]

    def _slopes(self) -> tuple[dict[Any, Any], dict[Any, Any]]:
        """The slope of every entry, and how far the slopes ahead and behind it are apart."""
        begin, watch, places = time.process_time(), self.subject.watch, self._places()
        here, slopes, sided = self.subject.value({}, True), {}, {}
        each = time.process_time() - begin
        watch.expect(2 * each * len(places) * (1 + _trials(2 * each * len(places))))
        begin = time.process_time()
        for done, place in enumerate(places):
            watch.progress(done, len(places))
            step = LOOK_STEP * self.subject.size(*place)
            ahead, behind = (self.subject.value({place: sign * step}, True) for sign in (1, -1))
            slopes[place] = (ahead - behind) / (2 * step)
            sided[place] = abs(ahead - 2 * here + behind) / step
        self.seconds = time.process_time() - begin
        return slopes, sided

    def _largest(self, name: str) -> Any:
        """The size of the largest derivative of a quantity, on either side of a kink."""
        ends = [abs(self.slopes[name, index]) for index in indices(self.shapes[name])]
        for (its, _), span in getattr(self, "kinks", NO_KINKS).hull.items():
            ends += [abs(end) for end in span] if its == name else []
        return max(ends, default=mpmath.mpf(0))

    def _is_kinked(self, name: str) -> bool:
        """Do slopes ahead and behind differ in some entry, and by as much where the step is shorter?"""
        allowed = ONE_SIDED * self._largest(name)
        return any(
            self.sided[name, index] > allowed and self._apart((name, index), SHORTER) * SHARPER > self.sided[name, index]
            for index in indices(self.shapes[name])
        )

    def _apart(self, place: tuple[str, tuple[int, ...]], part: Any) -> Any:
        """How far the slopes ahead and behind an entry are apart, with a part of the usual step."""
        step = part * LOOK_STEP * self.subject.size(*place)
        ahead, here, behind = (self.subject.value({place: sign * step}, True) for sign in (1, 0, -1))
        return abs(ahead - 2 * here + behind) / step

    def _unit(self) -> float:
        return 2.0**-24 if any(leaf.dtype == "float32" for leaf in leaves_of(self.data["x"], "x")) else 2.0**-53

    def _rounding(self) -> dict[Any, float] | None:
        """The mean size of what rounding does to each slope; None where f does not bear it."""
        unit = self._unit()
        trials = _trials(self.seconds)
        total = dict.fromkeys(self.slopes, 0.0)
        try:
            for done, (place, slope) in enumerate(self.slopes.items()):
                self.subject.watch.progress(done, len(self.slopes))
                step = LOOK_STEP * self.subject.size(*place)
                for seed in range(trials):
                    ends = []
                    for sign in (1, -1):
                        with rounded(unit, seed):
                            ends.append(self.subject.value({place: sign * step}, True))
                    total[place] += as_float(abs((ends[0] - ends[1]) / (2 * step) - slope)) / trials
        except TimeSpent:
            raise
        except Exception:  # a rounded number may lie where f has no value
            return None
        return total

    def take_in(self, gradient: Callable[[], list[Any]]) -> None:
        """What rounding does to the gradient code itself, which may be an unstable form, counts where that is more."""
        if self.sizes is None:
            return
        exact, total = gradient(), dict.fromkeys(self.sizes, 0.0)
        for seed in range(TRIALS):
            with rounded(self._unit(), seed):
                moved = gradient()
            for place, (a, b) in zip(total, zip(exact, moved, strict=True), strict=True):
                total[place] += as_float(abs(mpmath.mpf(plain(a)) - plain(b))) / TRIALS
        self.sizes = {place: max(size, total[place]) for place, size in self.sizes.items()}

    def entries(self, name: str) -> list[RecheckedEntry]:
        """The entries of a quantity, judged by these numbers."""
        places = list(indices(self.shapes[name]))
        largest = as_float(self._largest(name))
        return [self._entry(name, index, largest) for index in places]

    def _entry(self, name: str, index: tuple[int, ...], largest: float) -> RecheckedEntry:
        claimed, budget = (float.fromhex(at(self.data[part][name], index)) for part in ("claimed", "budget"))
        if (name, index) in self.kinks.hull:
            low, high = self.kinks.hull[name, index]
            room = 0 if self.kinks.reached else (high - low) / 2  # the neighbours that were asked are not all
            off = max(low - room - claimed, claimed - high - room, mpmath.mpf(0)) if isfinite(claimed) else mpmath.inf
        else:
            off = abs(mpmath.mpf(claimed) - self.slopes[name, index]) if isfinite(claimed) else mpmath.inf
        within = isfinite(claimed) and off <= mpmath.mpf(budget) + SLACK * max(1, abs(self.slopes[name, index]))
        if self.sizes is None or not isfinite(self.sizes[name, index]):
            return RecheckedEntry(index, as_float(off), within, budget, None, None)
        least = SAFETY * self.sizes[name, index]
        return RecheckedEntry(index, as_float(off), within, budget, least + OF_LARGEST * largest + SMALLEST, least)

    def faults(self) -> list[str]:
        """Enclosures that miss their derivative or enclose anything, and kinks where none are said to be."""
        found = list(self.kinks.faults)
        for name, verdict in self.data["verdicts"].items():
            largest = self._largest(name)
            for index in indices(self.shapes[name]):
                found += self._enclosure(name, index, largest)
            if verdict == "match" and name in self.kinked:
                found.append(f"{name} is said to be a match, but slopes ahead and behind differ: it lies at a kink")
        return found

    def _enclosure(self, name: str, index: tuple[int, ...], largest: Any) -> list[str]:
        mid, low, rad = enclosed(self.data, name, index)
        slope = self.slopes[name, index]
        if not (mpmath.isfinite(mid) and mpmath.isfinite(low) and mpmath.isfinite(rad)):
            return [f"the enclosure of {name}{list(index)} is not finite, but the derivative is {mpmath.nstr(slope, 17)}"]
        least, most = self.kinks.hull.get((name, index), (slope, slope))
        width = most - least if name in self.kinked else mpmath.mpf(0)
        if width <= ONE_SIDED * largest:  # no kink decides this entry
            off, width = abs(slope - mid - low), mpmath.mpf(0)
        else:
            off = max(least - width - mid - low, mid + low - most - width, mpmath.mpf(0))
        if not off <= rad + SLACK * max(1, abs(slope)):
            return [outside(name, index, slope, off)]
        if rad > TIGHT * largest + 2 * width + SMALLEST:
            return [f"the enclosure of {name}{list(index)} has a radius of {as_float(rad):.1e}, which encloses anything"]
        return []


def _trials(seconds: float) -> int:
    """How many runs with rounding, where all derivatives once took so many seconds."""
    return max(FEWEST, min(TRIALS, int(LONG / max(seconds, 1e-9))))


def plain(value: Any) -> Any:
    """What a number of 80 digits holds; any other number is itself."""
    return value.value if isinstance(value, LongNumber) else value


def as_float(value: Any) -> float:
    """The nearest float; infinite beyond them."""
    try:
        return float(value)
    except OverflowError:
        return float("inf")
