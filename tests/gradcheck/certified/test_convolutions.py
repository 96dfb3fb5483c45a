"""Convolutions and filters of scipy.signal and scipy.ndimage on balls."""

import numpy as np
import pytest

from gradcheck import check_grad, check_vjp
from tests.gradcheck.certified.oracle import certifies

pytestmark = pytest.mark.extra("scipy")

RNG = np.random.default_rng(51)
X = RNG.normal(size=6)
M = RNG.normal(size=(4, 5))
K3, K4 = RNG.normal(size=3), RNG.normal(size=4)
K23, K33 = RNG.normal(size=(2, 3)), RNG.normal(size=(3, 3))


def weighed(array):
    """A sum that tells every entry apart, and a square that makes it curved."""
    weights = np.random.default_rng(array.size).normal(size=np.shape(array))
    return np.sum(weights * array) + np.sum(weights * array**2)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("name", ["convolve", "correlate", "fftconvolve", "oaconvolve"])
def test_signals(name, mode):
    from scipy import signal

    function = getattr(signal, name)
    certifies(lambda x: weighed(function(x, K3, mode=mode)) + weighed(function(K4, x, mode)), X)
    certifies(lambda m: weighed(function(m, K23, mode=mode)) + weighed(function(m[:2, :3], m[2:, 2:], mode)), M)


def test_methods():
    from scipy import signal

    certifies(lambda x: weighed(signal.convolve(x, x, method="direct")) + weighed(signal.correlate(x, K3, method="fft")), X)


@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm"])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("name", ["convolve2d", "correlate2d"])
def test_images(name, mode, boundary):
    from scipy import signal

    function = getattr(signal, name)
    certifies(lambda m: weighed(function(m, K33, mode, boundary)) + weighed(function(m, K23, mode=mode, boundary=boundary)), M)
    certifies(lambda k: weighed(function(M, k, mode, boundary, fillvalue=0.5)) + weighed(function(k, M, mode, boundary)), K23)


def test_recursive_filters():
    from scipy import signal

    certifies(lambda x: weighed(signal.lfilter([0.5, 0.2], [1.0, -0.3, 0.1], x)), X)
    certifies(lambda x: weighed(signal.lfilter(x[:2], np.concatenate([[2.0], x[2:4]]), M, axis=0)), X / 4)


@pytest.mark.parametrize("mode", ["reflect", "constant", "nearest", "mirror", "wrap"])
def test_filters_of_images(mode):
    from scipy import ndimage as n

    certifies(lambda m: weighed(n.convolve(m, K33, mode=mode)) + weighed(n.correlate(m, K23, mode=mode, cval=0.5)), M)
    certifies(lambda k: weighed(n.convolve(M, k, mode=mode)) + weighed(n.correlate(M, k, mode=mode, origin=(0, -1))), K23)
    certifies(lambda m: weighed(n.convolve1d(m, K4, axis=0, mode=mode)) + weighed(n.correlate1d(m, K3, mode=mode, origin=1)), M)
    certifies(lambda m: weighed(n.gaussian_filter(m, 0.8, mode=mode)) + weighed(n.gaussian_filter(m, (0.5, 1), mode=mode)), M)
    certifies(lambda m: weighed(n.uniform_filter(m, 3, mode=mode)) + weighed(n.uniform_filter1d(m, 2, 0, mode=mode)), M)
    certifies(
        lambda m: weighed(n.sobel(m, mode=mode)) + weighed(n.prewitt(m, 0, mode=mode)) + weighed(n.laplace(m, mode=mode)), M
    )
    certifies(lambda x: weighed(n.gaussian_filter1d(x, 1.0, mode=mode, truncate=2)) + weighed(n.convolve(x, K4, mode=mode)), X)


def test_right_and_wrong_gradients():
    from scipy.signal import convolve, correlate

    f = lambda x: convolve(x, K3)
    assert check_vjp(f, lambda x, g: correlate(g, K3, mode="valid"), X).verdict == "match"
    assert check_vjp(f, lambda x, g: convolve(g, K3, mode="valid"), X).verdict == "mismatch"
    jacobian = lambda x: np.array([np.concatenate([np.zeros(k), K3, np.zeros(5 - k)]) for k in range(6)]).T
    assert check_grad(f, jacobian, X, jacobian=True).verdict == "match"


def test_a_large_convolution_by_transforms_is_a_match():
    from scipy.signal import fftconvolve

    x, k, w = RNG.normal(size=120), RNG.normal(size=80), RNG.normal(size=199)
    f = lambda x: np.sum(w * fftconvolve(x, k) ** 2) / 2
    right = lambda x: fftconvolve(w * fftconvolve(x, k), k[::-1], mode="valid")
    assert check_grad(f, right, x).verdict == "match"
    assert check_grad(f, lambda x: right(x) * (1 + 1e-9), x).verdict == "mismatch"


def test_a_smoothed_image():
    from scipy.ndimage import gaussian_filter

    f = lambda m: np.sum(gaussian_filter(m, 1.0, mode="constant") ** 2) / 2
    right = lambda m: gaussian_filter(gaussian_filter(m, 1.0, mode="constant"), 1.0, mode="constant")
    report = check_grad(f, right, M)
    assert report.verdict == "match" and "certified formula" in str(report)
    assert check_grad(f, lambda m: gaussian_filter(m, 1.0, mode="constant"), M).verdict == "mismatch"


def test_what_has_no_rule_is_named_and_judged_by_differences():
    from scipy import ndimage, signal

    report = check_grad(lambda m: np.sum(ndimage.median_filter(m, 3) ** 2), lambda m: m, M)
    assert report.verdict == "mismatch" and "there is no rule for scipy.ndimage.median_filter" in str(report)
    report = check_grad(lambda x: np.sum(signal.savgol_filter(x, 3, 1) ** 2), lambda x: x, X)
    assert report.verdict == "mismatch" and "there is no rule for scipy.signal.savgol_filter" in str(report)
