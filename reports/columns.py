"""How wide the columns of a table become, and which stand side by side, when a line holds only so many characters."""

from collections.abc import Sequence


def share_out(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Narrow the widest columns first until they fit into ``room``; none falls below its least width.

    >>> share_out([30, 8, 40], [5, 8, 10], room=50)
    [21, 8, 21]
    """
    widths = list(natural)
    while sum(widths) > room:
        over = [column for column, width in enumerate(widths) if width > least[column]]
        if not over:
            break
        widths[max(over, key=lambda column: widths[column])] -= 1
    return widths


def pieces(least: Sequence[int], room: int, gap: int) -> list[list[int]]:
    """Split columns that cannot stand side by side into several tables, each of which begins with the first column.

    >>> pieces([10, 20, 20, 20], room=55, gap=2)
    [[0, 1, 2], [0, 3]]
    """
    found: list[list[int]] = [[0]] if least else []
    for column in range(1, len(least)):
        wanted = [*found[-1], column]
        if len(found[-1]) > 1 and sum(least[c] for c in wanted) + gap * (len(wanted) - 1) > room:
            found.append([0, column])
        else:
            found[-1].append(column)
    return found
