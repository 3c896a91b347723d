"""How far apart two spellings are, in slips of the keyboard."""

from __future__ import annotations

#: A misspelt name is accepted within this many edits, by its length in characters; digits never vary. Shorter: none.
EDITS_BY_LENGTH = ((3, 0), (9, 1), (999, 2))


def edit_distance(left: str, right: str, limit: int) -> int:
    """Damerau-Levenshtein distance with adjacent swaps (optimal string alignment), or `limit` when it is at least that."""
    if abs(len(left) - len(right)) >= limit:
        return limit
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i] + [0] * len(right)
        for j, b in enumerate(right, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                row[j] = min(row[j], older[j - 2] + 1)
        if min(row) >= limit:
            return limit
    return min(row[-1], limit)
