"""Does a gradient function have the properties that every right gradient has? Checked by Hypothesis, shrunk where it fails."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from hypothesis import Phase, Verbosity, configuration, find, settings
from hypothesis.errors import Flaky, NoSuchExample
from hypothesis.strategies import SearchStrategy

from gradcheck.judge.verdicts import Verdict
from gradcheck.networks.claim import BadClaim
from gradcheck.properties.invariants import Property, Violation, applicable
from gradcheck.properties.subject import Gradient, Subject, budget_at
from gradcheck.sentences.sentence import Sentence
from gradcheck.strategies import points, seeded_points
from gradcheck.witnesses.network_truth import truth_at
from reference_nets.activations import Array
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from reports.own_folders import own_folder

Cases = SearchStrategy[Subject]
FEW_PARAMETERS = 1000  # of a larger reference network one point is looked at, of a smaller one three


@dataclass(frozen=True)
class Counterexample:
    """The smallest network and the simplest numbers found on which a property fails; ``expected`` is the true gradient."""

    network: str
    params: dict[str, Array]
    x: Array
    y: Array
    expected: dict[str, Array]
    got: dict[str, Array]
    violation: Violation

    def to_dict(self) -> dict[str, Any]:
        """The counterexample in the shape of the validation schema."""
        return {
            "network": self.network,
            "params": _lists(self.params),
            "x": self.x.tolist(),
            "y": self.y.tolist(),
            "expected": _lists(self.expected),
            "got": _lists(self.got),
        }

    def __str__(self) -> str:
        given = [f"{name} = {value.tolist()}" for name, value in {**self.params, "x": self.x, "y": self.y}.items()]
        wrong = [
            Sentence("properties.example-wrong", name=f"d{key}", got=str(got.tolist()), expected=str(true.tolist()))
            for (key, got), true in zip(self.got.items(), self.expected.values(), strict=True)
        ]
        return Sentence("properties.example", lines=(self.network, *given, self.violation.message, *wrong))


@dataclass(frozen=True)
class PropertyResult:
    """One property of one gradient function: whether it held at all examples, and where it failed.

    ``wrong_at`` is a point at which it was asked and an entry of the gradient is wrong; None for a property that failed
    because something is no gradient at all.
    """

    name: str
    statement: str
    equation: str
    verdict: Verdict
    examples: int
    message: str
    counterexample: Counterexample | None = None
    wrong_at: Point | None = field(default=None, compare=False)

    @property
    def is_checkers_fault(self) -> bool:
        """Whether it failed where every entry of the gradient is right: then this property is what is wrong."""
        return self.verdict is Verdict.INCONCLUSIVE

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON data."""
        return {
            "name": "property",
            "quantity": self.name,
            "statement": self.statement,
            "equation": self.equation,
            "verdict": str(self.verdict),
            "examples": self.examples,
            "message": self.message,
            "counterexample": self.counterexample.to_dict() if self.counterexample else None,
        }


def check_properties(
    gradient: Gradient,
    spec: NetworkSpec,
    *,
    examples: int = 20,
    seed: int = 0,
    min_batch: int = 1,
    free_targets: bool = True,
    shrink: int | None = None,
) -> tuple[PropertyResult, ...]:
    """Every property that applies to this network, at random points of it; a failing one is shrunk to simple numbers.

    ``gradient(params, x, y)`` takes arrays by key and returns the gradient in the same way (or as pairs). The same seed
    gives the same answer. Without ``free_targets`` no targets are made up that are not in the cost's usual form;
    ``shrink`` bounds how many failing properties are shrunk to a counterexample, which takes a second or a few each.
    """
    rows = tuple(row for row in applicable(spec) if free_targets or not row.free_targets)
    drawn = seeded_points if shrink == 0 else points
    cases = drawn(spec, min_size=min_batch).map(partial(Subject, gradient, spec))
    return _checked(cases, rows, examples, seed, shrink)


def check_reference(spec: NetworkSpec, *, seed: int = 0) -> tuple[PropertyResult, ...]:
    """The properties of the reference's own gradient, at a few points with two examples or more."""
    examples = 3 if spec.n_params <= FEW_PARAMETERS else 1
    return check_properties(partial(backward, spec), spec, examples=examples, seed=seed, min_batch=2)


def _checked(
    cases: Cases, rows: tuple[Property, ...], examples: int, seed: int, shrink: int | None
) -> tuple[PropertyResult, ...]:
    """All properties over the same examples first; then those that failed, each by itself, shrunk."""
    failed: dict[str, tuple[Violation, Point | None]] = {}
    contradicted: dict[str, Violation] = {}
    raised: list[BaseException] = []
    seen = 0

    def all_properties(subject: Subject) -> bool:
        nonlocal seen
        with _noted(raised):
            look_at(subject)
        seen += 1
        return False

    def look_at(subject: Subject) -> None:
        for row in rows:
            if row.name not in failed and row.applies(subject.spec) and (violation := row.violated_by(subject)):
                where = subject.wrong_at
                if where is None and not violation.is_no_gradient:
                    contradicted.setdefault(row.name, violation)
                else:
                    failed[row.name] = violation, where

    try:
        _search(cases, all_properties, examples, seed)
    except Flaky as flaky:  # nothing here is found by failing: the function raised something, and when asked again did not
        raise (raised or [flaky])[0] from None
    to_shrink = [row for row in rows if row.name in failed][:shrink]
    found = []
    for row in rows:
        if row.name in failed:
            found.append(_failure(cases, row, failed[row.name], examples, seed, shrink=row in to_shrink))
        elif row.name in contradicted:
            found.append(_contradicted(row, contradicted[row.name], seen))
        else:
            words = Sentence("properties.holds", count=seen)
            found.append(PropertyResult(row.name, row.statement, row.equation, Verdict.MATCH, seen, words))
    return tuple(found)


def _contradicted(row: Property, violation: Violation, seen: int) -> PropertyResult:
    """Two checks that contradict each other: the entries are right, so the gradient is not to blame."""
    message = Sentence("properties.contradicted", found=violation.message)
    return PropertyResult(row.name, row.statement, row.equation, Verdict.INCONCLUSIVE, seen, message)


def _fails(row: Property, subject: Subject) -> bool:
    """Whether it fails, and an entry of the gradient with it."""
    violation = row.violated_by(subject) if row.applies(subject.spec) else None
    return violation is not None and (violation.is_no_gradient or subject.wrong_at is not None)


def _failure(
    cases: Cases, row: Property, failed: tuple[Violation, Point | None], examples: int, seed: int, *, shrink: bool
) -> PropertyResult:
    """The result of a property that failed among these examples; the examples come again, and the first is shrunk."""
    violation, where = failed
    again = _first_failing(row, cases, examples, seed) if shrink else None
    counterexample = _counterexample(row, again) if again else None
    shown = counterexample.violation if counterexample else violation
    message = Sentence("properties.fails", statement=row.statement, found=shown.message)
    verdict = Verdict.MISMATCH
    return PropertyResult(row.name, row.statement, row.equation, verdict, examples, message, counterexample, where)


def _first_failing(row: Property, cases: Cases, examples: int, seed: int) -> Subject | None:
    """The smallest case found on which the property fails; none where it fails once and not again."""
    try:
        found: Subject | None = _search(cases, partial(_fails, row), examples, seed)
    except Flaky:
        return None
    return found


def _counterexample(row: Property, subject: Subject) -> Counterexample | None:
    """The first point that the property looked at where the claimed gradient is not the true one, and both there."""
    violation = row.violated_by(subject)
    if violation is None:  # the function changes its mind
        return None
    for point in tuple(subject.log):
        true, budget = truth_at(subject.spec, point, vouched=False).gradient, budget_at(subject.spec, point).rounding
        got = _claimed(subject, point)
        wrong = [key for key, value in got.items() if not (true[key].distance(value) <= budget[key]).all()]
        if wrong or not got:
            break
    expected = {key: true[key].mid for key in wrong}
    return Counterexample(
        str(subject.spec), dict(point.params), point.x, point.y, expected, {key: got[key] for key in wrong}, violation
    )


def _claimed(subject: Subject, point: Point) -> dict[str, Array]:
    """What the function returns there; nothing where that is no gradient."""
    try:
        return {key: g.value for key, g in subject.asked(point).items()}
    except BadClaim:
        return {}


def _search(strategy: SearchStrategy[Any], condition: Callable[[Any], bool], examples: int, seed: int) -> Any:
    """The smallest value found for which the condition holds, None if it holds for none of so many examples."""
    quiet = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink),
    )
    with _no_folder(), _heap_set_aside():
        try:
            return find(strategy, condition, settings=quiet, random=Random(seed))
        except NoSuchExample:
            return None


@contextmanager
def _noted(raised: list[BaseException]) -> Iterator[None]:
    """What is raised is kept: Hypothesis says of an exception that does not come again that it came, and not which it was."""
    try:
        yield
    except BaseException as error:
        raised.append(error)
        raise


@contextmanager
def _no_folder() -> Iterator[None]:
    """Hypothesis keeps notes on the modules it finds in a folder `.hypothesis`: not in the user's directory.

    In the place that its own variable names they are welcome: a second process need not read the same modules again.
    """
    if os.environ.get("HYPOTHESIS_STORAGE_DIRECTORY"):
        yield
        return
    before: Any = configuration.storage_directory(intent_to_write=False)  # a path, or in newer versions what has one
    with own_folder("search") as folder:
        configuration.set_hypothesis_home_dir(str(folder))
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(getattr(before, "path", before))


@contextmanager
def _heap_set_aside() -> Iterator[None]:
    """Hypothesis collects garbage before it draws: what was there before (SymPy, above all) is not looked through."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _lists(arrays: dict[str, Array]) -> dict[str, Any]:
    return {key: value.tolist() for key, value in arrays.items()}
