"""Checks of training from scratch: every step, every example, the losses, and the article's own numbers.

Neither the start nor the order of the examples is prescribed, so both are made not to matter: labels are in the
millions, beside which a start near zero is nothing; and where there are minibatches, either all examples are the
same one, or each has a weight of its own. Then the path can be computed, and is compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from grader.judge import (
    Draw,
    LearnerError,
    Student,
    Text,
    assert_close,
    assert_device,
    assert_shape,
    assert_tensor,
    assert_unchanged,
    check,
    elsewhere,
    expect,
    fail,
)
from grader.judge.student import NumpyValue

if TYPE_CHECKING:
    from torch import Tensor

DOUBLE = torch.float64
# A start from the standard normal distribution shifts what is compared by less than a tenth of what is allowed.
SIZE, ALLOWED = 1e6, 1e-3


def parameters(names, *jobs):
    """Train on each job; return w and b of the last, or whatever came back in place of three things."""
    result = None
    for job in jobs:
        result = names.train(*job)
    if not isinstance(result, tuple | list) or len(result) != 3:
        return result
    return [value.detach() if isinstance(value, torch.Tensor) else value for value in result[:2]]


def history(names, *job):
    """Train and return the losses alone."""
    result = names.train(*job)
    return result[2] if isinstance(result, tuple | list) and len(result) == 3 else None


def data_after(names, features, labels, *rest):
    """Train and return the data as they are then."""
    names.train(features, labels, *rest)
    return features.detach(), labels.detach(), features.requires_grad or labels.requires_grad


def train_elsewhere(names, features, labels):
    """Train where there are no values; tell whether it went as far as values can be missed."""
    try:
        return names.train(features, labels, 0.1, 1, 2)[0]
    except (RuntimeError, NotImplementedError) as error:
        # The number of a loss on meta cannot be had: by then its parameters and data have met.
        if not any(words in str(error) for words in ("item() cannot be called on meta", "tolist() on a meta")):
            raise
        return features.new_zeros(features.shape[1], 1)


def big_data(draw: Draw, count: int, d: int, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    """Return features and labels in the millions, such that no weight and no bias is small."""
    features = draw.normal(count, d, dtype=dtype)
    w = draw.uniform(d, 1, low=0.5, high=2.0, dtype=dtype) * draw.normal(d, 1, dtype=dtype).sign()
    b = draw.number(0.5, 2.0) * draw.choice((-1, 1))
    return features, SIZE * (features @ w + b + draw.normal(count, 1, std=0.1, dtype=dtype))


def copies(draw: Draw, count: int, d: int) -> tuple[Tensor, Tensor]:
    """Return `count` copies of one example, its label in the millions."""
    x = draw.uniform(1, d, low=0.5, high=1.5) * draw.normal(1, d).sign()
    return x.repeat(count, 1), torch.full((count, 1), SIZE * draw.number(1.0, 2.0) * draw.choice((-1, 1)))


def descend(features: Tensor, labels: Tensor, lr: float, steps: int) -> tuple[Tensor, Tensor, list[float]]:
    """Take full-batch steps from zero in float64; return w, b, and the loss before each step and after the last."""
    X, y = features.double(), labels.double()
    w, b = torch.zeros(X.shape[1], 1, dtype=DOUBLE), torch.zeros(1, dtype=DOUBLE)
    losses = []
    for _ in range(steps):
        error = X @ w + b - y
        losses.append(error.square().mean().item() / 2)
        w, b = w - lr * X.T @ error / len(X), b - lr * error.mean()
    losses.append((X @ w + b - y).square().mean().item() / 2)
    return w, b, losses


def pair_of(result: object, d: int, dtype: torch.dtype, what: Text) -> tuple[Tensor, Tensor]:
    """Return w and b if they are tensors of their shapes and dtype."""
    expect(
        result is not None,
        f"{what.en}\nNone came back. End with: return w, b, losses",
        f"{what.zh}\n返回了 None。最后请写：return w, b, losses",
    )
    expect(
        isinstance(result, list) and len(result) == 2,
        f"{what.en}\nThree things are due: return w, b, losses",
        f"{what.zh}\n应当返回三样东西：return w, b, losses",
    )
    shaped = []
    for name, value, shape in (("w", result[0], (d, 1)), ("b", result[1], (1,))):
        tensor = assert_shape(value, shape, what=Text(f"{what.en}\n{name}:", f"{what.zh}\n{name}："))
        given, due = (str(each).removeprefix("torch.") for each in (tensor.dtype, dtype))
        expect(
            given == due,
            f"{what.en}\n{name} is {given}, but features are {due}.",
            f"{what.zh}\n{name} 是 {given}，而 features 是 {due}。",
            mistake="always_single" if given == "float32" else None,
        )
        shaped.append(tensor)
    return shaped[0], shaped[1]


def compare(student: Student, due: tuple[Tensor, Tensor], *jobs: tuple[object, ...]) -> tuple[Tensor, Tensor]:
    """Fail unless training on the last job, after the others, ends with these parameters."""
    features, labels, lr, epochs, batch_size = jobs[-1]
    en = (
        f"train on features {tuple(features.shape)}, lr = {lr:.4g}, num_epochs = {epochs}, batch_size = {batch_size}, "
        f"labels about {labels.abs().mean().item():.2g}:"
    )
    zh = (
        f"训练数据 features {tuple(features.shape)}，lr = {lr:.4g}，num_epochs = {epochs}，batch_size = {batch_size}，"
        f"标签约为 {labels.abs().mean().item():.2g}："
    )
    try:
        result = student.run(parameters, *jobs)
    except LearnerError as error:
        dtypes = "same dtype", "expected scalar type", "expected m1 and m2 to have the same dtype"
        if features.dtype is DOUBLE and any(words in error.failure.message for words in dtypes):
            fail(
                f"{en}\nThe features are float64, and your code raised {error}",
                f"{zh}\nfeatures 是 float64，你的代码报错：{error}",
                mistake="always_single",
            )
        raise
    w, b = pair_of(result, features.shape[1], features.dtype, Text(en, zh))
    size = max(value.abs().max().item() for value in due)
    for name, value, right in (("w", w, due[0]), ("b", b, due[1])):
        what = Text(f"{en}\n{name}:", f"{zh}\n{name}：")
        assert_close(value, right.to(features.dtype), rtol=0.0, atol=ALLOWED * size, what=what)
    return w, b


@check(zh="linreg 返回 Xw + b，梯度能传到 w 和 b")
def test_linreg(student: Student, draw: Draw) -> None:
    """The model is Xw + b, with a graph that leads to w and b."""
    for count, d, dtype in ((5, 2, torch.float32), (3, 4, torch.float32), (4, 1, DOUBLE), (1, 3, torch.float32)):
        X = draw.normal(count, d, dtype=dtype)
        w = draw.normal(d, 1, dtype=dtype).requires_grad_()
        b = (draw.normal(1, dtype=dtype) + 3).requires_grad_()
        due, factors = (X @ w + b).detach(), draw.uniform(count, 1, low=0.5, high=2.0, dtype=dtype)
        result = student.linreg(X, w, b)
        assert_close(result, due)
        expect(
            result.requires_grad,
            "w and b require grad, and the predictions carry no graph: training could not reach them.",
            "w 和 b 需要梯度，预测却没有计算图：训练时梯度传不到它们。",
            mistake="graph_cut",
        )
        (result * factors).sum().backward()
        for name, param, grad in (("w", w, X.T @ factors), ("b", b, factors.sum().reshape(1))):
            what = Text(f"The gradient of {name}:", f"{name} 的梯度：")
            assert_close(param.grad, grad, atol=1e-4, what=what)


@check(zh="全部数据作一批、一个 epoch：w 和 b 走一步 −lr · 平均梯度", weight=2)
def test_one_step(student: Student, draw: Draw) -> None:
    """One epoch with one batch of all the data is one step of −lr · mean gradient."""
    features, labels = big_data(draw, draw.integer(6, 9), 2)
    lr = draw.number(0.1, 0.3)
    compare(student, descend(features, labels, lr, 1)[:2], (features, labels, lr, 1, len(features)))


@check(zh="多个 epoch：每一步只用这一步的梯度", needs=("test_one_step",))
def test_epochs(student: Student, draw: Draw) -> None:
    """Over several epochs each step goes by its own gradient alone."""
    features, labels = big_data(draw, draw.integer(12, 20), 3)
    lr, epochs = draw.number(0.1, 0.2), draw.integer(3, 5)
    compare(student, descend(features, labels, lr, epochs)[:2], (features, labels, lr, epochs, len(features)))


@check(zh="小批量：每批走一步，不足一批的余数也算一批，按它实际的大小取平均", needs=("test_epochs",), weight=2)
def test_minibatches(student: Student, draw: Draw) -> None:
    """Every batch makes a step; what is left over is a batch, too, and its mean is over its own size."""
    for count, batch_size, epochs in ((12, 4, 2), (8, 1, 1), (9, 4, 1), (7, 3, 2)):
        # Copies of one example: whatever the order, each batch has the same mean gradient.
        features, labels = copies(draw, count, 2)
        lr = draw.number(0.2, 0.3) / (1 + features[0].square().sum().item())
        steps = epochs * -(-count // batch_size)
        _assert_all_batches(
            student, descend(features, labels, lr, epochs)[0], (features, labels, lr, epochs, batch_size)
        )
        compare(student, descend(features, labels, lr, steps)[:2], (features, labels, lr, epochs, batch_size))


def _assert_all_batches(student: Student, alone: Tensor, job: tuple[Tensor, Tensor, float, int, int]) -> None:
    """Fail where w is `alone`, what one step for each epoch makes, though there are more batches than one."""
    count, epochs, batch_size = len(job[0]), job[3], job[4]
    w = student.run(parameters, job)
    w = w[0] if isinstance(w, list) else w
    if not (isinstance(w, torch.Tensor) and w.shape == alone.shape):
        return
    if torch.allclose(w.double(), alone, rtol=0.0, atol=ALLOWED * alone.abs().max().item()):
        # Example i alone moves weight i.
        found = student.run(parameters, (300 * torch.eye(count), job[1], 1e-6, 1, batch_size))
        seen = found[0] if isinstance(found, list) else None
        some = isinstance(seen, torch.Tensor) and int((seen.abs() > seen.abs().max() / 100).sum()) < count
        fail(
            f"{count} examples in batches of {batch_size} make {-(-count // batch_size)} steps in an epoch, but after "
            f"num_epochs = {epochs} w is where {epochs} step{'s' * (epochs > 1)} would lead.",
            f"{count} 个样本、每批 {batch_size} 个，一个 epoch 应当走 {-(-count // batch_size)} 步；"
            f"而 num_epochs = {epochs} 之后，w 只走了 {epochs} 步。",
            mistake="first_batch_only" if some else "batch_size_ignored",
        )


@check(zh="每个 epoch 里每个样本恰好用一次", needs=("test_minibatches",))
def test_every_example_once(student: Student, draw: Draw) -> None:
    """In each epoch every example is used exactly once."""
    # Example i alone moves weight i (the bias hardly moves), so the weights tell who was used how often. That 20
    # draws with replacement are all different happens once in 4·10⁷ times.
    count, scale = 20, 300.0
    for batch_size, epochs in ((1, 1), (4, 2)):
        features = scale * torch.eye(count)
        labels = 10 * SIZE * draw.uniform(count, 1, low=1.0, high=2.0) * draw.normal(count, 1).sign()
        step = draw.number(0.3, 0.6)
        result = student.run(parameters, (features, labels, batch_size * step / scale**2, epochs, batch_size))
        what = Text(f"{count} examples, batches of {batch_size}:", f"{count} 个样本，每批 {batch_size} 个：")
        w, _ = pair_of(result, count, torch.float32, what)
        part = w.flatten() * scale / labels.flatten()
        due = 1 - (1 - step) ** epochs
        # Once more or less would move a weight by 0.09.
        wrong = [index for index, value in enumerate(part.tolist()) if not abs(value - due) < 0.01]
        seldom = [index for index in wrong if part[index] < due]
        if wrong:
            many = f" ({len(wrong)})" if len(wrong) > 6 else ""
            replaced = 0 < len(seldom) < len(wrong)
            fail(
                f"{what.en} example i has all features 0 but number i, so weight i tells how often it was used. After "
                f"{epochs} epochs used too seldom or too often: {wrong[:6]}{many}.",
                f"{what.zh}第 i 个样本只有第 i 个特征不为 0，所以权重 i 能看出它用了几次。{epochs} 个 epoch 之后，"
                f"用得太少或太多的样本：{wrong[:6]}{many}。",
                mistake="with_replacement" if replaced else None,
            )


@check(zh="losses：每个 epoch 一个浮点数，是 ½ 平方误差的平均", needs=("test_epochs",), weight=2)
def test_losses(student: Student, draw: Draw) -> None:
    """The losses are plain floats, one for each epoch: the mean of half the squared error."""
    features, labels = big_data(draw, 10, 2)
    for epochs in (draw.integer(3, 4), 0):
        lr = draw.number(0.1, 0.2)
        path = descend(features, labels, lr, epochs)[2]
        losses = student.run(history, features, labels, lr, epochs, 10)
        judge_losses(losses, [path[1:], path[:-1]], epochs, "10 examples in one batch", "10 个样本，一批")
    for count, batch_size in ((12, 4), (7, 3)):
        features, labels = copies(draw, count, 2)
        lr = draw.number(0.2, 0.3) / (1 + features[0].square().sum().item())
        sizes = [batch_size] * (count // batch_size) + [count % batch_size] * (count % batch_size > 0)
        path = descend(features, labels, lr, 2 * len(sizes))[2]
        parts = [path[: len(sizes)], path[len(sizes) : -1]]
        by_batch = [sum(part) / len(sizes) for part in parts]
        by_example = [sum(map(float.__mul__, part, map(float, sizes))) / count for part in parts]
        losses = student.run(history, features, labels, lr, 2, batch_size)
        after = [path[len(sizes)], path[-1]]
        en, zh = (
            f"{count} copies of one example, batches of {batch_size}",
            f"{count} 个相同的样本，每批 {batch_size} 个",
        )
        judge_losses(losses, [after, by_example, by_batch], 2, en, zh)


def judge_losses(losses: object, allowed: list[list[float]], epochs: int, en: str, zh: str) -> None:
    """Fail unless the losses are those of one of the allowed ways to take them."""
    expect(
        isinstance(losses, list | tuple),
        f"{en}: the losses are due as a list, the third thing that train returns.",
        f"{zh}：train 返回的第三样东西应当是由损失组成的列表。",
    )
    expect(
        len(losses) == epochs,
        f"{en}: {epochs} epochs make {epochs} losses, but {len(losses)} came back.",
        f"{zh}：{epochs} 个 epoch 应当有 {epochs} 个损失，却返回了 {len(losses)} 个。",
    )
    expect(
        not any(isinstance(loss, torch.Tensor) for loss in losses),
        f"{en}: the losses are tensors where plain floats are due: loss.item() or float(loss).",
        f"{zh}：损失是张量，应当是普通浮点数：loss.item() 或 float(loss)。",
    )
    for epoch, (loss, *ways) in enumerate(zip(losses, *allowed, strict=True), 1):
        right = min(ways, key=lambda way: distance(loss, way))
        others = " or ".join(dict.fromkeys(f"{way:.6g}" for way in ways[1:]))
        what = Text(
            f"{en}: the loss of epoch {epoch} of {epochs}. Over all data after the epoch {ways[0]:.6g} is due, "
            f"averaged while it runs {others}.",
            f"{zh}：第 {epoch} 个 epoch（共 {epochs} 个）的损失。epoch 之后在全部数据上算，应为 {ways[0]:.6g}；"
            f"边训练边平均，应为 {others.replace(' or ', ' 或 ')}。",
        )
        assert_close(loss, right, rtol=ALLOWED, atol=0.0, what=what)


def distance(loss: object, way: float) -> float:
    """Return how far a loss is from one way to take it; no number is far from all."""
    try:
        return abs(float(loss) - way)  # type: ignore[arg-type]  # whatever came back
    except (TypeError, ValueError):
        return 0.0


@check(zh="大小和 dtype 任意：一个特征、一个样本、batch_size 大于样本数、float64", needs=("test_one_step",))
def test_sizes(student: Student, draw: Draw) -> None:
    """Any size and dtype: one feature, one example, a batch_size beyond the data, float64."""
    for count, d, batch_size, dtype in (
        (8, 1, 8, torch.float32),
        (1, 2, 1, torch.float32),
        (5, 4, 64, torch.float32),
        (6, 3, 6, DOUBLE),
    ):
        features, labels = big_data(draw, count, d, dtype)
        lr = draw.number(0.05, 0.1)
        w, _ = compare(student, descend(features, labels, lr, 2)[:2], (features, labels, lr, 2, batch_size))
        if dtype is DOUBLE:
            expect(
                not torch.equal(w, w.float().double()),
                "The features are float64, and w holds only the digits of float32: it was computed in float32.",
                "features 是 float64，而 w 只有 float32 的精度：它是用 float32 算出来的。",
                mistake="always_single",
            )


@check(zh="每次调用都从头训练，数据不被改动", needs=("test_one_step",))
def test_calls_apart(student: Student, draw: Draw) -> None:
    """Every call trains afresh, and leaves the data as they were."""
    first, second = big_data(draw, 8, 2), big_data(draw, 7, 2)
    lr = draw.number(0.1, 0.2)
    compare(student, descend(*second, lr, 1)[:2], (*first, lr, 2, 8), (*second, lr, 1, 7))
    # Beside labels in the millions a small change would be lost in rounding.
    data = first[0], first[1] / SIZE
    features, labels, switched = student.run(data_after, data[0].clone(), data[1].clone(), lr, 1, 3)
    for name, after, before in (("features", features, data[0]), ("labels", labels, data[1])):
        assert_unchanged(assert_tensor(after), before, name)
    expect(
        not switched,
        "After the call features or labels require grad: only w and b are trained.",
        "调用之后 features 或 labels 变成了 requires_grad=True：要训练的只有 w 和 b。",
    )


@check(zh="文章 002 的例子：3 个 epoch 之后损失小于 0.001，参数误差小于 0.01", needs=("test_minibatches",))
def test_article(student: Student, draw: Draw) -> None:
    """The example of article 002: after 3 epochs the loss is below 0.001 and the parameters are within 0.01."""
    # 10,000 seeds from a standard normal start: no error above 0.0029 (mean 0.0008), no last loss above 0.00021.
    true_w, true_b = torch.tensor([[2.0], [-3.4]]), 4.2
    features = draw.normal(1000, 2)
    labels = features @ true_w + true_b + draw.normal(1000, 1, std=0.01)
    result = student.train(features, labels, 0.03, 3, 10)
    complete = isinstance(result, list | tuple) and len(result) == 3
    what = Text("w = (2, −3.4), b = 4.2, 1000 examples:", "w = (2, −3.4)，b = 4.2，1000 个样本：")
    w, b = pair_of(list(result[:2]) if complete else result, 2, torch.float32, what)
    for name, value, true in (("w", w, true_w), ("b", b, torch.tensor([true_b]))):
        assert_close(
            value.detach(), true, rtol=0.0, atol=0.01, what=Text(f"{what.en}\n{name}:", f"{what.zh}\n{name}：")
        )
    losses = result[2] if isinstance(result[2], list | tuple) else []
    expect(
        len(losses) == 3 and isinstance(losses[-1], int | float | NumpyValue) and 0 <= float(losses[-1]) < 1e-3,
        f"{what.en} the last of 3 losses must be below 0.001, but the losses are {str(losses)[:200]}.",
        f"{what.zh}3 个损失中最后一个应当小于 0.001，得到的损失却是 {str(losses)[:200]}。",
    )


@check(zh="数据在别的设备上时，w 和 b 也建在那里", needs=("test_one_step", "test_linreg"))
def test_device(student: Student, draw: Draw) -> None:
    """Where the data lie on another device, w and b are made there."""
    d = draw.integer(2, 4)
    with elsewhere(mistake="made_on_cpu") as device:
        features, labels = torch.empty(4, d, device=device), torch.empty(4, 1, device=device)
        w, b = torch.empty(d, 1, device=device), torch.empty(1, device=device)
        assert_device(student.linreg(features, w, b), device)
        assert_device(student.run(train_elsewhere, features, labels), device)
