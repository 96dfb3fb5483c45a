"""The report of `verify`: what vouches for a network's gradient, the pairs of witnesses, and published figures."""

SENTENCES = {
    "title": "Verification of networks",
    # the witnesses, and what each of them is
    "name-certified": "certified",
    "name-backprop": "backprop",
    "name-symbolic": "symbolic",
    "name-numeric": "numeric",
    "name-by-unit": "numeric, unit by unit",
    "name-direct": "direct",
    "name-exact": "exact",
    "witness": ": {what}",
    "witness-certified": (
        "the cost's derivative, computed with some 50 digits and with a bound on what rounding does to each number"
    ),
    "witness-backprop": "the delta recursion of reference_nets in NumPy, BP1 to BP4",
    "witness-symbolic": "closed forms derived by SymPy, compiled to NumPy",
    "witness-numeric": (
        "complex-step differences of the cost's value alone; of large networks for each unit along a direction"
    ),
    "witness-direct": "SymPy's derivative of the whole cost expression, no delta; up to {largest} parameters",
    "witness-exact": "recursion and direct derivative compared over a finite field, without rounding",
    # what is claimed, and by which means it was established
    "the-claim": "the claim that {statement}",
    "claim-recursion": "the derived recursion is the derivative of the cost",
    "claim-reference": "the reference's recursion is the derivative of the cost",
    "claim-certified": "the certified gradient is the derivative of the cost",
    "claim-encloses": "the reference's recursion gives the certified gradient",
    "means-field": (
        "exact, over the field of 2^61 - 1 elements; a wrong one passes with probability {chance:.0e}"
    ),
    "means-direct": (
        "with 50 digits and bounds on their rounding it agrees with the direct derivative, taken with no delta along a random "
        "direction"
    ),
    "means-encloses": (
        "BP1 to BP4 in its matrices, run with 50 digits and bounds on their rounding, with activations and logarithms as "
        "defined, not as its floats code them: every entry agrees within its bound, none of which is wider than 2^-90 of the "
        "largest entry"
    ),
    "unbounded": "{left} against {right}: how far rounding may reach is not known there",
    "apart": "{left} against {right}: apart by {largest:.2g} times what rounding allows",
    "the-property": "the property {name}",
    # what cannot be verified
    "too-large": (
        "{network} has {count:,} parameters, expected at most {most:,}: every one of them is looked at by every witness; try "
        "narrower layers, the formulas are the same"
    ),
    "overflows": (
        "{name} of {network} overflows float64 at this point, expected finite numbers all the way; try smaller parameters and "
        "inputs"
    ),
    "cost": "the cost",
    # the summary
    "verified": (
        "{right} of {count} network verified: {parameters} partial derivatives.",
        "{right} of {count} networks verified: {parameters} partial derivatives.",
    ),
    "trouble": "{name}: {verdict}: {trouble}",
    "and-more": "and {count} more",
    "reach": (
        "Nothing was compared under a tolerance: every entry is as near to the derivative as rounding, computed for it, "
        "allows. "
        "In {share} of the entries a relative error of 1e-6 might have gone unseen."
    ),
    "reach-kink": (
        "Nothing was compared under a tolerance: every entry is as near to the derivative as rounding, computed for it, "
        "allows, "
        "or at a kink a value that a subgradient takes. In {share} of the entries a relative error of 1e-6 might have gone "
        "unseen."
    ),
    "reach-others": (
        "Nothing was compared under a tolerance: in the others every entry is as near to the derivative as rounding, computed "
        "for it, allows. In {share} of these entries a relative error of 1e-6 might have gone unseen."
    ),
    "reach-others-kink": (
        "Nothing was compared under a tolerance: in the others every entry is as near to the derivative as rounding, computed "
        "for it, allows, or at a kink a value that a subgradient takes. In {share} of these entries a relative error of 1e-6 "
        "might have gone unseen."
    ),
    "percent": "{percent} %",
    "next-to-none": "less than 0.01 %",
    "share": "{passed} of {count}",
    # sections and columns
    "networks": "Networks",
    "witnesses": "Witnesses",
    "claims": "How each claim was established",
    "pairs": "Every pair of witnesses",
    "figures": "Published figures",
    "each": "Each network",
    "column-network": "network",
    "column-verdict": "verdict",
    "column-points": "points",
    "column-P": "P",
    "column-excess": "error / rounding",
    "column-detectable": "detectable",
    "column-properties": "properties",
    "column-claim": "claim",
    "column-means": "by which means",
    "column-networks": "networks",
    "column-witness": "witness",
    "column-against": "against",
    "column-difference": "difference / rounding",
    "column-property": "property",
    "column-figure": "figure",
    "column-printed": "printed",
    "column-exact": "exact",
    "column-cause": "what gives the printed digits",
    "overview-caption": (
        "points: a random one, and a preset's own; P: parameters; error / rounding: the largest error of backprop in units of "
        "what rounding allows; detectable: the smallest relative error that would have been caught in every entry; properties: "
        "how many of those that apply hold"
    ),
    "pairs-caption": "largest difference over all entries of all networks, in units of what rounding allows: 1 is its end",
    "canonical": "Canonical: ",
    "seconds": "; {seconds:.2f} s.",
    # published figures
    "recomputed": (
        "{count} figure printed in textbooks and courses, recomputed from the decimals as printed: {match} right to every "
        "digit, {rounded} right but for float64 rounding of its author, {explained} wrong by a mistake that gives exactly "
        "these "
        "digits, {unexplained} unexplained.",
        "{count} figures printed in textbooks and courses, recomputed from the decimals as printed: {match} right to every "
        "digit, {rounded} right but for float64 rounding of their authors, {explained} wrong by a mistake that gives exactly "
        "these digits, {unexplained} unexplained.",
    ),
    "standing-match": "match",
    "standing-rounded": "rounded",
    "standing-explained": "explained",
    "standing-unexplained": "unexplained",
    "figure-after": "{figure} after {steps}",
    "rounding": "rounding",
    "mistakes": "{names}",
    "misprint": "{names}; one printed digit is too many: {misprint}",
    # beside the report
    "fault": (
        "the checker's own fault: its witnesses contradict each other on {name}, {trouble}; please report it"
    ),
    "fault-and-more": (
        "the checker's own fault: its witnesses contradict each other on {name} (and on {count} more), {trouble}; please "
        "report "
        "it"
    ),
    "lost-digits": "digits were lost: see the networks marked inaccurate",
    "certificate": "certificate written to {path}; gradcheck recheck checks it again",
}
