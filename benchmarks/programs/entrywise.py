"""Functions of each entry: universal functions, powers, functions of module math, and choices between two values."""

from __future__ import annotations

from benchmarks.programs.rows import Row, row, rows

SMOOTH = [
    *rows(
        """
        np.negative({a}) => -{da}
        -{a} => -{da}
        np.positive({a}) => {da}
        np.conjugate({a}) => {da}
        {a}.conj() => {da}
        np.real({a}) => {da}
        {a}.real => {da}
        np.nan_to_num({a}) => {da}
        np.square({a}) => 2 * {a} * {da}
        np.exp({a}) => {y} * {da}
        np.exp2({a}) => {y} * np.log(2.0) * {da}
        np.expm1({a}) => np.exp({a}) * {da}
        np.sin({a}) => np.cos({a}) * {da}
        np.cos({a}) => -np.sin({a}) * {da}
        np.sinh({a}) => np.cosh({a}) * {da}
        np.cosh({a}) => np.sinh({a}) * {da}
        np.tanh({a}) => (1 - {y} * {y}) * {da}
        np.arctan({a}) => {da} / (1 + {a} * {a})
        np.arcsinh({a}) => {da} / np.sqrt({a} * {a} + 1)
        np.radians({a}) => {da} * (np.pi / 180)
        np.deg2rad({a}) => {da} * (np.pi / 180)
        np.i0({a}) => first_bessel({a}) * {da}
        np.logaddexp({a}, {num}) => np.exp({a} - {y}) * {da}
        {num} * {a} + {num2} => {num} * {da}
        {num} - {a} / {num2} => -{da} / {num2}
        {a} ** 2 => 2 * {a} * {da}
        {a} ** 3 => 3 * {a} ** 2 * {da}
        {a} ** 0 => 0 * {da}
        {a} ** 1 => {da}
        np.power({a}, 4) => 4 * {a} ** 3 * {da}
        np.float_power({a}, 3) => 3 * {a} ** 2 * {da}
        {pos} ** {a} => np.log({pos}) * {y} * {da}
        """
    ),
    *rows("np.tan({a}) => (1 + {y} * {y}) * {da}", a="unit"),
    *rows(
        """
        np.arcsin({a}) => {da} / np.sqrt(1 - {a} * {a})
        np.arccos({a}) => -{da} / np.sqrt(1 - {a} * {a})
        np.arctanh({a}) => {da} / (1 - {a} * {a})
        """,
        a="unit",
    ),
    *rows(
        """
        np.sqrt({a}) => {da} / (2 * {y})
        np.log({a}) => {da} / {a}
        np.log2({a}) => {da} / ({a} * np.log(2.0))
        np.log10({a}) => {da} / ({a} * np.log(10.0))
        np.log1p({a}) => {da} / (1 + {a})
        {a} ** 0.5 => {da} / (2 * {y})
        {a} ** 1.5 => 1.5 * {a} ** 0.5 * {da}
        {a} ** -0.5 => -0.5 * {y} / {a} * {da}
        np.float_power({a}, 0.25) => 0.25 * {y} / {a} * {da}
        """,
        a="positive",
    ),
    row("np.arccosh({a})", "{da} / np.sqrt({a} * {a} - 1)", a="above"),
    *rows(
        """
        np.reciprocal({a}) => -{y} * {y} * {da}
        1 / {a} => -{y} * {y} * {da}
        np.cbrt({a}) => {da} / (3 * {y} * {y})
        {a} ** -1 => -{y} * {y} * {da}
        {a} ** -2 => -2 * {y} / {a} * {da}
        np.power({a}, -3.0) => -3 * {y} / {a} * {da}
        np.sinc({a}) => (np.cos(np.pi * {a}) - {y}) / {a} * {da}
        np.degrees({a} / 9) => {da} * (20 / np.pi)
        np.rad2deg({a} / 9) => {da} * (20 / np.pi)
        """,
        a="nonzero",
    ),
    row("np.pow({a}, 3)", "3 * {a} ** 2 * {da}", needs="np.pow"),
]

OF_TWO = [
    *rows(
        """
        np.add({a}, {b}) => {da} + {db}
        {a} + {b} => {da} + {db}
        np.subtract({a}, {b}) => {da} - {db}
        {a} - {b} => {da} - {db}
        np.multiply({a}, {b}) => {da} * {b} + {a} * {db}
        {a} * {b} => {da} * {b} + {a} * {db}
        np.logaddexp({a}, {b}) => np.exp({a} - {y}) * {da} + np.exp({b} - {y}) * {db}
        np.logaddexp2({a}, {b}) => np.exp2({a} - {y}) * {da} + np.exp2({b} - {y}) * {db}
        """,
        b="any broadcast",
    ),
    *rows(
        """
        np.divide({a}, {b}) => {da} / {b} - {y} / {b} * {db}
        np.true_divide({a}, {b}) => {da} / {b} - {y} / {b} * {db}
        {a} / {b} => ({da} - {y} * {db}) / {b}
        np.arctan2({a}, {b}) => ({b} * {da} - {a} * {db}) / ({a} * {a} + {b} * {b})
        np.hypot({a}, {b}) => ({a} * {da} + {b} * {db}) / {y}
        """,
        b="nonzero broadcast",
    ),
    *rows(
        """
        np.power({a}, {b}) => {y} * ({db} * np.log({a}) + {b} / {a} * {da})
        {a} ** {b} => {y} * ({db} * np.log({a}) + {b} / {a} * {da})
        np.float_power({a}, {b}) => {y} * ({db} * np.log({a}) + {b} / {a} * {da})
        """,
        a="positive",
        b="any broadcast",
    ),
]

# The largest and what else compares, away from where the sides meet.
PIECEWISE = [
    *rows(
        """
        np.absolute({a}) => np.sign({a}) * {da}
        np.fabs({a}) => np.sign({a}) * {da}
        abs({a}) => np.where({a} > 0, {da}, -{da})
        np.sign({a}) * {b} => np.sign({a}) * {db}
        np.heaviside({a}, 0.5) * {b} => np.where({a} > 0, {db}, 0.0)
        np.maximum({a}, 0) => np.where({a} > 0, {da}, 0.0)
        np.minimum({a}, 0.0) => np.where({a} < 0, {da}, 0.0)
        np.where({a} > 0, {A}, {num} * {A})
        np.where(np.signbit({a}), {A}, {B})
        {a} * ({a} > 0) => {da} * ({a} > 0)
        np.clip({a}, -{pos}, None) * 1.0 => np.where({a} > -{pos}, {da}, 0.0)
        np.piecewise({a}, [{a} < 0, {a} >= 0], [lambda t: t * t, lambda t: 3 * t]) => np.where({a} < 0, 2 * {a}, 3.0) * {da}
        np.select([{a} > 0, {a} <= 0], [{a} ** 2, {b}], 0.0) => np.where({a} > 0, 2 * {a} * {da}, {db})
        np.choose(({a} > 0).astype(int), [{A}, {B}])
        """,
        a="nonzero",
    ),
    row("np.copysign({a}, {b})", "np.sign({a}) * np.sign({b}) * {da}", a="nonzero", b="nonzero like"),
    *rows(
        """
        np.maximum({a}, {b}) => np.where({a} > {b}, {da}, {db})
        np.minimum({a}, {b}) => np.where({a} < {b}, {da}, {db})
        np.fmax({a}, {b}) => np.where({a} > {b}, {da}, {db})
        np.fmin({a}, {b}) => np.where({a} < {b}, {da}, {db})
        np.where(np.less({a}, {b}), {A}, 2 * {B})
        np.where(np.greater({a}, {b}), {A}, 2 * {B})
        np.where(np.less_equal({a}, {b}), {A}, {B})
        np.where(np.greater_equal({a}, {b}), 3 * {A}, {B})
        np.where(np.equal({a}, {b}), {A}, {B})
        np.where(np.not_equal({a}, {b}), {A}, {B})
        np.where(np.isclose({a}, {b}), 0.0, {A})
        np.where(np.logical_and({a} > {b}, {a} > 0), {A}, {B})
        np.where(np.logical_or({a} > {b}, {b} > 9), {A}, {B})
        np.where(np.logical_xor({a} > {b}, {a} < -9), {A}, {B})
        np.where(np.logical_not({a} > {b}), {A}, {B})
        np.where(({a} > {b}) & ({a} > -9) | ~({b} > -9), {A}, {B})
        np.where(np.bitwise_and({a} > {b}, {a} > -9), {A}, {B})
        np.where(np.bitwise_or({a} > {b}, {a} > 9), {A}, {B})
        np.where(np.bitwise_xor({a} > {b}, {a} > -9), {A}, {B})
        np.where(np.invert({a} > {b}), {A}, {B})
        """,
        b="apart like",
    ),
]
# Steps: where they are steady they have no derivative, and what they multiply keeps its own.
STEPS = [
    *rows(
        """
        np.floor({a}) * {B}
        np.ceil({a}) * {B}
        np.rint({a}) + {B} => {db}
        np.trunc({a}) * {B}
        np.round({a}) * {B}
        np.around({a}) * {B}
        """,
        a="between",
    ),
    *rows(
        """
        np.floor_divide({a}, {b}) + {a} => {da}
        {a} // {b} + {a} => {da}
        np.remainder({a}, {b}) => {da} - np.floor({a} / {b}) * {db}
        np.mod({a}, {b}) => {da} - np.floor({a} / {b}) * {db}
        {a} % {b} => {da} - np.floor({a} / {b}) * {db}
        np.fmod({a}, {b}) => {da} - np.trunc({a} / {b}) * {db}
        np.divmod({a}, {b})[1] => {da} - np.floor({a} / {b}) * {db}
        """,
        b="nonzero like",
    ),
]
STEPS = [
    Row(r.value, r.tangent, r.args, "off_integers({a} / {b})" if r.args["b"] == "nonzero like" else r.guard) for r in STEPS
]
# Of one number, by module math.
OF_NUMBERS = [
    *rows(
        """
        math.cos({a}) => -math.sin({a}) * {da}
        math.sin({a}) => math.cos({a}) * {da}
        math.cosh({a}) => math.sinh({a}) * {da}
        math.sinh({a}) => math.cosh({a}) * {da}
        math.tanh({a}) => (1 - {y} ** 2) * {da}
        math.exp({a}) => {y} * {da}
        math.exp2({a}) => {y} * math.log(2) * {da}
        math.expm1({a}) => math.exp({a}) * {da}
        math.atan({a}) => {da} / (1 + {a} ** 2)
        math.asinh({a}) => {da} / math.sqrt(1 + {a} ** 2)
        math.erf({a}) => 2 / math.sqrt(math.pi) * math.exp(-{a} ** 2) * {da}
        math.erfc({a}) => -2 / math.sqrt(math.pi) * math.exp(-{a} ** 2) * {da}
        math.radians({a}) => {da} * math.pi / 180
        math.pow({a}, 3) => 3 * {a} ** 2 * {da}
        math.fsum([{a}, {a} * {a}, 1.0]) => {da} + 2 * {a} * {da}
        statistics.mean([{a}, {a} * {a}, 1.0]) => ({da} + 2 * {a} * {da}) / 3
        statistics.fmean([{a}, {a} * {a}, 1.0]) => ({da} + 2 * {a} * {da}) / 3
        {a} * (2.0 if math.isclose({a}, 1e9) else 3.0) => 3 * {da}
        math.prod([{a}, {a}, {num}]) => 2 * {a} * {num} * {da}
        math.dist([{a}, 1.0], [5.0, {num}]) => ({a} - 5) / {y} * {da}
        math.hypot({a}, {pos}) => {a} / {y} * {da}
        float({a}) => {da}
        np.float64({a}) * {a} => 2 * {a} * {da}
        """,
        a="any number",
    ),
    *rows(
        """
        math.acos({a}) => -{da} / math.sqrt(1 - {a} ** 2)
        math.asin({a}) => {da} / math.sqrt(1 - {a} ** 2)
        math.atanh({a}) => {da} / (1 - {a} ** 2)
        math.tan({a}) => (1 + {y} ** 2) * {da}
        """,
        a="unit number",
    ),
    *rows(
        """
        math.sqrt({a}) => {da} / (2 * {y})
        math.log({a}) => {da} / {a}
        math.log({a}, 3) => {da} / ({a} * math.log(3))
        math.log2({a}) => {da} / ({a} * math.log(2))
        math.log10({a}) => {da} / ({a} * math.log(10))
        math.log1p({a}) => {da} / (1 + {a})
        math.pow({a}, 1.5) => 1.5 * math.sqrt({a}) * {da}
        """,
        a="positive number",
    ),
    row("math.acosh({a})", "{da} / math.sqrt({a} ** 2 - 1)", a="above number"),
    *rows(
        """
        math.cbrt({a}) => {da} / (3 * {y} ** 2)
        math.fabs({a}) => math.copysign(1.0, {a}) * {da}
        math.copysign({a}, {num}) => math.copysign(1.0, {a}) * math.copysign(1.0, {num}) * {da}
        math.degrees({a}) => {da} * 180 / math.pi
        math.atan2({a}, {num}) => {num} * {da} / ({a} ** 2 + {num} ** 2)
        """,
        a="nonzero number",
    ),
    *rows(
        """
        math.floor({a}) * {a} => math.floor({a}) * {da}
        math.ceil({a}) + {a} => {da}
        math.trunc({a}) * {a} => math.trunc({a}) * {da}
        math.fmod({a}, 1.0) => {da}
        """,
        a="between number",
    ),
    *rows(
        """
        {a} * 2 if math.isfinite({a}) else 0.0 => 2 * {da}
        {a} * 2 if not math.isnan({a}) else 0.0 => 2 * {da}
        0.0 if math.isinf({a}) else {a} => {da}
        """,
        a="any number",
    ),
    row("math.gamma({a})", "{y} * digamma({a}) * {da}", a="positive number"),
    row("math.lgamma({a})", "digamma({a}) * {da}", a="positive number"),
    row("math.sumprod([{a}, {b}], [{b}, 2.0])", "{da} * {b} + {a} * {db} + 2 * {db}", needs="math.sumprod", a="any number",
        b="any number"),
]  # fmt: skip

ENTRYWISE = [*SMOOTH, *OF_TWO, *PIECEWISE, *STEPS, *OF_NUMBERS]
