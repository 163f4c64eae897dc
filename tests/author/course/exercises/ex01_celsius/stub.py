"""Exercise 1: from Fahrenheit to Celsius."""


def celsius(fahrenheit: float) -> float:
    """Return the temperature in degrees Celsius."""
    raise NotImplementedError
