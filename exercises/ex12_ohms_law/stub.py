"""Exercise 12: Ohm's law.

You are Georg Simon Ohm, with a table of readings: for each current I, the voltage u that
was measured. You suspect a line:

    u = I · r + c

r is the resistance, c an offset of the instrument. Learn both by gradient descent,
whether the currents are in amperes, milliamperes or anything else.

Fill in the function, save, and run:  grader check ex12
"""

from torch import Tensor


def fit_ohms_law(current: Tensor, voltage: Tensor) -> tuple[float, float]:
    """Fit u = I · r + c to noisy readings by gradient descent.

    Args:
        current: the currents I, of shape (n,) or (n, 1), n ≥ 2, not all equal; float32 or
            float64, and of any size: around 0.001 as well as around 1000.
        voltage: the voltages u, of shape (n,) or (n, 1), whichever `current` has.

    Returns:
        The resistance r and the offset c as plain floats, in the units of the readings,
        close to the line of least squares.
    """
    raise NotImplementedError
