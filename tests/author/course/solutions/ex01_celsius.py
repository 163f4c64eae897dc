"""From Fahrenheit to Celsius."""


def celsius(fahrenheit: float) -> float:
    """Return the temperature in degrees Celsius."""
    return (fahrenheit - 32) * 5 / 9
