"""Fourier transforms, and the complex arrays that come from them, on balls."""

import numpy as np
import pytest

from gradcheck import check_grad, check_vjp
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.functions.enclosed_gradient import certified_gradient
from tests.gradcheck.certified.oracle import certifies

RNG = np.random.default_rng(21)
X = RNG.normal(size=6)
M = RNG.normal(size=(3, 4))
W = RNG.normal(size=(8, 8))
H = np.fft.fft(RNG.normal(size=6))

VECTORS = {
    "fft": lambda x: W[0, :6] @ np.fft.fft(x).real + W[1, :6] @ np.fft.fft(x).imag ** 3,
    "ifft": lambda x: np.sum(np.abs(np.fft.ifft(x)) ** 3),
    "rfft": lambda x: np.sum(np.abs(np.fft.rfft(x)) * W[0, :4]),
    "irfft of real numbers": lambda x: np.sum(np.fft.irfft(x) ** 2 * W[:, 0].repeat(2)[:10]),
    "irfft, odd length": lambda x: np.sum(np.fft.irfft(np.fft.rfft(x[:5]) ** 2, n=5) * W[0, :5]),
    "lengths": lambda x: np.sum(np.fft.fft(x, 8).real ** 2 * W[0]) + np.sum(np.fft.fft(x, n=4).imag * W[1, :4]),
    "rfft lengths": lambda x: np.sum(np.fft.rfft(x, 9).imag * W[0, :5]) + np.sum(np.fft.irfft(np.fft.rfft(x), 4) ** 3),
    "norms": lambda x: np.sum(np.fft.fft(x, norm="ortho").real ** 3) + np.fft.rfft(x, norm="forward").imag[1],
    "inverse norms": lambda x: np.fft.ifft(x, norm="ortho").imag[1] + np.sum(np.fft.irfft(x, norm="forward") ** 3),
    "round trip": lambda x: np.sum(np.fft.ifft(np.fft.fft(x)).real ** 3),
    "convolution": lambda x: np.sum(np.fft.ifft(np.fft.fft(x) * H).real ** 2 * W[0, :6]),
    "autocorrelation": lambda x: np.sum(np.fft.ifft(np.fft.fft(x) * np.conj(np.fft.fft(x))).real * W[0, :6]),
    "shift": lambda x: np.sum(np.fft.fftshift(np.fft.fft(x)).imag * W[0, :6]) + np.fft.ifftshift(x)[0],
    "spectral derivative": lambda x: np.sum(np.fft.ifft(2j * np.pi * np.fft.fftfreq(6) * np.fft.fft(x)).real ** 2 * W[0, :6]),
    "phase": lambda x: np.sum(np.angle(np.fft.rfft(x))[1:3]) + np.angle(np.fft.fft(x)[1], deg=True),
    "quotient": lambda x: np.sum((np.fft.fft(x) / (H + 2)).real ** 2) + np.sum((1 / np.fft.fft(x)).imag * W[0, :6]),
    "wiener": lambda x: np.sum(np.fft.ifft(np.conj(H) * np.fft.fft(x) / (np.abs(np.fft.fft(x)) ** 2 + 0.5)).real ** 2),
    "power of each": lambda x: np.sum((np.fft.fft(x) ** 2).real) + np.sum((np.fft.fft(x)[1:3] ** -1).imag),
    "exp, log": lambda x: np.sum(np.exp(np.fft.fft(x) / 8).real) + np.sum(np.log(np.fft.fft(x)[1:3] + 9).imag),
    "entries": lambda x: abs(np.fft.fft(x)[1]) + (np.fft.fft(x)[2] * 2j).real + sum(abs(z) for z in np.fft.rfft(x)),
    "assignment": lambda x: low_pass(x),
    "sums": lambda x: abs(np.sum(np.fft.fft(x) * W[0, :6])) + np.fft.fft(x).mean().real ** 2 + np.fft.fft(x).sum().real,
    "joined": lambda x: np.sum(np.concatenate([np.fft.fft(x), H])[4:9].imag ** 2) + np.stack([np.fft.fft(x)] * 2)[1, 2].imag,
    "inner products": lambda x: np.vdot(np.fft.fft(x), H).imag + np.dot(np.fft.fft(x), H).real + (np.fft.fft(x) @ H).imag,
    "norm": lambda x: np.linalg.norm(np.fft.fft(x)) + np.sum(np.real(np.fft.fft(x)) ** 2) + np.sum(np.imag(np.fft.fft(x)) ** 3),
    "where": lambda x: np.sum(np.where(np.arange(6) < 3, np.fft.fft(x), 0).real ** 2),
    "conj method": lambda x: np.sum((np.fft.fft(x).conj() * np.fft.fft(x[::-1])).imag * W[0, :6]),
    "asarray": lambda x: np.sum(np.asarray(np.fft.fft(x)).imag * W[0, :6]) + np.array(np.fft.rfft(x)).real[1],
}
MATRICES = {
    "axes": lambda m: np.sum(np.fft.fft(m, axis=0).imag ** 2 * W[:3, :4]) + np.sum(np.fft.rfft(m).imag * W[:3, :3]),
    "fft2": lambda m: np.sum(np.abs(np.fft.fft2(m)) ** 2 * W[:3, :4]) + np.fft.fft2(m, s=(4, 5)).imag[2, 3],
    "ifft2": lambda m: np.sum(np.fft.ifft2(np.fft.fft2(m) * W[:3, :4]).real ** 2),
    "rfft2": lambda m: np.sum(np.fft.irfft2(np.fft.rfft2(m) * W[:3, :3], s=(3, 4)) ** 2),
    "fftn": lambda m: np.sum(np.fft.fftn(m, axes=[0]).real ** 3) + np.sum(np.fft.ifftn(m).imag[1:] ** 2 * W[:2, :4]),
    "rfftn": lambda m: np.sum(np.fft.irfftn(np.fft.rfftn(m) ** 2) * W[:3, :4]),
    "reshaped": lambda m: (
        np.sum(np.fft.fft(m).reshape(-1)[3:7].imag ** 2) + np.fft.fft(m).T[1, 2].real + np.fft.fft(m).ravel()[3].imag
    ),
}


def low_pass(x):
    spectrum = np.fft.rfft(x)
    spectrum[2:] = 0
    spectrum[0] *= 1j
    spectrum[1] = spectrum[1] * 2
    return np.sum(np.fft.irfft(spectrum, n=len(x)) ** 2 * W[0, :6])


@pytest.mark.parametrize("name", VECTORS)
def test_vectors(name):
    certifies(VECTORS[name], X)


@pytest.mark.parametrize("name", MATRICES)
def test_matrices(name):
    certifies(MATRICES[name], M)


@pytest.mark.extra("scipy")
def test_the_names_of_scipy():
    from scipy import fft

    certifies(lambda x: np.sum(np.abs(fft.fft(x)) ** 2 * W[0, :6]) + np.sum(fft.irfft(fft.rfft(x) ** 2, n=6) * W[1, :6]), X)
    certifies(lambda m: np.sum(fft.ifft2(fft.fft2(m) ** 2).real * W[:3, :4]) + np.sum(fft.fftshift(m)[0] ** 3), M)
    certifies(lambda x: np.sum(fft.dct(x) ** 2 * W[0, :6]) + np.sum(fft.idct(x, norm="ortho") ** 3) + fft.dct(x, n=4)[1], X)
    certifies(lambda m: np.sum(fft.idctn(fft.dctn(m, norm="ortho") ** 2) * W[:3, :4]) + fft.idct(m, axis=0)[1, 2], M)


@pytest.mark.parametrize("n", [5, 16, 37])
def test_right_and_wrong_gradients(n):
    x, w = RNG.normal(size=n), RNG.random(n)
    f = lambda x: np.sum(w * np.abs(np.fft.fft(x)) ** 2)
    right = lambda x: 2 * n * np.fft.ifft(w * np.fft.fft(x)).real
    report = check_grad(f, right, x)
    assert report.verdict == "match" and "certified formula" in str(report)
    assert check_grad(f, lambda x: right(x) / n, x).verdict == "mismatch"
    assert check_grad(f, lambda x: 2 * n * np.fft.fft(w * np.fft.fft(x)).real / n, x).verdict == "mismatch"
    assert check_grad(f, lambda x: right(x) * (1 + 1e-10), x).verdict == "mismatch"


def test_a_circular_convolution_by_its_products():
    f = lambda x: np.fft.irfft(np.fft.rfft(x) * np.fft.rfft(W[0, :6]), 6)
    pull = lambda x, g: np.fft.irfft(np.fft.rfft(g) * np.conj(np.fft.rfft(W[0, :6])), 6)
    assert check_vjp(f, pull, X).verdict == "match"
    assert check_vjp(f, lambda x, g: np.fft.irfft(np.fft.rfft(g) * np.fft.rfft(W[0, :6]), 6), X).verdict == "mismatch"
    jacobian = lambda x: np.array([np.roll(W[0, :6][::-1], k + 1) for k in range(6)])
    assert check_grad(f, jacobian, X, jacobian=True).verdict == "match"
    assert check_grad(f, lambda x: jacobian(x).T, X, jacobian=True).verdict == "mismatch"


def test_a_gradient_by_sums_of_cosines_is_right_as_well():
    n = 12
    x, w = RNG.normal(size=n), RNG.random(n)
    f = lambda x: np.sum(w * np.fft.fft(x).real ** 2)

    def right(x):
        kernel = np.cos(2 * np.pi * (np.outer(np.arange(n), np.arange(n)) % n) / n)  # with 6e-17 for zeros
        return 2 * kernel @ (w * (kernel @ x))

    assert check_grad(f, right, x).verdict == "match"
    assert check_grad(f, lambda x: right(x) / 2, x).verdict == "mismatch"


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.fft.fft(x),
        lambda x: np.sum(np.sqrt(np.fft.fft(x))).real,
        lambda x: np.sum((x + 1j) * np.fft.fft(x)).real,
        lambda x: float(np.fft.fft(x)[0]),
        lambda x: np.max(np.fft.fft(x)),
        lambda x: np.sum(np.exp(1j * x)).real,
    ],
)
def test_what_is_complex_beyond_that_is_refused_by_name(f):
    with pytest.raises(CannotFollow) as caught:
        certified_gradient(f, X)
    assert caught.value.reason.code in ("complex", "not-a-number", "exception")


def test_a_complex_step_of_a_function_with_transforms_is_no_wrong_formula():
    f = lambda x: np.sum(np.fft.irfft(np.fft.rfft(x) ** 2, 6) * W[0, :6])
    g = lambda x: np.fft.fft(x).real @ W[0, :6]
    step = lambda x: np.array([(W[0, :6] @ np.fft.fft(x + 1e-20j * e)).imag for e in np.eye(6)]) / 1e-20
    assert check_grad(g, lambda x: W[0, :6] @ np.array([np.fft.fft(e).real for e in np.eye(6)]).T, X).verdict == "match"
    assert check_grad(g, step, X).verdict != "match"  # the imaginary part of a real transform is no derivative
    assert certified_gradient(f, X)[1].smooth
