"""Numbers of balls, tapes and rounding budgets, held by values worked out by hand."""

import math
from fractions import Fraction

import numpy as np
import pytest

from gradcheck import certified_gradient
from gradcheck.certified import witness
from gradcheck.certified.code.reasons import CannotFollow, Undecided
from gradcheck.certified.numbers import constants
from gradcheck.certified.numbers.choices import (
    GREATER,
    LESS,
    Choices,
    Key,
    Mode,
    Open,
    OpenComparison,
    Pick,
    Split,
    Tie,
    hull,
    size,
    widen,
)
from gradcheck.certified.numbers.comparisons import compare, key_of, order
from gradcheck.certified.numbers.directions import entries_of, gradient_of_difference, sides_of_extreme, sides_of_pair
from gradcheck.certified.numbers.elementary import RULES, integer_power
from gradcheck.certified.numbers.operations import apply2, length, node_of, root, rounded, subtract
from gradcheck.certified.numbers.piecewise import (
    ceil,
    choice,
    copysign,
    either,
    floor,
    heaviside,
    maximum,
    minimum,
    power,
    rint,
    sign,
    trunc,
    truth_number,
)
from gradcheck.certified.numbers.run_state import activated, active
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.numbers.tape import Sums, Tape
from gradcheck.certified.rounding import (
    OWN_SHARE,
    Bounds,
    RunFormat,
    judged_truth,
    own_error,
    radii,
    running_error,
    same_claim,
    same_value,
)
from gradcheck.certified.witness import all_tight, certify
from gradcheck.judge.subgradients import MAX_COMBINATIONS
from symbolic.balls import Ball, precision

U = 2.0**-53
F64 = RunFormat.of(np.float64)
KEY, OTHER = Key(("a", "b"), 3), Key(("a", "c"), -1)


@pytest.fixture(autouse=True)
def _many_bits():
    with precision(192):
        yield


def same(ball, low, high=None):
    """Whether a ball has these ends, up to its own last bits."""
    high = low if high is None else high
    ends = float(ball.lower()), float(ball.upper())
    return ends == pytest.approx((low, high), rel=1e-8, abs=1e-8)


# Rules


@pytest.mark.parametrize(("name", "points"), [
    ("cbrt", [(-8.0,), (8.0,)]), ("exp2", [(3.0,), (-1.5,)]), ("log2", [(0.3,)]), ("log10", [(0.3,)]), ("tan", [(2.0,)]),
    ("arcsin", [(-0.5,)]), ("arccos", [(-0.5,)]), ("arctan2", [(-1.0, -2.0), (3.0, -1.0)]), ("hypot", [(3.0, -4.0)]),
    ("tanh", [(-3.0,)]), ("expit", [(-3.0,), (4.0,)]), ("logit", [(0.9,)]), ("erf", [(-1.5,)]), ("erfc", [(2.5,)]),
    ("log_ndtr", [(-2.0,)]), ("sinc", [(-1.25,)]), ("gamma", [(2.5,)]), ("psi", [(2.5,)]), ("i0", [(-2.0,)]),
    ("i1", [(-2.0,)]), ("logaddexp", [(1.0, 3.0), (3.0, 1.0), (2.0, 2.0)]), ("entr", [(2.0,)]), ("kl_div", [(2.0, 5.0)]),
    ("radians", [(90.0,)]), ("degrees", [(2.0,)]), ("arctanh", [(-0.75,)]), ("arccosh", [(2.0,)]), ("arcsinh", [(-2.0,)]),
    ("divide", [(3.0, -2.0)]), ("reciprocal", [(-4.0,)]), ("xlog1py", [(2.0, 1.5)]), ("rel_entr", [(2.0, 5.0)]),
])  # fmt: skip
def test_slopes_are_those_of_differences_far_below_a_float(name, points):
    rule, step = RULES[name], Ball(2) ** -60
    for point in points:
        balls = [Ball(p) for p in point]
        y = rule.value(*balls)
        assert float(y.rad()) <= 1e-12 * (1 + abs(float(y.mid())))
        for k, slope in enumerate(rule.slopes):
            up, down = (rule.value(*[b + s * step * (j == k) for j, b in enumerate(balls)]) for s in (1, -1))
            got = Ball(1) if slope is None else slope(*balls, y)
            assert got.is_finite() and float(abs(got - (up - down) / (2 * step)).mid()) < 1e-15


def test_the_rounding_of_each_rule_in_units():
    ones = ["add", "subtract", "multiply", "divide", "square", "reciprocal", "sqrt"]
    assert {name: RULES[name].ulps for name in ones} == dict.fromkeys(ones, 1)
    assert (RULES["negative"].ulps, RULES["radians"].ulps, RULES["degrees"].ulps, RULES["exp"].ulps) == (0, 2, 2, 4.0)
    assert {r.ulps for n, r in RULES.items() if n not in (*ones, "negative", "radians", "degrees")} == {4.0}


def test_an_infinite_operand_decides_only_where_the_other_cannot_be_zero():
    inf, third, wide = Ball("inf"), Ball(1) / 3, Ball(0, 0.5)
    assert not RULES["multiply"].value(inf, wide).is_finite() and not RULES["multiply"].value(wide, -inf).is_finite()
    assert RULES["multiply"].value(third, inf) == inf == RULES["multiply"].value(-third, -inf)
    assert RULES["multiply"].value(-third, inf) == -inf == RULES["multiply"].value(third, -inf)
    assert RULES["divide"].value(third, inf) == 0 and RULES["divide"].value(-inf, third) == -inf
    assert not RULES["divide"].value(third, wide).is_finite()
    assert RULES["multiply"].value(Ball(2), Ball(3)) == 6 and RULES["add"].value(Ball("nan"), inf).is_nan()


def test_powers_by_squaring():
    for n in range(-5, 9):
        assert integer_power(Ball(2), n) == Ball(2.0**n)
    assert integer_power(Ball(-1, 0.5), 2).contains(Ball(0.25)) and integer_power(Ball(7), 0) == 1


# Choices


def test_an_open_truth_and_its_contrary():
    less, more = Open(KEY, True), ~Open(KEY, True)
    assert more == Open(KEY, False) and (less & less) == less and (less & more) is False
    assert (less | more) is True and (less | less) == less
    assert (less & True) == less and (less & False) is False and (less | True) is True and (less | False) == less
    assert (True & less) == less and (False | less) == less
    for combine in (lambda a, b: a & b, lambda a, b: a | b):
        with pytest.raises(Undecided, match="two different"):
            combine(less, Open(OTHER, True))
    with pytest.raises(Undecided, match="as a condition"):
        bool(less)


def test_splits_add_and_multiply_side_by_side_and_as_hulls_where_keys_differ():
    a, b = Split(KEY, Ball(2), Ball(5)), Split(KEY, Ball(3), Ball(-1))
    assert (a + b) == Split(KEY, Ball(5), Ball(4)) and (a * b) == Split(KEY, Ball(6), Ball(-5))
    assert (a + Ball(1)) == (Ball(1) + a) == Split(KEY, Ball(3), Ball(6))
    assert (a * 2) == (2 * a) == Split(KEY, Ball(4), Ball(10))
    c = Split(OTHER, Ball(0), Ball(1))
    assert same(a + c, 2, 6) and same(a * c, -1.5, 5) and same(a.hull(), 2, 5) and same(hull(a), 2, 5) and hull(Ball(3)) == 3
    assert a.mixed((1.0, 0.0)) == 2 and a.mixed((0.0, 1.0)) == 5 and a.mixed((0.25, 0.75)) == 0.5 + 3.75
    assert size(a) == pytest.approx(5) and size(b) == pytest.approx(3) and size(Ball(-7)) == pytest.approx(7)
    wide = widen(a, 0.5)
    assert same(wide.less, 1.5, 2.5) and same(wide.greater, 4.5, 5.5) and same(widen(Ball(1), 0.25), 0.75, 1.25)
    assert Pick("k", 1).mixed((0.25, 0.75)) == 0.75 and OpenComparison((1, 2, 3)).options == 3


def test_a_tie_names_three_inputs_and_counts_the_rest():
    tie = Tie("max", 4, True, (0, 2))
    assert str(tie) == "max (comparison 4 of the run)"
    assert str(tie.named("abc")) == "max (comparison 4 of the run; depends on a, c)"
    many = Tie("max", 4, True, (0, 1, 2, 3, 4)).named("abcde")
    assert str(many) == "max (comparison 4 of the run; depends on a, b, c and 2 more)"
    assert str(Tie("max", 4, True, (0, 1, 2)).named("abc")) == "max (comparison 4 of the run; depends on a, b, c)"


def test_ties_are_kept_and_traced_up_to_a_number():
    choices, asked = Choices(), []
    for k in range(1002):
        choices.asked = k
        choices.note("<", exact=True, entries=lambda: asked.append(1) or (7,))
    assert len(choices.ties) == 1000 and len(asked) == 3
    assert choices.ties[2].entries == (7,) and choices.ties[3].entries == () and choices.ties[5].occurrence == 5
    middle = Choices(Mode.MIDPOINT)
    middle.note("<", exact=False, entries=lambda: (1,))
    assert middle.ties[0].entries == () and not middle.ties[0].exact


def test_a_forced_run_takes_the_first_possible_option_and_remembers_the_others():
    with pytest.raises(Undecided, match="< compares values that cannot be told apart"):
        Choices().choose("k", "<", lambda: [[], []])
    choices = Choices(Mode.FORCED, {"given": 1})
    assert choices.choose("given", "<", lambda: [[], []]) == 1 and choices.trail["given"] == (1, ())
    row = np.array([1.0, 0.0])
    assert choices.choose("k", "<", lambda: [[row], [-row]]) == 0 and choices.trail["k"] == (0, (1,))
    assert choices.choose("k", "<", lambda: 1 / 0) == 0  # asked once
    assert choices.choose("l", "<", lambda: [[-row], [row]]) == 1 and choices.trail["l"] == (1, ())  # the other contradicts
    assert choices.asks.keys() == {"k"} and len(choices.asked_of["k"]) == 2
    full = Choices(Mode.FORCED)
    for k in range(MAX_COMBINATIONS - 1):
        full.choose(k, "<", lambda: [[], []])
    with pytest.raises(Undecided, match="more than 64"):
        full.choose("last", "<", lambda: [[], []])


def test_the_tolerance_is_the_largest_constant_that_values_came_to_both_sides_of():
    assert Choices().tolerance == 0.0
    assert Choices(small={1e-3: {True, False}, 1e-2: {True}, 1e-6: {True, False}}).tolerance == 1e-3


# Numbers on a tape


class Taped:
    """A run with a tape, two inputs on it, and a way to compare."""

    def __init__(self, mode=Mode.HULL, values=(0.0, 0.0), **state):
        self.tape = Tape()
        first = self.tape.begin(len(values))
        self.inputs = [Scalar(Ball(v), first + k) for k, v in enumerate(values)]
        self.choices = Choices(mode)
        self.context = activated(tape=self.tape, choices=self.choices, **state)

    def __enter__(self):
        self.context.__enter__()
        return self

    def __exit__(self, *error):
        return self.context.__exit__(*error)

    def slopes(self, output):
        found = self.tape.sweep(output.node)[: len(self.inputs)]
        return [None if g is None else hull(g) for g in found]


def test_comparisons_are_decided_where_balls_tell_and_open_where_not():
    with Taped(values=(1.0, 2.0)) as run:
        a, b = run.inputs
        assert (order(a, b, "<"), order(b, a, "<"), order(a, a, "<")) == (-1, 1, 0)
        assert run.choices.asked == 3 and run.choices.ties == []
        assert (compare(a, b, "<"), compare(a, b, "<="), compare(a, b, ">"), compare(a, b, ">=")) == (True, True, False, False)
        assert (compare(a, a, "<"), compare(a, a, "<="), compare(a, a, ">"), compare(a, a, ">=")) == (False, True, False, True)
        assert (compare(a, b, "=="), compare(a, b, "!=")) == (False, True)
        assert (compare(a, a, "=="), compare(a, a, "!=")) == (True, False)
        one, also = Scalar(Ball(1)), Scalar(Ball(1))
        assert order(one, also, "<") == 0 and compare(one, also, "==") is True
        for symbol in ("<", "=="):
            with pytest.raises(CannotFollow, match="not finite"):
                compare(Scalar(Ball("nan")), b, symbol)


def test_an_open_comparison_has_a_key_with_the_later_node_first():
    with Taped() as run:
        a, b = run.inputs
        less = compare(a, b, "<")
        assert isinstance(less, Open) and less.key == Key((1, 0), -1) and not less.if_less
        assert compare(b, a, "<") == Open(less.key, True) and compare(a, b, ">") == ~less == compare(a, b, ">=")
        assert compare(a, b, "<=") == less
        zero = Scalar(Ball(0))
        assert key_of(a, zero) == (Key((0, 0.0), 0), False) and key_of(zero, b) == (Key((1, 0.0), 1), True)
        assert key_of(zero, zero)[0].node == -1 and key_of(a, b) == (Key((1, 0), -1), True) and key_of(b, a)[1] is False
        assert run.choices.ties[0].exact and run.choices.compared[less.key].swapped
    with activated(tape=None, choices=Choices()):
        active.choices.asked = 5
        assert key_of(a, b) == (Key(("comparison", 5), -1), False)


@pytest.mark.parametrize(("option", "expected"), [(LESS, -1), (GREATER, 1)])
def test_a_forced_answer_is_that_of_the_key_whichever_way_round_it_is_asked(option, expected):
    with Taped(Mode.FORCED) as run:
        a, b = run.inputs
        run.choices.forced[Key((1, 0), -1)] = option  # of b to a
        assert order(b, a, "<") == expected and order(a, b, "<") == -expected


def test_at_midpoints_a_comparison_is_that_of_the_middles():
    with Taped(Mode.MIDPOINT, (0.0, 0.0)) as run:
        a, _ = run.inputs
        low, high = Scalar(Ball(1, 0.5), a.node), Scalar(Ball(1.25, 0.5), a.node + 1)
        assert (order(low, high, "<"), order(high, low, "<"), order(low, Scalar(Ball(1, 0.5)), "<")) == (-1, 1, 0)
        assert compare(low, high, "==") is False and compare(*run.inputs, "==") is True
        assert len(run.choices.ties) == 5 and not run.choices.ties[0].exact


def test_what_each_answer_asks_of_a_direction():
    with Taped(values=(1.0, 1.0)) as run:
        a, b = run.inputs
        double = apply2(RULES["add"], a, a)
        row = lambda r: np.round(r, 12).tolist()
        assert row(gradient_of_difference(a, b)) == [1, -1] and row(gradient_of_difference(double, b)) == [1, -0.5]
        assert row(gradient_of_difference(a, Scalar(Ball(1)))) == [1, 0]
        assert [row(r[0]) for r in sides_of_pair(a, b, swapped=False)] == [[-1, 1], [1, -1]]
        assert [row(r[0]) for r in sides_of_pair(a, b, swapped=True)] == [[1, -1], [-1, 1]]
        rows = sides_of_extreme([a, b, double], 1)
        assert [[row(r) for r in side] for side in rows] == [
            [[1, -1], [-1, 0]], [[-1, 1], [-1, 0.5]], [[1, 0], [1, -0.5]],
        ]  # fmt: skip
        assert [[row(r) for r in side] for side in sides_of_extreme([a, b], -1)] == [[[-1, 1]], [[1, -1]]]
        assert entries_of((a, b)) == (0, 1) and entries_of((a, Scalar(Ball(1)))) == (0,)
    with activated(tape=None):
        assert gradient_of_difference(a, b) is None


def test_a_direction_is_known_where_each_entry_is_known_to_a_millionth():
    for radius, known in ((2.0**-21, True), (2.0**-19, False)):
        with Taped(values=(1.0, 1.0)) as run:
            a, b = run.inputs
            near = node_of(Ball(1), [(a, Ball(2, 2 * radius)), (b, Ball(0, 2 * radius))])
            row = gradient_of_difference(near, Scalar(Ball(1)))
            assert (row is not None) is known
            if known:
                assert row.tolist() == pytest.approx([1, 0], abs=1e-6) and row[1] == 0
            flat = node_of(Ball(1), [(a, Ball(0, 0.5))])
            assert gradient_of_difference(flat, Scalar(Ball(1))) is None


def test_choices_between_two_values_have_a_slope_for_each_answer():
    with Taped() as run:
        a, b = run.inputs
        less = compare(a, b, "<")
        yes = choice(less, "yes", "no")
        assert (yes.less, yes.greater) == ("no", "yes")  # the key asks for b to a
        opposite = choice(~less, "yes", "no")
        assert (opposite.less, opposite.greater) == ("yes", "no")
        for function, of_less in ((maximum, "b"), (minimum, "a")):
            top = function(a, b)
            edges = dict(zip(run.tape.parents[-2:], run.tape.partials[-2:], strict=True))
            chosen = edges[b.node if of_less == "b" else a.node]
            assert (chosen.less, chosen.greater) == (0, 1)  # a < b is GREATER of the key (b, a)
            rest = edges[a.node if of_less == "b" else b.node]
            assert (rest.less, rest.greater) == (1, 0) and top.ball == 0
            assert all(same(g, 0, 1) for g in run.slopes(top))
        assert either(less, a, a) is a and either(True, a, b) is a and either(False, a, b) is b
        picked = either(less, a, b)
        edges = dict(zip(run.tape.parents[-2:], run.tape.partials[-2:], strict=True))
        assert (edges[a.node].less, edges[a.node].greater) == (0, 1) and (edges[b.node].less, edges[b.node].greater) == (1, 0)
        assert picked.ball == 0
        assert same(truth_number(less).ball, 0, 1) and truth_number(True).ball == 1 and truth_number(False).ball == 0
        assert same(sign(a).ball, -1, 1) and same(heaviside(a, Scalar(Ball(7))).ball, 0, 1)


def test_decided_choices_hand_on_one_of_the_two():
    with Taped(values=(1.0, 2.0)) as run:
        a, b = run.inputs
        assert maximum(a, b) is b is maximum(b, a) and minimum(a, b) is a is minimum(b, a)
        assert (sign(a).ball, sign(Scalar(Ball(-3))).ball, sign(Scalar(Ball(0))).ball) == (1, -1, 0)
        half = Scalar(Ball(0.5))
        assert heaviside(a, half).ball == 1 and heaviside(Scalar(Ball(-1)), half).ball == 0
        assert heaviside(Scalar(Ball(0)), half) is half
        assert copysign(a, Scalar(Ball(-2))).ball == -1 and copysign(Scalar(Ball(-1)), b).ball == 1
        with pytest.raises(CannotFollow, match="signed zero"):
            copysign(a, Scalar(Ball(0)))


@pytest.mark.parametrize("x", [-2.5, -1.5, -0.75, -0.5, 0.25, 0.5, 1.5, 2.5, 2.75, 3.0, -3.0])
def test_steps_are_those_of_numpy(x):
    with activated(tape=None):
        for mine, numpy in ((floor, np.floor), (ceil, np.ceil), (rint, np.rint), (trunc, np.trunc)):
            assert mine(Scalar(Ball(x))).ball == numpy(x)


def test_steps_jump_at_integers_and_halves():
    with Taped(values=(1.0, 0.5)) as run:
        one, half = run.inputs
        for function, at, beside in ((floor, one, half), (ceil, one, half), (trunc, one, half), (rint, half, one)):
            assert function(beside).node < 0
            with pytest.raises(CannotFollow, match="jump"):
                function(at)


def test_powers_have_their_slopes():
    with Taped(values=(3.0, 2.0)) as run:
        a, b = run.inputs
        slope = lambda y: [None if g is None else float(g.mid()) for g in run.slopes(y)]
        assert power(a, Scalar(Ball(0))).ball == 1 and power(a, Scalar(Ball(1))) is a
        square, cube, inverse = (power(a, Scalar(Ball(n))) for n in (2, 3, -2))
        assert (square.ball, cube.ball) == (9, 27) and float(inverse.ball.mid()) == pytest.approx(1 / 9)
        assert slope(square)[0] == 6 and slope(cube)[0] == 27 and slope(inverse)[0] == pytest.approx(-2 / 27)
        both = power(a, b)
        assert float(both.ball.mid()) == 9 and slope(both) == pytest.approx([6, 9 * math.log(3)])
        root3, half = power(a, Scalar(Ball(0.5))), power(a, Scalar(Ball(1.5)))
        assert slope(root3)[0] == pytest.approx(0.5 / math.sqrt(3)) and slope(half)[0] == pytest.approx(1.5 * math.sqrt(3))
        of_two = power(Scalar(Ball(2)), b)
        assert of_two.ball == 4 and slope(of_two)[1] == pytest.approx(4 * math.log(2)) and slope(of_two)[0] is None
        negative = node_of(Ball(-3), [(a, None)])
        assert power(negative, b).ball == 9


def test_each_operation_rounds_by_its_own_units():
    with activated(tape=None, unit=U, tiny=2.0**-1074):
        for ball, ulps, expected in ((Ball(3), 1.0, 3 * U), (Ball(-3), 4.0, 12 * U), (Ball(0), 4.0, 0.0)):
            assert float(rounded(ball, ulps).rad()) == pytest.approx(expected, rel=1e-8)
        assert rounded(Ball("inf"), 1.0) == Ball("inf")
        around = rounded(Ball(0, 0.5), 1.0)
        assert float(around.rad()) == pytest.approx(0.5)
        for name, x, ulps in (("add", 5.0, 1), ("multiply", 6.0, 1)):
            y = apply2(RULES[name], Scalar(Ball(2)), Scalar(Ball(3)))
            assert float(y.ball.mid()) == x and float(y.ball.rad()) == pytest.approx(ulps * x * U, rel=1e-8)
        cube = power(Scalar(Ball(2)), Scalar(Ball(3)))
        assert float(cube.ball.rad()) == pytest.approx(4 * 8 * U, rel=1e-8)
    with activated(tape=None):
        assert power(Scalar(Ball(2)), Scalar(Ball(3))).ball == 8


def test_a_root_of_zero_is_kept_apart_and_a_difference_with_itself_is_nothing():
    with Taped(values=(0.0, 4.0)) as run:
        a, b = run.inputs
        assert root(b).ball == 2 and len(run.tape.roots) == 1 and run.tape.cusps == []
        zero = root(a)
        assert zero.ball == 0 and run.tape.cusps == [(zero.node, a.node, 1)]
        assert float(run.slopes(root(b))[1].mid()) == 0.25
        assert length(a, b).ball == 4 and len(run.tape.cusps) == 1
        origin = length(a, a)
        assert origin.ball == 0 and len(run.tape.cusps) == 2
        assert subtract(a, a).node < 0 and subtract(b, b).ball == 0 and subtract(b, a).ball == 4


# The tape


def test_a_sum_of_terms_is_rounded_by_all_of_them():
    sums = Sums(0.125)
    for term in (Ball(1), Ball(-2), Split(KEY, Ball(1), Ball(-5))):
        sums.add(0, term)
    sums.add(1, Ball(8))
    assert float(sums.rounded(0, Ball(4)).rad()) == pytest.approx(3 * 0.125 * 8, rel=1e-6)
    assert sums.rounded(1, Ball(8)) == 8 and sums.rounded(2, Ball(8)) == 8 and sums.rounded(0, Ball(4)) == 4


def test_a_sweep_multiplies_along_edges_and_adds_where_they_meet():
    with Taped(values=(2.0, 5.0)) as run:
        a, b = run.inputs
        product = apply2(RULES["multiply"], a, b)
        total = apply2(RULES["add"], product, a)
        assert run.slopes(total) == [6, 2] and run.slopes(a) == [1]
        weighted = run.tape.sweep_from({total.node: Ball(10), product.node: Ball(1)})
        assert weighted[:2] == [65, 22]
        careful = run.tape.sweep(total.node, U)
        # a: 5 by the product and 1 by the sum, each rounded where it is made, their sum by n u times the sizes.
        assert [float(ball.mid()) for ball in careful[:2]] == [6, 2]
        assert float(careful[0].rad()) == pytest.approx((2 * 5 + 2 * 6) * U, rel=1e-6)
        assert float(careful[1].rad()) == pytest.approx(2 * 2 * U, rel=1e-6)
    with pytest.raises(CannotFollow, match="earlier call"):
        run.tape.sweep(run.tape.first - 1)


def test_limits_of_memory_and_time():
    tape = Tape(max_edges=3, max_seconds=100.0)
    tape.parents.extend([0] * 3)
    tape.check_limits()
    tape.add_block(tape.nodes(1), 1, lambda adjoints: None, 0)
    with pytest.raises(CannotFollow, match="more than 3 elementary"):
        tape.add_block(tape.nodes(2), 2, lambda adjoints: None, 1)
    assert [last - start for start, last in tape.block_spans] == [0, 1]
    with pytest.raises(CannotFollow, match="with error bounds; check a smaller"):
        Tape(max_seconds=-1.0).check_limits()


# Rounding budgets


def bounds(f, x, dtype=np.float64):
    truth = certify(f, np.array(x))
    return truth, running_error(f, np.array(x), truth, dtype)


def test_the_rounding_of_a_product_is_that_of_its_sweep_and_of_the_result():
    truth, found = bounds(lambda x: x[0] * x[1], [3.0, -7.0])
    assert found.whole and found.parts == () == found.places == found.balls
    assert found.rounding == pytest.approx([3 * 7 * U, 3 * 3 * U], rel=1e-6)
    assert found.near.tolist() == [0, 0] and truth.smooth and found.parts == ()
    _, short = bounds(lambda x: x[0] * x[1], [3.0, -7.0], np.float32)
    assert short.rounding == pytest.approx([21 * 2.0**-24, 9 * 2.0**-24], rel=1e-6)
    known = judged_truth(truth, found, None)
    assert known.budget.rounding["x"] == pytest.approx([4 * 21 * U, 4 * 9 * U], rel=1e-6) and known.budget.kinks is None
    assert known.witness == "certified"


def test_slopes_are_taken_on_widened_values():
    _, found = bounds(lambda x: (x[0] * x[1]) ** 2, [3.0, 7.0])
    # 2 p with p = 21 +- 21 u; times 1 (2 u), times 7 (2 u), and u of the result: 294 (1 + 2 + 2 + 1) u
    assert found.rounding[0] == pytest.approx(294 * 6 * U, rel=1e-6)


def test_radii_hold_one_rounding_of_the_result_and_no_number_is_unbounded():
    found = radii([Ball(3, 0.5), Ball("nan"), Ball(0)], F64)
    assert found[0] == pytest.approx(0.5 + 3.5 * U) and found[1] == np.inf and found[2] == F64.tiny
    assert (F64.u, F64.tiny) == (U, 2.0**-1074)


def test_the_codes_own_error_counts_up_to_a_thousand_times_that_of_the_sweep():
    truth = certify(lambda x: x[0] * x[1], np.array([3.0, -7.0]))
    made = Bounds(np.array([1e-15, 1e-15]), np.array([0.0, 0.5]))
    budget = judged_truth(truth, made, [np.array([3e-15, 1.0])]).budget
    assert OWN_SHARE == 2.0**10 and budget.rounding["x"] == pytest.approx([12e-15, 4 * 1024e-15])
    assert budget.lowest["x"].tolist() == [-7.0, 2.5] and budget.highest["x"].tolist() == [-7.0, 3.5]
    smaller = judged_truth(truth, made, [np.array([1e-16, 1e-16])]).budget
    other_shape = judged_truth(truth, made, [np.array([1.0])]).budget
    for budget in (smaller, other_shape):
        assert budget.rounding["x"] == pytest.approx([4e-15, 4e-15])
    (own,) = own_error(lambda x: np.array([x[1] * 1.0, x[0] * 2.0]), np.array([3.0, -7.0]), np.float64)
    assert own == pytest.approx([14 * U, 12 * U], rel=1e-6)


def test_at_a_kink_the_ends_are_those_of_the_vertices_and_their_rounding_the_largest():
    f = lambda x: np.maximum(3 * x[0], -2 * x[1])
    truth, found = bounds(f, [0.0, 0.0])
    known = judged_truth(truth, found, None)
    assert known.budget.lowest["x"].tolist() == [0, -2] and known.budget.highest["x"].tolist() == [3, 0]
    (part,) = known.budget.kinks.parts
    assert sorted(map(tuple, part["x"].tolist())) == [(0, -2), (3, 0)] and known.budget.kinks.whole
    assert (known.gradient["x"].rad == 0).all()
    assert known.budget.rounding["x"] == pytest.approx([4 * 9 * U, 4 * 6 * U], rel=1e-6)


def test_at_a_norm_of_zero_the_budget_reaches_the_ball_of_subgradients():
    f = lambda x: 3 * np.sqrt(x[0] ** 2 + x[1] ** 2)
    truth, found = bounds(f, [0.0, 0.0])
    assert [np.round(np.abs(rows), 12).tolist() for rows in found.balls] == [[[3, 0], [0, 3]]]
    assert found.places == ("a norm at zero",)
    known = judged_truth(truth, found, None)
    assert known.budget.lowest["x"] == pytest.approx([-3, -3]) and known.budget.highest["x"] == pytest.approx([3, 3])
    # The slope 3 by the root is off by its own rounding, 2 * 3 u, and by LENGTH_ROUNDS = 8 times u of it.
    assert found.rounding == pytest.approx([(6 + 24) * U, (6 + 24) * U], rel=0.2)


def test_half_precision_explains_what_it_explains():
    f, x = lambda x: x[0] * x[1], np.array([3.0, 7.0])
    u = 2.0**-11
    for off, explained in ((0.99, True), (1.01, False)):
        # one rounding in the product, one of the result, safety 4
        assert same_value(f, x, 21 * (1 + off * 4 * 2 * u)) is explained
        grad = lambda x: np.array([2 * x[1], x[0] * 2])
        claimed = [np.array([14.0, 6.0 * (1 + off * 4 * 2 * u)])]
        assert same_claim(grad, x, claimed) is explained
    assert not same_claim(lambda x: x[:1], x, [x])
    assert same_value(lambda x: {}[x[0]], x, 99.0)  # what cannot be followed is not contradicted


# Tightness and precision


def test_tight_is_beside_its_own_number_or_beside_the_largest():
    tight, beside = 2.0**-90, 2.0**-110
    assert (tight, beside) == (witness.TIGHT, witness.TIGHT_BESIDE)
    assert all_tight(Ball(1), []) and all_tight(Ball(8, 7.9 * tight), []) and not all_tight(Ball(8, 8.1 * tight), [])
    assert all_tight(Ball(0, 0.9 * tight), []) and not all_tight(Ball(0, 1.1 * tight), [])
    assert all_tight(Ball(0), [Ball(8, 7.9 * tight)]) and not all_tight(Ball(0), [Ball(8, 8.1 * tight)])
    assert all_tight(Ball(0), [Ball(8), Ball(0, 7.9 * beside)]) and not all_tight(Ball(0), [Ball(8), Ball(0, 8.1 * beside)])
    assert all_tight(Ball(0), [Ball(0, 0.9 * beside)]) and not all_tight(Ball(0), [Ball(0, 1.1 * beside)])
    huge = Ball(2) ** 1400
    assert all_tight(huge, [huge]) and not all_tight(huge * Ball(1, 0.5), [])
    assert not all_tight(Ball(1), [Ball(1) + huge * Ball(0, 1)])
    assert not all_tight(Ball("inf"), []) and not all_tight(Ball(1), [Ball("nan")])


def test_a_value_and_its_derivative_at_first_precision():
    truth = certify(lambda x: np.sin(x[0]) * x[1], np.array([0.5, 2.0]))
    assert truth.bits == 192 and truth.smooth and truth.names == ("x",) and truth.ties == () and not truth.jumps
    assert truth.gradient[0].mid == pytest.approx([2 * math.cos(0.5), math.sin(0.5)], rel=1e-15)
    assert (truth.gradient[0].rad < 1e-30).all() and truth.steps == 3 and truth.compared == 0
    wide = certify(lambda x: (x[0] + 1e60) - 1e60, np.array([0.5]))
    assert wide.bits >= 192 and wide.gradient[0].mid == 1


def test_kinks_have_a_gradient_for_each_side():
    truth = certify(lambda x: np.abs(x[0]) + x[1], np.array([0.0, 1.0]))
    assert truth.bits == 192
    assert not truth.smooth and sorted(b.tolist() for b in truth.branches) == [[-1, 1], [1, 1]] and not truth.jumps
    assert (truth.gradient[0].mid[0], truth.gradient[0].rad[0]) == (0, pytest.approx(1)) and truth.gradient[0].mid[1] == 1
    assert [str(tie) for tie in truth.ties] == ["abs (comparison 1 of the run; depends on x[0])"]
    assert certify(lambda x: np.where(x[0] > 0, x[1], x[1] + 1), np.array([0.0, 1.0])).jumps
    smooth = certify(lambda x: np.maximum(x[0], 0.0) - np.maximum(-x[0], 0.0), np.array([0.0]))
    assert smooth.smooth and smooth.gradient[0].mid == 1


# Constants


@pytest.mark.parametrize(("value", "expected"), [
    (0.5, 0.0), (3.0, 0.0), (math.inf, 0.0), (0.375, 0.0), (2.0**-30, 0.0), (0.7978845608, 5e-11),
    (0.044715, 8 * np.spacing(0.044715)), (0.1, 8 * np.spacing(0.1)), (1 / 3, 8 * np.spacing(1 / 3)),
    (-0.1, 8 * np.spacing(0.1)),
    (1.2345678, 5e-8), (1.234567, 8 * np.spacing(1.234567)), (0.123456789012345, 5e-16),
    (1 - 0.9999, 2 * abs(1e-4 - (1 - 0.9999))), (4095 / 4096, 0.0),
])  # fmt: skip
def test_how_far_a_number_that_was_meant_may_be_from_its_float(value, expected):
    assert constants.meant_within(value) == pytest.approx(expected, rel=1e-9, abs=0)


def test_constants_of_a_shorter_format_are_as_wide_as_that():
    assert constants.meant_within(0.1, single=True) == 8 * float(np.spacing(np.float32(0.1)))
    assert constants.constant_ball(Fraction(1, 3)).contains(Ball(1) / 3) and constants.constant_ball(True) == 1
    assert constants.constant_ball(np.int32(7)) == 7 and constants.constant_ball(0.1) == Ball(0.1)
    with activated(widen=1):
        wide = constants.constant_ball(0.1)
        assert float(wide.rad()) == pytest.approx(8 * np.spacing(0.1)) and active.widened == {0.1: None}
        assert float(constants.constant_ball(np.float32(0.1)).rad()) == pytest.approx(8 * float(np.spacing(np.float32(0.1))))
        assert constants.constant_ball(0.5) == 0.5
    assert float(constants.array_ball(0.1, 1.0).rad()) == pytest.approx(np.spacing(1.0), rel=1e-6)
    assert float(constants.array_ball(0.1, 0.1).rad()) == pytest.approx(2 * np.spacing(0.1), rel=1e-6)
    assert float(constants.array_ball(0.1, math.inf).rad()) == pytest.approx(2 * np.spacing(0.1), rel=1e-6)
    assert constants.array_ball(0.5, 100.0) == 0.5
    for value in (1j, np.longdouble(1) if np.dtype(np.longdouble).itemsize > 8 else 1j):
        with pytest.raises(CannotFollow):
            constants.constant_ball(value)
    with pytest.raises(TypeError):
        constants.constant_ball("1")


def test_a_gradient_is_enclosed_to_many_digits():
    value, gradient = certified_gradient(lambda x: np.sum(x**3), np.array([1.0, 2.0]))
    assert value.mid == 9 and gradient.mid.tolist() == [3, 12] and (gradient.rad <= 1e-30).all()
