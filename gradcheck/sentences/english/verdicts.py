"""The verdicts: as a word, and as the sentence that a reader sees first."""

SENTENCES = {
    "match": "match",
    "kink": "kink",
    "inaccurate": "inaccurate",
    "inconclusive": "inconclusive",
    "skipped": "skipped",
    "error": "error",
    "mismatch": "mismatch",
    "the-gradient-match": "The gradient is right: every entry is within the rounding error of a correct implementation.",
    "the-gradient-kink": "The gradient is right for a choice of subgradient; the function has a kink here.",
    "the-gradient-inaccurate": "The formula is right, but digits were lost.",
    "the-gradient-inconclusive": "The check cannot tell.",
    "the-gradient-skipped": "Nothing was checked.",
    "the-gradient-error": "The check could not run to an answer.",
    "the-gradient-mismatch": "The gradient is wrong.",
}
