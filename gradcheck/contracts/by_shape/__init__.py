"""What is this class or script for? Told by the shapes of what it holds and gives, whatever its names. Runs in the child."""

DOORS = ()
