"""What else has a rule, most of it of scipy: special functions, densities, filters, distances. What is not linear is compared with differences of its values."""

from __future__ import annotations

from benchmarks.programs.rows import MULTILINEAR, NUMERIC, row, rows

SPECIAL = [
    *rows(
        """
        special.exp1({a})
        special.expi({a})
        special.k0({a})
        special.k1({a})
        special.k0e({a})
        special.k1e({a})
        special.y0({a})
        special.y1({a})
        special.yn(2, {a})
        special.yv(1.5, {a})
        special.kn(2, {a})
        special.kv(0.5, {a})
        special.kve(1.5, {a})
        special.iv(1.5, {a})
        special.ive(0.5, {a})
        special.expn(2, {a})
        special.gammainc(1.5, {a})
        special.gammaincc(2.5, {a})
        special.chdtr(3, {a})
        special.chdtrc(3, {a})
        special.pdtr(2, {a})
        special.boxcox({a}, 0.5)
        special.boxcox1p({a}, 0.3)
        special.poch({a}, 2)
        special.polygamma(1, {a})
        special.zeta(2.5, {a})
        special.rgamma({a})
        special.multigammaln({a} + 1.5, 2)
        special.binom({a} + 2, 1.5)
        special.inv_boxcox({a}, 0.5)
        special.inv_boxcox1p({a}, 0.5)
        """,
        NUMERIC,
        needs="scipy.special",
        a="positive",
    ),
    *rows(
        """
        special.dawsn({a})
        special.erfcx({a})
        special.erfi({a} / 2)
        special.exprel({a})
        special.cosm1({a})
        special.sindg(9 * {a})
        special.cosdg(9 * {a})
        special.tandg(9 * {a})
        special.i0e({a})
        special.i1e({a})
        special.j0({a})
        special.j1({a})
        special.jn(2, {a})
        special.jv(3, {a})
        special.stdtr(4, {a})
        special.exp10({a} / 3)
        """,
        NUMERIC,
        needs="scipy.special",
        a="nonzero",
    ),
    row("special.softplus({a})", NUMERIC, needs="scipy.special.softplus", a="nonzero"),
    row("special.erfinv({a})", NUMERIC, needs="scipy.special", a="unit"),
    *rows(
        """
        special.erfcinv({a})
        special.ndtri({a})
        special.betainc(2.0, 1.5, {a})
        special.betaincc(2.0, 1.5, {a})
        """,
        NUMERIC,
        needs="scipy.special",
        a="share",
    ),
]
DISTRIBUTIONS = [
    *rows(
        """
        stats.norm.logpdf({a}, 0.5, 1.5)
        stats.norm.cdf({a})
        stats.norm.logpdf(0.3, {a}, 2.0)
        stats.norm(0.5, 2.0).logpdf({a})
        stats.t.logpdf({a}, 3)
        stats.cauchy.logpdf({a})
        stats.laplace.logpdf({a})
        stats.logistic.logpdf({a})
        stats.gumbel_r.logpdf({a})
        stats.gumbel_l.logpdf({a})
        stats.skewnorm.logpdf({a}, 1.5)
        stats.uniform.logpdf(0.5, -5.0, 10.0) * {a}
        """,
        NUMERIC,
        needs="scipy.stats",
        a="nonzero",
    ),
    *rows(
        """
        stats.expon.logpdf({a})
        stats.gamma.logpdf({a}, 2.5)
        stats.invgamma.logpdf({a}, 2.5)
        stats.chi2.logpdf({a}, 3)
        stats.lognorm.logpdf({a}, 0.7)
        stats.weibull_min.logpdf({a}, 1.5)
        stats.rayleigh.logpdf({a})
        stats.halfnorm.logpdf({a})
        stats.halfcauchy.logpdf({a})
        stats.poisson.logpmf(2, {a})
        stats.pareto.logpdf({a} + 1.1, 2.0)
        stats.norm.logpdf(0.3, 0.5, {a})
        """,
        NUMERIC,
        needs="scipy.stats",
        a="positive",
    ),
    *rows(
        """
        stats.beta.logpdf({a}, 2.0, 3.0)
        stats.bernoulli.logpmf(1, {a})
        stats.binom.logpmf(2, 5, {a})
        stats.geom.logpmf(3, {a})
        stats.nbinom.logpmf(2, 3, {a})
        """,
        NUMERIC,
        needs="scipy.stats",
        a="share",
    ),
    *rows(
        """
        stats.entropy({a})
        stats.gmean({a})
        stats.hmean({a})
        stats.dirichlet.logpdf({a} / np.sum({a}), np.full(len({a}), 1.5))
        stats.multinomial.logpmf([1] * len({a}), len({a}), {a} / np.sum({a}))
        """,
        NUMERIC,
        needs="scipy.stats",
        a="positive vector",
    ),
    *rows(
        """
        stats.zscore({a})
        stats.sem({a})
        stats.multivariate_normal.logpdf({a}, np.zeros(len({a})), 2 * np.eye(len({a})))
        """,
        NUMERIC,
        needs="scipy.stats",
        a="apart vector",
    ),
]
FILTERS = [
    *rows(
        """
        ndimage.convolve({A}, [1.0, 2.0])
        ndimage.convolve1d({A}, [1.0, 2.0, -1.0])
        ndimage.correlate({A}, [1.0, 2.0])
        ndimage.correlate1d({A}, [1.0, -1.0, 0.5], mode="constant")
        ndimage.gaussian_filter({A}, 0.5)
        ndimage.gaussian_filter1d({A}, 0.5)
        ndimage.laplace({A})
        ndimage.prewitt({A})
        ndimage.sobel({A})
        ndimage.uniform_filter({A}, 3)
        ndimage.uniform_filter1d({A}, 3)
        signal.lfilter([1.0, 0.5], [1.0, -0.3], {A})
        """,
        needs="scipy.ndimage scipy.signal",
        a="any vector",
    ),
    *rows(
        """
        signal.convolve({A}, {B})
        signal.correlate({A}, {B})
        signal.fftconvolve({A}, {B})
        signal.oaconvolve({A}, {B})
        """,
        MULTILINEAR,
        needs="scipy.signal",
        a="any vector",
    ),
    *rows(
        """
        signal.convolve2d({A}, {B}, mode="same")
        signal.correlate2d({A}, {B}, "valid")
        """,
        MULTILINEAR,
        needs="scipy.signal",
        a="any matrix",
    ),
]
DISTANCES = [
    *rows(
        """
        distance.braycurtis({a}, {b})
        distance.canberra({a}, {b})
        distance.chebyshev({a}, {b})
        distance.cityblock({a}, {b})
        distance.correlation({a}, {b})
        distance.cosine({a}, {b})
        distance.euclidean({a}, {b})
        distance.minkowski({a}, {b}, 3)
        distance.sqeuclidean({a}, {b})
        distance.mahalanobis({a}, {b}, np.eye(len({a})))
        distance.seuclidean({a}, {b}, np.arange(1.0, len({a}) + 1))
        """,
        NUMERIC,
        guard="np.ptp(np.sort(np.abs({a} - {b}))[-2:]) > 0.05",
        needs="scipy.spatial.distance",
        a="sizes vector",
        b="apart like",
    ),
    row("distance.jensenshannon({a}, {b})", NUMERIC, needs="scipy.spatial.distance", guard="np.sum(np.abs({a} / np.sum({a}) - {b} / np.sum({b}))) > 0.3",
        a="positive vector", b="positive like"),
    *rows(
        """
        distance.cdist({a}, 2 * {a} + 1)
        distance.pdist({a})
        distance.squareform(distance.pdist({a}, "sqeuclidean"))
        spatial.distance_matrix({a}, 3 - {a})
        """,
        NUMERIC,
        needs="scipy.spatial",
        a="apart matrix",
    ),
]  # fmt: skip

OF_NUMPY = [
    row("np.ldexp({A}, 2)"),
    row("np.imag({a}) + {A}", "{da}"),
    row("{A} * len(np.einsum_path('i->i', {a})[0])", a="any vector"),
    *rows("{A}[np.diag_indices_from({a})]\n{A}[np.tril_indices_from({a})]\n{A}[np.triu_indices_from({a}, 1)]", a="any square"),
    *rows("np.geomspace({a}, 2.0, 3)\nnp.logspace({a} / 8, 0.5, 3)\nnp.poly({a} / 4)", NUMERIC, a="positive vector"),
    row("np.linalg.cross({A}, {B})", MULTILINEAR, a="any three"),
    row("np.linalg.tensorinv({a}, ind=1)", "-{y} @ {da} @ {y}", a="regular square"),
    row("np.linalg.tensorsolve({a}, {b})", "np.linalg.solve({a}, {db} - {da} @ {y})", a="regular square", b="any rows"),
]

SCIPY_MORE = [*OF_NUMPY, *SPECIAL, *DISTRIBUTIONS, *FILTERS, *DISTANCES]
