"""Which mistake it is: of the catalogue, of another network, of differences, or as one look at the numbers shows it."""

SENTENCES = {
    # of the catalogue
    "mistake": "{wrong} stands where {right} is right",
    "in-layers": ("in layer {layers}, {mistake}", "in layers {layers:and}, {mistake}"),
    "in-every-layer": "in every layer, {mistake}",
    "with-form": "{wrong} ({forms})",
    "form-times": "times {what}",
    "form-in": "in {what}",
    "form-slope-at": "phi' at {what}",
    "form-for": "{what} for {other}",
    "form-first": "the first",
    "form-last": "the last",
    "form-summed": "summed without W",
    "form-reused": "reused",
    "factor": "besides, every entry is multiplied by {factor}",
    "factor-here": "besides, every entry is multiplied by {factor}, here {value:g}",
    # of another network
    "other-network": "this is the gradient of {other}: the code has {theirs:and}, the network asked for has {ours:and}",
    "activation-in": "{name} in layer {layer}",
    "activation-there": "{name} there",
    "the-cost": "the cost {name}",
    # of differences
    "differenced-central": (
        "in every entry the error is {equation} with h = {step:.1e}: the cost is differenced, on both sides"
    ),
    "differenced-one-sided": (
        "in every entry the error is {equation} with h = {step:.1e}: the cost is differenced, on one side"
    ),
    # at a glance, said of a part such as dW
    "zeros": "is 0 everywhere: is it assigned at all?",
    "opposite-sign": "has the opposite sign in every entry: y - a for a - y, or a derivative to climb along?",
    "multiple": "is {factor} times the derivative in every entry",
    "multiple-about": "is {factor:.6g} times the derivative in every entry",
    "multiple-half": "is {factor} times the derivative in every entry: does the cost have a factor 1/2?",
    "multiple-two": "is {factor} times the derivative in every entry: is the 2 of a square missing?",
    "multiple-size": "is {factor} times the derivative in every entry: {size} is {what}; is the division by it forgotten?",
    "multiple-part": (
        "is {factor} times the derivative in every entry: {size} is {what}; is it divided by it once too often?"
    ),
    "rows-of": "the number of rows of {name}",
    "entries-of": "the number of entries of {name}",
    "axis-of": "the length of axis {axis} of {name}",
    "transposed": "is the transpose of the derivative",
    "reversed": "is the derivative in reverse order{along}",
    "rolled": "is the derivative moved on by {by}{along}",
    "permuted": "is the derivative in another order{along}: {order}",
    "permuted-entries": "is the derivative in another order of the entries: {order}",
    "along-axis": " along axis {axis}",
    "along-rows": " of the rows",
    "along-columns": " of the columns",
    "constant": "is the derivative {constant} in every entry",
    "multiple-of-x": (
        "is the derivative {constant} {name}: is the derivative of a penalty forgotten, doubled or scaled?"
    ),
    "updated": "is {name} {rate} times the derivative: is the updated {name} returned?",
    "clipped-above": "is the derivative clipped to at most {high:.6g}",
    "clipped-below": "is the derivative clipped to at least {low:.6g}",
    "clipped": "is the derivative clipped to [{low:.6g}, {high:.6g}]",
    "signs": "holds the signs of the derivative alone",
    "signs-times": "holds the signs of the derivative alone times {size:.6g}",
    "absolute": "is the absolute value of the derivative",
    "square": "is the square of the derivative, entry by entry",
    "normalised": (
        "has the direction of the derivative, and always the norm {length:.6g}: is it normalised, or clipped by norm?"
    ),
    "sum": "is the sum of the derivative over axis {axis}, the same everywhere along it",
    "mean": "is the mean of the derivative over axis {axis}, the same everywhere along it",
    "sum-of-all": "is the sum of the derivative over all entries, the same everywhere",
    "mean-of-all": "is the mean of the derivative over all entries, the same everywhere",
    "other-side": "is the derivative with {wrong} in the place of {right}",
    "place-entry": "entry {place}",
    "place-row": "row {place}",
    "place-column": "column {place}",
    "place-axis": "axis {axis}, place {place}",
    "part-zero": "is 0 in {where}, and right elsewhere: is a part never written?",
    "part-left": "is right in {where} alone, and 0 elsewhere: is a part never written?",
    "part-wrong": "is wrong in {where} alone",
    "part-right": "is right in {where} alone",
}
