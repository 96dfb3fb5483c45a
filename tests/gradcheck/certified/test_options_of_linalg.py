"""NumPy's linear algebra, its products and its Fourier transforms on balls, with their options: as on floats."""

import numpy as np
import pytest

from tests.gradcheck.certified.oracle import agrees_with_floats, listed

X = np.array([[1.5, -2.25, 0.75, 3.125], [0.5, 4.5, -1.125, 2.625], [-3.5, 1.25, 2.125, -0.375]])
T = np.arange(24.0).reshape(2, 3, 4) * 0.375 - 3 + np.sin(np.arange(24.0)).reshape(2, 3, 4)
W, C = np.array([1.0, 2.0, 0.5, 1.5]), np.array([0.5, 2.0, 1.25])


def square(x):
    return x[:, :3] + 5 * np.eye(3)


def stack(x):
    return np.stack([square(x), square(x[::-1]) + 1])


def spd(x):
    return square(x) @ square(x).T


def six(x):
    return 5 * np.eye(6) + np.outer(x.ravel()[:6], x.ravel()[6:]) / 9


def unequal(x):
    """Symmetric, with eigenvalues far from each other."""
    return (x[:, :3] + x[:, :3].T) / 4 + np.diag([0.0, 9.0, 20.0])


PRODUCTS = {
    "one by one": lambda x: (x[:, :1] @ x[:1]) * 2 + x[:, 0] @ x[:, 1] + np.matmul(x[:1], x[0]),
    "vectors and stacks": lambda x: W @ np.swapaxes(T * x, 1, 2) + (T * x) @ x[0],
    "stacks broadcast": lambda x: (T[:, None] * x) @ np.swapaxes(T[None] * x, -1, -2),
    "matrix by stack": lambda x: x @ np.swapaxes(T, 1, 2) + np.matmul(X, np.swapaxes(T * x, -1, -2)),
    "in a type": lambda x: np.matmul(x, x.T, dtype=np.float64) + X @ x.T + x @ X.T,
    "vecdot": lambda x: np.vecdot(x, X) + np.vecdot(x, T, axis=-1)[0] + np.linalg.vecdot(x, X, axis=1),
    "vecdot of columns": lambda x: np.vecdot(x, X, axis=0) + np.linalg.vecdot(x, x, axis=0),
    "matvec, vecmat": lambda x: (
        np.matvec(square(x), X[:, 1:]) + np.vecmat(x[:2, 1:], stack(x))[:1] + np.vecmat(C, square(x))
        if hasattr(np, "matvec")
        else x
    ),
    "dot": lambda x: np.dot(x, W) + np.dot(X[:, 0], x)[:3] + np.dot(x[0], W) + np.dot(x[:, 0], 2.0) + np.dot(3, x[:, 1]),
    "dot into": lambda x: into((3, 3), lambda out: np.dot(x, X.T, out=out)),
    "dot of stacks": lambda x: np.dot(T * x, x.T) + np.dot(x[:, :3] @ x, np.swapaxes(T, 1, 2))[0, 0, 0] + np.dot(T, x[0])[0, 0],
    "inner": lambda x: np.inner(x, X) + np.inner(x[0], W) + np.inner(2.0, x[:, :3]) + np.inner(T, x)[0],
    "outer": lambda x: np.outer(x[:2], C) + np.outer(x[0], x[1])[0, :3] + np.linalg.outer(x[0, :2], C)[0],
    "outer into": lambda x: into((4, 3), lambda out: np.outer(x[0], C, out=out)),
    "vdot": lambda x: np.vdot(x, X) * x[0] + np.vdot(x[0], W),
    "kron": lambda x: np.kron(x[0], C) + np.kron(x[:2, :2], x[:1])[0, 0],
    "tensordot": lambda x: np.tensordot(T, x, axes=([1, 2], [0, 1])) + np.tensordot(x, x, 2) + np.tensordot(T, x, axes=2),
    "tensordot, crosswise": lambda x: np.tensordot(T, x, axes=([2], [1])) + np.tensordot(x, T, axes=(0, 1))[0, 0, 0],
    "tensordot, from the end": lambda x: np.tensordot(T, T * x, axes=([-1, 0], [-1, 0])),
    "tensordot of linalg": lambda x: np.linalg.tensordot(x, X, axes=([1], [1])) + np.linalg.matmul(x, X.T),
    "multi_dot": lambda x: np.linalg.multi_dot([x, X.T, x[:, :3]]) + np.linalg.multi_dot([x[:, :3], X[:, :3]]),
    "multi_dot of four": lambda x: np.linalg.multi_dot([x, X.T, x, X.T]) + np.linalg.multi_dot([x[0], X.T, x, W]),
    "powers": lambda x: (
        np.linalg.matrix_power(square(x), 2) + np.linalg.matrix_power(square(x), -2) + np.linalg.matrix_power(square(x), 1)
    ),
    "powers of nothing": lambda x: np.linalg.matrix_power(square(x), 0) * x[:, :3] + np.linalg.matrix_power(square(x), -1),
    "powers of stacks": lambda x: np.linalg.matrix_power(stack(x), 2) + np.linalg.matrix_power(stack(x)[:, :2, :2], 0)[0, 0, 0],
    "trace": lambda x: (
        np.linalg.trace(T * x, offset=1) + np.linalg.trace(T[:, :, :3] * x[:, :3]) if hasattr(np.linalg, "trace") else x
    ),
    "diagonals": lambda x: (
        np.diagonal(T * x, 1, 1, 2) + np.linalg.diagonal(T * x, offset=1) + np.diag(x, -1)[0] + np.diag(x[0])[1, 1]
    ),
    "cross": lambda x: (
        np.cross(x[:, :3], X[:, 1:])
        + np.linalg.cross(x[:, 1:], X[:, :3])
        + np.cross(x[:, :3], X[:, 1:], axisa=0, axisb=0, axisc=0)
    ),
    "einsum": lambda x: (
        np.einsum("ij,kj->ki", x, X)
        + np.einsum("ij->ji", x[:, :3])
        + np.einsum("ij,ij->i", x, X)
        + np.einsum("ii->i", x[:, :3])
    ),
    "einsum, sums": lambda x: (
        np.einsum("ij,jk->i", x, X.T) + np.einsum("ij,kl->i", x, X) + np.einsum("ij,i->j", x, C)[0] + np.einsum("i,i", x[0], W)
    ),
    "einsum, batches": lambda x: (
        np.einsum("bij,bkj->bik", T * x, T)
        + np.einsum("bij,bij->b", T, T * x)[:, None, None]
        + np.einsum("ijb,jkb->bik", x[..., None], X.T[..., None])
    ),
    "einsum, more": lambda x: (
        np.einsum("ij,jk,kl->il", x, X.T, x)
        + np.einsum("ij,kj", x, x)[:, :1]
        + np.einsum("i...,i->...", x, C)
        + np.einsum("i,j->ij", x[:, 0], W)
    ),
    "einsum by lists": lambda x: (
        np.einsum(x, [0, 1], X, [2, 1], [0, 2]) + np.einsum(x[:, :3], [0, 0]) + np.einsum("ij , kj -> ik", x, X)
    ),
    "einsum of itself by lists": lambda x: (
        np.einsum(x, [0, 1], x, [2, 1], [0, 2]) + np.einsum(x, [0, 1], x, [2, 1], X, [2, 3], [0, 3])[:, :3]
    ),
    "einsum into": lambda x: (
        into((3, 3), lambda out: np.einsum("ij,kj->ik", x, X, out=out)) + np.einsum("ij,kj->ik", x, X, optimize=True)
    ),
    "einsum of nothing": lambda x: np.einsum("ij,jk->ik", x[:, :0], X[:0]) + x + np.einsum("i,i->", x[0, :0], W[:0]),
    "einsum by a plan": lambda x: np.einsum("ij,jk,kl->il", x, X.T, x, optimize=np.einsum_path("ij,jk,kl->il", x, X.T, x)[0]),
    "convolve": lambda x: (
        np.convolve(x[0], C) + np.correlate(x[0], C, "full") + np.convolve(C, x[1]) + np.convolve(x[0], C, "valid").sum()
    ),
    "convolve, same": lambda x: np.convolve(x[0], C, "same") + np.correlate(x[0], C, "same") + np.correlate(x[0], C)[0],
}
SYSTEMS = {
    "solve": lambda x: np.linalg.solve(square(x), X) + np.linalg.solve(square(x), C)[0] + np.linalg.solve(square(X), x),
    "solve stacks": lambda x: np.linalg.solve(stack(x), X) + np.linalg.solve(square(x), T) + np.linalg.solve(stack(x), T),
    "solve stacks, a vector": lambda x: np.linalg.solve(stack(x), C) + np.linalg.solve(stack(x)[:1], x[:, 0]),
    "inverses": lambda x: (
        np.linalg.inv(square(x)) @ np.linalg.inv(stack(x)) + np.linalg.inv(stack(x)[:1])[0] + np.linalg.inv(x[:1, :1])
    ),
    "determinants": lambda x: (
        np.linalg.det(stack(x)) * np.linalg.det(square(x)) / 1e4 + np.linalg.det(stack(x)[:1]) / 1e3 + np.linalg.det(x[:1, :1])
    ),
    "their logarithms": lambda x: (
        listed(np.linalg.slogdet(stack(x))) + listed(np.linalg.slogdet(x[:, :3])) + np.linalg.slogdet(-square(x)).sign * x[0]
    ),
    "cholesky": lambda x: (
        np.linalg.cholesky(spd(x)) + np.linalg.cholesky(np.stack([spd(x), 2 * spd(x)])) + np.linalg.cholesky(spd(x), upper=True)
    ),
    "qr": lambda x: (
        listed(np.linalg.qr(x)) + listed(np.linalg.qr(x[:, :2])) + listed(np.linalg.qr(x[:, :2], "complete")) + x[0]
    ),
    "qr, r": lambda x: np.linalg.qr(x, "r") + np.linalg.qr(T * x, mode="r") + np.linalg.qr(x[:, :2], "r")[0, 1],
    "qr of stacks": lambda x: listed(np.linalg.qr(T * x)) + listed(np.linalg.qr(np.swapaxes(T * x, 1, 2), "complete")) + x[0],
    "lstsq": lambda x: (
        np.linalg.lstsq(x[:, :2], X, rcond=None)[0] + np.linalg.lstsq(x[:, :2], X)[1] + np.linalg.lstsq(x[:, :2], C)[0][:, None]
    ),
    "lstsq, what is left": lambda x: (
        np.linalg.lstsq(x[:, :2], C)[1]
        + np.linalg.lstsq(x, X[:, :2])[0]
        + np.linalg.lstsq(x[:, :2], C)[2]
        + np.linalg.lstsq(x, C)[1].size
    ),
    "pinv": lambda x: (
        np.linalg.pinv(x) + np.linalg.pinv(x[:, :2]).T[:, :1].sum() + np.linalg.pinv(T * x)[0] + np.linalg.pinv(x, rtol=1e-10)
    ),
    "norms": lambda x: (
        np.linalg.norm(x, axis=0) + np.linalg.norm(x) + np.linalg.norm(x, "fro") + np.linalg.norm(x, 1) + np.linalg.norm(x, -1)
    ),
    "norms, others": lambda x: (
        np.linalg.norm(x[0], 0) * x
        + np.linalg.norm(x, np.inf)
        + np.linalg.norm(x, -np.inf)
        + np.linalg.norm(x[0], -np.inf)
        + np.linalg.norm(x[0], -2)
    ),
    "norms kept": lambda x: (
        np.linalg.norm(x, keepdims=True)
        + np.linalg.norm(x, axis=1, keepdims=True)
        + np.linalg.norm(x, 1, keepdims=True) * np.linalg.norm(x, -np.inf, axis=(0, 1), keepdims=True)
    ),
    "norms of stacks": lambda x: (
        np.linalg.norm(T * x, axis=(1, 2))
        + np.linalg.norm(T * x, 1, axis=(2, 1))
        + np.linalg.norm(T * x, np.inf, axis=(1, 2))
        + np.linalg.norm(T * x, -1, axis=(-2, -1))
    ),
    "norms of stacks, along": lambda x: (
        np.linalg.norm(T * x, axis=-1)
        + np.linalg.norm(T * x, 3, axis=2)
        + np.linalg.norm(T * x, 1, axis=(2,))
        + np.linalg.norm(T * x, np.inf, axis=-1)
    ),
    "norms of three axes": lambda x: (
        np.linalg.norm(T * x) * x[0] + np.linalg.norm(x[0], keepdims=True) + np.linalg.norm(x.ravel(), 2.5)
    ),
    "norms by singular values": lambda x: (
        np.linalg.norm(x, 2)
        + np.linalg.norm(x, -2)
        + np.linalg.norm(x, "nuc")
        + np.linalg.norm(T * x, 2, axis=(0, 2))
        + np.linalg.norm(x, 2, keepdims=True)
    ),
    "norms by singular values, kept": lambda x: (
        np.linalg.norm(T * x, "nuc", axis=(1, -1), keepdims=True) + np.linalg.norm(T * x, -2, axis=(2, 0), keepdims=True)
    ),
    "vector and matrix norms": lambda x: (
        np.linalg.vector_norm(x)
        + np.linalg.vector_norm(x, axis=1, ord=3)
        + np.linalg.matrix_norm(T * x)[0]
        + np.linalg.matrix_norm(x, ord=1, keepdims=True)[0]
    ),
    "a vector norm": lambda x: np.linalg.vector_norm(x),
    "a matrix norm": lambda x: np.linalg.matrix_norm(T * x),
    "vector norms kept": lambda x: (
        np.linalg.vector_norm(x, keepdims=True, axis=0)
        + np.linalg.matrix_norm(x, ord="nuc")
        + np.linalg.vector_norm(T * x, ord=1)
    ),
    "conditions": lambda x: (
        np.linalg.cond(x)
        + np.linalg.cond(x, -2)
        + np.linalg.cond(square(x), 1)
        + np.linalg.cond(square(x), "fro")
        + np.linalg.cond(T * x)[0]
        + np.linalg.cond(x, 2) * x[0]
    ),
    "ranks": lambda x: (
        np.linalg.matrix_rank(x) * x[0]
        + np.linalg.matrix_rank(x[:, :1] @ x[:1], tol=1e-3) * x[1]
        + np.linalg.matrix_rank(x[0])
        + np.linalg.matrix_rank(T * x)[0] * x[0]
    ),
    "ranks by tolerances": lambda x: (
        np.linalg.matrix_rank(x, tol=4.5) * x[0]
        + np.linalg.matrix_rank(x, rtol=0.9) * x[1]
        + np.linalg.matrix_rank(unequal(x), hermitian=True) * x[2]
        + np.linalg.matrix_rank(0 * X) * x[0]
    ),
    "tensors": lambda x: (
        np.linalg.tensorsolve(stack(x)[0].reshape(3, 3, 1), C) + np.linalg.tensorinv(square(x).reshape(3, 3, 1), ind=1).sum()
    ),
    "tensors with axes": lambda x: (
        np.linalg.tensorsolve(six(x).reshape(6, 2, 3), X[:2, :3], axes=(0,))
        + np.linalg.tensorinv(six(x).reshape(2, 3, 6))[1, 0, 2]
    ),
}
EIGEN = {
    "eigvalsh": lambda x: (
        np.linalg.eigvalsh(unequal(x))
        + np.linalg.eigvalsh(unequal(x) + np.triu(X[:, :3], 1), "L")
        + np.linalg.eigvalsh(unequal(x) + np.tril(X[:, :3], -1), UPLO="U")
    ),
    "eigh": lambda x: (
        np.linalg.eigh(unequal(x))[1] * np.linalg.eigh(unequal(x)).eigenvalues
        + np.linalg.eigh(unequal(x), "U").eigenvectors ** 2
    ),
    "eigh of stacks": lambda x: (
        listed(np.linalg.eigh(np.stack([unequal(x), 2 * unequal(-x)]))) + np.linalg.eigvalsh(unequal(x)[None])[0]
    ),
    "one triangle": lambda x: (
        np.linalg.eigh(x[:, :3] + np.diag([0.0, 20, 50]), "U")[0] + np.linalg.eigvalsh(x[:, :3] + np.diag([0.0, 20, 50]))
    ),
    "svd": lambda x: listed(np.linalg.svd(x, full_matrices=False)) + np.linalg.svd(x, compute_uv=False) + np.linalg.svdvals(x),
    "svd, full": lambda x: (
        np.linalg.svd(x).S + np.linalg.svd(x)[0][:, 0] + np.linalg.svd(x).Vh[0, :3] + np.linalg.svd(x.T)[0][:3, 1]
    ),
    "svd, its shapes": lambda x: (
        np.linalg.svd(x).Vh.shape[0] * x + np.linalg.svd(x.T)[0].shape[1] * x + np.linalg.svd(x, False)[2].shape[0]
    ),
    "svd of stacks": lambda x: (
        listed(np.linalg.svd(T * x, full_matrices=False))
        + np.linalg.svdvals(T * x)[0]
        + np.linalg.svd(T * x, compute_uv=False)[1]
    ),
    "svd of one": lambda x: (
        np.linalg.svd(x[:1], full_matrices=False)[1] + listed(np.linalg.svd(x[:, :1], full_matrices=False)) + x[0]
    ),
}
TRANSFORMS = {
    "fft": lambda x: (
        np.fft.fft(x, 5).real
        + np.fft.fft(x, n=3, axis=0).imag[:, :1].sum()
        + np.fft.ifft(x, 5, norm="forward").imag
        + np.fft.fft(x, 5, norm="ortho").real
    ),
    "rfft": lambda x: (
        np.fft.rfft(x).real
        + np.fft.rfft(x, norm="forward").imag
        + np.fft.rfft(x, axis=0).real.sum()
        + np.fft.irfft(x, 3)
        + np.fft.irfft(x, norm="ortho")[:, :3]
    ),
    "irfft": lambda x: (
        np.fft.irfft(x)
        + np.fft.irfft(np.fft.rfft(x, 6) * (1 + 2j))
        + np.fft.irfft(np.fft.rfft(x, 5), n=6)
        + np.fft.irfft(x, 6, norm="forward")
    ),
    "irfft, odd": lambda x: (
        np.fft.irfft(np.fft.rfft(x, 7) * 1j, n=5) + np.fft.irfft(x, 5, axis=-1) + np.fft.irfft(x.T, 5, axis=0).T
    ),
    "several axes": lambda x: (
        np.fft.fft2(x).real
        + np.fft.ifft2(x, norm="ortho").imag
        + np.fft.fftn(x, axes=[1]).real
        + np.fft.ifftn(T * x, axes=(0, 2)).real[0]
        + np.fft.fft2(T * x, axes=(0, 1)).imag[1]
    ),
    "several axes, sizes": lambda x: (
        np.fft.fft2(x, s=(2, 5)).real[0] + np.fft.fftn(T * x, s=[5]).imag[1, 2] + np.fft.ifft2(x, s=(3, 5), axes=(0, 1)).real[1]
    ),
    "several axes, real": lambda x: (
        np.fft.rfft2(x).imag
        + np.fft.rfftn(T * x).real[0]
        + np.fft.irfft2(x)[:, :3]
        + np.fft.irfftn(x, s=(3, 3))
        + np.fft.rfftn(x, axes=(0, 1)).real
    ),
    "several axes, real sizes": lambda x: (
        np.fft.irfftn(T * x, s=(2, 5), axes=(0, 2))[0]
        + np.fft.rfft2(x, s=(3, 8), norm="ortho").real
        + np.fft.rfftn(T * x, s=(3, 8)).imag[1]
    ),
    "shifts": lambda x: (
        np.fft.fftshift(x) + np.fft.ifftshift(x, axes=1) + np.fft.fftshift(np.fft.fft(x), axes=0).real + np.fft.fftfreq(4) * x
    ),
    "sums and differences": lambda x: (
        (np.fft.fft(x) + x - 2j).real
        + (1j - np.fft.fft(x)).imag
        + (np.fft.fft(x) - x).imag
        + (-np.fft.fft(x)).real
        + (+np.fft.fft(x)).imag
        + (3.0 + np.fft.fft(x)).real
    ),
    "products": lambda x: (
        (np.fft.fft(x) * np.fft.fft(X)).real
        + (2j * np.fft.fft(x)).real
        + (np.fft.fft(x) / (2 + 1j)).imag
        + (1j / np.fft.fft(x + 9)).real
        + (x * np.fft.fft(x)).imag
        + (np.fft.fft(x) * x[0, 0]).imag
    ),
    "functions": lambda x: (
        np.abs(np.fft.fft(x))
        + np.angle(np.fft.fft(x + W))
        + np.angle(np.fft.fft(x + W), deg=True)
        + np.exp(np.fft.fft(x) / 9).imag
        + np.log(np.fft.fft(x + W)).real
        + np.square(np.fft.fft(x)).imag
    ),
    "more functions": lambda x: (
        np.reciprocal(np.fft.fft(x + W)).imag
        + np.conj(np.fft.fft(x)).imag
        + np.positive(np.fft.fft(x)).real
        + np.negative(np.fft.fft(x)).imag
        + np.log(np.fft.fft(x + W)).imag
    ),
    "powers": lambda x: (
        (np.fft.fft(x) ** 3).real
        + np.power(np.fft.fft(x + W), -2).imag
        + (np.fft.fft(x) ** 0).real
        + np.float_power(np.fft.fft(x), 2.0).imag
        + (np.fft.fft(x) ** 1).imag
    ),
    "finite": lambda x: (
        x * np.isfinite(np.fft.fft(x))
        + np.isnan(np.fft.fft(x))
        + np.iscomplexobj(np.fft.fft(x))
        + 2 * np.isrealobj(np.fft.fft(x))
        + 4 * np.iscomplexobj(x)
    ),
    "matrices": lambda x: (
        (np.fft.fft(x) @ X.T).imag
        + (X @ np.fft.fft(x).T).real
        + (np.fft.fft(x) @ np.fft.fft(X).T).imag
        + np.matmul(np.fft.fft(x), np.fft.ifft(X).T).real
    ),
    "inner products": lambda x: (
        np.vdot(np.fft.fft(x[0]), np.fft.fft(X[0])).real
        + np.vdot(W, np.fft.fft(x[0])).imag
        + np.dot(np.fft.fft(x), np.fft.fft(W)).real
        + np.inner(np.fft.fft(x), np.fft.fft(x)).imag
    ),
    "vecdot": lambda x: np.vecdot(np.fft.fft(x), np.fft.fft(X + 1)).imag + np.vecdot(X, np.fft.fft(x)).real,
    "outer products": lambda x: (
        np.outer(np.fft.fft(x[0]), np.fft.fft(C)).imag
        + np.kron(np.fft.fft(x[0]), C).real[:4, None]
        + np.tensordot(np.fft.fft(x), np.fft.fft(X), axes=(0, 0)).imag[:, :3]
        + np.convolve(np.fft.fft(x[0]), 1j * C).real[:4, None]
    ),
    "sums": lambda x: (
        np.sum(np.fft.fft(x), axis=0).imag
        + np.mean(np.fft.fft(x), axis=0).real
        + np.cumsum(np.fft.fft(x), axis=1).imag
        + np.add.reduce(np.fft.fft(x)).real
        + np.trace(np.fft.fft(x)).imag
        + np.average(np.fft.fft(x), axis=0).imag
    ),
    "methods": lambda x: (
        np.fft.fft(x).sum(0).imag
        + np.fft.fft(x).mean().real
        + np.fft.fft(x).cumsum(1).real
        + np.fft.fft(x).ravel()[5].imag
        + np.fft.fft(x).trace().imag
        + np.fft.fft(x).take([1, 2, 0, 3], axis=1).imag
    ),
    "shapes": lambda x: (
        np.fft.fft(x).reshape(4, 3).imag
        + np.fft.fft(x).T.real
        + np.fft.fft(x).transpose(1, 0).imag
        + np.fft.fft(x).swapaxes(0, 1).imag
        + np.fft.fft(x).size
        + np.fft.fft(x).ndim
        + len(np.fft.fft(x))
        + np.fft.fft(x).shape[1]
    ),
    "more shapes": lambda x: (
        np.fft.fft(x)[:, None].squeeze().imag
        + np.fft.fft(x).flatten()[3].imag
        + np.fft.fft(x).repeat(1, axis=0).imag
        + np.fft.fft(x).diagonal()[1].imag
        + np.size(np.fft.fft(x))
        + np.ndim(np.fft.fft(x))
        + np.shape(np.fft.fft(x))[0]
    ),
    "entries": lambda x: (
        sum(k * abs(row[1]) for k, row in enumerate(np.fft.fft(x))) * x
        + np.fft.fft(x)[1:, 2].imag.sum()
        + abs(np.fft.fft(x)[0, 0])
        + np.fft.fft(x)[0, 1].item().imag
        + np.fft.fft(x).copy().imag
    ),
    "assigned": lambda x: assigned(np.fft.fft(x), x),
    "types": lambda x: (
        np.fft.fft(x).astype(complex).imag
        + np.fft.fft(x).conj().imag
        + np.fft.fft(x).conjugate().imag * x
        + (np.fft.fft(x).dtype == np.complex128)
    ),
    "joined": lambda x: (
        np.concatenate([np.fft.fft(x), x, 1j * X]).imag
        + np.stack([np.fft.fft(x[0]), W]).real.sum()
        + np.where(X > 0, np.fft.fft(x), 2j).imag[0]
        + np.where(X > 0, x, np.fft.fft(x)).real[0]
    ),
    "lists": lambda x: (
        np.array([z * 1j for z in np.fft.fft(x[0])]).real
        + np.asarray([np.fft.fft(x[0])[1], 2.0 + 1j, x[0, 0], 3.0]).imag
        + np.array(np.fft.fft(x)).imag
    ),
    "norms": lambda x: (
        np.linalg.norm(np.fft.fft(x), axis=1)[:, None]
        + np.linalg.norm(np.fft.fft(x))
        + np.real(np.fft.fft(x)) * np.imag(np.fft.fft(x))
        + np.zeros_like(np.fft.fft(x)).imag
        + np.real_if_close(np.fft.fft(x)).imag
    ),
    "split": lambda x: (
        np.split(np.fft.fft(x), 2, axis=1)[1].imag
        + np.roll(np.fft.fft(x), 1, axis=1).imag[:, :2]
        + np.broadcast_to(np.fft.fft(x[0]), (3, 4)).imag[:, 1:3]
    ),
}


def into(shape, function):
    """What a function writes into the array that it is given."""
    out = np.zeros(shape)
    function(out)
    return out


def assigned(z, x):
    """Entries of a complex array, set in several ways."""
    z[0] = x[1]
    z[1, 2] = 2j * z[0, 3]
    z[2] *= 1j
    z[:, 1] = z[:, 0]
    return z.imag + 2 * z.real


@pytest.mark.parametrize("name", PRODUCTS)
def test_products(name):
    agrees_with_floats(PRODUCTS[name], X)


@pytest.mark.parametrize("name", SYSTEMS)
def test_systems(name):
    agrees_with_floats(SYSTEMS[name], X)


@pytest.mark.parametrize("name", EIGEN)
def test_eigenvalues(name):
    agrees_with_floats(EIGEN[name], X)


@pytest.mark.filterwarnings("ignore:`axes` should not be `None`:DeprecationWarning")
@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms(name):
    agrees_with_floats(TRANSFORMS[name], X)
