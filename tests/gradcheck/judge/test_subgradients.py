"""At a kink one choice of subgradients must give all the entries of a gradient together."""

import numpy as np
import pytest

from gradcheck import check_grad, check_vjp
from gradcheck.judge.judge import _places
from gradcheck.judge.subgradients import Kinks, _Ball, _shrunk, _Vertices, hold_together, outside_of_hull
from gradcheck.judge.verdicts import Verdict
from gradcheck.networks.check import check_network
from gradcheck.sentences.sentence import told
from reference_nets.activations import ACTIVATIONS
from reference_nets.network import backward as reference
from reference_nets.points import Point
from reference_nets.spec import LEAKY_SLOPE, NetworkSpec

FULL = pytest.mark.extra("resource")  # run by make test-all


def verdict(f, grad, x):
    return check_grad(f, grad, np.array(x, dtype=float)).verdict


# The hull itself


def random_hull(rng):
    """The vertices of some independent kinks, entries of very different sizes, and a slack."""
    k, n = int(rng.integers(1, 7)), int(rng.integers(8, 40))
    size = 10.0 ** rng.uniform(-6, 6, size=n)
    base, jumps = rng.normal(size=n) * size, rng.normal(size=(k, n)) * size
    sides = np.array(np.meshgrid(*[[0, 1]] * k)).reshape(k, -1).T
    vertices = base + sides @ jumps
    return base, jumps, vertices, 1e-14 * np.abs(vertices).max(axis=0)


@pytest.mark.parametrize("block", range(4))
def test_every_mixture_within_rounding_is_inside_and_one_mixture_for_each_entry_is_not(block):
    rng = np.random.default_rng([5, block])
    for _ in range(60):
        base, jumps, vertices, slack = random_hull(rng)
        for share in (rng.random(len(jumps)), np.full(len(jumps), 0.5), rng.integers(0, 2, len(jumps))):
            claimed = base + share @ jumps + slack * rng.uniform(-1, 1, slack.size)
            assert outside_of_hull([{"x": vertices}], {"x": claimed}, {"x": slack}) == {}
        claimed = base + (rng.random(jumps.shape) * jumps).sum(axis=0)
        away = outside_of_hull([{"x": vertices}], {"x": claimed}, {"x": slack})["x"]
        assert (np.abs(away) > 1).any()


def test_rounding_is_what_the_slack_says_and_no_more():
    vertices, slack = {"x": np.array([[0.0, 1.0], [1.0, 0.0]])}, {"x": np.full(2, 1e-10)}
    assert outside_of_hull([vertices], {"x": np.array([0.25, 0.75 + 1.9e-10])}, slack) == {}
    assert outside_of_hull([vertices], {"x": np.array([0.25, 0.75 + 2.1e-10])}, slack) != {}


@pytest.mark.parametrize(("how_many", "small"), [(2, 1 / 20), (2, 1 / 4), (40, 3 / 40), (3, 1 / 30)])
def test_small_parts_count_however_many_there_are(how_many, small):
    room = 1e-6
    parts = [{"w": np.array([[0.0], [1.0]])}, *({"w": np.array([[0.0], [small * room]])} for _ in range(how_many - 1))]
    end = 1.0 + (how_many - 1) * small * room
    for off, inside in ((0.99, True), (-0.99, True), (1.01, False), (-1.01, False)):
        claimed = {"w": np.array([(end if off > 0 else 0.0) + off * room])}
        assert (outside_of_hull(parts, claimed, {"w": np.array([room])}) == {}) == inside


def test_what_lies_farthest_against_a_direction_is_as_far_as_the_set_reaches():
    rng = np.random.default_rng(31)
    for size in (1, 2, 4):
        rows, direction = rng.standard_normal((2, size)), rng.standard_normal(size)
        low = _Ball(rows).lowest(direction)
        w = rng.standard_normal((200, 2))
        inside = w / np.linalg.norm(w, axis=1, keepdims=True) @ rows
        assert low @ direction == pytest.approx(-np.linalg.norm(rows @ direction))
        assert np.linalg.norm(low @ np.linalg.pinv(rows)) <= 1 + 1e-12 and (inside @ direction >= low @ direction - 1e-12).all()
        assert (_Ball(rows).lowest(0 * direction) == 0).all()
        assert _Vertices(rows).lowest(direction) @ direction == pytest.approx(min(rows @ direction))


@pytest.mark.parametrize("seed", range(6))
def test_dropping_rows_leaves_the_nearest_mixture_of_them(seed):
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((3, 4)) + rng.uniform(0, 2, 4)
    kept, weights = _shrunk(rows, np.full(3, 1 / 3))
    grid = [(i / 60, j / 60, 1 - (i + j) / 60) for i in range(61) for j in range(61 - i)]
    nearest = min(np.linalg.norm(np.array(grid) @ rows, axis=1))
    assert weights.sum() == pytest.approx(1) and (weights > 0).all()
    assert np.linalg.norm(weights @ kept) <= np.linalg.norm(rows.mean(axis=0))
    assert len(kept) < 3 or np.linalg.norm(weights @ kept) <= nearest + 1e-12


def test_the_first_row_that_runs_out_of_weight_is_dropped_and_no_other():
    """From the middle towards the affine minimum the first weight is 0 first; the mixture there is kept."""
    rows = np.array([[4.0, 0.0], [1.0, 1.0], [1.0, -2.0]])
    kept, weights = _shrunk(rows, np.array([0.1, 0.3, 0.6]))
    assert (kept == rows[1:]).all() and weights == pytest.approx([2 / 3, 1 / 3])
    rows = np.array([[1.1, -0.5575], [1.0, 1.0], [1.0, -0.5]])  # the second weight would be gone later, and stays
    kept, weights = _shrunk(rows, np.array([0.5, 0.1, 0.4]))
    assert (kept == rows[1:]).all() and weights == pytest.approx([1 / 3, 2 / 3])


def test_entries_in_which_nothing_is_chosen_are_not_asked():
    vertices = {"x": np.array([[3.0, 0.0], [3.0, 1.0]])}
    assert outside_of_hull([vertices], {"x": np.array([7.0, 0.5])}, {"x": np.full(2, 1e-12)}) == {}
    assert outside_of_hull([vertices], {"x": np.array([3.0, 7.0])}, {"x": np.array([1e-12, 2.0])}) == {}  # less than rounding


@pytest.mark.parametrize(("rows", "holds"), [
    ([[1.0, 0.0]], True),
    ([[1.0, 0.0], [-1.0, 0.0]], False),  # x > 0 and x < 0
    ([[1.0, 0.0], [-1.0, 1e-3]], True),
    ([[1e-9, 1e12], [1e-9, -1e12]], True),  # whatever the units
    ([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]], False),
    ([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0 + 1e-6]], False),
    ([[1.0, 0.0], [0.0, 1.0], [-1.0, 2.0]], True),
])  # fmt: skip
def test_conditions_hold_together_if_a_direction_serves_them_all(rows, holds):
    assert hold_together([np.array(row) for row in rows]) is holds


def test_a_message_names_two_kinks_and_counts_the_rest():
    assert _places(Kinks(("a",))) == "a" and _places(Kinks(("a", "b", "c", "d"))) == "a; b and 2 more"
    assert told(_places(Kinks(("a", "b", "c"))), "zh") == "a；b；另有 1 处"


# Any function


def test_ones_at_all_tied_entries_of_a_max_are_a_mismatch():
    x = np.array([2.0, 1.0, 2.0, 2.0])
    result = check_grad(np.max, lambda x: (x == x.max()) * 1.0, x)
    assert result.verdict is Verdict.MISMATCH
    assert "no choice of subgradients in [0, 1] gives that" in str(result) and "kink: max (comparison 1" in str(result)


@pytest.mark.parametrize(
    "weights", [[1, 0, 0, 0], [0, 0, 0, 1], [1 / 3, 0, 1 / 3, 1 / 3], [0.5, 0, 0.25, 0.25], [0, 0, 0.3, 0.7]]
)
def test_weights_of_sum_one_at_the_tied_entries_of_a_max_are_right(weights):
    assert verdict(np.max, lambda x: np.array(weights) * 1.0, [2.0, 1.0, 2.0, 2.0]) is Verdict.KINK
    assert verdict(lambda x: -np.min(-x), lambda x: np.array(weights) * 1.0, [2.0, 1.0, 2.0, 2.0]) is Verdict.KINK


def test_each_of_several_ways_to_write_a_tied_max_is_judged_together():
    by_argmax = lambda x: x[np.argmax(x)]
    for f in (by_argmax, lambda x: np.sort(x)[-1], lambda x: max(x), lambda x: np.maximum(x[0], np.maximum(x[1], x[2]))):
        assert verdict(f, lambda x: np.ones(3) / 3, np.ones(3)) is Verdict.KINK
        assert verdict(f, lambda x: np.ones(3), np.ones(3)) is Verdict.MISMATCH
        assert verdict(f, lambda x: np.ones(3) / 2, np.ones(3)) is Verdict.MISMATCH


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0, 1 / 3])
def test_relu_and_maximum_and_clip_take_any_convention_for_all_entries(at_zero):
    relu = lambda x: np.where(x > 0, 1.0, np.where(x < 0, 0.0, at_zero))
    x = np.array([0.0, 0.0, 1.0, 0.0, -1.0])
    W = np.array([[1.0, -2.0, 0.3, 0.7, 1.1], [0.5, 1.0, -1.0, 2.0, 0.1]])
    above = lambda x: np.tanh(W @ np.maximum(x, 0))
    assert verdict(lambda x: np.sum(above(x)), lambda x: relu(x) * (W.T @ (1 - above(x) ** 2)), x) is Verdict.KINK
    assert verdict(lambda x: np.sum(np.clip(x, 0, 1)), lambda x: np.where(x == 1, at_zero, relu(x)), x) is Verdict.KINK
    both = lambda x: np.sum(np.maximum(x[:2], x[2:4]))
    assert verdict(both, lambda x: np.array([at_zero, 1, 1 - at_zero, 0]), [1.0, 3.0, 1.0, 2.0]) is Verdict.KINK
    assert verdict(both, lambda x: np.array([at_zero, 1, 1.5 - at_zero, 0]), [1.0, 3.0, 1.0, 2.0]) is Verdict.MISMATCH


def test_the_sign_of_zero_may_be_zero():
    for at_zero in (-1.0, 0.0, 1.0, 0.25):
        slope = lambda x, c=at_zero: np.where(x == 0, c, np.sign(x))
        assert verdict(lambda x: np.sum(np.abs(x)), slope, [0.0, 1.0, 0.0, -2.0]) is Verdict.KINK
    assert verdict(lambda x: np.sum(np.abs(x)), lambda x: np.where(x == 0, 1.25, np.sign(x)), [0.0, 1.0]) is Verdict.MISMATCH


def test_two_parts_of_a_gradient_that_take_different_sides_of_one_kink_are_a_mismatch():
    x = {"w": np.array([1.0, -2.0]), "b": np.array(1.0)}
    data = np.array([1.0, 1.0])
    f = lambda p: 3 * np.maximum(np.sum(p["w"] * data) + p["b"], 0)
    sides = lambda of_w, of_b: check_grad(f, lambda p: {"w": 3 * of_w * data, "b": np.array(3 * of_b)}, x)
    for side in (0.0, 0.5, 1.0, 0.1):
        assert sides(side, side).verdict is Verdict.KINK
    for of_w, of_b in ((0.0, 1.0), (1.0, 0.0), (0.5, 0.4999), (0.0, 0.5)):
        assert sides(of_w, of_b).verdict is Verdict.MISMATCH


def test_a_claim_may_be_rounded_on_either_side_of_a_kink():
    """The rounding of the other side is not that of the side on which the floats are."""
    x, W = np.array([1.0, 1.0, 0.5]), np.random.default_rng(1).normal(size=(6, 3))
    f = lambda x: np.tanh(np.sum(W @ x) / 3) * np.exp(x[np.argmax(x)] / 3)

    def grad(x, which):
        u, e = np.tanh((W @ x).sum() / 3), np.exp(x[which] / 3)
        return (1 - u * u) / 3 * W.sum(axis=0) * e + u * e / 3 * np.eye(3)[which]

    for which in (0, 1):
        assert check_grad(f, lambda x, k=which: grad(x, k), x).verdict is Verdict.KINK
    assert check_grad(f, lambda x: grad(x, 2), x).verdict is Verdict.MISMATCH


def test_kinks_that_do_not_touch_each_other_may_be_many():
    relu, x = (lambda x: np.sum(np.maximum(x, 0))), np.zeros(90)
    result = check_grad(relu, lambda x: np.linspace(0, 1, 90), x)
    assert result.verdict is Verdict.KINK and "in all entries together" in result.quantities[0].message
    assert verdict(relu, lambda x: np.linspace(0, 1.001, 90), x) is Verdict.MISMATCH


def pool(x):
    n = x.shape[0] // 2
    return x.reshape(n, 2, n, 2).max(axis=(1, 3))


def unpooled(x, d, at_ties):
    """The pull-back of `pool`: ``at_ties(count)`` is the share of each of so many tied entries."""
    big = lambda a: np.kron(a, np.ones((2, 2)))
    tied = x == big(pool(x))
    n = x.shape[0] // 2
    return tied * big(d) * at_ties(big(tied.reshape(n, 2, n, 2).sum(axis=(1, 3))))


@pytest.mark.parametrize("size", [4, 6, 8, pytest.param(12, marks=FULL)])
def test_many_windows_of_zeros_are_judged_window_by_window(size):
    x = np.maximum(np.random.default_rng(0).standard_normal((size, size)) - 1, 0)
    answer = lambda at_ties: check_vjp(pool, lambda x, d: unpooled(x, d, at_ties), x, rng=0).verdict
    assert answer(lambda n: 1 / n) is Verdict.KINK
    assert answer(lambda n: 1.0 + 0 * n) is answer(lambda n: np.where(n > 1, 2 / n, 1)) is Verdict.MISMATCH
    assert answer(lambda n: np.where(n > 1, 0, 1)) is Verdict.MISMATCH
    one_wrong = lambda x, d: unpooled(x, d, lambda n: 1 / n) * np.where(np.arange(x.size).reshape(x.shape) == 5, 1.5, 1)
    assert check_vjp(pool, one_wrong, x, rng=0).verdict is Verdict.MISMATCH
    first = lambda x, d: np.concatenate([_to_first(x[i : i + 2], row) for i, row in zip(range(0, size, 2), d, strict=True)])
    assert check_vjp(pool, first, x, rng=0).verdict is Verdict.KINK


def _to_first(rows, d):
    """Two rows of windows: all to the first of the largest."""
    out = np.zeros_like(rows)
    for j, g in enumerate(d):
        window = rows[:, 2 * j : 2 * j + 2]
        out[np.argmax(window) // 2, 2 * j + np.argmax(window) % 2] = g
    return out


def test_many_linked_comparisons_are_smooth_all_the_same():
    smooth = lambda p: np.sum(np.maximum(p[0], p[1]) + np.log1p(np.exp(-np.abs(p[0] - p[1]))))
    x = np.tile(np.linspace(-1, 1, 12), (2, 1))
    assert verdict(smooth, lambda p: np.full((2, 12), 0.5), x) is Verdict.MATCH
    assert verdict(smooth, lambda p: np.repeat([[1.0], [0.0]], 12, axis=1), x) is Verdict.MISMATCH


def test_many_kinks_that_share_entries_are_one_choice_all_the_same():
    rng = np.random.default_rng(2)
    W, v = rng.normal(size=(14, 20)), rng.normal(size=14)
    f = lambda x: np.sum(v * np.maximum(W @ x, 0))
    claim = lambda shares: lambda x: W.T @ (v * shares)
    for shares in (np.zeros(14), np.ones(14), np.full(14, 0.5), rng.random(14)):
        assert verdict(f, claim(shares), np.zeros(20)) is Verdict.KINK
    for shares in (np.full(14, 1.01), np.r_[np.zeros(13), -0.1], np.r_[np.full(13, 0.3), 1.2]):
        assert verdict(f, claim(shares), np.zeros(20)) is Verdict.MISMATCH
    apart = lambda x: np.abs(W.T @ (v * 0.5)) * 0.3 + W.T @ (v * 0.5)  # each entry can be had, not all of them
    assert verdict(f, apart, np.zeros(20)) is Verdict.MISMATCH


def test_kinks_in_a_row_belong_together():
    two = lambda x: np.sum(np.maximum(np.maximum(x, 0) - 2 * np.maximum(-x, 0), 0))  # relu of a leaky relu
    x = np.zeros(12)
    for share in (0.0, 0.3, 1.0):
        assert verdict(two, lambda x, s=share: np.full(12, s), x) is Verdict.KINK
    assert verdict(two, lambda x: np.full(12, 1.2), x) is verdict(two, lambda x: np.full(12, -0.1), x) is Verdict.MISMATCH


def test_what_is_not_followed_is_told_entry_by_entry():
    rng = np.random.default_rng(2)
    W = rng.normal(size=(14, 5))  # more ties than inputs: not all answers hold together, and too many do
    f = lambda x: np.sum(np.maximum(W @ x, 0))
    result = check_grad(f, lambda x: W.T @ np.full(14, 0.5), np.zeros(5))
    assert result.verdict is Verdict.INCONCLUSIVE and "each entry by itself is right" in str(result)
    assert verdict(f, lambda x: W.T @ np.full(14, 1.5), np.zeros(5)) is Verdict.MISMATCH


@pytest.mark.parametrize(
    ("f", "grad"),
    [
        (lambda z: np.log(np.sum(np.exp(z - np.max(z)))) + np.max(z), lambda z: np.exp(z) / np.sum(np.exp(z))),
        (lambda z: np.sum(np.tanh(z) ** 2), lambda z: 2 * np.tanh(z) * (1 - np.tanh(z) ** 2)),
        (lambda z: np.sum(np.maximum(z, 0) ** 2), lambda z: 2 * np.maximum(z, 0)),
    ],
)
def test_a_smooth_tie_is_no_kink(f, grad):
    assert verdict(f, grad, np.zeros(12)) is Verdict.MATCH


# Networks


def kinked_point(spec, rng, kinks):
    """A point with dyadic numbers whose weighted inputs are exactly zero at so many places, in different units."""
    m = 5
    params = {key: rng.integers(-8, 9, size=shape) / 4 for key, shape in spec.shapes.items()}
    x, y = rng.integers(-8, 9, size=(m, spec.sizes[0])) / 4, rng.integers(-4, 5, size=(m, spec.sizes[-1])) / 4
    kinked = [layer for layer in spec.layers if ACTIVATIONS[spec.activations[layer - 1]].kinked]
    units = [(layer, unit) for layer in kinked for unit in range(spec.sizes[layer])]
    chosen = [units[int(i)] for i in rng.permutation(len(units))[:kinks]]
    a = x
    for layer in spec.layers:
        W, b = params[f"W{layer}"], params[f"b{layer}"]
        for unit in [unit for at, unit in chosen if at == layer]:
            b[unit] = -(a @ W.T)[rng.integers(m), unit]
        a = ACTIVATIONS[spec.activations[layer - 1]].phi(a @ W.T + b)
    return Point(params, x, y)


def with_slopes(spec, point, slope):
    """The delta recursion; ``slope(layer, z)`` is phi' of a hidden layer."""
    z, a = {}, {0: point.x}
    for layer in spec.layers:
        z[layer] = a[layer - 1] @ point.params[f"W{layer}"].T + point.params[f"b{layer}"]
        a[layer] = ACTIVATIONS[spec.activations[layer - 1]].phi(z[layer])
    delta, grads = (a[spec.L] - point.y) / len(point.x), {}
    for layer in reversed(spec.layers):
        grads[f"b{layer}"], grads[f"W{layer}"] = delta.sum(axis=0), delta.T @ a[layer - 1]
        if layer > 1:
            delta = (delta @ point.params[f"W{layer}"]) * slope(layer - 1, z[layer - 1])
    return {key: grads[key] for key in spec.keys}


def slopes(spec, at_zero):
    """``slope`` for `with_slopes`: at a kink the share ``at_zero(layer, shape)`` of the way from the left slope to 1."""

    def slope(layer, z):
        left = LEAKY_SLOPE if spec.activations[layer - 1] == "leaky_relu" else 0.0
        side = left + (1 - left) * at_zero(layer, z.shape)
        return np.where(z > 0, 1.0, np.where(z < 0, left, side))

    return slope


def judged(spec, point, grads):
    return check_network(spec, lambda params, x, y: grads, point=point, rng=0)


NETWORKS = ("2-3:relu-1/quadratic", "2-3:relu-3:relu-2/quadratic", "3-2:leaky_relu-3:relu-2/quadratic")


def of_spec(notation):
    sizes, cost = notation.rsplit("/", 1)
    return NetworkSpec.parse(f"{sizes}:identity/{cost}")


@pytest.mark.parametrize("notation", NETWORKS)
def test_every_convention_and_every_random_subgradient_passes(notation):
    spec, rng, kinks = of_spec(notation), np.random.default_rng(3), 0
    for _ in range(8):
        point = kinked_point(spec, rng, int(rng.integers(1, 4)))
        for convention in (0.0, 0.5, 1.0):
            slope = slopes(spec, lambda _l, shape, c=convention: np.full(shape, c))
            result = judged(spec, point, with_slopes(spec, point, slope))
            assert result.verdict in (Verdict.KINK, Verdict.MATCH), str(result)
        drawn = {layer: rng.random((len(point.x), spec.sizes[layer])) for layer in spec.layers}
        result = judged(spec, point, with_slopes(spec, point, slopes(spec, lambda layer, _s, d=drawn: d[layer])))
        assert result.verdict in (Verdict.KINK, Verdict.MATCH), str(result)
        kinks += result.verdict is Verdict.KINK
    assert kinks >= 4


@pytest.mark.parametrize("notation", NETWORKS)
def test_weights_and_biases_on_different_sides_of_a_kink_are_a_mismatch(notation):
    spec, rng, planted = of_spec(notation), np.random.default_rng(4), 0
    for _ in range(12):
        point = kinked_point(spec, rng, 1)
        left, right = (with_slopes(spec, point, slopes(spec, lambda _l, shape, c=c: np.full(shape, c))) for c in (0.0, 1.0))
        moved = [layer for layer in spec.layers if all((left[k] != right[k]).any() for k in (f"W{layer}", f"b{layer}"))]
        for layer in moved:
            mixed = left | {f"W{layer}": right[f"W{layer}"]}
            result = judged(spec, point, mixed)
            assert result.verdict is Verdict.MISMATCH, str(result)
            assert "no choice of subgradients" in str(result) and "unit" in str(result) and "example" in str(result)
            planted += 1
    assert planted >= 5


def test_a_kink_of_a_network_is_named_by_layer_unit_and_example():
    spec = NetworkSpec.parse("1-2:relu-1:identity/quadratic")
    params = {"W1": np.array([[1.0], [1.0]]), "b1": np.array([2.0, -1.0]), "W2": np.ones((1, 2)), "b2": np.zeros(1)}
    point = Point(params, np.array([[3.0], [1.0]]), np.array([[1.0], [0.0]]))
    result = check_network(spec, lambda *_: reference(spec, params, point.x, point.y), point=point)
    told = {q.quantity: q.message for q in result.quantities}
    assert told["W1"].endswith("kink: layer 1, unit 1, example 1")


def test_a_kink_that_balls_cannot_tell_from_its_neighbours_is_no_wider():
    """0.01 times 4 is 0.04, in balls up to their radius: both sides count, and nothing beyond them."""
    spec = of_spec("1-1:leaky_relu-1:relu-1/quadratic")
    params = {"W1": -np.ones((1, 1)), "b1": np.zeros(1), "W2": 25 * np.ones((1, 1)), "b2": np.ones(1)}
    point = Point(params | {"W3": np.ones((1, 1)), "b3": np.zeros(1)}, np.array([[4.0]]), np.array([[1.0]]))
    for side, right in ((0.0, True), (0.5, True), (1.0, True), (1.4, False), (-0.4, False)):
        slope = lambda layer, z, s=side: np.array([[0.01]]) if layer == 1 else np.array([[s]])
        assert judged(spec, point, with_slopes(spec, point, slope)).ok is right


def test_many_kinks_of_one_layer_are_one_choice_each():
    spec = NetworkSpec.parse("1-9:relu-1:identity/quadratic")
    params = {"W1": np.ones((9, 1)), "b1": -np.ones(9), "W2": np.arange(1.0, 10)[np.newaxis], "b2": np.zeros(1)}
    point = Point(params, np.array([[1.0], [2.0]]), np.array([[1.0], [0.0]]))
    for shares in (0.0, 1.0, np.random.default_rng(0).random((2, 9))):
        slope = lambda layer, z, s=shares: np.where(z > 0, 1.0, np.where(z < 0, 0.0, s))
        grads = with_slopes(spec, point, slope)
        result = judged(spec, point, grads)
        assert result.verdict is Verdict.KINK
        assert "in all entries together" in {q.quantity: q.message for q in result.quantities}["W1"]
    left, right = (with_slopes(spec, point, lambda _l, z, s=s: np.where(z == 0, s, z > 0)) for s in (0.0, 1.0))
    assert judged(spec, point, left | {"W1": right["W1"]}).verdict is Verdict.MISMATCH


def test_more_kinks_above_each_other_than_can_be_followed_are_told_entry_by_entry():
    spec = NetworkSpec.parse("1-4:relu-4:relu-1:identity/quadratic")
    rng = np.random.default_rng(1)
    params = {key: rng.integers(-3, 4, size=shape) + 0.5 for key, shape in spec.shapes.items()}
    params["b1"], params["b2"] = -params["W1"][:, 0], np.zeros(4)
    point = Point(params, np.array([[1.0], [2.0]]), np.array([[1.0], [0.0]]))
    result = judged(spec, point, reference(spec, params, point.x, point.y))
    assert result.verdict is Verdict.INCONCLUSIVE and "each entry by itself is right" in str(result)
    wrong = {key: 3 * value + 1 for key, value in reference(spec, params, point.x, point.y).items()}
    assert judged(spec, point, wrong).verdict is Verdict.MISMATCH


def test_with_all_weights_zero_every_weighted_input_lies_on_a_kink_that_does_not_matter():
    spec = of_spec("2-8:relu-8:relu-2/quadratic")
    params = {key: np.zeros(shape) for key, shape in spec.shapes.items()}
    point = Point(params, np.ones((5, 2)), np.ones((5, 2)))
    assert judged(spec, point, reference(spec, params, point.x, point.y)).verdict is Verdict.MATCH


def test_the_gradient_for_the_inputs_is_part_of_the_choice():
    spec, rng = of_spec("2-3:relu-1/quadratic"), np.random.default_rng(6)
    point = kinked_point(spec, rng, 1)
    W1, b1, W2, b2 = (point.params[key] for key in ("W1", "b1", "W2", "b2"))
    z = point.x @ W1.T + b1
    delta = (np.maximum(z, 0) @ W2.T + b2 - point.y) / len(point.x)
    live = lambda at_zero: np.where(z == 0, at_zero, z > 0)

    def claim(at_zero, of_inputs):
        grads = with_slopes(spec, point, lambda _l, _z: live(at_zero))
        return check_network(spec, lambda *_: (grads, (delta @ W2 * live(of_inputs)) @ W1), point=point, dx=True)

    assert claim(0, 0).verdict is claim(1, 1).verdict is Verdict.KINK
    assert claim(0, 1).verdict is claim(1, 0).verdict is Verdict.MISMATCH


def test_float32_numbers_at_a_kink_are_lost_digits_and_a_mixture_of_them_is_not():
    spec = of_spec("2-3:relu-1/quadratic")
    rng = np.random.default_rng(8)
    point = kinked_point(spec, rng, 1)
    point.params["W2"][:] = [[0.3, 0.7, -1.1]]
    left, right = (with_slopes(spec, point, slopes(spec, lambda _l, shape, c=c: np.full(shape, c))) for c in (0.0, 1.0))
    single = lambda grads: {key: value.astype(np.float32) for key, value in grads.items()}
    assert judged(spec, point, single(right)).verdict is Verdict.INACCURATE
    assert (left["W1"] != right["W1"]).any() and (left["b1"] != right["b1"]).any()
    assert judged(spec, point, single(left | {"W1": right["W1"]})).verdict is Verdict.MISMATCH
