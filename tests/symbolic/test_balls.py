import flint
import mpmath
import numpy as np
import pytest

from reference_nets.network import backward
from reference_nets.points import init_params, random_batch
from reference_nets.spec import NetworkSpec
from symbolic.balls import FIRST_PRECISION, LAST_PRECISION, TIGHT, balls, enclosure, precision
from symbolic.exact.ball_reading import ball, ball_numbers, balls_overlap_direct_derivative, enclose
from symbolic.mistakes.catalogue import all_variants, plant
from symbolic.programs.build import program
from symbolic.programs.functions import DEFINITIONS

mp = mpmath.mp.clone()
mp.dps = 60
GRID = [sign * size for size in (0.0, 1e-300, 1e-9, 0.1, 1 / 3, 1.0, 2.5, 20.0, 37.0, 710.0, 1e4) for sign in (1, -1)]


def gelu(z):
    return z / 2 * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (z + mp.mpf(44715) / 10**6 * z**3)))


def huber(e):
    return e**2 / 2 if abs(e) <= 1 else abs(e) - mp.mpf(1) / 2


# Written for mpmath, from the books; (phi, phi').
BOOK = {
    "sigmoid": (lambda z: 1 / (1 + mp.exp(-z)), lambda z: mp.exp(-z) / (1 + mp.exp(-z)) ** 2),
    "tanh": (mp.tanh, lambda z: mp.sech(z) ** 2),
    "relu": (lambda z: max(z, mp.mpf(0)), lambda z: mp.mpf(z > 0)),
    "leaky_relu": (lambda z: z if z > 0 else z / 100, lambda z: mp.mpf(1) if z > 0 else mp.mpf(1) / 100),
    "elu": (lambda z: z if z > 0 else mp.expm1(z), lambda z: mp.mpf(1) if z > 0 else mp.exp(z)),
    "softplus": (lambda z: mp.log1p(mp.exp(z)), lambda z: 1 / (1 + mp.exp(-z))),
    "silu": (lambda z: z / (1 + mp.exp(-z)), lambda z: mp.diff(lambda t: t / (1 + mp.exp(-t)), z)),
    "gelu": (gelu, lambda z: mp.diff(gelu, z)),
    "huber": (huber, lambda e: max(mp.mpf(-1), min(mp.mpf(1), e))),
}


def contains(enclosing, number):
    """Whether a ball contains an mpmath number, up to the number's own 50 digits."""
    text = mp.nstr(number, 55, strip_zeros=False)
    slack = abs(flint.arb(text)) * flint.arb("1e-45") + flint.arb("1e-45")
    return enclosing.overlaps(flint.arb(text) + flint.arb(0, slack.upper()))


@pytest.mark.parametrize("name", BOOK)
@pytest.mark.parametrize("bits", [FIRST_PRECISION, 1536])
def test_the_ball_of_each_function_contains_its_value(name, bits):
    with precision(bits):
        for z in GRID:
            for function, book in zip((name, f"d{name}"), BOOK[name], strict=True):
                enclosing = ball_numbers().functions[function](balls(np.array([z])))[0]
                assert contains(enclosing, book(mp.mpf(z))), (function, z)
                assert enclosing.rad() < 1e-40 * max(1, abs(z)), (function, z)


def test_every_function_of_the_programs_has_balls():
    assert set(BOOK) == set(DEFINITIONS) - {"identity"}
    assert {name for base in BOOK for name in (base, f"d{base}")} <= set(ball_numbers().functions)


@pytest.mark.parametrize(("name", "left", "right"), [("drelu", 0, 1), ("dleaky_relu", 0.01, 1), ("relu", -0.001, 0.5)])
def test_a_ball_across_a_kink_gets_both_sides(name, left, right):
    across = np.array([flint.arb(0, 0.5)], dtype=object)
    both = ball_numbers().functions[name](across)[0]
    assert both.contains(flint.arb(right)) and both.overlaps(flint.arb(left, 1e-15))


def test_beside_a_kink_one_side_counts():
    drelu = ball_numbers().functions["drelu"]
    assert drelu(balls(np.array([5e-324])))[0] == 1 and drelu(balls(np.array([0.0])))[0] == 0


def test_softmax_is_enclosed_at_large_inputs():
    with precision(FIRST_PRECISION):
        first, second = (ball_numbers().functions["softmax"](k, *balls(np.array([[1e4], [-1e4]])))[0] for k in (0, 1))
        assert contains(first, 1 / (1 + mp.exp(-20000))) and second < flint.arb("1e-8000") and second > 0


def test_a_float_is_taken_exactly_and_a_fraction_enclosed():
    with precision(64):
        assert ball(0.1).is_exact() and float(ball(0.1)) == 0.1
        assert not ball(DEFINITIONS["leaky_relu"].derivative.pieces[0][0]).is_exact()


def test_precision_is_put_back_also_after_an_error():
    before = flint.ctx.prec
    with pytest.raises(ZeroDivisionError), precision(500):
        1 / (flint.ctx.prec - 500)
    assert flint.ctx.prec == before


@pytest.mark.parametrize(("weight", "bits"), [(1.0, FIRST_PRECISION), (100.0, 384), (300.0, 1536)])
def test_precision_is_doubled_until_a_saturated_unit_is_tight(weight, bits):
    spec, one = NetworkSpec.parse("1-1:tanh/mse"), np.ones((1, 1))
    params = {"W1": weight * one, "b1": np.zeros(1)}
    gradient, taken = enclose(program(spec), params, one, 0 * one)
    assert taken == bits <= LAST_PRECISION
    true = float(2 * mp.tanh(weight) * mp.sech(weight) ** 2)
    assert gradient["W1"].mid[0, 0] == true and gradient["W1"].rad[0, 0] <= TIGHT * true


def test_an_enclosure_is_the_true_gradient_beyond_the_last_digit(spec):
    rng = np.random.default_rng(7)
    batch = init_params(spec, rng), *random_batch(spec, rng, 3)
    gradient, _ = enclose(program(spec), *batch)
    ours = backward(spec, *batch)
    for key in spec.keys:
        value, size = gradient[key], np.abs(ours[key]).max()
        assert (value.distance(ours[key]) <= 1e-13 * size).all()
        assert (value.rad <= 1e-26 * size).all() and (np.abs(value.low) <= 2.0**-53 * np.abs(value.mid)).all()
        assert (value.distance(value.mid + 1e-10) > 0.9e-10).all()


def test_a_distance_is_free_of_cancellation():
    with precision(200):
        third = enclosure(np.array([ball(1.0) / 3], dtype=object))
    assert third.mid[0] == 1 / 3
    assert third.distance(np.array([1 / 3]))[0] == pytest.approx(1.850371707708594e-17, rel=1e-12, abs=0)  # 1/3 - fl(1/3)
    above = third.signed_error(np.array([np.nextafter(1 / 3, 1)]))[0]
    assert above == pytest.approx(2.0**-54 - 1.850371707708594e-17, rel=1e-12, abs=0)  # fl(1/3) lies below 1/3


def test_direct_derivative_and_recursion_overlap_and_a_planted_mistake_does_not(spec):
    rng = np.random.default_rng(8)
    batch = init_params(spec, rng), *random_batch(spec, rng, 3)
    direction = {key: rng.integers(1, 9, shape) / 8 for key, shape in spec.shapes.items()}
    assert balls_overlap_direct_derivative(program(spec), *batch, direction)
    planted = next(v for v in all_variants(spec) if v.mistake == "missing-batch-average")
    assert not balls_overlap_direct_derivative(plant(spec, planted), *batch, direction)
