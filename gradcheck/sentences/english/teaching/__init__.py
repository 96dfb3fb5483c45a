"""What a student reads who got it wrong, in English."""

DOORS = ()
