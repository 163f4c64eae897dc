"""Inputs drawn from a seed."""

from __future__ import annotations

import random

import torch

from grader.judge.draw import Draw, derive_seed


def test_a_seed_depends_on_every_part() -> None:
    """Parts are kept apart, and the result is a non-negative 63-bit number."""
    seeds = [
        derive_seed(1, "ab"),
        derive_seed(1, "a", "b"),
        derive_seed("1a", "b"),
        derive_seed(2, "ab"),
        derive_seed(),
    ]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 1 << 63 for seed in seeds)
    assert derive_seed(1, "ab") == seeds[0]


def test_seeds_do_not_change_between_releases() -> None:
    """A seed printed in an old report still draws the same inputs."""
    assert derive_seed(0, "ex3", "test_values") == 5212504365558113807


def test_the_same_seed_draws_the_same() -> None:
    """All kinds of draws repeat, in their order, and differ under another seed."""

    def draws(seed: int) -> list[object]:
        draw = Draw(seed)
        tensors = [draw.normal(2, 3), draw.uniform(4), draw.normal()]
        numbers = [draw.number(0, 1), draw.integer(0, 1 << 40), draw.choice(range(1 << 40))]
        return [*(tensor.tolist() for tensor in tensors), *numbers]

    assert draws(5) == draws(5)
    assert all(a != b for a, b in zip(draws(5), draws(6), strict=True))


def test_no_global_generator_is_touched() -> None:
    """Drawing neither disturbs torch's and Python's generators nor depends on them."""
    before = torch.get_rng_state(), random.getstate()
    Draw(1).normal(3)
    Draw(1).integer(0, 9)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert random.getstate() == before[1]


def test_shape_dtype_and_range_are_those_asked_for() -> None:
    """Mean and spread hold, and uniform stays between its ends."""
    draw = Draw(3)
    normal = draw.normal(1000, 2, mean=5.0, std=0.1, dtype=torch.float64)
    assert (tuple(normal.shape), normal.dtype) == ((1000, 2), torch.float64)
    assert 4.9 < normal.mean().item() < 5.1
    assert 0.05 < normal.std().item() < 0.2
    uniform = draw.uniform(1000, low=-2.0, high=-1.0)
    assert uniform.dtype == torch.float32
    assert -2 <= uniform.min().item() < -1.9
    assert -1.1 < uniform.max().item() <= -1
    assert {draw.integer(1, 3) for _ in range(99)} == {1, 2, 3}
    assert {draw.choice("ab") for _ in range(99)} == {"a", "b"}


def test_a_double_is_the_float_with_more_digits() -> None:
    """One seed draws the same numbers in every precision."""
    assert torch.equal(Draw(4).normal(5, dtype=torch.float64).float(), Draw(4).normal(5))
