"""A case to work through by hand: the smallest network and the simplest numbers on which a mistake shows."""
