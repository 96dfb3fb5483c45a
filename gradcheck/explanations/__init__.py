"""What does a student read who got it wrong? Where it is, why, a case to work through by hand, and the line put right."""

DOORS = (
    "by_hand.asks",
    "by_hand.blocks",
    "by_hand.case",
    "by_hand.own_numbers",
    "by_hand.worked",
    "explanation",
    "heatmap",
    "hints",
    "layer_page",
    "mistake_page",
    "page",
    "repairs.repair",
    "repairs.search",
    "steps",
    "traced.code",
    "traced.ended",
    "traced.first_wrong",
    "traced.where",
)
