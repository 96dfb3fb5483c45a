"""How a result is written down: a document model and its renderings. Knows nothing of gradients.

The model is at hand here; ``reports.render`` holds ``render(document, format)`` and ``write(document, path)``.
"""

from reports.document import (
    Block,
    Bullets,
    Callout,
    Cell,
    Code,
    CodeSpan,
    Document,
    Equation,
    Figure,
    Inline,
    Link,
    Math,
    Prose,
    Section,
    Strong,
    Table,
    Tone,
    bullets,
    prose,
)

__all__ = [
    "Document",
    "Section",
    "Prose",
    "prose",
    "Bullets",
    "bullets",
    "Table",
    "Cell",
    "Equation",
    "Figure",
    "Code",
    "Callout",
    "Math",
    "Strong",
    "CodeSpan",
    "Link",
    "Block",
    "Inline",
    "Tone",
]
