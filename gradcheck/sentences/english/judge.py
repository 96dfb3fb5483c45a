"""What the judge says of one quantity of a gradient, and the report in which it stands."""

SENTENCES = {
    # the verdicts: as a word, and as the sentence that a reader sees first
    "verdict-match": "match",
    "verdict-kink": "kink",
    "verdict-inaccurate": "inaccurate",
    "verdict-inconclusive": "inconclusive",
    "verdict-skipped": "skipped",
    "verdict-error": "error",
    "verdict-mismatch": "mismatch",
    "the-gradient-match": "The gradient is right: every entry is within the rounding error of a correct implementation.",
    "the-gradient-kink": "The gradient is right for a choice of subgradient; the function has a kink here.",
    "the-gradient-inaccurate": "The formula is right, but digits were lost.",
    "the-gradient-inconclusive": "The check cannot tell.",
    "the-gradient-skipped": "Nothing was checked.",
    "the-gradient-error": "The check could not run to an answer.",
    "the-gradient-mismatch": "The gradient is wrong.",
    # a quantity
    "wrong": (
        "{name} is {got:.12g}, the true derivative is {expected:.12g}: {error:.1e} apart, where rounding explains at most "
        "{budget:.1e}",
        "{name} is {got:.12g}, the true derivative is {expected:.12g}: {error:.1e} apart, where rounding explains at most "
        "{budget:.1e}; {count} of {size} entries are wrong",
    ),
    "within": (
        "every entry is as near to the derivative as rounding allows; the least near is {name}, {error:.1e} off, where "
        "rounding explains up to {budget:.1e}"
    ),
    "unbounded": "how far rounding may move {name} at this point is not known: {why}",
    "overflow": "numbers on the way to it overflow",
    "kinked": "each entry, looked at by itself, is right for a choice of subgradient in [0, 1]",
    "kinked-together": "right for one choice of subgradients in [0, 1] in all entries together; kink: {kinks}",
    "kinked-open": (
        "each entry by itself is right for a choice of subgradient; whether one choice gives them all is open: there are more "
        "than {most} combinations; kink: {kinks}"
    ),
    "kinked-apart": (
        "{name} is {got:.12g}: with the other entries no choice of subgradients in [0, 1] gives that; the nearest that one "
        "gives to all of them has {expected:.12g} here; kink: {kinks}"
    ),
    "unit": "layer {layer}, unit {unit}, example {example}",
    "places": "{names:;}",
    "places-and-more": "{names:;} and {count} more",
    "hidden": (
        "at this point rounding may be {detectable:.1g} times the largest entry: an error of {visible:.0%} would have passed "
        "unseen, and the formulas could not be compared with 50 digits instead: {why}; try weights for which the gradient "
        "does not vanish on its way, float64, or code that uses NumPy alone"
    ),
    # digits that were lost
    "inaccurate": "the formula is right, digits were lost: {lost}",
    "few-digits": "{digits:.0f} digits are left in the worst entry; look for a difference of nearly equal numbers",
    "short-digits": "{digits:.0f} digits are left, as many as {format} holds; compute in float64",
    "short-hides": "rounding in {format} leaves so few digits here that the formula cannot be seen; compute in float64",
    "no-short-digits": "{format} leaves none here; compute in float64",
    "noise": (
        "the numbers change at random from point to point, and so few digits are left that the formula cannot be seen; look "
        "for a difference of nearly equal numbers"
    ),
    # the search for the mistake
    "unsearched-size": "which mistake it is was not searched: the network has too many parameters for the catalogue",
    "unsearched-unconfirmed": (
        "which mistake it is was not told: the network is too wide to confirm what was found in a narrow part of it"
    ),
    "unsearched-several": (
        "the search for the mistake ended at its bound: {tried} of {of} single mistakes were tried; all were tried one by one, "
        "several at once only in part"
    ),
    "unsearched-single": "the search for the mistake ended at its bound: {tried} of {of} single mistakes were tried",
    # the report
    "title": "Gradient check of {subject}",
    "first-line": "{verdict}: {subject}. {sentence}",
    "line": "{name}: {words}",
    "mistake": "{name}: {words} (fits to {digits:.0f} digits)",
    "mistake-alike": "{name}: {words} (fits to {digits:.0f} digits; the same numbers come from {others:or})",
    "mistake-in-part": "{name}: {words} (some numbers stay unexplained)",
    "mistake-in-part-alike": "{name}: {words} (some numbers stay unexplained; the same numbers come from {others:or})",
    "more": "and {count} more",
    "quantities": "Quantities",
    "behaviour": "Behaviour",
    "column-check": "check",
    "column-verdict": "verdict",
    "column-seen": "what was seen",
    "column-quantity": "quantity",
    "column-shape": "shape",
    "column-error": "error",
    "column-budget": "rounding",
    "column-detectable": "detectable",
    "column-where": "where",
    "caption": (
        "error: the largest, next to what rounding alone can explain there, both absolute; detectable: the smallest error that "
        "would have been caught, relative to the largest entry"
    ),
    "check-interface": "interface",
    "check-inputs-unchanged": "inputs-unchanged",
    "check-determinism": "determinism",
    "check-adjoint-identity": "adjoint-identity",
    "check-no-state": "no-state",
    "mistake-at": "{words}; {file}, line {line}",
}
