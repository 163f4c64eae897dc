"""Exercise 20: how hot is a star?

A hot body glows, and its spectrum depends on nothing but its temperature. Planck's law
gives the radiance at each wavelength λ:

    B(λ, T) = 2hc²/λ⁵ / (exp(hc/λkT) − 1)

Read the other way round, a spectrum is a thermometer: autograd finds the temperature
whose curve passes through the readings.

Fill in both functions, save, and run:  grader check ex20
"""

from torch import Tensor

# The constants of the SI: exact, since the kilogram and the kelvin are defined by them.
PLANCK = 6.62607015e-34  # h, in J s
LIGHT = 299_792_458.0  # c, in m/s
BOLTZMANN = 1.380649e-23  # k, in J/K


def spectral_radiance(wavelength: Tensor, temperature: Tensor | float) -> Tensor:
    """Return Planck's law per wavelength, in W / (m² · sr · m).

    Args:
        wavelength: in metres, float64, of any shape, from 10 nm to 1 m.
        temperature: in kelvin, from 100 to 40,000; a number, or a tensor that broadcasts with `wavelength`.

    Returns:
        The radiance of every wavelength, float64, finite throughout; neither argument changes.
    """
    raise NotImplementedError


def fit_temperature(wavelength: Tensor, radiance: Tensor) -> float:
    """Return the temperature, in kelvin, of a star whose spectrum was measured.

    Args:
        wavelength: in metres, float64, of shape (n,).
        radiance: the readings in W / (m² · sr · m), float64, of shape (n,), each wrong by about 1%.

    Returns:
        A float within 1% of the truth for stars from 3,000 K to 30,000 K; neither argument changes.
    """
    raise NotImplementedError
