"""Small changes to a line: what each kind of change writes, and what a statement is as text."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from gradcheck.explanations.repairs import changes as kinds
from gradcheck.explanations.repairs.changes import comparisons, counts, decay_factors, larger_changes, small_changes, values
from gradcheck.explanations.repairs.copies import on_a_copy
from gradcheck.explanations.repairs.directed import _bare, _plainly, _runs
from gradcheck.explanations.repairs.layer import _divided, _formulas, _slopes, layer_changes
from gradcheck.explanations.repairs.missing import _target
from gradcheck.explanations.repairs.search import _overlap
from gradcheck.explanations.repairs.statement import _is_bracketed, statement_at
from gradcheck.explanations.traced.code import SourcePlace

HEAD = """\
import numpy as np
def slope(a):
    return 1 - a ** 2
def two(a, b):
    return a
def shifted(a, by=1):
    return a + by
class Net:
    def prime(self, z):
        return z
def backward(params, x, y):
    W, b = params
    m = len(x)
    a = np.tanh(x @ W.T + b)
"""


def at(line, after="    return d\n"):
    """A line of a backward pass as a statement."""
    text = f"{HEAD}    {line}\n{after}".split("\n")
    return statement_at(text, SourcePlace("f.py", 0, HEAD.count("\n") + 1))


def written(kind, line, after="    return d\n"):
    return [text.strip() for text in kind(at(line, after))]


@pytest.mark.parametrize(
    ("kind", "line", "expected"),
    [
        (kinds._signs, "d = a - y", ["d = y - a", "d = -(a - y)"]),
        (kinds._signs, "d = -a", ["d = a", "d = -(-a)"]),
        (kinds._signs, "d = a * b - y", ["d = y - a * b", "d = -(a * b - y)"]),
        (kinds._signs, "d = a + b - y", ["d = -(a + b - y)"]),
        (kinds._signs, "d = a ** 2 - y", ["d = y - a ** 2", "d = -(a ** 2 - y)"]),
        (kinds._signs, "d = a", ["d = -a"]),
        (kinds._signs, "d = (a, b)", ["d = (-a, b)", "d = (a, -b)"]),
        (kinds._operators, "d = a + y", ["d = a - y", "d = a * y"]),
        (kinds._operators, "d = a - y", ["d = a + y"]),
        (kinds._operators, "d = a * y", ["d = a / y", "d = a @ y"]),
        (kinds._operators, "d = a / y", ["d = a * y"]),
        (kinds._operators, "d = a @ y", ["d = a * y"]),
        (kinds._operators, "d = a ** 2", ["d = a * 2"]),
        (kinds._operators, "d = a % y", []),
        (kinds._operators, "d = a >= y", ["d = a > y", "d = a < y"]),
        (comparisons, "d = a < y", ["d = a >= y", "d = a > y", "d = a <= y"]),
        (comparisons, "d = a > y", ["d = a <= y", "d = a < y"]),
        (comparisons, "d = a <= y", ["d = a < y", "d = a > y"]),
        (comparisons, "d = a == y", ["d = a <= y", "d = a > y"]),
        (comparisons, "d = 0 < a < y", []),
        (kinds._left_out, "d = a * y", ["d = a", "d = y"]),
        (kinds._left_out, "d = (a - y) * b", ["d = a - y", "d = b", "d = (a) * b", "d = (y) * b"]),
        (kinds._left_out, "d = slope(a - y)", ["d = (a - y)", "d = slope(a)", "d = slope(y)"]),
        (kinds._left_out, "d = a", []),
        (kinds._constants, "d = 2 * a", ["d = 1 * a", "d = 0 * a", "d = 0.5 * a", "d = 3 * a", "d = 0.01 * a"]),
        (kinds._constants, "d = a > -1", ["d = a > -2", "d = a > 0", "d = a > -0.5", "d = a > -0.01"]),
        (kinds._constants, "d = range(0)", [f"d = range({v})" for v in ("1", "2", "0.5", "-1", "0.01")]),
        (kinds._constants, "d = True", []),
        (kinds._constants, "d = a[0.25]", [f"d = a[{v}]" for v in ("1", "2", "0", "0.5", "1.25", "0.01", "0.75")]),
        (kinds._assignment, "d = a", ["d += a", "d *= a", "d -= a"]),
        (kinds._assignment, "d = 0", ["d += 0", "d *= 0", "d -= 0", "d *= 0.01"]),
        (kinds._assignment, "d += a", ["d = a", "d -= a", "d *= a"]),
        (kinds._assignment, "d = e = a", []),
        (kinds._axes, "d = a.sum(axis=1)", ["d = a.sum(axis=0)", "d = a.mean(axis=1)", "d = a.sum(axis=1, keepdims=True)",
                                            "d = a.sum(axis=0, keepdims=True)", "d = a.sum(axis=1, keepdims=True)"]),
        (kinds._axes, "d = a.sum(axis=0, keepdims=False)",
         ["d = a.sum(axis=1, keepdims=False)", "d = a.sum(axis=0, keepdims=True)", "d = a.mean(axis=0, keepdims=False)"]),
        (kinds._axes, "d = a.mean()", ["d = a.sum()", "d = a.mean(axis=0)", "d = a.mean(axis=1)",
                                       "d = a.mean(axis=1, keepdims=True)", "d = a.mean(axis=0, keepdims=True)"]),
        (kinds._axes, "d = np.sum(a)", ["d = np.mean(a)", "d = np.sum(a, axis=0)", "d = np.sum(a, axis=1)",
                                        "d = np.sum(a, axis=1, keepdims=True)", "d = np.sum(a, axis=0, keepdims=True)"]),
        (kinds._axes, "d = np.minimum(a, 0)", ["d = np.maximum(a, 0)"]),
        (kinds._axes, "d = np.argmin(a)", ["d = np.argmax(a)"]),
        (kinds._axes, "d = np.zeros_like(a)", ["d = np.ones_like(a)"]),
        (kinds._turned, "d = W.T", ["d = W", "d = W.T.T"]),
        (kinds._turned, "d = a @ W", ["d = a.T @ W", "d = a @ W.T"]),
        (kinds._indices, "d = a[m]", ["d = a[m - 1]", "d = a[m + 1]"]),
        (kinds._indices, "d = a[m - 1]", ["d = a[m - 1 - 1]", "d = a[m - 1 + 1]"]),
        (kinds._indices, "d = a[:, y]", [f"d = a[np.arange({count}), y]" for count in ("m", "len(x)", "len(y)")]),
        (kinds._indices, "d = a[0]", []),
        (kinds._exchanged, "d = a - y", ["d = y - a"]),
        (kinds._exchanged, "d = a * y + a", ["d = y * a + y"]),
        (kinds._exchanged, "d = a", []),
    ],
)  # fmt: skip
def test_what_a_change_writes(kind, line, expected):
    assert written(kind, line) == expected


def test_another_name_is_the_nearest_at_hand():
    found = written(kinds._names, "d = a * y")
    assert found[: len(found) // 2] == [f"d = {name} * y" for name in at("d = a * y").atoms[:14] if name != "a"]
    assert {"d = a * x", "d = a * W", "d = a * b", "d = m * y"} <= set(found) and "d = a * np" not in found
    assert written(kinds._names, "d = slope(a)").count("d = shifted(a)") == 1
    size = written(kinds._names, "d = a / x.size")
    assert size[:2] == ["d = a / len(x)", "d = a / x.shape[1]"] or {"d = a / len(x)", "d = a / x.shape[1]"} <= set(size)


def test_a_factor_or_a_term_more():
    scaled = written(kinds._scaled, "d = a @ y")
    by_count = [f"d = a @ y {sign} {count}" for count in ("m", "len(x)", "len(y)") for sign in "/*"]
    assert scaled == [*by_count, "d = 2 * (a @ y)", "d = 0.5 * (a @ y)"]
    assert written(kinds._scaled, "d = a - y")[:2] == ["d = (a - y) / m", "d = (a - y) * m"]
    assert written(kinds._scaled, "d = a")[:2] == ["d = a / m", "d = a * m"] and "d = 2 * a" in written(kinds._scaled, "d = a")
    decayed = written(kinds._decayed, "d = a", "    return d * lam * self.reg\n")
    assert decayed == [f"d = a + {factor} * {weight}" for factor in ("lam", "self.reg") for weight in ("W", "W.T")]
    assert written(kinds._decayed, "d = a") == []
    of = at("d = a", "    return d * lam * self.reg * l2 * h['reg']\n")
    assert len(decay_factors(of)) == 2 and set(decay_factors(of)) <= {"lam", "self.reg", "l2", "h['reg']"}


def test_at_last_the_statement_goes_or_stands_further_out():
    assert written(larger_changes, "d = a")[-1] == "" and written(larger_changes, "d += a")[-1] == ""
    lines = f"{HEAD}    for i in x:\n        if i:\n            return a\n".split("\n")
    of = statement_at(lines, SourcePlace("f.py", 0, HEAD.count("\n") + 3))
    assert [text for text in larger_changes(of) if text.endswith("return a")] == ["        return a", "    return a"]
    assert "" not in list(larger_changes(of))


def test_the_small_changes_come_in_this_order_each_after_what_changes_less():
    found = list(small_changes(at("d = (a - y) * 2")))
    first = [text.strip() for text in found]
    order = ["d = (y - a) * 2", "d = (a + y) * 2", "d = a - y", "d = (a - y) * 1", "d += (a - y) * 2", "d = (a.T - y) * 2"]
    assert [first.index(text) for text in order] == sorted(first.index(text) for text in order)


@pytest.mark.parametrize(
    ("line", "expected"),
    [("d = a", ["a"]), ("d = (a, b)", ["a", "b"]), ("d = [(a, b), y]", ["a", "b", "y"]), ("d = {'W': a, 'b': b}", ["a", "b"]),
     ("d.append((a, b))", ["a", "b"]), ("d.append(a)", ["a"]), ("d += a", ["a"]), ("pass", []), ("d = slope(a)", ["slope(a)"])],
)  # fmt: skip
def test_the_values_of_a_statement(line, expected):
    of = at(line)
    assert [of.segment(value) for value in values(of)] == expected


def test_how_a_function_says_how_many_examples_there_are():
    assert counts(at("d = a")) == ["m", "len(x)", "len(y)"]
    assert counts(at("d = a.shape[0] * a.shape[1]"))[:2] == ["m", "a.shape[0]"]
    assert len(counts(at("d = a.shape[0] * y.shape[0] * x.shape[0] * N * n"))) == 4


# A statement as text


def test_a_statement_knows_its_lines_and_its_function():
    of = at("d = (a -\n         y)")
    assert of.text == "    d = (a -\n         y)" and of.end == HEAD.count("\n") + 3 and of.indent == "    "
    assert of.function.name == "backward" and of.own_lines == ("    d = (a -", "         y)")
    edit = of.edit("new")
    assert (edit.place.line, edit.end, edit.new) == (HEAD.count("\n") + 1, HEAD.count("\n") + 3, "new")
    head = statement_at(["for i in range(3):", "    a = i", ""], SourcePlace("f.py", 2, 1))
    assert head.text == "for i in range(3):" and head.function is None and head.edit("").place.cell == 2
    assert [head.segment(node) for node in head.expressions][:2] == ["i", "range(3)"]
    one_line = statement_at(["if x: a = 1"], SourcePlace("f.py", 0, 1))
    assert one_line.end == 2
    assert (
        statement_at(["def ("], SourcePlace("f.py", 0, 1)) is None
        and statement_at(["a = 1"], SourcePlace("f.py", 0, 3)) is None
    )
    inner = statement_at(["def f():", "    if 1:", "        a = 2", "    else:", "        a = 3"], SourcePlace("f.py", 0, 5))
    assert inner.text == "        a = 3" and inner.function.name == "f"


def test_brackets_of_an_expression_are_not_those_of_a_call():
    of = at("d = (a - y) * slope(a - b) + x[(m)] + slope (y)")
    sums = {of.segment(node): of.is_in_brackets(node) for node in of.expressions}
    assert sums["a - y"] and not sums["a - b"] and sums["m"] and not sums["x"]
    assert of.as_operand(next(n for n in of.expressions if of.segment(n) == "a - y")) == "(a - y)"
    assert of.as_operand(next(n for n in of.expressions if of.segment(n) == "a - b")) == "a - b"
    factor = lambda words: of.as_factor(next(n for n in of.expressions if of.segment(n) == words))
    assert factor("a - y") == "(a - y)" and factor("(a - y) * slope(a - b)") == "(a - y) * slope(a - b)"
    assert factor("slope(a - b)") == "slope(a - b)" and factor("x") == "x"


def test_parts_are_changed_from_the_last_to_the_first():
    of = at("d = a - y")
    left, right = of.value.left, of.value.right
    assert of.changed([(left, "y"), (right, "a")]) == "    d = y - a" and of.changed([(left, "a")]) is None
    assert of.changed([(of.function, "x")]) is None  # no part of it
    bracketed = at("d = (a - y) * b")
    assert bracketed.changed([(bracketed.value.left, "(x)")]) == "    d = (x) * b"
    assert bracketed.changed([(bracketed.value.left, "(x) + (y)")]) == "    d = ((x) + (y)) * b"
    assert bracketed.changed([(bracketed.value.left, "(a - y) * slope(a)")]) == "    d = (a - y) * slope(a) * b"
    two = at("d = (a -\n         y)")
    assert (
        two.changed([(two.value.left, "x")]) == "    d = (x -\n         y)" and two.changed([(two.value, "x")]) == "    d = (x)"
    )
    wide = at("δ = α - y")
    assert wide.changed([(wide.value.right, "a")]) == "    δ = α - a"


def test_a_text_is_bracketed_by_its_first_bracket():
    assert (
        _is_bracketed("(a + b)") and _is_bracketed("((a) + (b))") and not _is_bracketed("(a) + (b)") and not _is_bracketed("(a")
    )
    assert _bare("(a + b)") == "a + b" and _bare("a") == "a" and _bare("(a") == "(a" and _bare("a)") == "a)"
    assert (
        _plainly("f({0})", "(z)") == "f(z)"
        and _plainly("f({0})", "z") == "f(z)"
        and _plainly("1 / (1 + g({0}))", "(z)") == "1 / (1 + g((z)))"
    )


def test_what_a_function_has_at_hand_the_nearest_first():
    atoms = at("d = a * y").atoms
    assert atoms[:2] == ("a", "y") and set(atoms[2:7]) == {
        "x",
        "d",
        "W",
        "b",
        "W.T",
    }  # those of the line, then of those beside it
    assert set(atoms) == {"a", "y", "d", "x", "W.T", "W", "b", "m", "params", "np.tanh"}
    assert atoms.index("b") < atoms.index("m") and "np" not in atoms and "len" not in atoms
    held = at("d = self.a[0] + g['W1'] + a[1:] + f(x)").atoms
    assert {"self.a[0]", "self.a", "g['W1']"} <= set(held) and "a[1:]" not in held and "self" not in held
    assert "later" not in at("d = a", "    later = 1\n").atoms


def test_functions_of_one_thing_may_be_a_slope():
    of = at("d = a")
    assert of.functions == ("slope", "shifted") and of.slope_functions == ("slope",)
    lines = [line for name in ("f", "df", "dg", "f_prime") for line in (f"def {name}(z):", "    return z")]
    assert statement_at(lines, SourcePlace("f.py", 0, 2)).slope_functions == ("df", "f_prime")


def test_runs_of_factors_and_targets():
    of = at("d = a * b / m")
    runs = [(of.segment(whole), before and of.segment(before)) for whole, before in _runs(of)]
    assert runs == [("a * b / m", "a * b"), ("a * b / m", "a"), ("a * b / m", None), ("a * b", "a"), ("a * b", None)]
    name = lambda line: (target := _target(at(line).node)) and ast.unparse(target)
    assert name("d = a") == "d" and name("d[0] += a") == "d[0]" and name("slope(a)") is None


# On a copy, and in layer functions


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("d -= a", ["d = d - a"]),
        ("d += a", ["d = d + a"]),
        ("d *= a - y", ["d = d * (a - y)"]),
        ("d /= len(x)", ["d = d / len(x)"]),
        ("d **= 2", ["d = d ** 2"]),
        ("d @= a.T", ["d = d @ a.T"]),
        ("d //= 2", []),
        ("d[a < 0] = 0", ["d = d.copy()\n    d[a < 0] = 0"]),
        ("d[0][1] = 0", ["d = d.copy()\n    d[0][1] = 0"]),
        ("d[0] += a", ["d[0] = d[0] + a", "d = d.copy()\n    d[0] += a"]),
        ("d = a", ["d = a.copy()"]),
        ("d = a[0]", ["d = a[0].copy()"]),
        ("d = a - y", []),
        ("np.maximum(a, 0, out=d)", ["d = np.maximum(a, 0)"]),
        ("d = np.maximum(a, 0, out=a)", ["d = np.maximum(a, 0)"]),
        ("np.maximum(a, 0, dtype=d)", []),
    ],
)
def test_what_is_written_into_is_a_copy(line, expected):
    assert written(on_a_copy, line) == expected


NAMED = {"x": "X", "w": "V", "b": "c", "dout": "D", "out": "o"}


@pytest.mark.parametrize(
    ("function", "result", "names", "expected"),
    [
        ("affine_forward", "out", NAMED, ["X @ V + c", "X.dot(V) + c"]),
        ("affine_backward", "x", NAMED, ["D @ V.T", "D.dot(V.T)"]),
        ("affine_backward", "w", NAMED, ["X.T @ D", "X.T.dot(D)"]),
        ("affine_backward", "b", NAMED, ["D.sum(axis=0)"]),
        ("affine_backward", "b", {"x": "X"}, []),
        ("affine_backward", "other", NAMED, []),
        ("tanh_forward", "out", NAMED, ["np.tanh(X)"]),
        ("tanh_forward", "out", {"out": "o"}, []),
        ("tanh_backward", "x", NAMED, ["D * (1 - o ** 2)", "D * (1 - np.tanh(X) ** 2)"]),
        ("sigmoid_backward", "x", {"out": "o", "dout": "D"}, ["D * o * (1 - o)"]),
        ("tanh_backward", "x", {"out": "o"}, []),
        ("softmax_loss", "x", NAMED, []),
    ],
)
def test_the_right_formula_of_a_layer_function_in_its_own_names(function, result, names, expected):
    assert list(_formulas(function, result, names)) == expected


def test_slopes_are_those_of_a_backward_pass():
    assert list(_slopes("relu_backward", NAMED)) == ["(o > 0)", "(X > 0)"] and list(_slopes("relu_forward", NAMED)) == []
    assert list(_slopes("relu_backward", {"x": "X"})) == ["(X > 0)"] and list(_slopes("affine_backward", NAMED)) == []
    assert written(_divided, "d = a") == [f"d = a\n    d /= {count}" for count in ("m", "len(x)", "len(y)")]
    assert written(_divided, "d[0] += a")[0] == "d[0] += a\n    d /= m" and written(_divided, "return a") == []


def test_in_a_layer_function_a_copy_comes_first_and_a_division_last():
    found = [text.strip() for text in layer_changes(at("d = a * y"), "tanh_backward", "x", {"dout": "a", "out": "y"})]
    places = [found.index(text) for text in ("d = y * a", "d = a * y * (1 - y ** 2)", "d = a * (1 - y ** 2)", "d = a * y / m")]
    assert places == sorted(places) and found[-1] == "d = a * y\n    d /= len(y)"
    assert "d = (1 - y ** 2) * y" in found
    copied = [text.strip() for text in layer_changes(at("d = a"), "tanh_backward", "x", {})]
    assert copied[0] == "d = a.copy()"


def test_lines_of_two_statements_do_not_overlap():
    one, other = at("d = a"), at("d = a")
    assert _overlap(one, other)
    elsewhere = [replace(one, place=SourcePlace("g.py", 0, 1)), replace(one, place=SourcePlace("f.py", 1, 1))]
    assert not any(_overlap(one, two) for two in elsewhere)
    assert not _overlap(one, statement_at(HEAD.split("\n"), SourcePlace("f.py", 0, 3)))


def test_what_has_the_same_index_is_at_hand_from_farther_away():
    names = [f"v{n}" for n in range(20)]
    after = "".join(f"    {name} = {name}\n" for name in names) + "    return x[m][i] + y[i] + y[m]\n"
    found = written(kinds._names, "d = a[i]", after)
    assert {"d = x[m][i]", "d = y[i]"} <= set(found) and "d = y[m]" not in found
    assert "d = y[i]" not in written(kinds._names, "d = a", after)
