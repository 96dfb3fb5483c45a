"""One document that uses every kind of block, and one made of everything a stranger might try."""

from reports.document import (
    Callout,
    Cell,
    Code,
    CodeSpan,
    Document,
    Equation,
    Figure,
    Link,
    Math,
    Prose,
    Section,
    Strong,
    Table,
    bullets,
    prose,
)

SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 90" width="300" height="90">
<g fill="none" stroke="currentColor" stroke-opacity="0.35"><path d="M40 25L150 45L260 45M40 65L150 45"/></g>
<g fill="currentColor" fill-opacity="0.1" stroke="currentColor" stroke-width="1.5">
<circle cx="40" cy="25" r="13"/><circle cx="40" cy="65" r="13"/>
<circle cx="150" cy="45" r="13"/><circle cx="260" cy="45" r="13"/></g></svg>"""
TIKZ = r"""\begin{tikzpicture}[every node/.style={circle, draw, minimum size=7mm}]
\node (x1) at (0, 1) {}; \node (x2) at (0, 0) {}; \node (h) at (2.5, 0.5) {}; \node (y) at (5, 0.5) {};
\draw (x1) -- (h) -- (y); \draw (x2) -- (h);
\end{tikzpicture}"""
PICTURE = """x1 ──┐
     ├── h ── y
x2 ──┘"""
DELTA = Math(r"\delta_{l}", "δ_l")


def verdict() -> Callout:
    sentence = prose(
        Strong("W1 is wrong: "),
        "the derivative is taken at ",
        Math("a", "a"),
        " instead of ",
        Math("z", "z"),
        ", on line 14: write ",
        CodeSpan("sigma_prime(z1)"),
        ".",
    )
    return Callout("bad", [sentence])


def results() -> Table:
    rows = [
        ["2-3-1", Cell("match", "good"), 1.1102230246251565e-16, 3.0e-15, 2.1e-13, 13],
        ["3-4:tanh-2", Cell("match", "good"), 0.0, 2.4e-15, 1.9e-13, 26],
        ["4-8:relu-8:relu-3:softmax/cross_entropy+l2=0.01", Cell("kink", "warn"), None, 8.8e-15, None, 139],
        ["2-3-3-2", Cell("mismatch", "bad"), Cell(0.0213, "bad"), 4.1e-15, 3.5e-13, 29],
        ["all", Cell("not run", "muted"), 0.0213, None, None, 207],
    ]
    columns = ["network", "verdict", "max error", "budget", "detectable", "entries"]
    return Table(columns, rows, caption="Every entry of every gradient, against its rounding budget.", total=True)


def published() -> Table:
    rows = [
        [Math(r"C", "C"), 0.298371109, 0.29837110876000272, Cell("all digits", "good")],
        [Math(r"\partial C / \partial W^{2}_{11}", "∂C/∂W²₁₁"), 0.082167041, 0.082167040564230784, None],
        ["after one step", 0.291027924, 0.29102777369359933, Cell("explained", "warn")],
    ]
    return Table(["quantity", "published", "exact", "verdict"], rows, digits=12, caption="Mazur (2015).")


def equations() -> list[Equation | Prose]:
    two = Equation(
        r"\delta_{l} = \left(\delta_{l+1} W_{l+1}\right) \odot \varphi_{l}'\left(z_{l}\right)",
        "δ_l = (δ_{l+1} W_{l+1}) ⊙ φ_l′(z_l)",
        anchor="bp2",
        tag="BP2",
        note=prose("the error flows back through the same weights; see ", Link("the cost", "#cost")),
    )
    cost = Equation(
        r"C = \frac{1}{2 m} \sum_{i=1}^{m} \lVert a_{L} - y \rVert^{2}",
        "     1\nC = ──── Σ ‖a_L − y‖²\n     2 m",
        anchor="cost",
        tag="1",
    )
    long = " + ".join(rf"\frac{{\partial C}}{{\partial a_{{{k}}}}} \varphi'\left(z_{{{k}}}\right)" for k in range(12))
    words = " + ".join(f"∂C/∂a_{k} φ′(z_{k})" for k in range(12))
    paths = Equation(r"\frac{\partial C}{\partial W_{11}} = " + long, "∂C/∂W₁₁ = " + words)
    cases = Equation(
        r"\operatorname{relu}(z) = \begin{cases} z & z > 0 \\ 0 & \text{otherwise} \end{cases}",
        "relu(z) = z if z > 0, 0 otherwise",
    )
    matrix = Equation(
        r"J = \begin{pmatrix} a_{1} (1 - a_{1}) & - a_{1} a_{2} \\ - a_{2} a_{1} & a_{2} (1 - a_{2}) \end{pmatrix}",
        "    ⎛a₁(1 − a₁)     −a₁a₂ ⎞\nJ = ⎜                      ⎟\n    ⎝  −a₂a₁    a₂(1 − a₂)⎠",
    )
    return [two, cost, prose("Written along every path the common factor repeats:"), paths, cases, matrix]


def sample() -> Document:
    where = prose("where ", DELTA, " is the error of layer ", Math("l", "l"), " (Nielsen, 2015, ch. 2).")
    code = Code("def backward(a, z):\n    return (a - y) * sigma_prime(a)  # line 14\n", "python")
    return Document(
        "Verification of 2-3-3-2",
        [
            verdict(),
            prose("Four networks, six witnesses, no tolerance. Where they differ the entry is named."),
            Section("Results", [results(), Section("Published figures", [published()])]),
            Section("The recursion", [*equations(), where], anchor="recursion"),
            Section(
                "What to do",
                [
                    bullets(("Read ", Link("BP2", "#bp2"), " again."), "Run the check once more.", ordered=True),
                    code,
                    bullets("a list without order", ("with ", Strong("weight"), " in it"), ("and ", CodeSpan("code"))),
                    Figure(SVG, PICTURE, TIKZ, "Two inputs, one hidden node, one output."),
                    Callout("good", [prose("All other layers match.")]),
                    Callout("warn", [prose("One entry lies on a kink."), bullets("W2[1, 0]")]),
                    Callout("muted", [prose("中文也可以：误差沿权重反向传播。")]),
                ],
            ),
        ],
    )


HOSTILE = (
    "<script>alert(1)</script> \x1b[31mred\x07 \u202ertl\u2066 \x9b1m "
    "| $x$ `c` **b** {a} % # _ ^ ~ \\ & \ud800 \u2028end"
)


def hostile() -> Document:
    """Every field that may hold a stranger's text holds one."""
    every = prose(HOSTILE, Strong(HOSTILE), CodeSpan(HOSTILE), Link(HOSTILE, "javascript:alert(1)"))
    return Document(
        HOSTILE,
        [
            every,
            bullets(HOSTILE),
            Table([HOSTILE, "b"], [[HOSTILE, Cell(HOSTILE, "bad")], [CodeSpan(HOSTILE), None]], caption=HOSTILE),
            Equation("x", HOSTILE, anchor=HOSTILE, tag=HOSTILE, note=every),
            prose(Math(r"\text{<script>alert(1)</script> \u202e}", HOSTILE)),
            Figure("", HOSTILE, caption=HOSTILE),
            Code(f"{HOSTILE}\n```\n\\end{{verbatim}}\n", HOSTILE),
            Callout("bad", [every]),
            Section(HOSTILE, [every], anchor=HOSTILE),
        ],
        language='en"><script>',
    )
