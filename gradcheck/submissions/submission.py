"""A submission as the judge sees it: numbers by key at a point, from a process that is not trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import numpy as np

from gradcheck.contracts.again import TIMES, Again
from gradcheck.contracts.table import CONTRACTS, Contract, keeps_an_object, teacher
from gradcheck.diagnosis.own_cost import Factor, Scale, find_scale
from gradcheck.isolation.child.wire import SINGLE_PRECISION
from gradcheck.isolation.faults import FaultKind, SubmissionFault
from gradcheck.isolation.session import Reply, Session
from gradcheck.isolation.spoken import spoken
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.answers.chosen_way import Looked, best, exact_factor, factor_between, power_of
from gradcheck.submissions.answers.labels import every_class, renamed, renaming
from gradcheck.submissions.answers.requests import layer_request, request
from gradcheck.submissions.layers.cases import ELEMENTWISE
from gradcheck.submissions.not_judged import DefinedFunction, NotJudged, not_judged
from gradcheck.submissions.reading.files import Files
from gradcheck.submissions.reading.teachers_adapter import adapter_text, is_adapter
from gradcheck.witnesses.forward_truth import forward_truth
from gradcheck.witnesses.network_truth import gradient_near
from gradcheck.witnesses.points import safe_point
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.balls import Enclosure

KNOWN = CONTRACTS | {teacher.CONTRACT.name: teacher.CONTRACT}
PATIENCE = 3.0  # times what the runs on balls may compute: they end themselves, unless the code under test keeps them from it
# What of a layout is told, and by which name.
CONVENTIONS = {name: name for name in ("W", "b", "batch", "y", "params")}
CONVENTIONS |= {"gives": "gradient", "cost": "cost", "keeps": "other parameters", "free": "scale"}
LABELS = ("labels", "labels from 1", "column", "column from 1")  # layouts of targets that are classes
HIDDEN = 1e-6  # of a gradient: where rounding of the parameters hides more, a step is no way to read it
MOST_WAYS = 8  # to ask one class, of which one is meant
PROBE_SEED = 5  # the points that the layout is discovered at have nothing to do with those that are judged


@dataclass(frozen=True)
class SubmissionFacts:
    """What loading a submission told; everything in it is the submission's word."""

    contract: str
    offers: tuple[str, ...]
    layout: dict[str, str]
    skipped: tuple[str, ...]
    stand_ins: tuple[str, ...]
    python2: bool
    discovery: str

    @property
    def called(self) -> Contract:
        """What is known of the contract, the word of our own tables."""
        return KNOWN[self.contract]

    @property
    def conventions(self) -> dict[str, str]:
        """The layout in words; what is none of ours is told as it came."""
        return {told: _convention(name, self.layout[name]) for name, told in CONVENTIONS.items() if name in self.layout}


def _convention(name: str, value: str) -> str:
    if name == "free":
        return Sentence("contracts.free-factor")
    if name == "keeps":
        return Sentence("contracts.keeps", names=value)
    try:
        return Sentence(f"contracts.layout-{name}-{value}")
    except KeyError:
        return value


@dataclass(frozen=True)
class GradientClaim:
    """A gradient as claimed, whether it came in single precision, and which inputs were changed on the way."""

    grads: dict[str, Array]
    single: bool
    changed: tuple[str, ...]
    told: dict[str, str]


@dataclass(frozen=True)
class Results:
    """What a layer function gave, and which of the arrays that it was handed are no longer what they were."""

    arrays: list[Array]
    changed: tuple[int, ...]


class Submission:
    """One loaded submission; every call may raise SubmissionFault."""

    def __init__(self, session: Session, files: Files, spec: NetworkSpec, contract: str) -> None:
        self.session, self.files, self.spec, self.contract = session, files, spec, contract
        self.counts_from_one = False
        self.remembered: list[DefinedFunction] = []
        self.watched: set[tuple[str, int]] = set()  # quantity and batch size: what runs in the first call of each is noted
        self.factors: dict[tuple[NetworkSpec, int], Fraction] = {}  # of an update with a rate that nobody knows
        self.found = self._load(contract)
        self.takes_labels = self._is_called_with_labels
        self._choose_way()
        self._keep_a_cost_that_is_understood()

    def _choose_way(self) -> None:
        """Of several ways to ask a class the one that gives a gradient; the truth is compared here."""
        if self.ways == 1:
            return
        looked = []
        for number in range(self.ways):
            self.go(number)
            looked.append((self._looked_at(self.spec, None), bool(self.found.layout.get("free"))))
        self.go(best(looked))

    @property
    def ways(self) -> int:
        """In how many ways it may be asked; what is called by name has one."""
        words = self.found.layout.get("ways", "")
        is_number = re.fullmatch(r"[0-9]{1,4}", words) is not None
        return max(1, min(int(words), MOST_WAYS)) if self.found.called.by_shape and is_number else 1

    def go(self, way: int) -> None:
        """Ask the class in this one of the ways that were found, if there are several."""
        if self.ways == 1:
            return
        self.found = self._found(self.session.ask({"op": "choose", "way": way}).told)
        self.takes_labels = self._is_called_with_labels

    def _looked_at(self, spec: NetworkSpec, m: int | None) -> Looked:
        """What it answers beside the truth, at a point that is not judged."""
        point = every_class(safe_point(spec, np.random.default_rng(PROBE_SEED), m=m))
        try:
            claimed = self._asked(spec, point).grads
        except SubmissionFault as fault:
            if fault.is_final:
                raise
            return Looked(None, {})
        return Looked.at(claimed, {key: one.mid for key, one in gradient_near(spec, point).items()})

    @property
    def is_free(self) -> bool:
        """Whether its gradient is known up to a factor, because it is read off an update of unknown rate."""
        return self.found.called.by_shape and bool(self.found.layout.get("free"))

    def factor(self, spec: NetworkSpec, m: int) -> Fraction:
        """That factor for a batch of m."""
        if (spec, m) not in self.factors:
            one, other = (self._looked_at(spec, n) for n in (m, 2 * m))
            if one.has_factor:
                power = power_of(one.common, other.common, 2.0)
                self.factors[spec, m] = exact_factor(one.common, m, power, spec.sizes[-1])
            else:
                self.factors[spec, m] = Fraction(m if self._adds_examples(spec, m) else 1)
        return self.factors[spec, m]

    def _adds_examples(self, spec: NetworkSpec, m: int) -> bool:
        """Whether every example twice gives twice as much, whatever is wrong: a sum over the batch is no mistake of a step."""
        point = every_class(safe_point(spec, np.random.default_rng(PROBE_SEED), m=m))
        twice = replace(point, x=np.concatenate([point.x, point.x]), y=np.concatenate([point.y, point.y]))
        try:
            once, both = (self._asked(spec, asked).grads for asked in (point, twice))
        except SubmissionFault as fault:
            if fault.is_final:
                raise
            return False
        factor = factor_between(*(np.concatenate([grads[key].ravel() for key in spec.keys]) for grads in (both, once)))
        return factor is not None and abs(factor - 2) < 1e-6

    def _unscaled(self, spec: NetworkSpec, m: int) -> Scale:
        factor = Factor(self.factor(spec, m))
        return Scale(factor, factor)

    @property
    def rate(self) -> float:
        """The rate at which it was read off an update; what cannot be one is 1."""
        word = self.found.layout.get("rate", "")
        return float(word) if re.fullmatch(r"[0-9]{1,6}\.0", word) and float(word) else 1.0

    def reading_error(self, spec: NetworkSpec, point: Point) -> dict[str, Array] | None:
        """What rounding may do to a gradient that is read off an update of small rate, beyond that of the gradient itself."""
        if not self.is_free:
            return None
        factor = float(self.factor(spec, len(point.x))) * self.rate
        grads = {key: one.mid for key, one in gradient_near(spec, point).items()}
        errors = {key: 2.0**-52 * (np.abs(p) / factor + np.abs(grads[key])) for key, p in point.params.items()}
        if any(errors[key].max() > HIDDEN * np.abs(grads[key]).max() for key in errors):
            raise SubmissionFault("wrong-type", Sentence("contracts.update-too-small"))
        return errors

    @property
    def _is_called_with_labels(self) -> bool:
        return self.found.layout.get("y") in LABELS

    def look_for_labels(self) -> None:
        """Find out whether it turns targets into one class an example, ``y.argmax(axis=1)``, though it is handed rows.

        Then it is asked about such targets only. Rows between two classes give the same gradient as the nearer class, and
        another class gives another one.
        """
        if self.takes_labels or self.spec.sizes[-1] == 1 or not self._may_mean_classes:
            return
        point = every_class(safe_point(self.spec, np.random.default_rng(PROBE_SEED)))
        between = 0.75 * point.y + 0.25 / point.y.shape[1]
        try:
            rows, mixed, others = (
                self._gradient(self.spec, replace(point, y=y)).grads for y in (point.y, between, np.roll(point.y, 1, axis=1))
            )
        except SubmissionFault as fault:
            if fault.is_final:
                raise
            return
        same, moved = (all(np.array_equal(rows[key], one[key]) for key in rows) for one in (mixed, others))
        self.takes_labels = same and not moved

    @property
    def _may_mean_classes(self) -> bool:
        """Whether targets are classes for this cost; what an adapter says counts for every cost."""
        return self.spec.cost in ("cross_entropy", "bce") or is_adapter(self.found.contract)

    def count_labels_from(self, first: int) -> None:
        """Load the file anew; the layout for labels from 1 is the second one of its contract."""
        self.counts_from_one = first == 1
        self.found = self._load(self.contract, skip=first)
        self.takes_labels = self._is_called_with_labels
        self._keep_a_cost_that_is_understood()

    def _keep_a_cost_that_is_understood(self) -> None:
        """A cost that was found by its slope tells a scale; it need not be exact, ``log(a + 1e-8)``, and is not judged then."""
        found = self.found
        if "loss" in found.offers and found.layout.get("cost") and not self._scale_is_known():
            self.found = replace(found, offers=tuple(word for word in found.offers if word != "loss"))

    def _scale_is_known(self) -> bool:
        point = safe_point(self.spec, np.random.default_rng(PROBE_SEED))
        point = every_class(point) if self._is_called_with_labels else point
        try:
            return (
                find_scale(self.spec, len(point.x), [forward_truth(self.spec, point)], [self.loss(self.spec, point)])
                is not None
            )
        except SubmissionFault as fault:
            if fault.is_final:
                raise
            return False

    def _load(self, contract: str, *, skip: int = 0) -> SubmissionFacts:
        self.watched.clear()
        adapter = adapter_text(Path(contract)) if is_adapter(contract) else ""
        names = dict(zip(self.files.contents, self.files.told, strict=True))
        probes = [request(spec, point) for spec, point in _probes(self.spec)]
        header = {
            "op": "load",
            "files": [[names[name], len(data)] for name, data in self.files.contents.items()],
            "entry": names[self.files.entry],
            "notebooks": [names[name] for name in self.files.notebooks],
            "contract": "adapter" if adapter else contract,
            "adapter": adapter,
            "skip": skip,
            "activations": ELEMENTWISE,
            "root": self.files.root,
            "probes": [{**head, "bytes": len(data)} for head, data in probes],
        }
        told = self.session.ask(header, b"".join([*self.files.contents.values(), *(data for _, data in probes)])).told
        return self._found(told)

    def _found(self, told: Mapping[str, str]) -> SubmissionFacts:
        """What was told, read."""
        contract = self.contract
        adapter = is_adapter(contract)
        if told.get("contract") not in KNOWN:
            raise SubmissionFault("protocol", Sentence("faults.no-known-contract"))
        if contract != "auto" and told["contract"] != ("adapter" if adapter else contract):
            raise SubmissionFault("protocol", Sentence("faults.other-contract"))
        layout = {key.partition(".")[2]: value for key, value in told.items() if key.startswith("layout.")}
        skipped = tuple(spoken(value) for key, value in told.items() if key.startswith("skipped."))
        offers = tuple(word for word in told.get("offers", "").split() if re.fullmatch(r"[a-z_]{1,40}", word))[:40]
        stand_ins, discovery = tuple(told.get("stand-ins", "").split()), spoken(told.get("discovery", ""))
        return SubmissionFacts(told["contract"], offers, layout, skipped, stand_ins, bool(told.get("python2")), discovery)

    def gradient(self, spec: NetworkSpec, point: Point, *, count: bool = False) -> GradientClaim:
        """The gradient by key; with ``count`` also how often each function was called."""
        if spec.l2 != self.spec.l2 and self._lambda_is_fixed:
            raise SubmissionFault("not-offered", Sentence("faults.lambda-written"))
        return self._gradient(spec, point, count=count)

    @cached_property
    def _lambda_is_fixed(self) -> bool:
        """Whether the file adds the same L2 term whatever lambda it is told; or adds none at all."""
        if not self.found.called.has_l2:
            return False
        with_it, without = (replace(self.spec, l2=l2) for l2 in (self.spec.l2 or 1.0, 0.0))
        point = safe_point(self.spec, np.random.default_rng(PROBE_SEED))
        point = every_class(point) if self.takes_labels else point
        one, other = (self._gradient(spec, point).grads for spec in (with_it, without))
        return all(np.array_equal(one[key], other[key]) for key in one)

    def _gradient(self, spec: NetworkSpec, point: Point, *, count: bool = False) -> GradientClaim:
        claimed = self._asked(spec, point, count=count)
        if not self.is_free or count:
            return claimed
        return replace(claimed, grads=self._unscaled(spec, len(point.x)).undone(claimed.grads, point, spec))

    def as_it_came(self, spec: NetworkSpec, point: Point) -> dict[str, Array]:
        """The gradient; of one that is read off an update up to its factor."""
        return self._asked(spec, point).grads

    def _asked(self, spec: NetworkSpec, point: Point, *, count: bool = False) -> GradientClaim:
        rename = renaming(point) if self.takes_labels else None
        point = renamed(spec, point, rename) if rename is not None else point
        answer = self._call("gradient", spec, point, spec.n_params, count=count)
        grads, start = {}, 0
        for key, shape in spec.shapes.items():
            size = int(np.prod(shape))
            grads[key] = answer.numbers[start : start + size].reshape(shape).copy()
            start += size
        if rename is not None:
            grads |= {key: grads[key][rename] for key in spec.of_layer(spec.L)}
        _check_finite(grads)
        single = bool(answer.flags & SINGLE_PRECISION)
        return GradientClaim(grads, single, tuple(answer.told.get("changed", "").split()), answer.told)

    @property
    def makes_objects(self) -> bool:
        """Whether each call makes an object of the file's class, so that what one keeps must be looked for."""
        return keeps_an_object(self.found.contract)

    def again(self, spec: NetworkSpec, point: Point) -> Again:
        """What one object answers when it is asked several times."""
        header, data = request(spec, point)
        answer = self.session.ask({"op": "again", "times": TIMES, **header}, data, expected=TIMES * spec.n_params)
        grads = []
        for numbers in answer.numbers.reshape(TIMES, -1):
            if np.isfinite(numbers).all():
                ends = np.cumsum([int(np.prod(shape)) for shape in spec.shapes.values()])
                parts = np.split(numbers, ends[:-1])
                grads.append({key: p.reshape(s) for (key, s), p in zip(spec.shapes.items(), parts, strict=True)})
        told = answer.told
        return Again(grads, told.get("moved", "").split()[:12], told.get("ended", ""), told.get("reset", "")[:40])

    def exactly(self, spec: NetworkSpec, point: Point, bits: int, *, widen: int, seconds: float) -> dict[str, Enclosure]:
        """The gradient of the submission's own code on balls; what cannot be followed is a fault of kind ``not-followed``."""
        header, data = request(spec, point)
        how = {"op": "exact", "bits": bits, "widen": widen, "seconds": seconds}
        patience = PATIENCE * seconds + 1.0
        numbers = self.session.ask({**how, **header}, data, expected=3 * spec.n_params, within=patience).numbers
        found, start = {}, 0
        for key, shape in spec.shapes.items():
            size = 3 * int(np.prod(shape))
            found[key] = Enclosure(*numbers[start : start + size].reshape(3, *shape))
            start += size
            if not np.isfinite(numbers[start - size : start]).all() or (found[key].rad < 0).any():
                raise SubmissionFault("not-followed", Sentence("faults.not-known-finite", name=f"d{key}"))
        if self.is_free:
            return self._unscaled(spec, len(point.x)).undone_exactly(found, point, spec, bits)
        return found

    def forward(self, spec: NetworkSpec, point: Point) -> Array:
        """The output a_L (m, n_L)."""
        shape = (len(point.x), spec.sizes[-1])
        return self._call("forward", spec, point, shape[0] * shape[1]).numbers.reshape(shape)

    def loss(self, spec: NetworkSpec, point: Point) -> float:
        """The cost."""
        return float(self._call("loss", spec, point, 1).numbers[0])

    def anew(self, seed: int) -> None:
        """Run the files anew, with random numbers that begin elsewhere."""
        self.session.ask({"op": "rewrite", "edits": [], "seed": seed})

    def layer(self, name: str, arrays: Sequence[Array], shapes: Sequence[tuple[int, ...]]) -> Results:
        """The results of one layer function, in these shapes, and which of the arrays it changed."""
        header, data = layer_request(name, arrays, shapes)
        sizes = [int(np.prod(shape)) for shape in shapes]
        answer = self.session.ask({**header, "op": "layer", "watch": True}, data, expected=sum(sizes))
        numbers, places = answer.numbers, range(len(arrays))
        if not np.isfinite(numbers).all():
            raise SubmissionFault("not-finite", Sentence("faults.layer-not-finite", name=name))
        parts = np.split(numbers, np.cumsum(sizes)[:-1])
        results = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
        return Results(results, tuple(n for n in places if str(n) in answer.told.get("changed", "").split()))

    def _call(self, quantity: str, spec: NetworkSpec, point: Point, expected: int, *, count: bool = False) -> Reply:
        header, data = request(spec, point)
        watch = self._is_watched(quantity, spec, point)
        how = {"op": "call", "quantity": quantity, "count": count, "watch": watch}
        return self.session.ask({**how, **header}, data, expected=expected)

    def _is_watched(self, quantity: str, spec: NetworkSpec, point: Point) -> bool:
        """Whether to note what runs: in the first call of each kind, on the network that the file is judged for."""
        judged = spec.sizes == self.spec.sizes and (spec.l2 == self.spec.l2 or not self.found.called.has_l2)
        key = (quantity, len(point.x))
        if not judged or key in self.watched:
            return False
        self.watched.add(key)
        return True

    def not_judged(self) -> tuple[NotJudged, ...]:
        """What the file offers and no call has reached; asked when everything else was."""
        layers = None if self.found.called.whole_network else self.found.offers
        return not_judged(self._definitions() or self.remembered, layers=layers)

    def remember_definitions(self) -> None:
        """Keep what is defined and what ran so far: what is asked next may end the process."""
        self.remembered = self._definitions()

    def defined(self) -> set[str]:
        """The names of the functions and methods that the files define."""
        return {one.name for one in self._definitions()}

    def _definitions(self) -> list[DefinedFunction]:
        try:
            told = self.session.ask({"op": "defined"}).told
        except SubmissionFault as fault:
            if fault.kind is FaultKind.PROTOCOL:
                raise
            return []
        return [
            one
            for key, words in told.items()
            if key.startswith("defined.") and (one := DefinedFunction.read(words, self.files.told))
        ]


def _probes(spec: NetworkSpec) -> list[tuple[NetworkSpec, Point]]:
    """Networks to discover the layout with: all widths different where the assignment's are not; then the network itself."""
    rng = np.random.default_rng(PROBE_SEED)
    own = (spec, every_class(safe_point(spec, rng)))
    if len(set(spec.sizes)) == len(spec.sizes):
        return [own]
    sizes: list[int] = []
    for size in spec.sizes:
        sizes.append(next(n for n in range(max(size, 2), 10**6) if n not in sizes))
    other = replace(spec, sizes=tuple(sizes))
    return [(other, every_class(safe_point(other, rng))), own]


def _check_finite(grads: Mapping[str, Array]) -> None:
    """The child looks as well, but it is not the child's word that counts."""
    for key, value in grads.items():
        if not np.isfinite(value).all():
            index = ", ".join(str(int(i)) for i in np.argwhere(~np.isfinite(value))[0])
            raise SubmissionFault("not-finite", Sentence("faults.entry-not-finite", name=f"d{key}[{index}]"))
