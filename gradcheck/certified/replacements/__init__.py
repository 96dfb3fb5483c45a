"""What stands in NumPy's place while code runs on balls, where it is put, and how everything is put back."""
