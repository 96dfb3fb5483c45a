"""What must a layer function give, which line does not, and what is right there? Nothing here asks a file."""
