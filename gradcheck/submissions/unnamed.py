"""A file that nobody named a network for is asked on networks of a few depths and widths, until one of the notation fits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.isolation.faults import SubmissionFault
from gradcheck.isolation.session import Session
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.answers.fitting import Fitting, ToldBy, TrialAnswer, candidates, fitting
from gradcheck.submissions.answers.labels import every_class
from gradcheck.submissions.reading.files import Files
from gradcheck.submissions.submission import Submission
from gradcheck.witnesses.points import safe_point
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

# All widths differ, and three outputs tell quadratic from mse. Labels are laid out for a cost with a logarithm alone.
TRIALS = tuple(
    NetworkSpec.parse(f"{sizes}/bce{biases}")
    for sizes in ("4-5-3", "4-5-1", "4-6-5-3", "4-6-5-1", "4-3", "4-1")
    for biases in ("", "+nobias")
)
WIDER = (1.0, 2.0, 3.0)  # times the parameters: residuals beyond huber's threshold, inputs on both sides of a kink
FAR = 4.0  # times the targets
SEED = 20  # these points have nothing to do with those that are judged
MOST_NAMED = 6  # of networks that fit


NOTHING = Fitting(())


@dataclass(frozen=True)
class Unnamed:
    """What is known of a file's network: the submission as it answered, what fits, and why nothing does."""

    submission: Submission | None  # as it answered; None where it could not be called
    fits: Fitting = NOTHING
    fault: SubmissionFault | None = None

    @property
    def network(self) -> NetworkSpec | None:
        """The network, where only one fits."""
        return self.fits.network

    @property
    def evidence(self) -> Sentence:
        """By what it was told, or why it was not."""
        if self.network:
            parts = tuple(Sentence(f"submissions.unnamed-by-{kind}") for kind in self.fits.by)
            caution = ToldBy.COST not in self.fits.by
            return Sentence("submissions.unnamed-by-gradient-alone" if caution else "submissions.unnamed-by", parts=parts)
        if self.fits.networks:
            some = tuple(str(one) for one in self.fits.networks[:MOST_NAMED])
            more = len(self.fits.networks) - len(some)
            if not more:
                return Sentence("submissions.unnamed-several", networks=some)
            return Sentence("submissions.unnamed-some-of-several", networks=some, count=more)
        if self.fault is not None:
            return Sentence("submissions.unnamed-no-answer", fault=self.fault.told)
        return Sentence(f"submissions.unnamed-no-{self.fits.foreign}" if self.fits.foreign else "submissions.unnamed-none")


def asked_for_its_network(session: Session, files: Files, contract: str) -> Unnamed:
    """What the file's own answers say of its network; a file of single functions has none.

    Raises SubmissionFault where it can be called on no network, or the process has ended.
    """
    found = []
    for one in _tried(session, files, contract):
        found.append(one)
        if one.fault is None:  # smaller networks hide mistakes: where a larger one was answered, they are not asked about
            break
    best = max(found, key=_rank)
    if best.submission is None and best.fault is not None:
        raise best.fault
    return best


def _rank(found: Unnamed) -> int:
    """What says more: networks, an answer that fits none, a file that can be called at all."""
    return 3 if found.fits.networks else 2 if found.fits.foreign else 1 if found.submission else 0


def _tried(session: Session, files: Files, contract: str) -> Iterator[Unnamed]:
    asked: set[NetworkSpec] = set()
    for trial in TRIALS:
        submission = None
        try:
            submission = Submission(session, files, trial, contract)
            if own := _own_sizes(submission):
                submission = Submission(session, files, own, contract)
            if not submission.found.called.whole_network:
                yield Unnamed(submission)
            elif submission.spec not in asked:
                asked.add(submission.spec)
                yield Unnamed(submission, _fitting(submission))
        except SubmissionFault as fault:
            if fault.is_final:
                raise
            yield Unnamed(submission, fault=fault)


def _own_sizes(submission: Submission) -> NetworkSpec | None:
    """The sizes that are fixed inside the file, as it told them; the widest, where a row of W may be read as the bias."""
    told = []
    for number in range(submission.ways):
        submission.go(number)
        words = submission.found.layout.get("sizes", "")
        if re.fullmatch(r"[1-9][0-9]{0,3}(-[1-9][0-9]{0,3}){1,9}", words):
            told.append(tuple(map(int, words.split("-"))))
    sizes = max(told, key=sum, default=submission.spec.sizes)
    if sizes == submission.spec.sizes or len(sizes) != len(submission.spec.sizes):
        return None
    return replace(submission.spec, sizes=sizes)


def _fitting(submission: Submission) -> Fitting:
    """What fits, of all the ways in which it may be asked; labels from 1 where 0 gives nothing."""
    found: list[Fitting] = []
    for number in range(submission.ways):
        submission.go(number)
        found.append(_of_one_way(submission))
    if not found[0].network and submission.found.called.labels_from_one:
        submission.count_labels_from(1)
        found.append(_of_one_way(submission))
    return max(found, key=lambda one: (one.network is not None, _strength(one), bool(one.networks)))


def _strength(found: Fitting) -> int:
    """Of several ways that which answers with a whole gradient is meant."""
    return -list(ToldBy).index(found.by[-1]) if found.by else -len(ToldBy)


def _of_one_way(submission: Submission) -> Fitting:
    """What fits; where several do, also for targets beyond huber's threshold, which are none for a cost of probabilities."""
    points = _points(submission.spec)
    found = fitting(candidates(submission.spec), [_answer(submission, point) for point in points])
    if len(found.networks) < 2:
        return found
    far = fitting(found.networks, [_answer(submission, replace(point, y=FAR * point.y)) for point in points])
    return replace(found, networks=far.networks) if far.networks else found


def _points(spec: NetworkSpec) -> list[Point]:
    rng = np.random.default_rng(SEED)
    return [_point(spec, rng, width) for width in WIDER]


def _point(spec: NetworkSpec, rng: np.random.Generator, width: float) -> Point:
    """Random numbers; a class as the target of each example."""
    point = safe_point(spec, rng)
    labels = every_class(point).y if spec.sizes[-1] > 1 else np.arange(len(point.y), dtype=float)[:, np.newaxis] % 2
    return Point({key: width * value for key, value in point.params.items()}, point.x, labels)


def _answer(submission: Submission, point: Point) -> TrialAnswer:
    """Its gradient, and its output and cost where it has functions for them that answer."""
    spec = submission.spec
    grads = submission.as_it_came(spec, point)
    output = _optional("forward", submission, point)
    cost = _optional("loss", submission, point)
    return TrialAnswer(
        point,
        grads,
        output if isinstance(output, np.ndarray) else None,
        cost if isinstance(cost, float) else None,
        submission.rate if submission.is_free else None,
    )


def _optional(quantity: str, submission: Submission, point: Point) -> object:
    if quantity not in submission.found.offers and not (quantity == "loss" and submission.found.layout.get("cost")):
        return None
    try:
        ask = submission.forward if quantity == "forward" else submission.loss
        return ask(submission.spec, point)
    except SubmissionFault as fault:
        if fault.is_final:
            raise
        return None
