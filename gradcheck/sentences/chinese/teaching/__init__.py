"""What a student reads who got it wrong, in Chinese."""

DOORS = ()
