"""The line that made an array, and where a line is missing; what stands around it is read from the syntax."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from gradcheck.arrays.nearness import same
from gradcheck.explanations.traced.code import Origin, SourcePlace
from gradcheck.explanations.traced.own import OwnQuantity, OwnValues
from gradcheck.explanations.traced.quantities import Quantity, Role
from gradcheck.explanations.traced.roles import LineValues
from gradcheck.isolation.child.source import parse
from reference_nets.activations import ACTIVATIONS, Array

COPIES = ("array", "copy", "asarray", "asanyarray", "ascontiguousarray")
Loop = ast.For | ast.While


@dataclass(frozen=True)
class SourceLines:
    """Where the things of a trace were made; ``source`` gives the lines of the file or cell that a place is in."""

    own: OwnValues
    source: Callable[[SourcePlace], Sequence[str]]

    def maker(self, seen: LineValues) -> SourcePlace:
        """The first line that has these numbers: of a function's result, the line within it."""
        for one in self.own.roles.seen:
            if one.first > seen.first:
                break
            if one.kind is not Origin.ARGUMENT and one.array.shape == seen.array.shape and same(one.array, seen.array):
                return one.place
        return seen.place

    def first_like(self, own: OwnQuantity) -> SourcePlace | None:
        """The first line that has these numbers, in another scale if need be, and that are no right quantity."""
        found = (one for one in self.own.like(own) if one.kind is not Origin.ARGUMENT and one not in self.own.right_ones)
        first = next(found, own.seen)
        if first is None or own.seen is None:
            return None
        place = self.of_helper(first, own.seen, self.own.spec.activations[own.quantity.layer - 1])
        return self._spoilt_parameter(place) or place

    def missing(self, own: OwnQuantity) -> SourcePlace | None:
        """Where a step is missing: the last line that gives another name and does no more, else the maker."""
        layer = own.quantity.layer
        ends = (self.own.seen_end(key, exact=False) for key in self.own.spec.of_layer(layer))
        uses = [seen.first for seen in ends if seen is not None]
        before = [
            one for one in self.own.like(own) if one.first < min(uses, default=1 << 60) and one.kind is not Origin.ARGUMENT
        ]
        called = {seen.function.rpartition(".")[2] for seen in self.own.roles.seen}
        idle = [one.place for one in before if one.kind is Origin.MADE and self._is_idle(one, called)]
        if idle:
            return idle[-1]
        return self.maker(own.seen) if own.seen is not None else None

    def last_name(self, seen: LineValues) -> SourcePlace:
        """The line that gives what was seen its last name, before it is handed back."""
        found = seen.place
        for one in self.own.roles.seen:
            is_same = one.array.shape == seen.array.shape and same(one.array, seen.array)
            if is_same and one.first > seen.first and one.kind is Origin.MADE and self._only_renames(one):
                found = one.place
        return found

    def of_helper(self, seen: LineValues, user: LineValues, activation: str) -> SourcePlace:
        """The line of a wrong slope: within the function that made it, unless that is right for what it was handed."""
        if seen.call == user.call or seen.function == user.function:
            return self.maker(seen)
        for handed in self._handed(seen):
            right_for = [name for name, value in _slopes_of(handed.array.reshape(seen.array.shape)) if same(seen.array, value)]
            if right_for and (activation in right_for or activation not in seen.function.lower()):
                return self._of_operand(self._calling(seen, user), seen, handed)
        return self.maker(seen)

    def of_another(self, seen: LineValues) -> SourcePlace:
        """Where what belongs to another layer was worked out, or where the name that was used came to mean that."""
        statement = self.statement(seen.place)
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)} if statement else set()
        before = [one for one in self.own.roles.seen if one.first < seen.first and one.call == seen.call and one.name in names]
        loop = self.loop(seen.place)
        given = [one.place for one in before if one.kind is Origin.MADE and self._only_renames(one)]
        return next((place for place in given if self.loop(place) == loop), seen.place)

    def _calling(self, seen: LineValues, user: LineValues) -> LineValues:
        """What was made of a function's result first: that itself under a name, else what uses it."""
        for one in self.own.roles.seen:
            later = seen.first < one.first < user.first and one.call == user.call and one.kind is Origin.MADE
            if later and one.array.shape == seen.array.shape and same(one.array, seen.array):
                return one
        return user

    def of_value(self, seen: LineValues, layer: int, activation: str) -> SourcePlace:
        """The line of a wrong value of the forward pass: where a function was called that is right for what it was handed."""
        place = self._of_value(seen, layer, activation)
        return self._spoilt_parameter(place) or place

    def _of_value(self, seen: LineValues, layer: int, activation: str) -> SourcePlace:
        for handed in self._handed(seen):
            z = self.own.right(Role.WEIGHTED_INPUT, layer)
            is_right = any(same(view.array, z) for view in self.own.roles.views(handed, Quantity(Role.WEIGHTED_INPUT, layer)))
            if not is_right or activation not in seen.function.lower():
                return self._caller(seen)
        return self.maker(seen)

    def _spoilt_parameter(self, place: SourcePlace) -> SourcePlace | None:
        """Where a name that had been a parameter came to be another number, before or while a thing was made with it."""
        rights = {fit.seen for fit in self.own.roles.fits if fit.quantity.role in (Role.WEIGHT, Role.BIAS) and not fit.ones}
        named = {(one.name, one.call): one for one in rights if one.kind is Origin.MADE}
        statement = self.statement(place)
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)} if statement else set()
        spoilt = []
        for one in self.own.roles.seen:
            before = named.get((one.name, one.call))
            again = before is not None and one.first > before.first and one.kind is Origin.MADE and one not in rights
            if again and one.place != (before.place if before else None):
                spoilt.append(one)
        return spoilt[0].place if any(one.name in names for one in spoilt) else None

    def _caller(self, seen: LineValues) -> SourcePlace:
        """Where the result of a function was put by the one that called it."""
        for one in self.own.roles.seen:
            later = one.first > seen.first and one.call != seen.call and one.kind is not Origin.ARGUMENT
            if later and one.array.shape == seen.array.shape and same(one.array, seen.array):
                return one.place
        return self.maker(seen)

    def _handed(self, seen: LineValues) -> Iterator[LineValues]:
        """What the call that made something was handed, of the same size."""
        for one in self.own.roles.seen:
            if one.kind is Origin.ARGUMENT and one.call == seen.call and one.array.size == seen.array.size:
                yield one

    def _of_operand(self, user: LineValues, seen: LineValues, handed: LineValues) -> SourcePlace:
        """The line that uses the wrong thing, or gives it a name; or that where the name it uses came to mean that."""
        names_it = user.array.shape == seen.array.shape and same(user.array, seen.array)
        line = user.place if names_it else self.maker(user)
        statement = self.statement(line)
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)} if statement else set()
        for one in self.own.roles.seen:
            is_it = one.name in names and one.call == user.call and one.kind is Origin.MADE and one.first < seen.first
            if is_it and one.array.shape == handed.array.shape and same(one.array, handed.array):
                spoilt = any(o.name == one.name and o.call == one.call and o.first < one.first for o in self.own.roles.seen)
                if self._only_renames(one) or (spoilt and one.name not in self._targets(one.place)):
                    return one.place
        return line

    # Syntax

    def statement(self, place: SourcePlace) -> ast.stmt | None:
        """The statement that begins in a line; the innermost, if several do."""
        found = [one for one in self._statements(place) if one.lineno <= place.line <= (one.end_lineno or one.lineno)]
        return max(found, key=lambda one: (one.lineno, -(one.end_lineno or one.lineno)), default=None)

    def _statements(self, place: SourcePlace) -> tuple[ast.stmt, ...]:
        return _statements_of("\n".join(self.source(place)), place.file)

    def loop(self, place: SourcePlace) -> SourcePlace | None:
        """The line of the innermost loop around a line."""
        loop = self._loop(place)
        return replace(place, line=loop.lineno) if loop else None

    def _loop(self, place: SourcePlace) -> Loop | None:
        loops = [one for one in self._statements(place) if isinstance(one, Loop)]
        around = [one for one in loops if one.lineno < place.line <= (one.end_lineno or 0)]
        return max(around, key=lambda one: one.lineno, default=None)

    def conditions(self, place: SourcePlace) -> list[SourcePlace]:
        """The lines of the conditions under which a line runs, the innermost first."""
        found = [one for one in self._statements(place) if isinstance(one, ast.If) and one.lineno < place.line]
        around = [one.lineno for one in found if place.line <= (one.end_lineno or 0)]
        return [replace(place, line=line) for line in sorted(around, reverse=True)]

    def next_loop(self, place: SourcePlace) -> SourcePlace | None:
        """The line of the next loop after a line."""
        lines = [one.lineno for one in self._statements(place) if isinstance(one, Loop) and one.lineno > place.line]
        return replace(place, line=min(lines)) if lines else None

    def early_return(self, place: SourcePlace) -> SourcePlace | None:
        """The line of a return inside of the innermost loop around a line."""
        inner = self._loop(place)
        found = [node.lineno for node in ast.walk(inner) if isinstance(node, ast.Return | ast.Break)] if inner else []
        return replace(place, line=min(found)) if found else None

    def is_sum(self, place: SourcePlace) -> bool:
        """Whether a line adds to what is there."""
        return isinstance(self.statement(place), ast.AugAssign)

    def last_return(self) -> SourcePlace | None:
        """Where the function that was called gave back its result."""
        found = [one.place for one in self.own.trace.made if one.kind is Origin.RETURNED]
        return found[-1] if found else None

    def _targets(self, place: SourcePlace) -> set[str]:
        statement = self.statement(place)
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}

    def _is_idle(self, seen: LineValues, called: set[str]) -> bool:
        """Whether a line gives a name to what was there before; not by calling a function of the file, whose lines are seen."""
        statement = self.statement(seen.place)
        if isinstance(statement, ast.AugAssign):
            return isinstance(statement.target, ast.Name)
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            return False
        if self._only_renames(seen):
            return True
        uses = [node for node in ast.walk(statement.value) if isinstance(node, ast.Name | ast.Attribute)]
        own = statement.targets[0].id
        names = {node.id if isinstance(node, ast.Name) else node.attr for node in uses}
        return own in names and not names & called and not any(isinstance(n, ast.Slice) for n in ast.walk(statement.value))

    def _only_renames(self, seen: LineValues) -> bool:
        """Whether a line gives another name to a value, or copies it, and does nothing else."""
        statement = self.statement(seen.place)
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            return False
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return all(isinstance(target, ast.Name) for target in targets) and _is_plain(statement.value)


def _is_plain(value: ast.expr) -> bool:
    """A name, an attribute or an element; or a copy of one."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in COPIES:
        inner = value.args[0] if value.args else value.func.value
        return _is_plain(inner)
    if isinstance(value, ast.Subscript):
        return not any(isinstance(node, ast.Slice) for node in ast.walk(value.slice)) and _is_plain(value.value)
    if isinstance(value, ast.Attribute):
        return value.attr != "T" and _is_plain(value.value)
    return isinstance(value, ast.Name)


def _slopes_of(array: Array) -> Iterator[tuple[str, Array]]:
    """The slopes of every activation at an array, taken for z, and for a where the slope is a formula of that; its values."""
    for name, row in ACTIVATIONS.items():
        if name not in ("softmax", "identity"):
            yield name, row.dphi(array)
            yield f"value of {name}", row.phi(array)
    yield "sigmoid", array * (1 - array)
    yield "tanh", 1 - array**2


@lru_cache(maxsize=32)
def _statements_of(text: str, file: str) -> tuple[ast.stmt, ...]:
    """All statements of a file or cell: a thousand lines are looked for in it, and none of it is changed."""
    try:
        body = parse(text, file)[0]
    except (SyntaxError, ValueError):
        return ()
    return tuple(node for one in body for node in ast.walk(one) if isinstance(node, ast.stmt))
