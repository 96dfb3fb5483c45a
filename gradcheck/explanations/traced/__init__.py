"""Which line made the first wrong thing? What each line makes, and which quantity of the recursion that is."""
