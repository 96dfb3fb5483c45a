"""The published worked examples as derivation reports: what stands under docs/examples, and how it is made anew.

python -m gradcheck.commands.worked_reports docs/examples
"""

from __future__ import annotations

import sys
from pathlib import Path

from gradcheck.commands.cli import guarded
from gradcheck.commands.derivation_document import DerivationOptions, derivation_document
from reference_nets.examples.presets import resolve
from reference_nets.examples.published import EXAMPLES
from reports.files import write_atomically
from reports.render import render

WORKED = 12  # parameters up to which a report is full; larger ones have the rules, the numbers and the figures


def worked_report(name: str) -> str:
    """One example's report as Markdown."""
    preset = resolve(name)
    level = "full" if preset.spec.n_params <= WORKED else "brief"
    document, _ = derivation_document(preset, DerivationOptions(numbers=True, level=level), lambda what, done, total: None)
    return render(document, "markdown")


def index() -> str:
    """The page that lists them."""
    rows = [f"| [{example.title}]({name}.md) | `{example.notation}` | {example.source} |" for name, example in EXAMPLES.items()]
    head = [
        "# Worked examples",
        "",
        "Examples that textbooks and courses work through by hand, derived anew: every formula is checked before it is",
        "printed, every published number is compared with the exact one. `gradcheck derive NAME --numbers` shows one in",
        "any format.",
        "",
        "| example | network | source |",
        "| --- | --- | --- |",
    ]
    return "\n".join([*head, *rows]) + "\n"


def write_all(folder: Path) -> int:
    """Write the page of each example and the list of them; 0, as a command."""
    for name in EXAMPLES:
        write_atomically(folder / f"{name}.md", worked_report(name).encode())
    write_atomically(folder / "README.md", index().encode())
    return 0


if __name__ == "__main__":
    place = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/examples")
    sys.exit(guarded("worked_reports", lambda: write_all(place)))
