"""Wrong squared losses that learners write, each with what to say about it."""

from __future__ import annotations

import torch

from grader.judge import Text, mistake


@mistake(
    "squared_loss",
    title=Text(en="y is not brought into the shape of y_hat", zh="没有把 y 变成 y_hat 的形状"),
    advice=Text(
        en="A column (n, 1) minus a flat (n,) broadcasts to (n, n): every prediction meets every label. "
        "Write y.reshape(y_hat.shape) before you subtract.",
        zh="列 (n, 1) 减去一维的 (n,) 会广播成 (n, n)：每个预测都和每个标签相减。相减之前先写 y.reshape(y_hat.shape)。",
    ),
)
def no_reshape(y_hat, y):
    return (y_hat - y) ** 2 / 2


@mistake(
    "squared_loss",
    title=Text(en="The half is missing", zh="漏掉了 ½"),
    advice=Text(
        en="The loss is (y_hat − y)² / 2. Without the half the gradient is 2 (y_hat − y), and every step is twice as long.",
        zh="损失是 (y_hat − y)² / 2。没有 ½，梯度就成了 2 (y_hat − y)，每一步都走两倍远。",
    ),
)
def no_half(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) ** 2


@mistake(
    "squared_loss",
    title=Text(en="The losses are averaged", zh="对损失取了平均"),
    advice=Text(
        en="Return one loss for each example and leave the mean to the caller: "
        "sgd divides by the batch size later, and doing both divides twice.",
        zh="每个样本各返回一个损失，平均留给调用者：之后 sgd 会除以批量大小，两处都除就除了两次。",
    ),
)
def mean_taken(y_hat, y):
    return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).mean()


@mistake(
    "squared_loss",
    title=Text(en="The losses are added up", zh="对损失求了和"),
    advice=Text(
        en="Return one loss for each example. The training loop calls .sum() itself before backward().",
        zh="每个样本各返回一个损失。训练循环会在 backward() 之前自己调用 .sum()。",
    ),
)
def sum_taken(y_hat, y):
    return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).sum()


@mistake(
    "squared_loss",
    title=Text(en="The distance is not squared", zh="没有平方"),
    advice=Text(
        en="abs() gives the absolute loss, whose slope is the same near and far from the truth. Square the difference: ** 2.",
        zh="abs() 得到的是绝对值损失，离真值远近斜率都一样。请把差平方：** 2。",
    ),
)
def absolute(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)).abs() / 2


@mistake(
    "squared_loss",
    title=Text(en="The graph is cut", zh="计算图被切断"),
    advice=Text(
        en="detach(), .data, .item() and torch.no_grad() cut the result off from y_hat, so backward() has nothing to follow. "
        "Compute with y_hat itself.",
        zh="detach()、.data、.item() 和 torch.no_grad() 会让结果与 y_hat 断开，backward() 无路可走。请直接用 y_hat 计算。",
    ),
)
def detached(y_hat, y):
    return (y_hat.detach() - y.reshape(y_hat.shape)) ** 2 / 2


@mistake(
    "squared_loss",
    title=Text(en="y_hat is changed in place", zh="原地修改了 y_hat"),
    advice=Text(
        en="`-=` and methods that end in _ write into the caller's tensor. Use y_hat - y, which makes a new one.",
        zh="`-=` 和以 _ 结尾的方法会写进调用者的张量。请用 y_hat - y，它会生成新的张量。",
    ),
)
def in_place(y_hat, y):
    with torch.no_grad():
        difference = y_hat.sub_(y.reshape(y_hat.shape))
    return difference**2 / 2


@mistake(
    "squared_loss",
    title=Text(en="y is changed in place", zh="原地修改了 y"),
    advice=Text(
        en="reshape() and view() look at the caller's own numbers, so -= and methods that end in _ change the labels too. "
        "Use y_hat - y, which makes a new tensor.",
        zh="reshape() 和 view() 得到的仍是调用者的那份数据，所以 `-=` 和以 _ 结尾的方法会连标签一起改掉。"
        "请用 y_hat - y，它会生成新的张量。",
    ),
)
def y_in_place(y_hat, y):
    y = y.reshape(y_hat.shape)
    y -= y_hat
    return y**2 / 2


@mistake(
    "squared_loss",
    title=Text(en="requires_grad is switched on for an argument", zh="给参数打开了 requires_grad"),
    advice=Text(
        en="Whether y_hat or y require grad is the caller's choice. Leave them: the loss follows whatever graph y_hat has.",
        zh="y_hat 和 y 要不要梯度由调用者决定。不要改动它们：y_hat 带着计算图，损失自然就有计算图。",
    ),
)
def grad_switched_on(y_hat, y):
    if y_hat.is_leaf:
        y_hat.requires_grad_()
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


@mistake(
    "squared_loss",
    title=Text(en="y is always made a column", zh="总是把 y 变成一列"),
    advice=Text(
        en="view(-1, 1) and unsqueeze(1) fit beside a column of predictions only: beside a flat (n,) a column broadcasts to "
        "(n, n). Take the shape of y_hat: y.reshape(y_hat.shape).",
        zh="view(-1, 1) 和 unsqueeze(1) 只在预测是一列时才对：预测是一维的 (n,) 时，一列会广播成 (n, n)。"
        "请用 y_hat 的形状：y.reshape(y_hat.shape)。",
    ),
)
def column_forced(y_hat, y):
    return (y_hat - y.reshape(-1, 1)) ** 2 / 2


@mistake(
    "squared_loss",
    title=Text(en="y is made a row beside a column of predictions", zh="预测是一列，却把 y 变成了一行"),
    advice=Text(
        en="A column minus a flat y (flatten(), view(-1)) or a row (.T) broadcasts to (n, n). "
        "Take the shape of y_hat: y.reshape(y_hat.shape).",
        zh="一列减去一维的 y（flatten()、view(-1)）或者一行（.T）会广播成 (n, n)。请用 y_hat 的形状：y.reshape(y_hat.shape)。",
    ),
)
def row_forced(y_hat, y):
    return (y_hat - y.reshape(-1)) ** 2 / 2


@mistake(
    "squared_loss",
    title=Text(en="The half is inside the square", zh="½ 放进了平方里"),
    advice=Text(
        en="((y_hat − y) / 2)² is a quarter of the squared distance, not a half: square first, then divide by 2.",
        zh="((y_hat − y) / 2)² 是距离平方的四分之一，而不是二分之一：先平方，再除以 2。",
    ),
)
def half_inside(y_hat, y):
    return ((y_hat - y.reshape(y_hat.shape)) / 2) ** 2


@mistake(
    "squared_loss",
    title=Text(en="The result takes the shape of y", zh="结果用了 y 的形状"),
    advice=Text(
        en="The loss belongs to the predictions: reshape y to y_hat.shape, not y_hat to y.shape.",
        zh="损失属于预测值：应当把 y 变成 y_hat.shape，而不是把 y_hat 变成 y.shape。",
    ),
)
def shape_of_y(y_hat, y):
    return (y_hat.reshape(y.shape) - y) ** 2 / 2


@mistake(
    "squared_loss",
    title=Text(en="Everything is turned into float32", zh="把一切都转成了 float32"),
    advice=Text(
        en="float() loses half of the digits of a float64 tensor. Compute in the dtype that you are given.",
        zh="float() 会让 float64 张量丢掉一半的有效数字。请用输入的 dtype 计算。",
    ),
)
def always_single(y_hat, y):
    return (y_hat.float() - y.float().reshape(y_hat.shape)) ** 2 / 2


@mistake(
    "squared_loss",
    title=Text(en="It creates its tensor on the CPU", zh="在 CPU 上新建了张量"),
    advice=Text(
        en="torch.zeros(…) and torch.tensor([…]) lie on the CPU, and a GPU's tensor cannot be added to them. Start from "
        "torch.zeros_like(y_hat), or compute with plain numbers: (…) ** 2 / 2. Leave out .cuda() and .numpy() on the way.",
        zh="torch.zeros(…)、torch.tensor([…]) 建在 CPU 上，不能和 GPU 上的张量相加。请用 torch.zeros_like(y_hat)，"
        "或者直接用普通数字计算：(…) ** 2 / 2。中途也不要用 .cuda() 和 .numpy()。",
    ),
)
def made_on_cpu(y_hat, y):
    losses = torch.zeros(y_hat.shape, dtype=y_hat.dtype)
    losses += (y_hat - y.reshape(y_hat.shape)) ** 2 / 2
    return losses
