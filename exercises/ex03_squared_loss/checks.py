"""Checks of the squared loss: values, shapes, gradient, untouched inputs."""

from __future__ import annotations

import torch

from grader.judge import Draw, Student, assert_close, assert_unchanged, check


def due(y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the right losses. Ask before the call: code that changes its arguments changes these too."""
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


@check(zh="形状相同时，每个元素都等于 (y_hat − y)² / 2")
def test_values(student: Student, draw: Draw) -> None:
    """Each element is (y_hat − y)² / 2 where the shapes agree."""
    size = draw.integer(4, 7)
    y_hat, y = draw.normal(size, 1, std=2), draw.normal(size, 1, std=2)
    wanted = due(y_hat, y)
    assert_close(student.squared_loss(y_hat, y), wanted)


@check(zh="y_hat 是列、y 是行或一维时，结果保持 y_hat 的形状", needs=("test_values",), weight=2)
def test_flat_labels(student: Student, draw: Draw) -> None:
    """A column of predictions meets flat or row labels and keeps its shape."""
    size = draw.integer(4, 7)
    for shape in ((size,), (1, size)):
        y_hat, y = draw.normal(size, 1, std=2), draw.normal(*shape, std=2)
        wanted = due(y_hat, y)
        assert_close(student.squared_loss(y_hat, y), wanted)


@check(zh="形状总是 y_hat 的形状：列、一维、多维、单个元素", needs=("test_values",))
def test_shapes(student: Student, draw: Draw) -> None:
    """The result has the shape of y_hat, whatever that is."""
    for shape in ((1, 1), (5,), (2, 3), (2, 1, 4)):
        y_hat, y = draw.normal(*shape), draw.normal(*shape)
        wanted = due(y_hat, y)
        assert_close(student.squared_loss(y_hat, y), wanted)
    y_hat, y = draw.normal(6), draw.normal(6, 1)
    wanted = due(y_hat, y)
    assert_close(student.squared_loss(y_hat, y), wanted)


@check(zh="float64 的输入得到 float64 的结果", needs=("test_values",))
def test_double(student: Student, draw: Draw) -> None:
    """Double precision goes in and comes out."""
    y_hat = draw.normal(4, 1, dtype=torch.float64)
    y = y_hat + draw.normal(4, 1, std=1e-6, dtype=torch.float64)
    wanted = due(y_hat, y)
    assert_close(student.squared_loss(y_hat, y), wanted, rtol=1e-6, atol=0.0)


@check(zh="损失对 y_hat 的梯度是 y_hat − y", needs=("test_values",), weight=2)
def test_gradient_reaches_y_hat(student: Student, draw: Draw) -> None:
    """The gradient of the loss with respect to y_hat is y_hat − y."""
    y_hat, y = draw.normal(8, 1).requires_grad_(), draw.normal(8, 1)
    weights = draw.uniform(8, 1, low=0.5, high=2.0)
    wanted, slope = due(y_hat, y).detach(), (weights * (y_hat - y)).detach()
    losses = student.squared_loss(y_hat, y)
    assert_close(losses, wanted)
    (losses * weights).sum().backward()
    assert_close(y_hat.grad, slope)


@check(zh="两个参数都不被改动", needs=("test_values",))
def test_inputs_stay(student: Student, draw: Draw) -> None:
    """Neither argument is changed."""
    y_hat, y = draw.normal(5, 1), draw.normal(5)
    before = y_hat.clone(), y.clone()
    student.squared_loss(y_hat, y)
    assert_unchanged(y_hat, before[0], "y_hat")
    assert_unchanged(y, before[1], "y")
