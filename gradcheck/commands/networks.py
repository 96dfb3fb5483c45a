"""What names exist: presets, activations, costs, contracts of submissions, and the catalogue of mistakes."""

from __future__ import annotations

import argparse

from gradcheck.commands.shared.output import add_report_options, check_report_options, emit
from gradcheck.contracts.table import CONTRACTS
from reference_nets.presets import PRESETS
from reference_nets.spec import ACTIVATIONS, COSTS, LOG_COST_OUTPUTS, OUTPUT_ACTIVATION
from reports.document import CodeSpan, Document, Section, Table, Value, prose
from symbolic.mistakes.catalogue import BEHAVIOUR, CATALOGUE
from symbolic.programs.functions import COST_TERMS, DEFINITIONS, cost_in_words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_report_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the lists."""
    check_report_options(arguments)
    emit(networks_document(), arguments)
    return 0


def networks_document() -> Document:
    """All names that a notation or a report may contain, each with what it means."""
    return Document(
        "Names",
        [
            prose(
                "One line names a network: sizes joined by -, an activation after a size as :name, the cost after /, L2 "
                "after +l2=. For example ",
                CodeSpan("4-8:relu-3/cross_entropy+l2=0.01"),
                ". A preset's name may stand wherever a notation may.",
            ),
            Section("Presets", [_presets()]),
            Section("Activations", [_activations()]),
            Section("Costs", [_costs()]),
            Section("Contracts", [_contracts()]),
            Section("Mistakes", [_mistakes()]),
        ],
        data=_data(),
    )


def _presets() -> Table:
    rows: list[list[Value]] = [[CodeSpan(p.name), CodeSpan(p.notation), p.summary] for p in PRESETS.values()]
    return Table(["name", "network", "what it is"], rows)


def _formula(name: str) -> str:
    if name == "softmax":
        return "exp(z_k) / sum_j exp(z_j), output layer only"
    pieces = DEFINITIONS[name].pieces
    return str(pieces[0][0]) if len(pieces) == 1 else f"{pieces[1][0]} for z > 0, {pieces[0][0]} otherwise"


def _activations() -> Table:
    return Table(["name", "a = phi(z)"], [[CodeSpan(name), _formula(name)] for name in ACTIVATIONS])


def _costs() -> Table:
    rows: list[list[Value]] = [
        [CodeSpan(name), cost_in_words(name), ", ".join(LOG_COST_OUTPUTS.get(name, ("any",))), OUTPUT_ACTIVATION[name]]
        for name in COSTS
    ]
    return Table(["name", "C", "outputs", "default"], rows)


def _contracts() -> Table:
    rows: list[list[Value]] = [[CodeSpan(one.name), CodeSpan(one.needs)] for one in CONTRACTS.values()]
    return Table(["name", "a submission defines"], rows)


def _mistakes() -> Table:
    rows: list[list[Value]] = [[CodeSpan(m.id), m.wrong, m.right] for m in CATALOGUE.values()]
    rows += [[CodeSpan(name), what, None] for name, what in BEHAVIOUR.items()]
    return Table(["id", "wrong", "right"], rows)


def _data() -> dict[str, object]:
    return {
        "schema": "gradcheck.networks/1",
        "presets": {p.name: {"network": str(p.spec), "summary": p.summary, "source": p.source} for p in PRESETS.values()},
        "activations": list(ACTIVATIONS),
        "costs": list(COST_TERMS),
        "contracts": {one.name: one.needs for one in CONTRACTS.values()},
        "mistakes": {m.id: {"group": m.group, "wrong": m.wrong, "right": m.right} for m in CATALOGUE.values()},
        "behaviour": dict(BEHAVIOUR),
    }
