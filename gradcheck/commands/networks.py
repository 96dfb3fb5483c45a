"""What names exist: presets, activations, costs, contracts of submissions, and the catalogue of mistakes."""

from __future__ import annotations

import argparse

from gradcheck.commands.shared.output import add_report_options, check_report_options, emit
from gradcheck.contracts.table import CONTRACTS, Contract
from gradcheck.diagnosis.mistake_words import behaviour_words, right_words, wrong_words
from gradcheck.sentences.sentence import LANGUAGES, in_language, sentence_or, sentences_of
from reference_nets.examples.presets import PRESETS, Preset
from reference_nets.spec import ACTIVATIONS, COSTS, LOG_COST_OUTPUTS, OUTPUT_ACTIVATION
from reports.document import CodeSpan, Document, Section, Table, Value, prose
from symbolic.mistakes.catalogue import BEHAVIOUR, CATALOGUE
from symbolic.programs.functions import COST_TERMS, DEFINITIONS, cost_in_words

_say = sentences_of("networks")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("--lang", choices=tuple(LANGUAGES), default="en", help="language of the lists (default: %(default)s)")
    add_report_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the lists."""
    check_report_options(arguments)
    emit(networks_document(arguments.lang), arguments)
    return 0


def networks_document(language: str = "en") -> Document:
    """All names that a notation or a report may contain, each with what it means, in a language."""
    document = Document(
        _say("names"),
        [
            prose(_say("notation"), CodeSpan("4-8:relu-3/cross_entropy+l2=0.01"), _say("notation-preset")),
            Section(_say("presets"), [_presets()]),
            Section(_say("activations"), [_activations()]),
            Section(_say("costs"), [_costs()]),
            Section(_say("contracts"), [_contracts()]),
            Section(_say("mistakes"), [_mistakes()]),
        ],
        data=_data(),
        language=language,
    )
    return in_language(document, language)


def _columns(*names: str) -> list[str]:
    return [_say(f"column-{name}") for name in names]


def _presets() -> Table:
    rows: list[list[Value]] = [[CodeSpan(p.name), CodeSpan(p.notation), _summary(p)] for p in PRESETS.values()]
    return Table(_columns("name", "network", "summary"), rows)


def _summary(preset: Preset) -> str:
    """What a preset is; the title of a published example stays as its author wrote it."""
    return sentence_or(f"networks.preset-{preset.name}", preset.summary)


def _formula(name: str) -> str:
    if name == "softmax":
        return _say("softmax-formula", formula="exp(z_k) / sum_j exp(z_j)")
    pieces = DEFINITIONS[name].pieces
    below, above = str(pieces[0][0]), str(pieces[-1][0])
    return below if len(pieces) == 1 else _say("pieces", above=above, below=below)


def _activations() -> Table:
    return Table([*_columns("name"), "a = phi(z)"], [[CodeSpan(name), _formula(name)] for name in ACTIVATIONS])


def _costs() -> Table:
    rows: list[list[Value]] = [
        [CodeSpan(name), cost_in_words(name), _outputs(name), OUTPUT_ACTIVATION[name]]
        for name in COSTS
    ]
    return Table([*_columns("name"), "C", *_columns("outputs", "default")], rows)


def _outputs(name: str) -> str:
    """The output activations that a cost allows."""
    return _say("some", names=LOG_COST_OUTPUTS[name]) if name in LOG_COST_OUTPUTS else _say("any")


def _contracts() -> Table:
    rows: list[list[Value]] = [[CodeSpan(one.name), CodeSpan(_needs(one))] for one in CONTRACTS.values()]
    return Table(_columns("name", "needs"), rows)


def _needs(contract: Contract) -> str:
    """What a file must define; code is the same in every language."""
    return sentence_or(f"networks.needs-{contract.name}", contract.needs)


def _mistakes() -> Table:
    rows: list[list[Value]] = [[CodeSpan(m), wrong_words(m), right_words(m)] for m in CATALOGUE]
    rows += [[CodeSpan(name), behaviour_words(name), None] for name in BEHAVIOUR]
    return Table(_columns("id", "wrong", "right"), rows)


def _data() -> dict[str, object]:
    return {
        "schema": "gradcheck.networks/1",
        "presets": {p.name: {"network": str(p.spec), "summary": _summary(p), "source": p.source} for p in PRESETS.values()},
        "activations": list(ACTIVATIONS),
        "costs": list(COST_TERMS),
        "contracts": {one.name: _needs(one) for one in CONTRACTS.values()},
        "mistakes": {
            m.id: {"group": m.group, "wrong": wrong_words(m.id), "right": right_words(m.id)} for m in CATALOGUE.values()
        },
        "behaviour": {name: behaviour_words(name) for name in BEHAVIOUR},
    }
