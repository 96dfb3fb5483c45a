"""What a function does beside its numbers: whether equal calls give equal answers, and what it changes and keeps."""

SENTENCES = {
    "changed": "{names} changed: work on a copy",
    "unchanged": "what it was handed is as it was",
    "same": "the same call gives the same answer",
    "afresh": "each call starts afresh",
    "adds-up": "each call adds to the last in {names}: set the gradient to zero first",
    "keeps": (
        "{names} depends on what was asked before: something is kept between calls",
        "{names} depend on what was asked before: something is kept between calls",
    ),
    "unsteady": ("{names} differs between equal calls", "{names} differ between equal calls"),
}
