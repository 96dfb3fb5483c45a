import math

import numpy as np
import pytest

from gradcheck.witnesses.differences import CENTRAL_STEP, central_difference, complex_step

METHODS = [complex_step, central_difference]
X = np.array([[0.5, -1.5], [2.0, -0.0]])


def smooth(x):
    """sum sin(x_k) + x_0 x_1, whose gradient no entry shares with another."""
    flat = x.ravel()
    return np.sin(flat).sum() + flat[0] * flat[1]


def smooth_gradient(x):
    gradient = np.cos(x)
    gradient[0] += x[0, ::-1]
    return gradient


# Squire and Trapp 1998, section 2: at x = 1.5 the derivative of x^(9/2) is 4.5 x^(7/2); and their second function.
def test_complex_step_gives_the_published_examples_to_the_last_digits():
    x = np.array(1.5)
    assert complex_step(lambda x: x**4.5, x) == pytest.approx(4.5 * 1.5**3.5, rel=3e-16)
    s, c = math.sin(1.5), math.cos(1.5)
    exact = math.exp(1.5) * (s**3 + c**3 - 3 * s * s * c + 3 * c * c * s) / (s**3 + c**3) ** 2
    published = complex_step(lambda x: np.exp(x) / (np.sin(x) ** 3 + np.cos(x) ** 3), x)
    assert published == pytest.approx(exact, rel=1e-15)
    assert published == pytest.approx(3.62203370071632, rel=1e-14)


@pytest.mark.parametrize(("method", "tolerance"), [(complex_step, 1e-15), (central_difference, 1e-10)])
def test_every_entry_is_differentiated_in_its_place(method, tolerance):
    got = method(smooth, X)
    assert got.shape == X.shape and got.dtype == np.float64
    np.testing.assert_allclose(got, smooth_gradient(X), rtol=0, atol=tolerance)


@pytest.mark.parametrize("method", METHODS)
def test_a_dict_is_differentiated_key_by_key_and_keeps_its_order(method):
    point = {"W": X, "b": np.array([3.0]), "scale": 2.0}
    got = method(lambda p: p["scale"] * (smooth(p["W"]) + p["b"][0] ** 2), point)
    assert list(got) == ["W", "b", "scale"]
    np.testing.assert_allclose(got["W"], 2 * smooth_gradient(X), atol=1e-9)
    np.testing.assert_allclose(got["b"], [12.0], rtol=1e-9)
    np.testing.assert_allclose(got["scale"], smooth(X) + 9, rtol=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 3, 2)])
def test_every_shape_is_kept(method, shape):
    got = method(lambda x: (x**2).sum(), np.full(shape, 1.5))
    assert got.shape == shape
    np.testing.assert_allclose(got, np.full(shape, 3.0), rtol=1e-9)


def overwrite(x):
    value = smooth(x)
    x[...] = np.nan
    return value


def overwrite_all(p):
    value = smooth(p["W"]) * p["b"][0]
    for array in p.values():
        array[...] = np.nan
    return value


@pytest.mark.parametrize("method", METHODS)
def test_a_function_that_overwrites_what_it_is_given_is_differentiated_all_the_same(method):
    np.testing.assert_allclose(method(overwrite, X), smooth_gradient(X), atol=1e-9)
    got = method(overwrite_all, {"W": X, "b": np.array([3.0])})
    np.testing.assert_allclose(got["W"], 3 * smooth_gradient(X), atol=1e-9)
    np.testing.assert_allclose(got["b"], [smooth(X)], atol=1e-9)


def give_up(x):
    x[...] = 7.0
    raise RuntimeError("not today")


@pytest.mark.parametrize("method", METHODS)
def test_the_input_is_untouched_bit_for_bit_whatever_f_does(method):
    # 0.1 + h - h is not 0.1 for most h, and -0.0 comes back as 0.0: putting back by subtraction would be seen.
    x = np.array([[0.1, -0.0], [1e300, 5e-324]])
    point = {"x": x, "other": x.copy()}
    before = x.tobytes()
    method(lambda x: x.sum(), x)
    method(overwrite, x)
    for f, given in [(give_up, x), (lambda p: give_up(p["x"]), point), (lambda p: give_up(p["other"]), point)]:
        with pytest.raises(RuntimeError, match="not today"):
            method(f, given)
    assert x.tobytes() == point["other"].tobytes() == before


@pytest.mark.parametrize("method", METHODS)
def test_float32_points_are_differenced_in_float64(method):
    seen = set()

    def f(x):
        seen.add(x.dtype)
        return (x**3).sum()

    got = method(f, np.float32([0.5, 1.5]))
    assert seen <= {np.dtype(np.float64), np.dtype(np.complex128)}
    np.testing.assert_allclose(got, [0.75, 6.75], rtol=1e-10)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("x", [np.array([1, 2]), np.array([True]), np.array([1j]), np.array(["a"]), 3])
def test_what_holds_no_floats_is_refused(method, x):
    with pytest.raises(TypeError, match=r"x holds \S+, expected floats; try x\.astype\(float\)"):
        method(lambda x: x[0], x)
    with pytest.raises(TypeError, match=r"x\['W'\] holds \S+, expected floats"):
        method(lambda p: p["W"][0], {"W": x})


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", [np.ones(3), np.ones((1, 1)), [1.0]])
def test_a_function_of_many_values_is_refused(method, value):
    with pytest.raises(ValueError, match=r"f returned an array of shape \(.*\), expected one number"):
        method(lambda x: value, np.ones(3))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", [None, "high", True])
def test_what_is_no_number_is_refused(method, value):
    with pytest.raises(ValueError, match=f"f returned {value!r}, expected one number"):
        method(lambda x: value, np.ones(3))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("h", [0, -1e-3, math.nan, math.inf, True, "1e-3", 1j])
def test_a_step_that_is_no_positive_number_is_refused_before_any_work(method, h):
    calls = []
    with pytest.raises(ValueError, match=r"h is .*, expected a finite number > 0"):
        method(calls.append, X, h=h)
    assert not calls


def assigns_into_floats(x):
    z = np.zeros(len(x))
    z[0] = x[0]
    return z.sum() + 0j


LOSSES = [
    (lambda x: abs(x[0]), ValueError, "f returned the real number 1.0 for a complex x, so the imaginary part was lost"),
    (lambda x: 5, ValueError, "f returned the real number 5 for a complex x"),
    (assigns_into_floats, ValueError, "f dropped the imaginary part on its way"),
    (lambda x: float(x[0].item()), TypeError, "f failed on complex numbers .*float"),
    (lambda x: math.exp(x[0].item()), TypeError, "f failed on complex numbers"),
]


@pytest.mark.parametrize(("f", "error", "message"), LOSSES)
def test_a_visible_loss_of_the_imaginary_part_is_an_error_that_names_the_way_out(f, error, message):
    with pytest.raises(error, match=f"{message}.*f is not written for complex numbers; try central_difference"):
        complex_step(f, np.ones(2))


def test_where_complex_step_is_silently_wrong_central_difference_tells():
    def f(x):
        return (abs(x) * x).sum()

    x = np.array([0.5, 2.0])
    assert complex_step(f, x) == pytest.approx(x)  # half of the truth: the documented limit
    assert central_difference(f, x) == pytest.approx(2 * x)


def test_central_difference_refuses_a_complex_value():
    with pytest.raises(ValueError, match=r"f returned the complex number .* for a real x, expected a real one"):
        central_difference(lambda x: x.sum() + 0j, X)


def test_complex_step_does_not_depend_on_h_once_it_is_small():
    reference = complex_step(smooth, X)
    for h in (1e-10, 1e-30, 1e-100, 1e-200):
        np.testing.assert_allclose(complex_step(smooth, X, h=h), reference, rtol=0, atol=3e-16)
    assert np.abs(complex_step(smooth, X, h=1e-3) - reference).max() > 1e-8  # so h is really used


@pytest.mark.parametrize("x", [0.3, 1.0, 40.0, -700.0])
def test_the_default_central_step_beats_far_larger_and_far_smaller_ones(x):
    scale = max(1.0, abs(x))

    def error(h):
        points = x + scale * np.linspace(-0.1, 0.1, 41)  # the rounding error of one point may be small by luck
        return max(abs(central_difference(lambda t: np.sin(t / scale), p, h=h) * scale - np.cos(p / scale)) for p in points)

    assert error(None) < 1e-9
    assert error(None) < error(300 * CENTRAL_STEP * scale)
    assert error(None) < error(CENTRAL_STEP * scale / 300)


def test_central_difference_divides_by_the_step_that_f_saw():
    # Beside 1e9 a step of 1e-7 rounds to a multiple of 1.2e-7; dividing by 2e-7 would be wrong by a fifth.
    assert central_difference(lambda x: x - 1e9, np.array(1e9), h=1e-7) == pytest.approx(1.0, rel=1e-12)


def test_a_step_that_vanishes_beside_the_entry_is_refused():
    with pytest.raises(ValueError, match=r"h = 0\.001 vanishes beside the entry 1e\+30; try a larger h"):
        central_difference(lambda x: x.sum(), np.array([1e30]), h=1e-3)
