"""Where a layer function went wrong: what its lines made, and the line of a wrong result, of a wrong shape, of a change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from gradcheck.arrays.nearness import same
from gradcheck.explanations.traced.code import Edit, Made, Origin, SourcePlace, Trace
from gradcheck.explanations.traced.where import first_not_finite, of_result
from gradcheck.isolation.faults import FaultKind, SubmissionFault
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.layers.cases import LayerCase
from reference_nets.activations import Array


class LayerCode(Protocol):
    """Code whose layer functions can be tried with other lines."""

    def lines(self, place: SourcePlace) -> Sequence[str]:
        """The lines of the file, or of the cell, that a place is in."""

    def tried_layer(
        self, tries: Sequence[Sequence[Edit]], name: str, arrays: Sequence[Array], shapes: Sequence[tuple[int, ...]]
    ) -> list[list[Array] | None]:
        """The results of a function with each of several changes; None where there are none, or its inputs changed."""


@dataclass(frozen=True)
class LayerTrace:
    """What the lines of a function made."""

    code: LayerCode
    case: LayerCase
    trace: Trace

    @property
    def changed(self) -> SourcePlace | None:
        """The line after which what was handed over was no longer what it had been, where that was watched."""
        return self.trace.changed[0] if self.trace.changed else None

    def of_result(self, claimed: Array | None) -> SourcePlace | None:
        """The line that made a result first; where there is none, that which raised."""
        if claimed is None:
            return self.trace.raised.place if self.trace.raised else None
        return of_result(self.trace, claimed)

    def of_fault(self, fault: SubmissionFault) -> SourcePlace | None:
        """The line of a number that is none, of a wrong shape, of an exception."""
        if fault.kind is FaultKind.NOT_FINITE:
            return first_not_finite(self.trace)
        if fault.kind is FaultKind.WRONG_SHAPE and isinstance(fault.message, Sentence):
            return self._of_shape(str(fault.message.values.get("got")))
        return self.trace.raised.place if self.trace.raised else None

    def _of_shape(self, told: str) -> SourcePlace | None:
        """The first line that made what came back in a shape."""
        shape = tuple(int(n) for n in re.findall(r"[0-9]{1,6}", told))
        returned = [one for one in self._own(Origin.RETURNED) if one.array.shape == shape]
        if not returned:
            return None
        made = (one for one in self._own(Origin.MADE) if one.array.shape == shape and same(one.array, returned[-1].array))
        return next(made, returned[-1]).place

    def _own(self, kind: Origin) -> Iterator[Made]:
        """What was made in the function itself, not in what is called before it."""
        function = self.case.function
        return (one for one in self.trace.made if one.kind is kind and one.function.rpartition(".")[2] == function)

    @property
    def names(self) -> dict[str, str]:
        """What the function calls what it was handed, and the right output, by the last name that each has there."""
        known = dict(zip(self.case.names, self.case.arrays, strict=True)) | (
            {"out": self.case.out} if self.case.out is not None else {}
        )
        own = [one for one in (*self._own(Origin.ARGUMENT), *self._own(Origin.MADE)) if one.name.isidentifier()]
        return {name: one.name for name, array in known.items() for one in own if _is(one, array)}


def _is(one: Made, array: Array) -> bool:
    return one.array.shape == array.shape and same(one.array, array)
