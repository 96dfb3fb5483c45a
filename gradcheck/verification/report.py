"""The report of `verify`: one row a network, then what vouches for it, the pairs of witnesses, and published figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from gradcheck.judge.report import TONES, quantity_table, verdict_cell
from gradcheck.judge.verdicts import Verdict, worst
from gradcheck.verification.published_figures import FigureCheck, Standing
from gradcheck.verification.verify import Comparison, Verification, wrong_figures
from reports.document import (
    Block,
    Callout,
    Cell,
    CodeSpan,
    Document,
    Link,
    Section,
    Strong,
    Table,
    Tone,
    Value,
    bullets,
    prose,
)
from symbolic.programs.direct import LARGEST

WITNESS_NOTES = (
    ("certified", "the cost's derivative enclosed by balls of some 50 digits"),
    ("backprop", "the delta recursion of reference_nets in NumPy, BP1 to BP4"),
    ("symbolic", "closed forms derived by SymPy, compiled to NumPy"),
    ("numeric", "complex-step differences of the cost's value alone; of large networks for each unit along a direction"),
    ("direct", f"SymPy's derivative of the whole cost expression, no delta; up to {LARGEST} parameters"),
    ("exact", "recursion and direct derivative compared over a finite field, without rounding"),
)
_RIGHT = (Verdict.MATCH, Verdict.KINK)
MOST_NAMED = 5  # networks that the summary names
_STANDING_TONES: dict[Standing, Tone] = {
    Standing.MATCH: "good",
    Standing.ROUNDED: "good",
    Standing.EXPLAINED: "warn",
    Standing.UNEXPLAINED: "bad",
}


def verify_document(verifications: Sequence[Verification], *, seed: int, verbose: bool = False) -> Document:
    """The whole report; `verbose` adds the details of every network."""
    blocks: list[Block] = [_summary(verifications), Section("Networks", [_overview(verifications, verbose)])]
    blocks.append(Section("Witnesses", [bullets(*(prose(Strong(name), ": ", what) for name, what in WITNESS_NOTES))]))
    blocks.append(Section("How each claim was established", [_claims(verifications)]))
    blocks.append(Section("Every pair of witnesses", [_pairs(verifications)]))
    figures = [figure for v in verifications for figure in v.figures]
    if figures:
        blocks.append(Section("Published figures", _published(figures, wrong_figures(list(verifications)))))
    if verbose:
        details = [_detail(v, _anchor(number)) for number, v in enumerate(verifications)]
        blocks.append(Section("Each network", details))
    return Document("Verification of networks", blocks, data=_data(verifications, seed))


def _data(verifications: Sequence[Verification], seed: int) -> dict[str, Any]:
    return {
        "schema": "gradcheck.verification/1",
        "verdict": str(overall(verifications)),
        "seed": seed,
        "networks": [v.to_dict() for v in verifications],
    }


def overall(verifications: Sequence[Verification]) -> Verdict:
    """The worst verdict of all networks."""
    return worst(v.verdict for v in verifications)


def _summary(verifications: Sequence[Verification]) -> Callout:
    right = [v for v in verifications if v.verdict in _RIGHT]
    parameters = sum(v.n_params for v in verifications)
    networks = "network" if len(verifications) == 1 else "networks"
    head = f"{len(right)} of {len(verifications)} {networks} verified: {parameters} partial derivatives."
    told = [_trouble([v for v in verifications if v.verdict not in _RIGHT]), _reach(right, alone=right == list(verifications))]
    return Callout(
        TONES[overall(verifications)],
        [prose(Strong(head)), *(prose(line) for lines in told for line in lines)],
    )


def _trouble(failing: Sequence[Verification]) -> list[str]:
    """A line for each network that was not verified: what speaks against it."""
    ranked = sorted(failing, key=lambda v: list(Verdict).index(v.verdict), reverse=True)
    lines = [f"{v.name}: {v.verdict}: {v.trouble}" for v in ranked[:MOST_NAMED]]
    return [*lines, f"and {len(failing) - MOST_NAMED} more"] if len(failing) > MOST_NAMED else lines


def _reach(right: Sequence[Verification], *, alone: bool) -> list[str]:
    """What a match means and what it could not see, said of the networks that were verified only."""
    if not right:
        return []
    sizes = [v.n_params for v in right]
    blind = sum(v.blind * size for v, size in zip(right, sizes, strict=True)) / sum(sizes)
    where = "every entry" if alone else "in the others every entry"
    kink = ", or at a kink a value that a subgradient takes" if any(v.verdict is Verdict.KINK for v in right) else ""
    return [
        f"Nothing was compared under a tolerance: {where} is within the rounding budget computed for it{kink}. In "
        f"{_percent(blind)} of {'the' if alone else 'these'} entries a relative error of 1e-6 might have gone unseen."
    ]


def _percent(share: float) -> str:
    if 0 < share < 1e-4:
        return "less than 0.01 %"
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + " %"


def _anchor(number: int) -> str:
    return f"network-{number + 1}"


def _overview(verifications: Sequence[Verification], linked: bool) -> Table:
    columns = ["network", "verdict", "points", "P", "error / budget", "detectable", "properties"]
    rows = [
        [
            Link(v.name, f"#{_anchor(number)}") if linked else v.name,
            verdict_cell(v.verdict),
            v.n_points,
            v.n_params,
            max(q.excess for q in v.quantities),
            v.detectable,
            _share([p.verdict is Verdict.MATCH for p in v.properties if p.verdict is not Verdict.SKIPPED]),
        ]
        for number, v in enumerate(verifications)
    ]
    caption = (
        "points: a random one, and a preset's own; P: parameters; error / budget: the largest error of backprop in units "
        "of what rounding allows; detectable: the smallest relative error that would have been caught in every entry; "
        "properties: how many of those that apply hold"
    )
    return Table(columns, rows, caption=caption)


def _share(passed: Sequence[bool]) -> Cell | None:
    if not passed:
        return None
    return Cell(f"{sum(passed)} of {len(passed)}", "good" if all(passed) else "warn")


def _claims(verifications: Sequence[Verification]) -> Table:
    statements = verifications[0].claims
    rows: list[list[Value | Cell]] = []
    for number, claim in enumerate(statements):
        verdicts = [v.claims[number].verdict for v in verifications]
        rows.append([claim.statement, claim.means, _share([verdict is Verdict.MATCH for verdict in verdicts])])
    return Table(["claim", "by which means", "networks"], rows)


def _pairs(verifications: Sequence[Verification]) -> Table:
    pairs: dict[tuple[str, str], list[Comparison]] = {}
    for comparison in (c for v in verifications for c in v.comparisons):
        pairs.setdefault((comparison.left, comparison.right.split(" (")[0]), []).append(comparison)
    rows: list[list[Value | Cell]] = [
        [*pair, len(found), max(c.largest for c in found), verdict_cell(worst(c.verdict for c in found))]
        for pair, found in pairs.items()
    ]
    caption = "largest difference over all entries of all networks, in units of the rounding budget: 1 is its end"
    return Table(["witness", "against", "networks", "difference / budget", "verdict"], rows, caption=caption)


def _published(figures: Sequence[FigureCheck], wrong: Sequence[FigureCheck]) -> list[Block]:
    counts = {standing: sum(figure.standing is standing for figure in figures) for standing in Standing}
    told = prose(
        f"{len(figures)} figures printed in textbooks and courses, recomputed from the decimals as printed: "
        f"{counts[Standing.MATCH]} right to every digit, {counts[Standing.ROUNDED]} right but for float64 rounding of "
        f"their authors, {counts[Standing.EXPLAINED]} wrong by a mistake that gives exactly these digits, "
        f"{counts[Standing.UNEXPLAINED]} unexplained."
    )
    if not wrong:
        return [told]
    rows: list[list[Value | Cell]] = [
        [
            f"{check.example} {check.figure.quantity}" + (f" after {check.figure.after}" if check.figure.after else ""),
            check.figure.published,
            _as_printed(check),
            Cell(str(check.standing), _STANDING_TONES[check.standing]),
            _cause(check),
        ]
        for check in wrong
    ]
    return [told, Table(["figure", "printed", "exact", "verdict", "what gives the printed digits"], rows)]


def _as_printed(check: FigureCheck) -> str:
    """The exact value in the notation of the printed one: an exponent only where that has one."""
    try:
        exact = Decimal(check.exact)
    except InvalidOperation:  # an enclosure too wide for a single number
        return check.exact
    return f"{exact:e}" if "e" in check.figure.published.lower() else f"{exact:f}"


def _cause(check: FigureCheck) -> str:
    if not check.mistakes:
        return "rounding" if check.standing is Standing.ROUNDED else ""
    cause = ", ".join(check.mistakes)
    return f"{cause}; one printed digit is too many: {check.misprint}" if check.misprint else cause


def _detail(v: Verification, anchor: str) -> Section:
    blocks: list[Block] = [
        prose("Canonical: ", CodeSpan(v.network), f"; {v.seconds:.2f} s."),
        quantity_table(v.quantities),
        Table(
            ["witness", "against", "difference / budget", "verdict"],
            [[c.left, c.right, c.largest, verdict_cell(c.verdict)] for c in v.comparisons],
        ),
        Table(["property", "verdict"], [[p.name, verdict_cell(p.verdict)] for p in v.properties]),
    ]
    return Section(v.name, blocks, anchor=anchor)
