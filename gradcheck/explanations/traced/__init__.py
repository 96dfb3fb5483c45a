"""Which line made the first wrong thing? What the lines of a code make, and which quantity of the recursion each of it is."""
