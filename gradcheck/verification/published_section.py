"""The printed figures of a published worked example beside those of the derivation, as a section of its report."""

from __future__ import annotations

from functools import lru_cache

from gradcheck.verification.published_figures import FigureCheck, Standing, check_example
from reference_nets.examples.published import EXAMPLES
from reference_nets.examples.worked_examples import Example
from reports.document import Block, Cell, CodeSpan, Section, Table, Tone, Value, prose
from symbolic.report.messages import Voice

_VERDICTS: dict[Standing, tuple[str, Tone]] = {
    Standing.MATCH: ("published.match", "good"),
    Standing.ROUNDED: ("published.rounded", "good"),
    Standing.EXPLAINED: ("published.wrong", "bad"),
    Standing.UNEXPLAINED: ("published.wrong", "bad"),
}
MOST_ROWS = 60


def published_section(example: Example, language: str) -> Section:
    """(13) Every figure, its exact value, and where it differs the mistake that gives its digits."""
    voice = Voice(language)
    checks = _checks(example.name)
    columns = [voice.words(f"published.{column}") for column in ("quantity", "name", "steps", "published", "here", "verdict")]
    rows = [_row(check, voice) for check in checks[:MOST_ROWS]]
    blocks: list[Block] = [
        voice.say("published.source", source=example.source),
        Table(columns, rows, align=["left", "left", "right", "right", "right", "left"]),
    ]
    if example.remark:
        blocks.append(prose(example.remark))
    mistakes = sorted({mistake for check in checks for mistake in check.mistakes})
    if mistakes:
        blocks.append(voice.say("published.why", why=CodeSpan(", ".join(mistakes))))
    return Section(voice.words("published.title"), blocks, anchor="published")


@lru_cache(maxsize=len(EXAMPLES))
def _checks(name: str) -> tuple[FigureCheck, ...]:
    """A long training is run once, in whatever language it is told."""
    return check_example(EXAMPLES[name])


def _row(check: FigureCheck, voice: Voice) -> list[Value | Cell]:
    figure = check.figure
    key, tone = _VERDICTS[check.standing]
    here = check.exact.removeprefix("[").removesuffix("]").split(" +/- ")[0]
    cell = Cell(voice.words(key), tone)
    return [CodeSpan(figure.quantity), figure.note, f"{figure.after:,}", figure.published, here, cell]
