"""Sums, products, extremes, orders, running sums, counts and look-ups along axes."""

from __future__ import annotations

from benchmarks.programs.rows import row, rows

SUMS = [
    *rows(
        """
        np.sum({A})
        np.sum({A}, axis={axis})
        np.sum({A}, {axis}, keepdims=True)
        np.sum({A}, axis={axes}, keepdims={bool})
        np.sum({A}, axis={axis}, dtype=np.float64)
        np.sum({A}, where={mask})
        np.sum({A}, initial={num}) => np.sum({da})
        np.nansum({A}, axis={axis}, keepdims={bool})
        {A}.sum()
        {A}.sum(axis={axis}, keepdims={bool})
        {A}.sum({axis})
        np.add.reduce({A}, axis={axis})
        np.mean({A})
        np.mean({A}, axis={axis}, keepdims={bool})
        np.mean({A}, axis={axes})
        np.mean({A}, where={mask})
        np.nanmean({A}, axis={axis})
        {A}.mean()
        {A}.mean(axis={axis}, keepdims={bool})
        np.cumsum({A}, axis={axis})
        np.cumsum({A})
        {A}.cumsum(axis={axis})
        np.add.accumulate({A}, axis={axis})
        np.add.reduceat({A}, [0, 1], axis={axis})
        np.average({A}, axis={axis})
        np.average({A})
        np.apply_over_axes(np.sum, {A}, [{axis}])
        np.sum({A}, axis={axis}, out=np.zeros({reduced}))
        np.add.reduce({A}, axis={axis}, keepdims=True)
        """,
        a="any array",
    ),
    *rows("np.trace({A})\nnp.trace({A}, offset=1)\n{A}.trace()\nnp.linalg.trace({A})", a="any matrix"),
    *rows("np.cumulative_sum({A}, axis={axis})\nnp.cumulative_sum({A}, axis={axis}, include_initial=True)",
          needs="np.cumulative_sum", a="any array"),
    row("np.cumulative_prod({a}, axis={axis})", "running_product({a}, {da}, {axis})", needs="np.cumulative_prod", a="any array"),
    *rows(
        """
        sum({A})
        sum({A}[i] * (i + 1) for i in range(len({A})))
        np.bincount({labels}, weights={A}, minlength=4)
        np.bincount({labels}, {A})
        """,
        a="any vector",
    ),
    *rows(
        """
        np.average({a}, axis={axis}, weights={b}) => (np.sum({da} * {b} + {a} * {db}, axis={axis}) - {y} * np.sum({db}, axis={axis})) / np.sum({b}, axis={axis})
        np.average({a}, weights={b}) => (np.sum({da} * {b} + {a} * {db}) - {y} * np.sum({db})) / np.sum({b})
        """,
        a="any array",
        b="positive like",
    ),
]  # fmt: skip

PRODUCTS = rows(
    """
    np.prod({a}) => of_product({a}, {da}, None)
    np.prod({a}, axis={axis}) => of_product({a}, {da}, {axis})
    np.prod({a}, axis={axis}, keepdims=True) => np.expand_dims(of_product({a}, {da}, {axis}), {axis})
    {a}.prod(axis={axis}) => of_product({a}, {da}, {axis})
    np.multiply.reduce({a}, axis={axis}) => of_product({a}, {da}, {axis})
    np.cumprod({a}, axis={axis}) => running_product({a}, {da}, {axis})
    {a}.cumprod() => running_product({a}, {da}, None)
    np.multiply.accumulate({a}, axis={axis}) => running_product({a}, {da}, {axis})
    """,
    a="any array",
)

SPREAD = [
    *rows(
        """
        np.var({a}) => 2 * np.mean(({a} - np.mean({a})) * {da})
        np.var({a}, axis={axis}) => 2 * np.mean(({a} - np.mean({a}, axis={axis}, keepdims=True)) * {da}, axis={axis})
        np.var({a}, axis={axis}, keepdims=True) => 2 * np.mean(({a} - np.mean({a}, axis={axis}, keepdims=True)) * {da}, axis={axis}, keepdims=True)
        {a}.var() => 2 * np.mean(({a} - {a}.mean()) * {da})
        np.nanvar({a}) => 2 * np.mean(({a} - np.mean({a})) * {da})
        """,
        a="any array",
    ),
    *rows(
        """
        np.var({a}, ddof=1) => 2 * np.sum(({a} - np.mean({a})) * {da}) / ({a}.size - 1)
        np.std({a}, ddof=1) => np.sum(({a} - np.mean({a})) * {da}) / ({a}.size - 1) / {y}
        np.std({a}) => np.mean(({a} - np.mean({a})) * {da}) / {y}
        {a}.std() => np.mean(({a} - {a}.mean()) * {da}) / {y}
        np.nanstd({a}) => np.mean(({a} - np.mean({a})) * {da}) / {y}
        """,
        a="apart array",
    ),
    row("np.std({a}, axis={axis}, keepdims=True)",
        "np.mean(({a} - np.mean({a}, axis={axis}, keepdims=True)) * {da}, axis={axis}, keepdims=True) / {y}",
        a="apart matrix"),
    row("np.cov({a})", "np.cov({a}, {da})[:{n}, {n}:] + np.cov({a}, {da})[{n}:, :{n}]", a="any matrix"),
    row("np.cov({a}, rowvar=False, bias=True)",
        "(({a} - {a}.mean(0)).T @ {da} + {da}.T @ ({a} - {a}.mean(0))) / {n}", a="any matrix"),
    row("np.cov({a}, {b}, ddof=0)[0, 1]", "np.mean(({a} - {a}.mean()) * {db} + ({b} - {b}.mean()) * {da})",
        a="any vector", b="any like"),
    row("np.corrcoef({a}, {b})[0, 1]", "of_correlation({a}, {da}, {b}, {db})", a="apart vector", b="apart like"),
    row("np.corrcoef({a})", "of_correlations({a}, {da})", a="apart tall"),
]  # fmt: skip

EXTREMES = [
    *rows(
        """
        np.max({a}) => {da}.ravel()[np.argmax({a})]
        np.min({a}) => {da}.ravel()[np.argmin({a})]
        np.amax({a}, axis={axis}) => largest({a}, {da}, {axis})
        np.amin({a}, axis={axis}) => largest(-{a}, {da}, {axis})
        np.nanmax({a}, axis={axis}) => largest({a}, {da}, {axis})
        np.nanmin({a}) => {da}.ravel()[np.argmin({a})]
        np.max({a}, axis={axis}, keepdims=True) => np.expand_dims(largest({a}, {da}, {axis}), {axis})
        np.max({a}, initial=-99.0) => np.max({da}[{a} == np.max({a})])
        np.min({a}, where={mask}, initial=99.0) => np.sum(np.where((np.min(np.where({mask}, {a}, 99.0)) == {a}) & {mask}, {da}, 0.0))
        {a}.max() => {da}.ravel()[{a}.argmax()]
        {a}.min(axis={axis}) => largest(-{a}, {da}, {axis})
        np.maximum.reduce({a}, axis={axis}) => largest({a}, {da}, {axis})
        np.minimum.reduce({a}) => largest(-{a}, {da}, 0)
        np.ptp({a}) => {da}.ravel()[np.argmax({a})] - {da}.ravel()[np.argmin({a})]
        np.ptp({a}, axis={axis}) => largest({a}, {da}, {axis}) - largest(-{a}, {da}, {axis})
        np.maximum.accumulate({a}.ravel()) => np.array([{da}.ravel()[np.argmax({a}.ravel()[: k + 1])] for k in range({a}.size)])
        {A} - np.max({a}) => {da} - {da}.ravel()[np.argmax({a})]
        max({a}.ravel()) => {da}.ravel()[np.argmax({a})]
        """,
        a="apart array",
    ),
    row("np.clip({a}, -{pos}, {pos2})", "np.where(({a} > -{pos}) & ({a} < {pos2}), {da}, 0.0)",
        guard="far({a}, -{pos}, {pos2})", a="any array"),
    row("{a}.clip({num}, 5.0)", "np.where({a} > {num}, {da}, 0.0)", guard="far({a}, {num}, 5.0)", a="any array"),
    row("np.clip({a}, {b}, {b} + 1)", "np.where({a} < {b}, {db}, np.where({a} > {b} + 1, {db}, {da}))",
        guard="far({a} - {b}, 0.0, 1.0)", a="any array", b="any like"),
]  # fmt: skip

ORDERS = [
    *rows(
        """
        np.sort({a}, axis={axis}) => in_order({a}, {da}, {axis})
        np.sort({a}, axis=None) => {da}.ravel()[np.argsort({a}.ravel())]
        sorted({a}.ravel())[0] => {da}.ravel()[np.argmin({a})]
        {y} = {a}.copy(); {y}.sort() => in_order({a}, {da}, -1)
        np.partition({a}, 1, axis={axis}).sum(axis={axis}) => {da}.sum(axis={axis})
        np.partition({a}.ravel(), 1)[1] => {da}.ravel()[np.argsort({a}.ravel())[1]]
        {A}.ravel()[np.argsort({a}, axis=None)]
        np.take_along_axis({A}, np.argsort({a}, axis={axis}), {axis})
        {A}.ravel()[np.argmax({a})]
        {A}.ravel()[{a}.argmin()] * {num}
        np.take_along_axis({A}, np.argmin({a}, axis={axis}, keepdims=True), {axis})
        np.argsort({a}.ravel(), kind="stable") * {A}.ravel()
        np.median({a}) => middle({a}.ravel(), {da}.ravel())
        np.median({a}, axis={axis}) => np.apply_along_axis(np.mean, {axis}, middles({a}, {da}, {axis}))
        np.nanmedian({a}) => middle({a}.ravel(), {da}.ravel())
        np.quantile({a}, 0.5) => middle({a}.ravel(), {da}.ravel())
        np.quantile({a}, 0.25) => at_level({a}.ravel(), {da}.ravel(), 0.25)
        np.quantile({a}, [0.0, 0.75, 1.0]) => np.array([at_level({a}.ravel(), {da}.ravel(), q) for q in (0.0, 0.75, 1.0)])
        np.percentile({a}, 75) => at_level({a}.ravel(), {da}.ravel(), 0.75)
        np.percentile({a}, 50, axis={axis}, keepdims=True) => np.expand_dims(np.apply_along_axis(np.mean, {axis}, middles({a}, {da}, {axis})), {axis})
        np.nonzero({a} > {num})[0].size * {A}
        {A}[np.nonzero({a} > -99)]
        {A}.ravel()[np.flatnonzero({a} < 99)]
        {A}[tuple(np.argwhere({a} == np.max({a}))[0])]
        np.count_nonzero({a} > 0) * {A}
        np.sum({a} > 0) * {A}
        {A} * 2 if np.any({a} > 0) else {A} * 3
        {A} * 2 if np.all({a} > 0) else {A} * 3
        {A} * 2 if ({a} > 0).all() else {A} * 3
        {A} if np.allclose({a}, 0.0) else -{A}
        {A} if np.array_equal({a}, {a} + 1) else -{A}
        np.extract({a} > -99, {A})
        {A}[{a} > np.min({a})]
        np.where({a} > np.mean({a}), {A}, 0.0)
        """,
        a="apart array",
    ),
    *rows(
        """
        {A}[np.searchsorted([-1.0, 0.0, 1.0], {a}) >= 0]
        np.searchsorted([-1.5, 0.0, 1.5], {a}, side="right") * {A}
        np.digitize({a}, [-1.5, 0.0, 1.5]) * {A} + {A}
        np.interp({a}, [-1.5, 0.0, 1.5], [1.0, 3.0, -2.0]) => np.where({a} < -1.5, 0.0, np.where({a} < 0, 4 / 3, np.where({a} < 1.5, -10 / 3, 0.0))) * {da}
        np.interp({a}, [-1.5, 0.0, 1.5], [1.0, 3.0, -2.0], left=0.0, right=7.0) => np.where({a} < -1.5, 0.0, np.where({a} < 0, 4 / 3, np.where({a} < 1.5, -10 / 3, 0.0))) * {da}
        """,
        guard="far({a}, -1.5, -1.0, 0.0, 1.0, 1.5)",
        a="any vector",
    ),
    row("np.interp([0.25, 1.5], [0.0, 1.0, 2.0], {A})", a="any three"),
    row("np.interp(0.25, [-1.0, 1.0], [{A}, 2.0])", "0.375 * {da}", a="any number"),
]

# Entries that are no number are left out.
MISSING = [
    *rows(
        """
        np.nansum(np.where({mask}, {A}, np.nan)) => np.sum(np.where({mask}, {da}, 0.0))
        np.nansum(np.where({mask}, {A}, np.nan), axis={axis}) => np.sum(np.where({mask}, {da}, 0.0), axis={axis})
        np.nanmean(np.where({mask}, {A}, np.nan)) => np.mean({da}[{mask}])
        np.nanvar(np.where({mask}, {a}, np.nan)) => 2 * np.mean(({a}[{mask}] - np.mean({a}[{mask}])) * {da}[{mask}])
        np.nanmax(np.where({mask}, {a}, np.nan)) => {da}[{mask}][np.argmax({a}[{mask}])]
        np.nanmin(np.where({mask}, {a}, np.nan)) => {da}[{mask}][np.argmin({a}[{mask}])]
        np.nanmedian(np.where({mask}, {a}, np.nan)) => middle({a}[{mask}], {da}[{mask}])
        np.nanquantile(np.where({mask}, {a}, np.nan), 0.25) => at_level({a}[{mask}], {da}[{mask}], 0.25)
        np.nanpercentile({a}, 25) => at_level({a}.ravel(), {da}.ravel(), 0.25)
        np.nanprod(np.where({mask}, {a}, np.nan)) => of_product(np.where({mask}, {a}, 1.0), np.where({mask}, {da}, 0.0), None)
        np.nancumsum(np.where({mask}, {A}, np.nan)) => np.cumsum(np.where({mask}, {da}, 0.0))
        np.nancumprod(np.where({mask}, {a}, np.nan)) => running_product(np.where({mask}, {a}, 1.0), np.where({mask}, {da}, 0.0), None)
        {A}.ravel()[np.nanargmax(np.where({mask}, {a}, np.nan))]
        {A}.ravel()[np.nanargmin({a})]
        np.nan_to_num(np.where({mask}, {A}, np.nan)) => np.where({mask}, {da}, 0.0)
        np.where(np.isnan(np.where({mask}, {a}, np.nan)), 0.0, {A})
        np.sum(np.where(np.isfinite(np.where({mask}, {a}, np.inf)), {A}, 0.0))
        """,
        a="apart array",
    ),
    *rows(
        """
        np.quantile({a}, 0.3, method="lower") => {da}.ravel()[np.argsort({a}.ravel())[int(0.3 * ({a}.size - 1))]]
        np.quantile({a}, 0.3, method="higher") => {da}.ravel()[np.argsort({a}.ravel())[-int(-0.3 * ({a}.size - 1) // 1)]]
        np.quantile({a}, 0.5, method="midpoint") => middle({a}.ravel(), {da}.ravel())
        np.quantile({a}, 0.5, method="hazen") => middle({a}.ravel(), {da}.ravel())
        np.quantile({a}, 0.5, method="median_unbiased") => middle({a}.ravel(), {da}.ravel())
        np.unique({a}) => {da}.ravel()[np.argsort({a}.ravel())]
        np.unique({a}, return_index=True)[1] * {A}.ravel()
        """,
        a="apart array",
    ),
    row("np.cov({a}, aweights=[1.0, 2.0])[0, 1]", "2 / 3 * np.sum(np.diff({da}, axis=1)[0] * np.diff({a}, axis=1)[1] + np.diff({a}, axis=1)[0] * np.diff({da}, axis=1)[1]) * 3 / 4",
        guard="np.shape({a})[1] == 2", a="any matrix"),
    row("np.cov({a}, {b}, fweights=[1, 2, 3])[0, 1]", "np.cov(np.repeat({da}, [1, 2, 3]), np.repeat({b}, [1, 2, 3]))[0, 1] + np.cov(np.repeat({a}, [1, 2, 3]), np.repeat({db}, [1, 2, 3]))[0, 1]",
        a="any three"),
    row("np.interp({a}, [-1.5, 0.0, 1.5], [1.0, 3.0, -2.0], period=4.0)",
        "np.where(({a} + 1.5) % 4 < 1.5, 4 / 3, np.where(({a} + 1.5) % 4 < 3, -10 / 3, 3.0)) * {da}",
        guard="far(({a} + 1.5) % 4, 0.0, 1.5, 3.0, 4.0)", a="any vector"),
    row("np.unwrap({spread} * 4 + {A})", "{da}", guard="np.min(np.abs(np.abs(np.diff({spread} * 4 + {a})) % (2 * np.pi) - np.pi)) > 0.05", a="any vector"),
    *rows(
        """
        np.fix({a}) * {B}
        """,
        a="between",
    ),
]
POLYNOMIALS = [
    *rows(
        """
        np.polyadd({A}, {B})
        np.polysub({A}, {B}[1:])
        np.polyder({A})
        np.polyint({A})
        np.polyint({A}, k=1.5) => np.polyint({da})
        np.real_if_close({A})
        np.trim_zeros(np.concatenate([[0.0], {A}, [0.0]])) => {da}
        np.polyfit(np.arange(len({a})), {A}, 1)
        """,
        a="nonzero vector",
        b="nonzero like",
    ),
    row("np.polymul({a}, {b})", "np.convolve({da}, {b}) + np.convolve({a}, {db})", a="nonzero vector", b="nonzero like"),
]

ALONG_AXES = [*SUMS, *PRODUCTS, *SPREAD, *EXTREMES, *ORDERS, *MISSING, *POLYNOMIALS]
