"""The derivation report of a network or preset: its point, its published figures, and what `symbolic` derives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gradcheck.verification.published_section import published_section
from gradcheck.witnesses.points import load_point
from reference_nets.examples.presets import Preset
from reference_nets.points import Point, init_params, random_batch
from reports.document import Document
from symbolic.report.derivation import derive
from symbolic.report.document import renumbered
from symbolic.report.messages import Voice
from symbolic.report.options import Options, Values, weight_of

LARGEST_BATCH = 1000

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class DerivationOptions:
    """What was asked for on the command line."""

    language: str = "en"
    level: str = "full"
    weight: str | None = None
    expand: bool = False
    numbers: bool = False
    point: Path | None = None
    batch: int | None = None
    learning_rate: float | None = None
    seed: int = 0


def derivation_document(preset: Preset, wanted: DerivationOptions, tell: Tell) -> tuple[Document, bool]:
    """The report, and whether the recursion holds; raises ValueError before any work where something does not fit."""
    spec, voice = preset.spec, Voice(wanted.language)
    weight_of(wanted.weight, spec)
    point = _point(preset, wanted)
    options = Options(
        language=wanted.language,
        level=wanted.level,
        weight=wanted.weight,
        expand=wanted.expand,
        values=None if point is None else Values(dict(point.params), point.x, point.y),
        learning_rate=_learning_rate(preset, wanted),
        updates=preset.example.updates if preset.example and wanted.point is None else (),
        seed=wanted.seed,
        progress=lambda what, done, total: tell(voice.words(what), done, total),
    )
    derivation = derive(spec)
    document = derivation.report(options)
    if preset.example and point is not None and wanted.point is None:
        section = published_section(preset.example, wanted.language)
        document = renumbered(replace(document, blocks=[*document.blocks, section]))
    return document, derivation.proof().holds


def _point(preset: Preset, wanted: DerivationOptions) -> Point | None:
    """The point of the file, of the preset, or drawn; None where no numbers were asked for."""
    if wanted.point is not None:
        return load_point(wanted.point, preset.spec)
    if not wanted.numbers:
        return None
    if wanted.batch is not None and not 1 <= wanted.batch <= LARGEST_BATCH:
        raise ValueError(f"a batch of {wanted.batch} examples, expected 1 to {LARGEST_BATCH}")
    given = preset.point(rows=wanted.batch or 1)
    if given is not None:
        return given
    rng = np.random.default_rng(wanted.seed)
    params = {key: np.round(value, 2) for key, value in init_params(preset.spec, rng).items()}
    x, y = random_batch(preset.spec, rng, wanted.batch or 1)
    return Point(params, np.round(x, 1), y)


def _learning_rate(preset: Preset, wanted: DerivationOptions) -> float:
    if wanted.learning_rate is not None:
        if not (wanted.learning_rate > 0 and np.isfinite(wanted.learning_rate)):
            raise ValueError(f"a learning rate of {wanted.learning_rate}, expected a finite number above 0")
        return wanted.learning_rate
    published = float(preset.example.learning_rate) if preset.example else 0.0
    return published or 0.5
