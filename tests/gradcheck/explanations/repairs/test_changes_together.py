"""Lines that are alike, changes of indices, and changes that are right at once or not at all: exact tables, by hand."""

from __future__ import annotations

import ast
from contextlib import contextmanager

import numpy as np
import pytest

from gradcheck.explanations.repairs import alike, at_once
from gradcheck.explanations.repairs.alike import _factors, _plainly, _products, of_behaviour, of_failure, set_not_added
from gradcheck.explanations.repairs.indices import by_loops, loop_variables, turned_around, without_first_column
from gradcheck.explanations.repairs.statement import statement_at
from gradcheck.explanations.traced.code import NoAnswer, SourcePlace
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.spec import NetworkSpec


def at(text, number):
    """The statement in a line of a text, counted from 1."""
    return statement_at(text.split("\n"), SourcePlace("f.py", 0, number))


def alone(line):
    return at(f"def f(params, x, a, y, T, acts):\n    {line}\n    return a, y, T, acts\n", 2)


LOOPS = """\
def f(params, acts, zs):
    for k in range(2):
        pass
    for l, W in enumerate(params):
        for i in range(3):
            d = acts[l] + acts[l - 1] @ W
            e = [zs[j] for j in acts]
    return d, e
"""


@pytest.mark.parametrize(("number", "names"), [(3, ["k"]), (5, ["i", "l"]), (6, ["i", "l"]), (7, ["i", "l", "j"]), (8, [])])
def test_loops_around_a_line_count_by_these_names(number, names):
    assert list(loop_variables(at(LOOPS, number))) == names


def test_an_element_is_written_as_the_line_knows_it_and_by_its_loops():
    shifts = [f"acts[{v}]" for n in "il" for v in (n, f"{n} - 1", f"{n} + 1", f"-{n}")]
    assert list(by_loops(at(LOOPS, 6), ["acts[2]"])) == ["acts[l]", "acts[l - 1]", *shifts]
    assert list(by_loops(at(LOOPS, 3), ["zs[0]['a']"])) == [f"zs[{v}]['a']" for v in ("k", "k - 1", "k + 1", "-k")]
    assert list(by_loops(at(LOOPS, 6), ["acts", "acts['a']", "acts[-1]", "acts[i]"])) == []
    assert list(by_loops(at(LOOPS, 8), ["acts[2]"])) == ["acts[l]", "acts[l - 1]"]


def test_two_loops_are_enough():
    text = "def f(a):\n for i in a:\n  for j in a:\n   for k in a:\n    d = a\n return d\n"
    assert list(by_loops(at(text, 5), ["a[0]"])) == [f"a[{v}]" for n in "kj" for v in (n, f"{n} - 1", f"{n} + 1", f"-{n}")]


def test_of_elements_that_are_known_six_are_tried():
    text = "def f(a, l):\n    return " + " + ".join(f"a[l - {n}]" for n in range(1, 9)) + "\n"
    assert list(by_loops(at(text, 2), ["a[0]"])) == [f"a[l - {n}]" for n in range(8, 2, -1)]


@pytest.mark.parametrize(
    ("kind", "line", "expected"),
    [
        (turned_around, "a.append(y)", ["a.insert(0, y)", "a.append(y[::-1])"]),
        (turned_around, "a.insert(0, y)", ["a.append(y)", "a.insert(0, y[::-1])"]),
        (turned_around, "a.insert(y)", ["a.insert(y[::-1])"]),
        (turned_around, "a.append(y, T)", ["a.append(y[::-1], T)", "a.append(y, T[::-1])"]),
        (turned_around, "T = a[::-1]", ["T = a"]),
        (turned_around, "T = a[::2]", []),
        (turned_around, "T = a[1:]", []),
        (turned_around, "T = a", ["T = a[::-1]"]),
        (turned_around, "T = a.T", []),
        (turned_around, "T = len", []),
        (turned_around, "T = x(y)", ["T = x(y[::-1])"]),
        (without_first_column, "a += y * T", ["a[:, 1:] += y[:, 1:] * T", "a += y[:, 1:] * T", "a[:, 1:] += y * T[:, 1:]",
                                              "a += y * T[:, 1:]"]),
        (without_first_column, "a = T", ["a = T[:, 1:]"]),
        (without_first_column, "a = T[:, 1:]", ["a = T"]),
        (without_first_column, "a = T[1:, 0]", []),
        (without_first_column, "a = T[1:]", []),
        (without_first_column, "return T", ["return T[:, 1:]"]),
        (without_first_column, "a = T.T", []),
        (without_first_column, "a[0] += T", ["a[0] += T[:, 1:]"]),
        (set_not_added, "a += y", ["a = y"]),
        (set_not_added, "a[0] -= y * 2", ["a[0] = y * 2"]),
        (set_not_added, "a = y", []),
        (_products, "T = a @ y", ["T = a @ y.T", "T = a.T @ y", "T = a.T @ y.T", "T = y @ a", "T = y @ a.T", "T = y.T @ a",
                                  "T = y.T @ a.T"]),
        (_products, "T = np.dot(a.T, y)", ["T = np.dot(a.T, y.T)", "T = np.dot(a, y)", "T = np.dot(a, y.T)",
                                           "T = np.dot(y, a.T)", "T = np.dot(y, a)", "T = np.dot(y.T, a.T)",
                                           "T = np.dot(y.T, a)"]),
        (_products, "T = matmul(a, y)", [f"T = matmul({one})" for one in ("a, y.T", "a.T, y", "a.T, y.T", "y, a", "y, a.T",
                                                                          "y.T, a", "y.T, a.T")]),
        (_products, "T = a * y", []),
        (_products, "T = np.outer(a, y)", []),
        (_products, "T = np.dot(a)", []),
    ],
)  # fmt: skip
def test_what_a_change_writes(kind, line, expected):
    assert [text.strip() for text in kind(alone(line))] == expected


def test_the_factors_of_a_product_stand_in_their_order():
    of = alone("T = (a - y) @ T")
    assert _factors(of, of.value) == ("(a - y)", "T")
    assert _factors(of, ast.parse("a * y", mode="eval").body) == (None, None)


def test_lines_are_alike_but_for_their_digits():
    assert _plainly(alone("dW12 = d1 @ a2")) == _plainly(alone("dW1 = d3 @ a10")) == "dW0 = d0 @ a0"
    assert _plainly(alone("dW1 = a1")) != _plainly(alone("db1 = a1"))


SUMS = "def f(g, h, d):\n    g += 0\n    g += d\n    h += d\n    return g, h\n"


def test_all_later_sums_are_set_together_before_one_line_is_changed_alone():
    changes = list(of_behaviour(at(SUMS, 3)))
    assert [(one.node.lineno, text.strip()) for one, text in changes[0]] == [(3, "g = d"), (4, "h = d")]
    assert [(one.node.lineno, text.strip()) for one, text in changes[1]] == [(3, "g = g + d"), (4, "h = h + d")]
    singly = [pair for change in changes[2:] for pair in change]
    assert len(singly) == len(changes) - 2 and {one.node.lineno for one, _ in singly} == {3}
    assert [text.strip() for _, text in singly[:2]] == ["g = d", "g = g + d"]
    assert all(len(change) == 1 for change in of_behaviour(at(SUMS, 4)))
    assert [text.strip() for ((_, text),) in of_behaviour(at(SUMS, 4))][:2] == ["h = d", "h = h + d"]


TWO = "def f(a, b, d1, d2):\n    x1 = d1 @ a\n    y = 2\n    x2 = d2 @ b\n    return x1, x2\n"
LIKE = TWO.replace("@ b", "@ a")


def test_lines_that_are_alike_are_changed_together_before_one_is_changed_alone(monkeypatch):
    monkeypatch.setattr(alike, "_by_formula", lambda of, current: iter(["    formula"]))
    found = list(of_failure(at(LIKE, 4), None))
    both = [change for change in found if len(change) == 2]
    assert found[: len(both)] == both and len(both) >= 7
    assert all([one.node.lineno for one, _ in change] == [2, 4] for change in both)
    turned = [tuple(text.strip() for _, text in change) for change in both]
    assert ("x1 = d1 @ a.T", "x2 = d2 @ a.T") in turned and ("x1 = a @ d1", "x2 = a @ d2") in turned
    singly = [text.strip() for change in found if len(change) == 1 for _, text in change]
    assert len(singly) == len(found) - len(both) and "x2 = a.T @ d2.T" in singly and "formula" in singly
    assert all(len(change) == 1 for change in of_failure(at(TWO, 4), None))


SPEC = NetworkSpec.parse("2-3-1")
POINT = safe_point(SPEC, np.random.default_rng(1))
RIGHT = backward(SPEC, POINT.params, POINT.x, POINT.y)


class Code:
    """Code of which one answer of several is right; notes how many changes were asked at a time."""

    def __init__(self, right_at, fails_at=None):
        self.right_at, self.fails_at, self.asked, self.kept = right_at, fails_at, [], []

    def tried(self, tries):
        self.asked.append(len(tries))
        before = sum(self.asked[:-1])
        if self.fails_at is not None and before <= self.fails_at < before + len(tries):
            raise NoAnswer("it ended")
        return [RIGHT if before + n in self.right_at else None if n % 2 else {**RIGHT, "b1": RIGHT["b1"] + 1}
                for n in range(len(tries))]  # fmt: skip

    @contextmanager
    def put_right(self, edits):
        self.kept.append([edit.new for edit in edits])
        yield self


def repaired(code, count, confirmed=lambda: True):
    changes = (((alone("a = y"), f"    a = {n}"),) for n in range(count))
    return [one.new for one in at_once._first(code, changes, SPEC, POINT, code.tried, confirmed)]


@pytest.mark.parametrize(
    ("right_at", "count", "new", "asked"),
    [
        ({0}, 3, ["    a = 0"], [3]),
        ({2}, 3, ["    a = 2"], [3]),
        ({59}, 200, ["    a = 59"], [60]),
        ({60, 61}, 200, ["    a = 60"], [60, 60]),
        ({479}, 1000, ["    a = 479"], [60] * 8),
        ({480}, 1000, [], [60] * 8),
        (set(), 61, [], [60, 1]),
        ({0}, 0, [], []),
    ],
)
def test_the_first_change_with_which_all_is_right_is_found_within_so_many(right_at, count, new, asked):
    code = Code(right_at)
    assert repaired(code, count) == new
    assert code.asked == asked


def test_what_is_not_confirmed_is_passed_over_and_an_end_of_the_process_ends_the_search():
    code, answers = Code({1, 3}), iter((False, True))
    assert repaired(code, 5, lambda: next(answers)) == ["    a = 3"]
    assert code.kept == [["    a = 1"], ["    a = 3"]]
    assert repaired(Code({70}, fails_at=10), 80) == []


def test_a_line_that_is_no_python_has_no_repair():
    code = Code({0})
    code.lines = lambda place: ["def f(:"]
    assert at_once.behaves(code, SourcePlace("f.py", 0, 1), SPEC, POINT, code.tried, lambda: True) == ()
    assert at_once.answers(code, SourcePlace("f.py", 0, 1), SPEC, POINT, None, lambda: True) == ()


def test_a_behaviour_is_put_right_in_all_lines_that_need_it():
    code = Code({0})
    code.lines = lambda place: SUMS.split("\n")
    found = at_once.behaves(code, SourcePlace("f.py", 0, 3), SPEC, POINT, code.tried, lambda: True)
    assert [(one.place.line, one.new) for one in found] == [(3, "    g = d"), (4, "    h = d")]
