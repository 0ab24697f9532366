"""What a standard error should be, and what was computed instead of it."""

import math

ROOM = 0.015  # of the standard error; dividing by n or by n - 1 is not told apart


def misread(error: float, spread: float, n: int) -> str | None:
    """Return None if error is that of a mean of n values with this spread.

    Else the reason as a sentence with a space before it, empty if none is known.
    """
    right = spread / math.sqrt(n)
    if math.isclose(error, right, rel_tol=ROOM, abs_tol=1e-9):
        return None
    if math.isclose(error, spread, rel_tol=ROOM):
        return " That is the spread of one sentence; the mean of n has it divided by sqrt(n)."
    if math.isclose(error, spread / n, rel_tol=ROOM):
        return " It falls with sqrt(n), not with n."
    if math.isclose(error, right**2, rel_tol=2 * ROOM):
        return " That is the variance; the standard error is its square root."
    return ""
