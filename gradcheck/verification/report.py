"""The report of `verify`: one row a network, then what vouches for it, the pairs of witnesses, and published figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from gradcheck.judge.report import TONES, quantity_table, verdict_cell, verdict_word
from gradcheck.judge.verdicts import Verdict, worst
from gradcheck.sentences.sentence import Sentence, in_language, sentences_of
from gradcheck.verification.comparisons import Comparison, Witness
from gradcheck.verification.published_figures import FigureCheck, Standing
from gradcheck.verification.verify import Verification, wrong_figures
from reports.document import (
    Block,
    Callout,
    Cell,
    CodeSpan,
    Document,
    Link,
    Prose,
    Section,
    Strong,
    Table,
    Tone,
    Value,
    bullets,
    prose,
)
from symbolic.programs.direct import MOST_DIRECT

_say = sentences_of("verification")

DESCRIBED = (
    Witness.CERTIFIED,
    Witness.BACKPROP,
    Witness.SYMBOLIC,
    Witness.NUMERIC,
    Witness.DIRECT,
    Witness.EXACT,
)
_RIGHT = (Verdict.MATCH, Verdict.KINK)
MOST_NAMED = 5  # networks that the summary names
_STANDING_TONES: dict[Standing, Tone] = {
    Standing.MATCH: "good",
    Standing.ROUNDED: "good",
    Standing.EXPLAINED: "warn",
    Standing.UNEXPLAINED: "bad",
}


def _columns(*names: str) -> list[str]:
    return [_say(f"column-{name}") for name in names]


def verify_document(
    verifications: Sequence[Verification], *, seed: int, verbose: bool = False, language: str = "en"
) -> Document:
    """The whole report in a language; `verbose` adds the details of every network."""
    blocks: list[Block] = [_summary(verifications), Section(_say("networks"), [_overview(verifications, verbose)])]
    blocks.append(Section(_say("witnesses"), [bullets(*map(_described, DESCRIBED))]))
    blocks.append(Section(_say("claims"), [_claims(verifications)]))
    blocks.append(Section(_say("pairs"), [_pairs(verifications)]))
    figures = [figure for v in verifications for figure in v.figures]
    if figures:
        blocks.append(Section(_say("figures"), _published(figures, wrong_figures(list(verifications)))))
    if verbose:
        details = [_detail(v, _anchor(number)) for number, v in enumerate(verifications)]
        blocks.append(Section(_say("each"), details))
    document = Document(_say("title"), blocks, data=_data(verifications, seed), language=language)
    return in_language(document, language)


def _described(witness: Witness) -> Prose:
    what = _say(f"witness-{witness}", largest=MOST_DIRECT)
    return prose(Strong(witness.words), _say("witness", what=what))


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
    head = _say("verified", right=len(right), count=len(verifications), parameters=parameters)
    told = [_trouble([v for v in verifications if v.verdict not in _RIGHT]), _reach(right, alone=right == list(verifications))]
    return Callout(
        TONES[overall(verifications)],
        [prose(Strong(head)), *(prose(line) for lines in told for line in lines)],
    )


def _trouble(failing: Sequence[Verification]) -> list[str]:
    """A line for each network that was not verified: what speaks against it."""
    ranked = sorted(failing, key=lambda v: list(Verdict).index(v.verdict), reverse=True)
    lines: list[str] = [
        _say("trouble", name=v.name, verdict=verdict_word(v.verdict), trouble=v.trouble) for v in ranked[:MOST_NAMED]
    ]
    return [*lines, _say("and-more", count=len(failing) - MOST_NAMED)] if len(failing) > MOST_NAMED else lines


def _reach(right: Sequence[Verification], *, alone: bool) -> list[str]:
    """What a match means and what it could not see, said of the networks that were verified only."""
    if not right:
        return []
    sizes = [v.n_params for v in right]
    blind = sum(v.blind * size for v, size in zip(right, sizes, strict=True)) / sum(sizes)
    kinked = any(v.verdict is Verdict.KINK for v in right)
    return [_say(_REACH[alone, kinked], share=_percent(blind))]


# By whether all networks are right, and whether one of them is at a kink.
_REACH = {
    (True, False): "reach",
    (True, True): "reach-kink",
    (False, False): "reach-others",
    (False, True): "reach-others-kink",
}


def _percent(share: float) -> Sentence:
    if 0 < share < 1e-4:
        return _say("next-to-none")
    return _say("percent", percent=f"{100 * share:.2f}".rstrip("0").rstrip("."))


def _anchor(number: int) -> str:
    return f"network-{number + 1}"


def _overview(verifications: Sequence[Verification], linked: bool) -> Table:
    columns = _columns("network", "verdict", "points", "P", "excess", "detectable", "properties")
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
    return Table(columns, rows, caption=_say("overview-caption"))


def _share(passed: Sequence[bool]) -> Cell | None:
    if not passed:
        return None
    return Cell(_say("share", passed=sum(passed), count=len(passed)), "good" if all(passed) else "warn")


def _claims(verifications: Sequence[Verification]) -> Table:
    statements = verifications[0].claims
    rows: list[list[Value | Cell]] = []
    for number, claim in enumerate(statements):
        verdicts = [v.claims[number].verdict for v in verifications]
        rows.append([claim.statement, claim.means, _share([verdict is Verdict.MATCH for verdict in verdicts])])
    return Table(_columns("claim", "means", "networks"), rows)


def _pairs(verifications: Sequence[Verification]) -> Table:
    pairs: dict[tuple[Witness, Witness], list[Comparison]] = {}
    for comparison in (c for v in verifications for c in v.comparisons):
        pairs.setdefault((comparison.left, comparison.right), []).append(comparison)
    rows: list[list[Value | Cell]] = [
        [left.words, right.words, len(found), max(c.largest for c in found), verdict_cell(worst(c.verdict for c in found))]
        for (left, right), found in pairs.items()
    ]
    return Table(_columns("witness", "against", "networks", "difference", "verdict"), rows, caption=_say("pairs-caption"))


def _published(figures: Sequence[FigureCheck], wrong: Sequence[FigureCheck]) -> list[Block]:
    counts = {str(standing): sum(figure.standing is standing for figure in figures) for standing in Standing}
    told = prose(_say("recomputed", count=len(figures), **counts))
    if not wrong:
        return [told]
    rows: list[list[Value | Cell]] = [
        [
            _figure(check),
            check.figure.published,
            _as_printed(check),
            Cell(_say(f"standing-{check.standing}"), _STANDING_TONES[check.standing]),
            _cause(check),
        ]
        for check in wrong
    ]
    return [told, Table(_columns("figure", "printed", "exact", "verdict", "cause"), rows)]


def _figure(check: FigureCheck) -> str:
    """Of which example, which number, after how many steps."""
    figure = f"{check.example} {check.figure.quantity}"
    return _say("figure-after", figure=figure, steps=check.figure.after) if check.figure.after else figure


def _as_printed(check: FigureCheck) -> str:
    """The exact value in the notation of the printed one: an exponent only where that has one."""
    try:
        exact = Decimal(check.exact)
    except InvalidOperation:  # an enclosure too wide for a single number
        return check.exact
    return f"{exact:e}" if "e" in check.figure.published.lower() else f"{exact:f}"


def _cause(check: FigureCheck) -> str:
    if not check.mistakes:
        return _say("rounding") if check.standing is Standing.ROUNDED else ""
    if check.misprint:
        return _say("misprint", names=check.mistakes, misprint=check.misprint)
    return _say("mistakes", names=check.mistakes)


def _detail(v: Verification, anchor: str) -> Section:
    blocks: list[Block] = [
        prose(_say("canonical"), CodeSpan(v.network), _say("seconds", seconds=v.seconds)),
        quantity_table(v.quantities),
        Table(
            _columns("witness", "against", "difference", "verdict"),
            [[c.left.words, c.right.words, c.largest, verdict_cell(c.verdict)] for c in v.comparisons],
        ),
        Table(_columns("property", "verdict"), [[p.name, verdict_cell(p.verdict)] for p in v.properties]),
    ]
    return Section(v.name, blocks, anchor=anchor)
