"""What is told on the command line, in Chinese."""

DOORS = ()
