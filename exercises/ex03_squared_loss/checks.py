"""Checks of the squared loss: values, shapes, gradient, untouched inputs."""

from __future__ import annotations

import torch

from grader.judge import Draw, Student, Text, assert_close, assert_device, assert_unchanged, check, elsewhere, expect


def due(y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the right losses. Ask before the call: code that changes its arguments changes these too."""
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


@check(zh="形状相同时，每个元素都等于 (y_hat − y)² / 2")
def test_values(student: Student, draw: Draw) -> None:
    """Each element is (y_hat − y)² / 2 where the shapes agree, near and far from the truth."""
    size = draw.integer(4, 7)
    y_hat, y = draw.normal(size, 1, std=2), draw.normal(size, 1, std=2)
    wanted = due(y_hat, y)
    assert_close(student.squared_loss(y_hat, y), wanted)
    y_hat = draw.uniform(size, 1, low=80.0, high=120.0) * draw.choice((-1, 1))
    y = draw.normal(size, 1)
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


@check(zh="形状总是 y_hat 的形状：列、行、一维、多维、单个元素，y 的形状可以不同", needs=("test_values",))
def test_shapes(student: Student, draw: Draw) -> None:
    """The result has the shape of y_hat, whatever that and the shape of y are."""
    for shape in ((1, 1), (5,), (2, 3), (2, 1, 4)):
        y_hat, y = draw.normal(*shape), draw.normal(*shape)
        wanted = due(y_hat, y)
        result = student.squared_loss(y_hat, y)
        column = shape == (5,) and isinstance(result, torch.Tensor) and result.shape == (5, 5)
        assert_close(result, wanted, mistake="column_forced" if column else None)
    for shape, other in (((6,), (6, 1)), ((1, 6), (6, 1)), ((1, 6), (6,)), ((2, 3), (6,)), ((2, 3), (3, 2))):
        y_hat, y = draw.normal(*shape), draw.normal(*other)
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
    for shape in ((8, 1), (8,)):
        y_hat, y = draw.normal(8, 1).requires_grad_(), draw.normal(*shape)
        weights = draw.uniform(8, 1, low=0.5, high=2.0)
        wanted, slope = due(y_hat, y).detach(), (weights * (y_hat - y.reshape(8, 1))).detach()
        losses = student.squared_loss(y_hat, y)
        if shape == (8,) and not (isinstance(losses, torch.Tensor) and losses.shape == y_hat.shape):
            return  # the wrong shape has cost the points of test_flat_labels, and need not cost these
        assert_close(losses, wanted)
        expect(
            losses.requires_grad,
            f"y_hat of shape (8, 1) requires grad, y has shape {shape}, and the losses carry no graph: "
            "backward() could not go from them to y_hat.",
            f"y_hat 的形状是 (8, 1) 且需要梯度，y 的形状是 {shape}，得到的损失却没有计算图：backward() 无法从损失回到 y_hat。",
            mistake="detached",
        )
        (losses * weights).sum().backward()
        expect(
            y_hat.grad is not None,
            "The losses carry a graph, but it does not lead back to y_hat: after backward(), y_hat.grad is None.",
            "损失带有计算图，却没有通向 y_hat：backward() 之后，y_hat.grad 是 None。",
            mistake="detached",
        )
        what = Text(en="y_hat.grad after backward():", zh="backward() 之后的 y_hat.grad：")
        assert_close(y_hat.grad, slope, what=what)


@check(zh="张量不在 CPU 上时，损失也在它们所在的设备上", needs=("test_values",))
def test_device(student: Student, draw: Draw) -> None:
    """Where the tensors are not on the CPU, the losses are where they are."""
    size = draw.integer(4, 7)
    with elsewhere(mistake="made_on_cpu") as device:
        y_hat, y = torch.empty(size, 1, device=device), torch.empty(size, 1, device=device)
        assert_device(student.squared_loss(y_hat, y), device)


@check(zh="两个参数都不被改动", needs=("test_values",))
def test_inputs_stay(student: Student, draw: Draw) -> None:
    """Neither argument is changed."""
    for shape in ((5,), (5, 1)):
        y_hat, y = draw.normal(5, 1), draw.normal(*shape)
        before = y_hat.clone(), y.clone()
        student.squared_loss(y_hat, y)
        assert_unchanged(y_hat, before[0], "y_hat", mistake="in_place")
        assert_unchanged(y, before[1], "y", mistake="y_in_place")
        for name, tensor in (("y_hat", y_hat), ("y", y)):
            expect(
                not tensor.requires_grad,
                f"The argument {name} did not require grad before the call and does now.",
                f"参数 {name} 在调用之前不需要梯度，调用之后却变成了 requires_grad=True。",
                mistake="grad_switched_on",
            )
