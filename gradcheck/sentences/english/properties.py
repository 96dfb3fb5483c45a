"""What holds of every right gradient, and what is said where it does not."""

SENTENCES = {
    "mean-of-examples": "The batch's gradient is the mean of the gradients of its examples.",
    "permuted-batch": "The order of the examples in a batch changes nothing.",
    "duplicated-example": "An example that stands in the batch twice counts twice in m times the gradient.",
    "permuted-units": "Renaming the units of a hidden layer renames the entries of the gradient.",
    "sign-symmetry": "Negating what enters and what leaves a tanh unit negates these entries of the gradient.",
    "positive-homogeneity": "What enters a relu unit and what leaves it pull equally hard: layers are balanced.",
    "constant-input": "A bias of the first layer is a weight on an input that is always one.",
    "softmax-shift": "The rows of softmax's delta sum to zero.",
    "zero-error": "Where the output equals the target, the gradient is zero.",
    "downhill": "A small step against the gradient lowers the cost.",
    "taylor": "What is left of the cost after C + h g.v shrinks with the square of h.",
    # equations
    "equation-unit-by-unit": "{equation}, unit by unit",
    "equation-where": "{equation} where {condition}",
    # what is compared
    "unit": "layer {layer}, unit",
    "sum-of": "sum of {name}",
    "column-sums-of": "column sums of {name}",
    "linear-part": "linear part of the remainder",
    "entry": "{quantity}[{index}]",
    # what was found
    "sides": "{name}: {left:.10g} on the left, {right:.10g} on the right, where rounding explains {budget:.1e}",
    "holds": ("holds at {count} example", "holds at {count} examples"),
    "fails": "{statement} Not so here: {found}",
    "contradicted": "it fails where every entry is right ({found}): a fault of the checker, not of the gradient",
    "example": "{lines:n}",
    "example-wrong": "{name} = {got}, the true one is {expected}",
}
