"""Checks of the training loop against the judge's own run, and of a prediction's mode, graph and values.

Full-batch training has no randomness: the judge builds the same model from the same numbers, trains it with
steps written out by hand, and compares every loss and every parameter.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from grader.judge import (
    Draw,
    Student,
    Text,
    assert_close,
    assert_device,
    assert_shape,
    assert_unchanged,
    check,
    elsewhere,
    expect,
    fail,
)

Layers = list[tuple[Any, ...]]
# Inputs, targets, the learning rate and the number of epochs.
Job = tuple[torch.Tensor, torch.Tensor, float, int]

LINE: Layers = [("linear", 1, 1)]
DOUBLE = torch.float64
STANDSTILLS = "copy_trained", "no_gradient", "no_step", "one_epoch_short", "step_too_early"


def build(layers, numbers):
    """Return a model of these layers that holds these numbers, in the order of its state_dict."""
    kinds = {"linear": nn.Linear, "norm": nn.BatchNorm1d, "dropout": nn.Dropout, "tanh": nn.Tanh}
    model = nn.Sequential(*(kinds[kind](*sizes) for kind, *sizes in layers))
    if numbers:
        model.to(numbers[0].device, numbers[0].dtype)
    with torch.no_grad():
        for place, number in zip((v for v in model.state_dict().values() if v.dim()), numbers, strict=bool(numbers)):
            place.copy_(number)
    return model


def after_fits(names, build, layers, numbers, jobs, leftover):
    """Train one model on each job in turn; return all losses, the parameters, and the data as they are then."""
    model = build(layers, numbers)
    for p in model.parameters():
        p.grad = torch.full_like(p, leftover) if leftover else None
    losses = [names.fit(model, *job) for job in jobs]
    return losses, [p.detach() for p in model.parameters()], [job[:2] for job in jobs]


def standstill(names, build, layers, numbers, job):
    """Tell why a model does not move: what is trained instead, or what is left in its gradients."""
    model = build(layers, numbers)
    losses = names.fit(model, *job)
    if isinstance(losses, list | tuple) and len(losses) == job[3] - 1:
        return "one_epoch_short"
    if any(not torch.equal(p, n) for p, n in zip(model.parameters(), numbers, strict=False)):
        return "step_too_early"
    if isinstance(losses, list | tuple) and len(losses) > 1 and losses[-1] != losses[0]:
        return "copy_trained"
    return "no_step" if any(p.grad is not None and bool(p.grad.any()) for p in model.parameters()) else "no_gradient"


def after_predicts(names, build, cases):
    """Predict twice in each case; return the outputs, what autograd says of them, the modes, the state, the inputs."""
    found = []
    for layers, numbers, training, inputs in cases:
        model = build(layers, numbers).train(training)
        outputs = [names.predict(model, inputs) for _ in range(2)]
        graphs = [isinstance(y, torch.Tensor) and y.requires_grad for y in outputs]
        modes = [module.training for module in model.modules()]
        state = [v.detach() for v in model.state_dict().values() if v.dim()]
        found.append((outputs, graphs, modes, torch.is_grad_enabled(), state, inputs.detach()))
    return found


def fit_predict_fit(names, build, layers, numbers, job, again):
    """Train, predict, train on; return the last losses and the parameters."""
    model = build(layers, numbers)
    names.fit(model, *job)
    names.predict(model, job[0])
    losses = names.fit(model, *again)
    return losses, [p.detach() for p in model.parameters()]


def fit_on(names, build, layers, where):
    """Train on CPU data a model that lies with `where`; return where its inputs came from."""
    model, seen = build(layers, []).to(where.device), []
    model.register_forward_pre_hook(lambda _, args: seen.append(args[0].device.type))
    ins, outs = layers[0][1], layers[-1][-1]
    try:
        names.fit(model, torch.ones(4, ins), torch.ones(4, outs), 0.1, 1)
    except (RuntimeError, NotImplementedError) as error:
        # The number of a loss on meta cannot be had; when it is asked for, all data have arrived.
        known = "item() cannot be called on meta", "Cannot copy out of meta", "tolist() on a meta"
        if not seen or not any(words in str(error) for words in known):
            raise
    return seen


def predict_on(names, build, layers, where):
    """Predict CPU data with a model that lies with `where`."""
    return names.predict(build(layers, []).to(where.device), torch.ones(4, layers[0][1]))


def arrows(layers: Layers) -> str:
    """Return the layers as a reader would write them."""
    return " → ".join(f"{kind}({', '.join(map(str, sizes))})" for kind, *sizes in layers)


def numbers_for(draw: Draw, layers: Layers, dtype: torch.dtype = torch.float32) -> list[torch.Tensor]:
    """Return numbers for every parameter and running statistic of the layers, none of them near zero."""
    made = []
    for name, place in build(layers, []).state_dict().items():
        if place.dim():
            size = draw.uniform(*place.shape, low=0.4, high=1.2, dtype=dtype)
            # A variance is positive.
            made.append(size if name.endswith("var") else size * draw.normal(*place.shape, dtype=dtype).sign())
    return made


def job_for(draw: Draw, layers: Layers, count: int, epochs: int, dtype: torch.dtype = torch.float32) -> Job:
    """Return data for the layers, targets far from what they say, and a learning rate that goes well."""
    ins, outs = layers[0][1], layers[-1][-1]
    targets = draw.normal(count, outs, mean=4.0, dtype=dtype)
    return draw.normal(count, ins, dtype=dtype), targets, draw.number(0.05, 0.15), epochs


def train(model: nn.Module, inputs: torch.Tensor, targets: torch.Tensor, lr: float, epochs: int) -> list[float]:
    """Train the judge's own model; return the loss before each step."""
    params, losses = list(model.parameters()), []
    for _ in range(epochs):
        loss = (model(inputs) - targets).square().mean()
        losses.append(loss.item())
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p.sub_(lr * p.grad)
    return losses


def copied(job: Job) -> Job:
    """Return the job with data of its own."""
    return job[0].clone(), job[1].clone(), job[2], job[3]


def compare(
    student: Student,
    layers: Layers,
    numbers: list[torch.Tensor],
    *jobs: Job,
    leftover: float = 0.0,
    losses: bool = True,
) -> list[tuple[object, object]]:
    """Fail unless the learner's fits end with the parameters, and the losses, of the judge's own run.

    Returns:
        Each job's inputs and targets, as the learner's fits left them.
    """
    model = build(layers, numbers)
    due = [train(model, *copied(job)) for job in jobs]
    found = student.run(after_fits, build, layers, numbers, list(jobs), leftover)
    _, params, data = found
    job = jobs[-1]
    total = sum(each[3] for each in jobs)
    en = f"{arrows(layers)}, {len(job[0])} examples, lr = {job[2]:.4g}"
    zh = f"{arrows(layers)}，{len(job[0])} 个样本，lr = {job[2]:.4g}"
    expect(
        isinstance(params, list) and len(params) == len(list(model.parameters())), "Parameters lost.", "参数丢失了。"
    )
    if losses:
        for history, right in zip(found[0], due, strict=True):
            assert_history(history, right, Text(f"{en}:", f"{zh}："))
    precise = {"rtol": 1e-9, "atol": 1e-10} if job[0].dtype is DOUBLE else {"rtol": 1e-4, "atol": 1e-4}
    for (name, param), value in zip(model.named_parameters(), params, strict=True):
        what = Text(
            f"{name} after {total} epoch{'s' * (total != 1)} ({en}):", f"{total} 个 epoch 之后的 {name}（{zh}）："
        )
        assert_close(value, param.detach(), what=what, **precise)
    return data


def assert_history(history: object, due: list[float], given: Text) -> None:
    """Fail unless the history is one float for each epoch, with these values."""
    expect(
        history is not None,
        f"{given.en}\nfit returned None: return the list of losses.",
        f"{given.zh}\nfit 返回了 None：请返回由损失组成的列表。",
    )
    expect(
        isinstance(history, list | tuple),
        f"{given.en}\nA list of {len(due)} losses is due, one for each epoch; fit returned a {type(history).__name__}.",
        f"{given.zh}\nfit 应当返回 {len(due)} 个损失组成的列表，每个 epoch 一个；返回的却是 {type(history).__name__}。",
    )
    expect(
        len(history) == len(due),
        f"{given.en}\n{len(due)} epochs make {len(due)} losses, but {len(history)} came back.",
        f"{given.zh}\n{len(due)} 个 epoch 应当有 {len(due)} 个损失，却返回了 {len(history)} 个。",
    )
    precise = {"rtol": 1e-4, "atol": 1e-5}
    for epoch, (loss, right) in enumerate(zip(history, due, strict=True), 1):
        what = Text(
            f"{given.en}\nThe loss of epoch {epoch} of {len(due)}, taken before its step:",
            f"{given.zh}\n第 {epoch} 个 epoch（共 {len(due)} 个）更新之前的损失：",
        )
        expect(
            not isinstance(loss, torch.Tensor),
            f"{what.en} a tensor came back where a float is due. loss.item() is the number without its graph.",
            f"{what.zh}返回的是张量，应当是浮点数。loss.item() 给出数值，不带计算图。",
        )
        assert_close(loss, right, what=what, **precise)


@check(zh="一个 epoch：参数沿均方误差的梯度走一步 SGD")
def test_one_epoch(student: Student, draw: Draw) -> None:
    """One epoch takes one step of SGD down the mean squared error."""
    numbers, job = numbers_for(draw, LINE), job_for(draw, LINE, draw.integer(5, 9), 1)
    _, params, _ = student.run(after_fits, build, LINE, numbers, [job], 0.0)
    if isinstance(params, list) and all(map(torch.equal, params, numbers)):
        reason = student.run(standstill, build, LINE, numbers, (*job[:3], 3))
        known = reason if reason in STANDSTILLS else None
        fail(
            "After one epoch no parameter of the model has moved.",
            "一个 epoch 之后，模型的参数一个也没有动。",
            mistake=known,
        )
    compare(student, LINE, numbers, job, losses=False)


@check(zh="返回每个 epoch 更新之前的损失，都是普通浮点数", needs=("test_one_epoch",), weight=2)
def test_losses(student: Student, draw: Draw) -> None:
    """The losses are plain floats, one for each epoch, taken before its step."""
    for epochs in (1, draw.integer(4, 6)):
        numbers, job = numbers_for(draw, LINE), job_for(draw, LINE, draw.integer(5, 9), epochs)
        due = train(build(LINE, numbers), *copied(job))
        ((history,), _, _) = student.run(after_fits, build, LINE, numbers, [job], 0.0)
        assert_history(
            history, due, Text(f"{epochs} epochs, lr = {job[2]:.4g}:", f"{epochs} 个 epoch，lr = {job[2]:.4g}：")
        )
    # A line goes through one example exactly: the loss sinks to nothing, and is due for every epoch all the same.
    numbers, epochs = numbers_for(draw, LINE), draw.integer(30, 40)
    job = draw.uniform(1, 1, low=0.5, high=1.5), draw.uniform(1, 1, low=4.0, high=5.0), draw.number(0.1, 0.12), epochs
    due = train(build(LINE, numbers), *copied(job))
    ((history,), _, _) = student.run(after_fits, build, LINE, numbers, [job], 0.0)
    given = Text(
        f"{epochs} epochs, one example, lr = {job[2]:.4g}, the loss sinks to 0:",
        f"{epochs} 个 epoch，一个样本，lr = {job[2]:.4g}，损失会降到 0：",
    )
    assert_history(history, due, given)


@check(zh="训练多个 epoch，每个参数都与评测方自己的训练一致", needs=("test_one_epoch",), weight=2)
def test_many_epochs(student: Student, draw: Draw) -> None:
    """Over many epochs every parameter goes where it goes in the grader's own run."""
    compare(student, LINE, numbers_for(draw, LINE), job_for(draw, LINE, draw.integer(6, 12), 3), losses=False)
    compare(student, LINE, numbers_for(draw, LINE), job_for(draw, LINE, 120, draw.integer(12, 16)), losses=False)


@check(zh="任何模型、任何数据都行：多层、多个输出、只有一个样本、0 个 epoch、float64", needs=("test_many_epochs",))
def test_any_model(student: Student, draw: Draw) -> None:
    """Any model and data will do: layers, several outputs, one example alone, no epoch at all, float64."""
    deep: Layers = [("linear", 3, 5), ("tanh",), ("linear", 5, 2)]
    wide: Layers = [("linear", 2, 3)]
    normed: Layers = [("linear", 2, 4), ("norm", 4), ("linear", 4, 1)]
    single = torch.float32
    for layers, count, epochs, dtype in (
        (deep, 8, 6, single),
        (wide, 1, 3, single),
        (wide, 5, 0, single),
        (normed, 7, 3, single),
        (deep, 6, 5, DOUBLE),
    ):
        numbers, job = numbers_for(draw, layers, dtype), job_for(draw, layers, count, epochs, dtype)
        compare(student, layers, numbers, job, losses=False)


@check(zh="模型里残留的旧梯度不影响训练", needs=("test_one_epoch",))
def test_leftover_gradient(student: Student, draw: Draw) -> None:
    """A gradient that was left in the model does not count."""
    leftover = draw.number(2.0, 5.0) * draw.choice((-1, 1))
    for epochs in (1, 3):
        compare(student, LINE, numbers_for(draw, LINE), job_for(draw, LINE, 6, epochs), leftover=leftover, losses=False)


@check(zh="可以接着训练：再次调用从模型当前的参数出发，数据也没有被改动", needs=("test_many_epochs", "test_losses"))
def test_goes_on(student: Student, draw: Draw) -> None:
    """Training can go on: a second call starts where the model is, and finds the data as they were."""
    first, second = job_for(draw, LINE, 6, 3), job_for(draw, LINE, 9, 4)
    data = compare(student, LINE, numbers_for(draw, LINE), first, (*second[:2], second[2] / 2, second[3]))
    for (inputs, targets), job in zip(data, (first, second), strict=True):
        for name, after, before in (("inputs", inputs, job[0]), ("targets", targets, job[1])):
            assert_unchanged(assert_shape(after, tuple(before.shape)), before, name)


@check(zh="predict 在 eval 模式下计算：不随机，也不改动模型", weight=2)
def test_predict(student: Student, draw: Draw) -> None:
    """A prediction asks the model in eval mode: nothing random, nothing changed in it."""
    line: Layers = [("linear", 2, 3)]
    dropping: Layers = [("linear", 2, 12), ("tanh",), ("dropout", 0.5), ("linear", 12, 2)]
    normed: Layers = [("linear", 2, 4), ("norm", 4), ("linear", 4, 1)]
    cases = [
        (layers, numbers_for(draw, layers), training, draw.normal(count, 2))
        for layers in (line, dropping, normed)
        for training, count in ((True, 9), (False, 1), (True, 0))
    ]
    cases.append((line, numbers_for(draw, line, DOUBLE), True, draw.normal(5, 2, dtype=DOUBLE)))
    found = student.run(after_predicts, build, cases)
    for (layers, numbers, _, inputs), (outputs, _, _, _, state, after) in zip(cases, found, strict=True):
        with torch.no_grad():
            due = build(layers, numbers).eval()(inputs)
        given = f"{arrows(layers)}, inputs {tuple(inputs.shape)}"
        what = Text(f"{given}:", f"{given}：")
        first, second = (assert_shape(y, tuple(due.shape), what=what) for y in outputs)
        expect(
            torch.equal(first, second),
            f"{given}: the same inputs gave two different predictions, one after the other. Dropout is still at work.",
            f"{given}：同样的输入先后得到了两个不同的预测，dropout 还在起作用。",
            mistake="no_eval",
        )
        precise = {"rtol": 1e-12, "atol": 1e-12} if due.dtype is DOUBLE else {}
        assert_close(first, due, what=what, **precise)
        assert_unchanged(assert_shape(after, tuple(inputs.shape)), inputs, "inputs")
        for now, was in zip(state, numbers, strict=True):
            expect(
                torch.equal(now, was),
                f"{given}: predict changed a number of the model. In train mode BatchNorm learns from whatever it sees.",
                f"{given}：predict 改动了模型里的数。在 train 模式下，BatchNorm 看到什么就会学什么。",
            )


@check(zh="predict 之后模型回到原来的模式（train 或 eval）", needs=("test_predict",), weight=2)
def test_mode_put_back(student: Student, draw: Draw) -> None:
    """After predict the model is in the mode that it had before."""
    layers: Layers = [("linear", 2, 3), ("dropout", 0.5), ("linear", 3, 1)]
    cases = [(layers, numbers_for(draw, layers), training, draw.normal(4, 2)) for training in (True, False)]
    for (_, _, training, _), (_, _, modes, *_) in zip(cases, student.run(after_predicts, build, cases), strict=True):
        was, now = ("train", "eval") if training else ("eval", "train")
        expect(
            all(mode == training for mode in modes),
            f"The model was in {was} mode before predict, and is in {now} mode now.",
            f"predict 之前模型处于 {was} 模式，之后却成了 {now} 模式。",
        )


@check(zh="predict 的结果不带计算图，而且之后自动求导照常工作", needs=("test_predict",))
def test_no_graph(student: Student, draw: Draw) -> None:
    """A prediction carries no graph, and afterwards autograd works as before."""
    cases = [(LINE, numbers_for(draw, LINE), True, draw.normal(4, 1).requires_grad_(asks)) for asks in (False, True)]
    for _, graphs, _, recording, *_ in student.run(after_predicts, build, cases):
        expect(
            not any(graphs),
            "The prediction requires grad: a graph was recorded that nobody will go back along, and it fills the memory.",
            "预测结果带着计算图（requires_grad=True）：没有人会沿着它反向传播，它只会占用内存。",
        )
        expect(
            recording,
            "After predict autograd is switched off (torch.is_grad_enabled() is False): nothing can be trained any more.",
            "predict 之后自动求导处于关闭状态（torch.is_grad_enabled() 为 False）：再也无法训练。",
        )


@check(zh="fit 和 predict 可以交替进行：predict 之后接着训练，与没有它时一样", needs=("test_losses", "test_no_graph"))
def test_fit_after_predict(student: Student, draw: Draw) -> None:
    """Training goes on after a prediction as it would have gone without it."""
    normed: Layers = [("linear", 2, 4), ("norm", 4), ("linear", 4, 1)]
    numbers, job, again = numbers_for(draw, normed), job_for(draw, normed, 8, 1), job_for(draw, normed, 8, 3)
    model = build(normed, numbers)
    train(model, *copied(job))
    due = train(model, *copied(again))
    losses, _ = student.run(fit_predict_fit, build, normed, numbers, job, again)
    assert_history(losses, due, Text("fit, predict, and fit again:", "先 fit，再 predict，然后接着 fit："))


@check(zh="模型在别的设备上时，数据会搬到模型所在的设备", needs=("test_one_epoch", "test_predict"))
def test_device(student: Student, draw: Draw) -> None:
    """Data on the CPU are moved to the model, wherever that is."""
    layers: Layers = [("linear", draw.integer(2, 3), 2)]
    with elsewhere(mistake="data_stays") as device:
        seen = student.run(fit_on, build, layers, torch.empty(1, device=device))
        expect(
            isinstance(seen, list) and all(kind == device for kind in seen),
            f"The model lies on {device}, but fit gave it inputs from {', '.join(map(str, seen))}.",
            f"模型在 {device} 上，fit 交给它的输入却在 {', '.join(map(str, seen))} 上。",
            mistake="data_stays",
        )
    with elsewhere(mistake="new_data_stays") as device:
        assert_device(student.run(predict_on, build, layers, torch.empty(1, device=device)), device)
