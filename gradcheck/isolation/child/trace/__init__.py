"""What did each line of a file make? A trace of a call, as it is taken in the confined process."""

DOORS = ("tracing",)
