"""A file's code that is traced in this process: no test of lines needs a confined one."""

from __future__ import annotations

import sys
import warnings
from contextlib import contextmanager
from types import ModuleType

import numpy as np
import pytest

from gradcheck.contracts import table
from gradcheck.contracts.common import Handed, Net
from gradcheck.contracts.common import Point as Given
from gradcheck.explanations.traced.code import NoAnswer, SourcePlace, Trace
from gradcheck.isolation.child.source import rewritten
from gradcheck.isolation.child.trace.tracing import Tracer
from gradcheck.networks.trusted_code import made_by
from gradcheck.witnesses.points import safe_point
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec


class CodeHere:
    """One file in the layout that its contract finds."""

    def __init__(self, text: str, spec: NetworkSpec, name: str = "file.py") -> None:
        self.text, self.spec, self.name = text, spec, name
        self.networks: list[NetworkSpec] = []
        self._load()

    def _load(self, layout=None) -> None:
        module = ModuleType("handed_in")
        module.__file__ = self.name
        sys.modules["handed_in"] = module
        exec(compile(self.text, self.name, "exec"), module.__dict__)
        names = module.__dict__
        if layout is not None:
            self.adapter = table.adapter(table.detect(names), names, layout)
            return
        probe = (_net(self.spec), _given(safe_point(self.spec, np.random.default_rng(5))))
        self.adapter = table.discover(table.detect(names), names, [probe])[0]

    def gradient(self, spec: NetworkSpec, point: Point) -> dict[str, np.ndarray]:
        """The gradient by key."""
        found = self.adapter.gradient(_net(spec), _given(point), Handed())
        return {key: np.asarray(found[key], dtype=float) for key in spec.keys}

    def tried(self, tries, spec: NetworkSpec, point: Point) -> list[dict[str, np.ndarray] | None]:
        """The gradient with each of several changes."""
        return [self._tried(edits, spec, point) for edits in tries]

    def _tried(self, edits, spec: NetworkSpec, point: Point) -> dict[str, np.ndarray] | None:
        try:
            with self.put_right(edits), np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self.gradient(spec, point)
        except Exception:
            return None

    @contextmanager
    def put_right(self, edits):
        """The same file with other lines."""
        before, layout = self.text, self.adapter.layout
        rows = [[self.name, edit.place.line, edit.end, edit.new] for edit in edits]
        self.text = rewritten({self.name: before}, rows).get(self.name, before)
        try:
            self._load(layout)
            yield self
        finally:
            self.text = before
            self._load(layout)

    def lines(self, place: SourcePlace) -> list[str]:
        """The lines of the file."""
        del place
        return self.text.split("\n")

    def trace(self, spec: NetworkSpec, point: Point, *, anew: bool = False, inputs: bool = False) -> Trace:
        """What its lines make."""
        if anew:
            self._load()
        self.networks.append(spec)
        handed, given = Handed(), _given(point)
        tracer = Tracer({self.name: self.text}, seconds=5.0, changed=handed.changed if inputs else None)
        try:
            with tracer:
                grads = self.adapter.gradient(_net(spec), given, handed)
        except Exception as error:
            raise NoAnswer from error
        made, changed = made_by(tracer), tracer.changed_at
        gradient = {key: np.asarray(grads[key], dtype=float) for key in spec.keys}
        return Trace(made, gradient, changed=(SourcePlace(changed[0], 0, changed[1]), tuple(changed[2])) if changed else None)

    def trace_of_refused(self, spec: NetworkSpec, point: Point) -> Trace:
        """What its lines make where what comes back is no gradient of this network."""
        tracer = Tracer({self.name: self.text}, seconds=5.0)
        with pytest.raises(Exception, match="shape"), tracer:
            self.adapter.gradient(_net(spec), _given(point), Handed())
        return Trace(made_by(tracer), {})


def _net(spec: NetworkSpec) -> Net:
    return Net(spec.sizes, spec.activations, spec.cost, spec.l2, spec.has_biases)


def _given(point: Point) -> Given:
    return Given({key: value.copy() for key, value in point.params.items()}, point.x.copy(), point.y.copy())
