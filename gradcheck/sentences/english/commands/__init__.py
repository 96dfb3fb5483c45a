"""What is told on the command line, in English."""

DOORS = ()
