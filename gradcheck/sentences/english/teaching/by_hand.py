"""A case to work through by hand."""

SENTENCES = {
    "network": "The smallest case that shows it: the network ",
    "given": ", {examples}: {given}.",
    "comes-out": " Right is {name} = {right}, yours is {yours}.",
    "forward": "Forward:",
    "forward-same": "Forward, and yours gives the same:",
    "examples": ("one example", "{count} examples"),
    "all-weights": "all weights {value}",
    "all-biases": "all biases {value}",
    "learning-rate": "learning rate {value}",
    "line": "line by line",
    "line-back": "back, line by line",
    "right": "right",
    "yours": "yours",
    "same": "same",
    "arrow": "◀ is the first difference",
    "captions": "{captions:;}",
    "sum-of-examples": "Σₑ adds up over the examples, and in forward pass and deltas each number is that of one example",
    "nudge": (
        "You need not believe it: move {parameter} by {step} up and down and run the forward pass only. The cost changes by "
        "({above} - {below}) / {twice} = {quotient} for each unit. That is {right}, not {yours}."
    ),
    "nudge-own": (
        "You need not believe it: move {parameter} by {step} up and down and call your own cost function. It gives "
        "({above} - {below}) / {twice} = {quotient}. That is {right}, not {yours}."
    ),
    "paste": "The same in Python, to paste:",
    "picture": "The case as a network: values in the units, weights on the connections, deltas (δ) below; in red what is yours",
    "drawing": "{before}{told}{after}",
    "picture-told": "forward: {forward}; backward, as it is right: {back}; yours is wrong in {wrong}",
    "fixed": (
        "There is no small case to work through: this code answers for the network {network} alone, which has too many "
        "numbers to follow by hand."
    ),
    "hidden": (
        "There is no small case to work through: on none of the small networks with simple numbers that were tried is this "
        "mistake clearly visible."
    ),
}
