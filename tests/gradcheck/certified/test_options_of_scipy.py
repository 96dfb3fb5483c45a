"""Options of SciPy's functions on balls: values and shapes are SciPy's own, slopes those of differences."""

from importlib import import_module

import numpy as np
import pytest

from tests.gradcheck.certified.oracle import agrees_with_floats, listed

pytestmark = pytest.mark.extra("scipy")

X = np.array([[1.5, -2.25, 0.75, 3.125], [0.5, 4.5, -1.125, 2.625], [-3.5, 1.25, 2.125, -0.375]])
P = np.array([0.45, 1.3, 0.8, 2.6])
K, K2 = np.array([0.5, -1.0, 2.0, 0.25]), np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
COUNTS = np.array([0, 3, 1, 2])
Z = X + 1.07 + 0.2 * np.sin(np.arange(12.0)).reshape(3, 4)
M = X[:, :3] + 5 * np.eye(3)
S = M @ M.T
D = np.array([[2.0, 0.5, -0.25], [0.5, 1.5, 0.75], [-0.25, 0.75, 3.0]])
B = X[:, 2:]


def chances(z):
    """Two probabilities, and what they leave."""
    two = 1 / (3 + np.exp(-z))
    return np.append(two, 1 - two[0] - two[1])


def spd(x):
    a = x[:, :3] + 5 * np.eye(3)
    return a @ a.T


STATS = {
    "norm": lambda s, x: s.norm.logpdf(x, P, 2.0) + s.norm.pdf(x, loc=1.0, scale=P) + s.norm.logcdf(x) + s.norm.logsf(x, P),
    "norm, the rest": lambda s, x: s.norm.cdf(X, x, 3.0) + s.norm.sf(x, scale=2.0) + s.norm.ppf(1 / (1 + np.exp(-x)), 0.5, 2.0),
    "t": lambda s, x: (
        s.t.logpdf(x, 3.5, 0.5, 2.0) + s.t.cdf(x, 4) + s.t.sf(x, df=2.5, loc=1) + s.t.logcdf(x, 3) + s.t.logsf(x, 3)
    ),
    "cauchy": lambda s, x: (
        s.cauchy.pdf(x, 1.0) + s.cauchy.cdf(x, scale=2.0) + s.cauchy.logcdf(x) + s.halfcauchy.logpdf(x**2, 0.1)
    ),
    "halfcauchy below": lambda s, x: s.halfcauchy.pdf(x, 0.3, 2.0) + s.halfnorm.pdf(x) + s.halfnorm.cdf(x, scale=2.0),
    "laplace": lambda s, x: s.laplace.pdf(x, 0.3) + s.laplace.cdf(x, 0.3, 2.0) + s.laplace.sf(x) + s.laplace.logcdf(x),
    "logistic": lambda s, x: s.logistic.logpdf(x) + s.logistic.cdf(x, 1.0) + s.logistic.sf(x, scale=3) + s.logistic.logcdf(x),
    "logistic, logsf": lambda s, x: s.logistic.logsf(x, 0.5, 2.0) * s.logistic.pdf(x, 0.2),
    "gumbel": lambda s, x: s.gumbel_r.logpdf(x, 0.5, 2) + s.gumbel_r.cdf(x) + s.gumbel_r.logcdf(x, 1.0),
    "gumbel, left": lambda s, x: s.gumbel_l.logpdf(x / 3) + s.gumbel_l.sf(x, 0.5, 3.0) + s.gumbel_l.logsf(x / 2, 0.5),
    "skewnorm": lambda s, x: s.skewnorm.logpdf(x, 1.5, 0.5, 2.0) + s.skewnorm.pdf(0.5, x),
    "uniform": lambda s, x: s.uniform.pdf(x, -1.0, 3.5) + s.uniform.cdf(x, -1.0, 3.5) + s.uniform.sf(x, -1.0, 3.5) * x,
    "uniform by its ends": lambda s, x: s.uniform.logpdf(0.3, -(x**2), x**2 + 2) + s.uniform.cdf(0.3, -1, x**2 + 2),
    "expon": lambda s, x: s.expon.pdf(x, 0.1, 2.0) + s.expon.cdf(x, scale=2.0) + s.expon.sf(x) * x,
    "expon, logarithms": lambda s, x: s.expon.logpdf(x**2) + s.expon.logcdf(x**2, scale=3.0) + s.expon.logsf(x**2, 0.01),
    "expon, beside": lambda s, x: np.exp(s.expon.logcdf(x)) + s.expon.logsf(x) + np.exp(s.expon.logpdf(x, 0.1)) + s.expon.sf(x),
    "uniform, beside": lambda s, x: (
        np.exp(s.uniform.logcdf(x)) + np.exp(s.uniform.logsf(x)) + s.uniform.cdf(x) * x + s.uniform.sf(x)
    ),
    "rayleigh": lambda s, x: s.rayleigh.pdf(x, -0.5, 1.5) + s.rayleigh.cdf(x, scale=2.0) + s.rayleigh.logpdf(x**2),
    "gamma": lambda s, x: (
        s.gamma.logpdf(x**2, 2.5, 0.01, 1.5) + s.gamma.cdf(x, 2.0) + s.gamma.sf(x, 1.5, scale=2) + s.gamma.pdf(P, x**2)
    ),
    "invgamma": lambda s, x: s.invgamma.logpdf(x**2, 2.5, scale=2.0) + s.invgamma.pdf(P, x**2) + s.invgamma.pdf(x, 3.0),
    "chi2": lambda s, x: s.chi2.logpdf(x**2, 3, scale=2) + s.chi2.cdf(x, 2.5) + s.chi2.sf(x, 4) + s.chi2.pdf(P, x**2),
    "beta": lambda s, x: s.beta.pdf(x, 2.5, 1.5, -4, 10) + s.beta.cdf(x, 2.0, 3.0, -4, 9) + s.beta.sf(x / 4, 2.5, 1.5),
    "beta by its shapes": lambda s, x: s.beta.logpdf(0.3, x**2 + 1, 2.5) + s.beta.logpdf([0.1, 0.2, 0.6, 0.9], 1.5, x**2),
    "lognorm": lambda s, x: s.lognorm.logpdf(x**2, 0.7, scale=2) + s.lognorm.cdf(x**2, 0.5) + s.lognorm.sf(x**2, 2.0),
    "lognorm by its shape": lambda s, x: s.lognorm.pdf(P, x**2) + s.lognorm.logcdf(x**2, 0.7) + s.lognorm.logsf(P, x**2 + 1),
    "weibull": lambda s, x: s.weibull_min.logpdf(x**2, 1.5, scale=2) + s.weibull_min.cdf(x, 2.5) + s.weibull_min.sf(P, x**2),
    "weibull, the rest": lambda s, x: s.weibull_min.logsf(x**2, 1.5, 0, 2.0) + s.weibull_min.pdf(P, x**2 + 1),
    "pareto": lambda s, x: (
        s.pareto.logpdf(P + 1, x**2) + s.pareto.pdf(x, 2.5) + s.pareto.sf(x, 2.5) + s.pareto.logsf(P + 1, x**2, scale=1.2)
    ),
    "poisson": lambda s, x: (
        s.poisson.logpmf(COUNTS, x**2) + s.poisson.pmf(COUNTS + 1, P * x**2, 1) + s.poisson.pmf([0.5, 1, 1, -1], x**2)
    ),
    "binom": lambda s, x: s.binom.logpmf(COUNTS, 4, 1 / (1 + np.exp(-x))) + s.binom.pmf(COUNTS, 2, 1 / (1 + np.exp(-x)), loc=0),
    "bernoulli": lambda s, x: (
        s.bernoulli.pmf([0, 1, 2, -1], 1 / (1 + np.exp(-x))) + s.bernoulli.logpmf(1, 1 / (1 + np.exp(-x)))
    ),
    "geom": lambda s, x: s.geom.pmf(COUNTS, 1 / (1 + np.exp(-x))) + s.geom.logpmf(COUNTS + 2, 1 / (1 + np.exp(-x)), loc=1),
    "nbinom": lambda s, x: s.nbinom.logpmf(COUNTS, 2.5, 1 / (1 + np.exp(-x))) + s.nbinom.pmf(COUNTS, x**2, 0.3),
    "frozen": lambda s, x: (
        s.norm(x[0], 2.0).logpdf(X) + s.gamma(2.5, scale=x[1] ** 2).pdf(P) + s.norm(loc=0.5).cdf(x) + s.t(4).logpdf(x)
    ),
    "frozen, its numbers": lambda s, x: (
        s.norm(0.5, 2.0).mean() * x + s.expon(scale=2.0).std() * x + s.norm(1.0, 2.0).pdf(0.3) * x
    ),
    "frozen, discrete": lambda s, x: (
        s.poisson(x**2).logpmf(COUNTS) + s.binom(5, 0.3).pmf(2) * x + s.poisson(2.5).pmf(COUNTS) * x
    ),
    "of several": lambda s, x: (
        s.multivariate_normal.logpdf(x[:, :3], X[0, :3], S) + s.multivariate_normal.logpdf(X[0, :3], x[0, :3], spd(x))
    ),
    "of several, one number": lambda s, x: (
        s.multivariate_normal.pdf(x[0], 0.5, 2.0) + s.multivariate_normal.logpdf(x[0, 0], x[1, 0], 3.0)
    ),
    "of several, frozen": lambda s, x: (
        s.multivariate_normal(X[1, :3], S).logpdf(x[:, :3]) + s.multivariate_normal(cov=spd(x)).pdf(X[0, :3])
    ),
    "of several, a diagonal": lambda s, x: (
        s.multivariate_normal.logpdf(x, mean=X[0], cov=[1.0, 2.0, 0.5, 1.5]) + s.multivariate_normal.logpdf(x, mean=X[0])
    ),
    "of several, one triangle": lambda s, x: s.multivariate_normal.logpdf(
        x[0, :2], cov=np.array([[2.0, 0.5], [0.5, 3.0]]) * x[1, 1]
    ),
    "dirichlet": lambda s, x: (
        s.dirichlet.logpdf([0.2, 0.3, 0.4, 0.1], x[0] ** 2)
        + s.dirichlet.pdf(x[0] ** 2 / np.sum(x[0] ** 2), [1.5, 2.0, 2.5, 3.0])
    ),
    "dirichlet, the last left out": lambda s, x: (
        s.dirichlet.logpdf([0.2, 0.3, 0.4], x[1] ** 2) + s.dirichlet.logpdf(np.array([[0.2, 0.5], [0.3, 0.1]]), x[0, :3] ** 2)
    ),
    "multinomial": lambda s, x: (
        s.multinomial.logpmf([1, 2, 0], 3, chances(x[0, :2])) + s.multinomial.pmf([2, 2, 1], 5, chances(x[1, :2]))
    ),
    "zscore": lambda s, x: s.zscore(x) + s.zscore(x, axis=1, ddof=1) + s.zscore(x, axis=None),
    "entropy": lambda s, x: s.entropy(x**2) + s.entropy(x**2, base=3) + s.entropy(x**2, X[::-1] ** 2),
    "entropy alone": lambda s, x: s.entropy(x**2),
    "zscore alone": lambda s, x: s.zscore(x),
    "sem alone": lambda s, x: s.sem(x),
    "gmean alone": lambda s, x: s.gmean(x**2) + s.hmean(x**2, axis=0),
    "a number": lambda s, x: s.norm.logpdf(x[0, 0], 0.5, 2.0) * s.poisson.pmf(2, x[1, 0]) + s.norm(0.5).cdf(x[0, 1]),
    "entropy of rows": lambda s, x: s.entropy(x**2, axis=1) + s.entropy(X**2, x**2 + 1, base=2, axis=1),
    "sem": lambda s, x: s.sem(x) + s.sem(x, axis=0, ddof=0) + s.sem(x, axis=None) + s.sem(x, axis=1, ddof=2).sum(),
    "means": lambda s, x: s.gmean(x**2) + s.hmean(x**2) * s.gmean(x**2, axis=1).sum() + s.hmean(x**2, axis=1).sum(),
}
SIGNAL = {
    "convolve": lambda s, x: s.convolve(x[0], K) + s.correlate(x[0], K, method="direct") + s.convolve(x[0], K, method="fft"),
    "valid": lambda s, x: (
        s.convolve(x[0], K[:3], "valid") + s.correlate(K[:3], x[0], mode="valid") + s.fftconvolve(x[0], K[:3], mode="valid")
    ),
    "same": lambda s, x: s.convolve(x, K2, "same") + s.correlate(x, K2, "same") + s.oaconvolve(x, K2, mode="same"),
    "the smaller first": lambda s, x: s.convolve(K2, x) + s.correlate(K2, x) + s.convolve(x, K2) + s.fftconvolve(K2, x),
    "the smaller first, same": lambda s, x: s.convolve(K2, x, "same") + s.correlate(K2, x, "same"),
    "convolve2d": lambda s, x: (
        s.convolve2d(x, K2)
        + s.correlate2d(x, K2, fillvalue=1.5)
        + s.convolve2d(x, K2, boundary="wrap")
        + s.correlate2d(x, K2, boundary="symm")
    ),
    "convolve2d, same": lambda s, x: (
        s.convolve2d(x, K2, "same", "fill", 2.0) + s.correlate2d(x, K2, "same", "wrap") + s.convolve2d(x, K2, "same", "symm")
    ),
    "convolve2d by x": lambda s, x: s.convolve2d(X, x[:2, :2], "valid") + s.correlate2d(X, x[:2, :2], "valid", "wrap"),
    "filled with x": lambda s, x: s.convolve2d(X, K2, fillvalue=x[0, 0]),
    "lfilter": lambda s, x: (
        s.lfilter([0.5, 0.25, 0.125], [2.0, -0.5], x)
        + s.lfilter([1.0], [1.0, 0.3, 0.2, -0.1, 0.5], x, axis=0)
        + s.lfilter(2.0, [1.0, 0.5], x)
    ),
    "lfilter by x": lambda s, x: s.lfilter(x[0, :2], x[1], X, axis=1),
}
IMAGE = {
    **{
        mode: lambda n, x, mode=mode: (
            n.convolve(x, K2, mode=mode, cval=0.5)
            + n.correlate(x, K2, mode=mode, origin=(0, 1), cval=2.0)
            + n.correlate1d(x, K, axis=0, mode=mode, cval=1.5)
        )
        for mode in ("reflect", "constant", "nearest", "mirror", "wrap", "grid-mirror", "grid-wrap", "grid-constant")
    },
    "origins": lambda n, x: (
        n.convolve(x, K2, origin=-1)
        + n.correlate(x, K2, origin=[-1, 1])
        + n.convolve1d(x, K, origin=-2)
        + n.correlate1d(x, K, 0, origin=1)
    ),
    "convolve1d": lambda n, x: (
        n.convolve1d(x, K, axis=0, mode="constant", cval=2.0)
        + n.convolve1d(x, K[:3], -2)
        + n.convolve(x[0], K)
        + n.correlate(x[1], K[:2])
    ),
    "by x": lambda n, x: n.convolve(X, x[:2, :3]) + n.correlate1d(X, x[0]) + n.convolve1d(X, x[1, :3], 0),
    "gaussian": lambda n, x: (
        n.gaussian_filter(x, 0.7)
        + n.gaussian_filter(x, (0.5, 0), truncate=2.0)
        + n.gaussian_filter1d(x, 1.2, 0, radius=2)
        + n.gaussian_filter(x, 0.6, radius=1)
    ),
    "gaussian, zeros beyond": lambda n, x: (
        n.gaussian_filter(x, 0.7, mode="constant")
        + n.gaussian_filter1d(x, 0.7, mode="constant")
        + n.convolve(x, K2, mode="constant")
        + n.uniform_filter(x, mode="constant")
        + n.uniform_filter1d(x, 3, mode="constant")
        + n.correlate1d(x, K, mode="constant")
        + n.sobel(x, mode="constant")
        + n.laplace(x, mode="constant")
        + n.prewitt(x, 0, mode="constant")
        + n.convolve1d(x, K, mode="constant")
    ),
    "gaussian, continued": lambda n, x: (
        n.gaussian_filter(x, 0.7, mode="constant", cval=1.5) + n.gaussian_filter1d(x, 0.8, mode="nearest", truncate=1.4)
    ),
    "uniform": lambda n, x: (
        n.uniform_filter(x)
        + n.uniform_filter(x, (2, 3), mode="wrap")
        + n.uniform_filter1d(x, 3, 0, origin=1)
        + n.uniform_filter(x, 2, mode="constant", cval=3.0, origin=-1)
    ),
    "edges": lambda n, x: (
        n.sobel(x)
        + n.sobel(x, 0, mode="constant", cval=0.5)
        + n.prewitt(x, -2)
        + n.prewitt(x, mode="nearest")
        + n.laplace(x)
        + n.laplace(x, mode="wrap")
    ),
}
LINALG = {
    "solve": lambda s, x: (
        s.solve(M, x) + s.solve(x[:, :3] + 5 * np.eye(3), X) + s.solve(M, x, transposed=True) + s.solve(S, x, assume_a="pos")
    ),
    "solve, one triangle": lambda s, x: (
        s.solve(spd(x), B, assume_a="sym") + s.solve(spd(x), B, lower=True, assume_a="sym") + s.solve(spd(x), B, assume_a="gen")
    ),
    "cholesky": lambda s, x: s.cholesky(spd(x)) + s.cholesky(spd(x), lower=True) * 2 + s.cho_factor(spd(x), lower=True)[1],
    "cho_solve": lambda s, x: s.cho_solve(s.cho_factor(spd(x)), B) + s.cho_solve(s.cho_factor(spd(x), lower=True), x[:, :2]),
    "triangles": lambda s, x: (
        s.solve_triangular(x[:, :3] + 5 * np.eye(3), B)
        + s.solve_triangular(M, x[:, :2], trans=1, lower=True)
        + s.solve_triangular(M, x[:, :2], trans="T")
        + s.solve_triangular(M, x[:, :2], unit_diagonal=True)
    ),
    "lu": lambda s, x: (
        s.lu_solve(s.lu_factor(x[:, :3] + 5 * np.eye(3)), B) + s.lu_solve(s.lu_factor(x[:, :3] + 5 * np.eye(3)), B, trans=1)
    ),
    "lstsq": lambda s, x: s.lstsq(x[:, :2], X)[0] + s.pinv(x[:, :2]) @ X + s.lstsq(x[:2, :3], X[:2])[0][:2],
    "norms": lambda s, x: (
        s.norm(x)
        + s.norm(x, 1)
        + s.norm(x, np.inf)
        + s.norm(x, -np.inf)
        + s.norm(x, 2)
        + s.norm(x, axis=1, keepdims=True)
        + s.norm(x[0], 3)
    ),
    "a norm": lambda s, x: s.norm(x),
    "norms of rows": lambda s, x: s.norm(x, axis=1),
    "vectors": lambda s, x: s.svd(x)[2][:3].shape[0] * s.solve(M, x[:, 0]) + s.svd(x)[2].shape[0] * s.lstsq(M, x[:, 1])[0],
    "det, inv": lambda s, x: s.inv(x[:, :3] + 5 * np.eye(3)) * s.det(x[:, :3]) + s.expm(x[:, :3] / 3),
    "sylvester": lambda s, x: (
        s.solve_sylvester(x[:, :3] + 5 * np.eye(3), X[:2, :2] ** 2, B) + s.solve_sylvester(M, x[:2, 2:] ** 2, x[:, :2])
    ),
    "lyapunov": lambda s, x: s.solve_continuous_lyapunov(x[:, :3] + 5 * np.eye(3), X[:, 1:]),
    "patterns": lambda s, x: s.toeplitz(x[0]) + s.circulant(x[1]) + s.toeplitz(x[0], x[1]) + s.toeplitz(x[2], x[2] + 1),
    "patterns, not square": lambda s, x: s.toeplitz(x[:, 0], x[0]) + s.block_diag(x[:2, :2], x[2, :2]),
    "solve_toeplitz": lambda s, x: (
        s.solve_toeplitz(np.append(9.0, x[0, :2]), X) + s.solve_toeplitz((np.append(9.0, x[0, :2]), [9.0, 1.0, 2.0]), x)
    ),
    "eigh": lambda s, x: (
        s.eigvalsh(spd(x)) + s.eigh(spd(x))[0] ** 2 + s.eigh(spd(x), eigvals_only=True) * s.eigh(spd(x), D, eigvals_only=True)
    ),
    "eigenvectors": lambda s, x: (
        s.eigh(spd(x))[1] + s.eigh(spd(x), D)[1] + s.eigh(spd(x), lower=False)[1] * s.eigvalsh(spd(x), D)
    ),
    "some of eigh": lambda s, x: s.eigh(spd(x), subset_by_index=[1, 2])[1] + s.eigh(spd(x), subset_by_index=[0, 1])[0],
    "svd": lambda s, x: listed(s.svd(x, full_matrices=False)) + s.svdvals(x) + s.svd(x, compute_uv=False) ** 2,
    "svd, tall": lambda s, x: listed(s.svd(x[:, :2], full_matrices=False)) + listed(s.svd(x[:, :3])) + x[0],
    "polar": lambda s, x: listed(s.polar(x)) + listed(s.polar(x, side="left")) + listed(s.polar(x[:, :2])) + x[0],
    "qr": lambda s, x: (
        listed(s.qr(x)) + listed(s.qr(x[:, :2], mode="economic")) + s.qr(x, mode="r")[0] + listed(s.qr(x[:, :2]))
    ),
}
DISTANCE = {
    "cdist": lambda d, x: (
        d.cdist(x, Z) + d.cdist(x, Z, "sqeuclidean") * d.cdist(Z, x, "cityblock") + d.cdist(x, Z, metric="chebyshev")
    ),
    "names of metrics": lambda d, x: (
        d.cdist(x, Z, "e") + d.cdist(x, Z, "cb") * d.cdist(x, Z, "ch") + d.cdist(x, Z, "sqe") + d.cdist(x, Z, "cos")
    ),
    "more names of metrics": lambda d, x: (
        d.cdist(x, Z, "se")
        + d.cdist(x, Z, "pnorm", p=3)
        + d.cdist(x, Z, d.cityblock)
        + d.cdist(x, Z, "Euclidean")
        + d.cdist(x, Z, "co")
    ),
    "distances alone": lambda d, x: d.squareform(d.pdist(x)),
    "minkowski": lambda d, x: (
        d.cdist(x, Z, "minkowski", p=3)
        + d.cdist(x, Z, "minkowski", p=1.5, w=P)
        + d.cdist(x, Z, "minkowski")
        + d.cdist(x, Z, "minkowski", p=1, w=P)
    ),
    "weights": lambda d, x: (
        d.cdist(x, Z, "euclidean", w=P)
        + d.cdist(x, Z, "cityblock", w=P)
        + d.cdist(x, Z, "sqeuclidean", w=P)
        + d.cdist(x, Z, "minkowski", p=np.inf)
    ),
    "angles": lambda d, x: (
        d.cdist(x, Z, "cosine") + d.cdist(x, Z, "correlation") * d.cdist(x, Z, "canberra") + d.cdist(x, Z, "braycurtis")
    ),
    "scaled": lambda d, x: (
        d.cdist(x, Z, "seuclidean", V=P) + d.cdist(x, Z, "seuclidean") + d.cdist(x, Z, "mahalanobis", VI=np.diag(P))
    ),
    "mahalanobis": lambda d, x: d.cdist(x[:, :2], X[:, 2:], "mahalanobis"),
    "pdist": lambda d, x: (
        d.pdist(x) + d.pdist(x, "cosine") * d.pdist(x, "seuclidean") + d.pdist(x, "minkowski", p=3) + d.pdist(x, "correlation")
    ),
    "probabilities": lambda d, x: (
        d.cdist(x**2, X**2 + 1, "jensenshannon") + d.jensenshannon(x[0] ** 2, P, base=2.0) + d.jensenshannon(x[1] ** 2, P)
    ),
    "two": lambda d, x: (
        x * d.euclidean(x[0], P)
        + d.cosine(x[0], P)
        + d.correlation(x[1], P)
        + d.canberra(x[0], P)
        + d.braycurtis(x[0], P)
        + d.chebyshev(x[1], P)
    ),
    "two, weighted": lambda d, x: (
        x * d.euclidean(x[0], K, P)
        + d.sqeuclidean(x[0], K, w=P)
        + d.cityblock(x[2], K, P)
        + d.minkowski(x[0], K, 3, P)
        + d.seuclidean(x[0], K, P)
        + d.mahalanobis(x[0], K, np.diag(P))
    ),
    "squareform": lambda d, x: d.squareform(x[0, :3]) + d.squareform(d.pdist(x)) * d.squareform(d.squareform(x[1, :3]))[0],
}
SPECIAL = {
    "logsumexp": lambda s, x: (
        s.logsumexp(x, axis=1, keepdims=True)
        + s.logsumexp(x, axis=0, b=P[None])
        + s.logsumexp(x)
        + s.logsumexp(x, b=X**2, axis=(0, 1))
    ),
    "logsumexp alone": lambda s, x: s.logsumexp(x, axis=0),
    "logsumexp of all": lambda s, x: s.logsumexp(x),
    "softmax": lambda s, x: s.softmax(x, axis=0) + s.softmax(x) + s.log_softmax(x, axis=-1) + s.log_softmax(x),
    "gamma": lambda s, x: (
        s.multigammaln(x[0, 3] + 3, 3)
        + s.multigammaln(x**2 + 1, 2)
        + s.polygamma(2, x**2)
        + s.zeta(2.5, x**2)
        + s.polygamma([0, 1, 2, 3], x**2)
    ),
    "softplus": lambda s, x: np.logaddexp(0, x) + s.expit(x) * s.log_expit(x) + s.logit(s.expit(x) / 2),
    "boxcox": lambda s, x: (
        s.boxcox(x**2, 0.7)
        + s.boxcox1p(x**2, x / 3)
        + s.inv_boxcox(x**2, 0.3)
        + s.inv_boxcox1p(x / 9, 0.0)
        + s.inv_boxcox1p(x**2, 0.5)
        + s.boxcox(x**2, 0)
    ),
    "bessel": lambda s, x: (
        s.jv(0.5, x**2)
        + s.yv(1.5, x**2)
        + s.iv(2, x**2 / 4)
        + s.kv(1.5, x**2)
        + s.j0(x) * s.j1(x)
        + s.y0(x**2)
        + s.y1(x**2)
        + s.jn(2, x)
    ),
    "bessel, scaled": lambda s, x: (
        s.i0e(x) * s.i1e(x)
        + s.k0e(x**2)
        + s.k1e(x**2)
        + s.ive(1.5, x**2)
        + s.kve(2, x**2)
        + s.k0(x**2) * s.k1(x**2)
        + s.kn(2, x**2)
        + s.yn(1, x**2)
        + s.i0(x)
        + s.i1(x)
    ),
    "integrals": lambda s, x: (
        s.expi(x)
        + s.exp1(x**2) * s.expn(3, x**2)
        + s.exprel(x)
        + s.dawsn(x) * s.erfcx(x / 2)
        + s.erfi(x / 2)
        + s.erf(x) * s.erfc(x)
    ),
    "inverses": lambda s, x: s.erfinv(np.tanh(x / 2)) + s.erfcinv(s.expit(x)) * s.ndtri(s.expit(x)) + s.ndtr(x) * s.log_ndtr(x),
    "angles": lambda s, x: (
        s.sindg(20 * x) + s.cosdg(20 * x) * s.tandg(x) + s.cosm1(x) + s.exp10(x / 3) + s.exp2(x) if hasattr(s, "exp2") else x
    ),
    "incomplete": lambda s, x: (
        s.gammainc(1.5, x**2) * s.gammaincc(2.5, x**2)
        + s.betainc(1.5, 2.5, s.expit(x))
        + s.betaincc(2.0, 0.5, s.expit(x))
        + s.stdtr(3.5, x)
    ),
    "counts": lambda s, x: (
        s.pdtr(COUNTS, x**2)
        + s.chdtr(3, x**2) * s.chdtrc(2.5, x**2)
        + s.poch(x**2, 1.5)
        + s.binom(5.5, x / 2)
        + s.rgamma(x)
        + s.binom(x**2, 2.5)
    ),
    "entropies": lambda s, x: (
        s.xlogy(x, x**2)
        + s.xlog1py(x, x**2)
        + s.entr(x**2)
        + s.rel_entr(x**2, P) * s.kl_div(P, x**2)
        + s.xlogy(0, x)
        + s.xlogy([0, 1, 2, 0], x**2)
    ),
    "losses": lambda s, x: (
        s.huber(1.0, x) + s.pseudo_huber(P, x) + s.huber(P, 0.7 * x) + s.betaln(x**2, P) * s.beta(P, x**2 + 1)
    ),
}
FFT = {
    "dct": lambda f, x: (
        f.dct(x) + f.dct(x, axis=0, norm="ortho") + f.idct(x, norm="ortho") + f.idct(x, axis=0) + f.dct(x, n=4, norm="backward")
    ),
    "dct, other lengths": lambda f, x: f.dct(x, n=3) + f.idct(x, n=3) + f.dct(x[:, :2], n=3, norm="ortho"),
    "dctn": lambda f, x: (
        f.dctn(x) + f.idctn(x, norm="ortho") + f.dctn(x, axes=[0]) + f.idctn(x, axes=1) + f.dctn(x, s=(3, 4), norm="ortho")
    ),
    "fft": lambda f, x: (
        f.fft(x).real
        + f.ifft(x, axis=0).imag
        + f.fft2(x, norm="ortho").imag
        + f.ifftn(x, norm="forward").real
        + f.fftshift(x)
        + f.ifftshift(x, axes=1)
    ),
    "fft, workers": lambda f, x: f.fft(x, workers=1).real + f.fft(x, overwrite_x=False).imag,
}
NUMBERS = {
    "logarithms": lambda m, x: (
        x * m.log(x[0, 0]) + m.log(x[0, 3], 3) + m.log(7.0, x[1, 1]) + m.log2(x[1, 0]) + m.log10(x[1, 3]) + m.log1p(x[2, 1])
    ),
    "sums": lambda m, x: (
        x * m.fsum(x[0])
        + m.fsum(v * v for v in x[1])
        + m.prod(x[2])
        + m.prod([x[0, 0], x[0, 1]], start=2)
        + m.prod(iter(x[1, :2]))
    ),
    "lengths": lambda m, x: (
        x * m.hypot(x[0, 0], x[0, 1])
        + m.hypot(x[0, 0], 2.0, x[1, 1])
        + m.dist(x[0], x[1])
        + m.dist([x[0, 0], 1.0], [2.0, x[1, 0]])
        + m.hypot(x[2, 0])
    ),
    "products": lambda m, x: (
        x * (m.sumprod(x[0], x[1]) if hasattr(m, "sumprod") else 1.0)
        + m.floor(x[0, 1])
        + m.ceil(x[0, 1]) * 2
        + m.trunc(x[0, 1]) * 3
    ),
    "near": lambda m, x: (
        x * m.isclose(x[0, 0], 1.6, rel_tol=0.1)
        + 2 * x * m.isclose(x[0, 0], 1.7, abs_tol=0.3)
        + 4 * x * m.isclose(1.5, x[0, 3])
        + m.isclose(2.0, x[0, 0], rel_tol=0.3) * x
    ),
    "near by either": lambda m, x: (
        x * m.isclose(x[0, 0], 2.0, rel_tol=0.255)
        + 2 * x * m.isclose(2.0, x[0, 0], rel_tol=0.255)
        + 4 * x * m.isclose(x[0, 0], 2.0, rel_tol=0.24)
        + 8 * x * m.isclose(-2.0, x[0, 0], rel_tol=0.5)
    ),
    "finite": lambda m, x: x * m.isfinite(x[0, 0]) + 2 * x * m.isnan(x[0, 0]) + 4 * x * m.isinf(x[0, 0]) + m.isfinite(2.0) * x,
    "angles": lambda m, x: (
        x * m.atan2(x[0, 0], x[0, 1])
        + m.sin(x[0, 0]) * m.cos(x[0, 1])
        + m.radians(x[0, 0]) * m.degrees(x[1, 1])
        + m.copysign(x[0, 0], -2.0)
        + m.copysign(2.0, x[0, 1])
    ),
    "powers": lambda m, x: (
        x * m.pow(x[0, 0], 2.5)
        + m.exp(x[0, 1]) * m.sqrt(x[0, 3])
        + m.cbrt(x[0, 1])
        + m.expm1(x[2, 2])
        + m.exp2(x[1, 0])
        + m.gamma(x[0, 0]) * m.lgamma(x[0, 3])
        + m.erf(x[1, 0]) * m.erfc(x[1, 2])
    ),
    "others": lambda m, x: (
        x * m.fabs(x[0, 1])
        + m.fmod(x[0, 3], 0.7)
        + m.tanh(x[0, 0]) * m.asinh(x[1, 0])
        + m.acosh(x[1, 1])
        + m.atanh(x[1, 0])
        + m.acos(x[1, 0]) * m.asin(x[2, 3]) * m.atan(x[0, 0])
        + m.sinh(x[0, 2]) * m.cosh(x[0, 2])
        + m.tan(x[0, 0])
    ),
    "of one number in an array": lambda m, x: x * m.exp(x[0, 0]) + m.log(x[0, 3] ** 2),
}
STATISTICS = {
    "means": lambda s, x: (
        x * s.fmean(x[0])
        + s.mean(x[1]) * s.fmean(v**2 for v in x[2])
        + s.fmean(x[0], x[1] ** 2)
        + s.fmean([1.0, x[0, 0]], weights=[3.0, 1.0])
    ),
}
TABLES = {
    "scipy.stats": STATS, "scipy.signal": SIGNAL, "scipy.ndimage": IMAGE, "scipy.linalg": LINALG, "scipy.fft": FFT,
    "scipy.spatial.distance": DISTANCE, "scipy.special": SPECIAL, "math": NUMBERS, "statistics": STATISTICS,
}  # fmt: skip


@pytest.mark.parametrize(("module", "name"), [(module, name) for module, rows in TABLES.items() for name in rows])
def test_values_and_shapes_are_scipys_and_slopes_those_of_differences(module, name):
    home, f = import_module(module), TABLES[module][name]
    agrees_with_floats(lambda x: f(home, x), X / 2 + 0.01 if module == "scipy.special" else X)
