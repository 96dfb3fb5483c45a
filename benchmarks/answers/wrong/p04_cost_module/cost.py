def derivative(a, y):
    """Derivative of the squared error."""
    return 2 * (a - y) / len(y)
