"""Checks of softmax and cross entropy, near and far, of the model's logits, and of learning ten digits."""

from __future__ import annotations

from typing import Any

import torch

from grader.judge import (
    Draw,
    LearnerError,
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

# Ten digits of 8×8 dots, drawn for this course.
GLYPHS = """
..####.. ...##... ..####.. .#####.. ....##.. .######. ..####.. .######. ..####.. ..####..
.##..##. ..###... .##..##. .....##. ...###.. .##..... .##..... .....##. .##..##. .##..##.
.##..##. ...##... .....##. .....##. ..#.##.. .##..... .##..... ....##.. .##..##. .##..##.
.##..##. ...##... ....##.. ..####.. .#..##.. .#####.. .#####.. ....##.. ..####.. ..#####.
.##..##. ...##... ...##... .....##. .######. .....##. .##..##. ...##... .##..##. .....##.
.##..##. ...##... ..##.... .....##. ....##.. .....##. .##..##. ...##... .##..##. .....##.
..####.. ..####.. .######. .#####.. ....##.. .#####.. ..####.. ..##.... ..####.. ..####..
........ ........ ........ ........ ........ ........ ........ ........ ........ ........
"""
PIXELS, DIGITS, NOISE = 64, 10, 0.2
LR, STEPS = 2.0, 150


def digits(draw: Draw, each: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return noisy images (10 · each, 64) around zero and what they show."""
    rows = [line.split() for line in GLYPHS.split("\n") if line]
    clean = torch.tensor([[dot == "#" for row in rows for dot in row[digit]] for digit in range(DIGITS)])
    labels = torch.arange(DIGITS).repeat(each)
    return clean.float()[labels] - 0.5 + draw.normal(len(labels), PIXELS, std=NOISE), labels


def probabilities(logits: torch.Tensor) -> torch.Tensor:
    """Return the right probabilities, in float64."""
    return torch.softmax(logits.detach().double(), dim=1)


def loss_due(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the right loss, in the dtype of the logits."""
    exact = -torch.log_softmax(logits.detach().double(), dim=1)[torch.arange(len(labels)), labels].mean()
    return exact.to(logits.dtype)


def slope_due(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the right gradient: probabilities less one at the label, over the number of rows."""
    slope = probabilities(logits)
    slope[torch.arange(len(labels)), labels] -= 1
    return (slope / len(labels)).to(logits.dtype)


def some_labels(draw: Draw, rows: int, classes: int) -> torch.Tensor:
    """Return labels for `rows` rows, the last class among them."""
    labels = torch.tensor([draw.integer(0, classes - 1) for _ in range(rows)])
    labels[draw.integer(0, rows - 1)] = classes - 1
    return labels


def far(draw: Draw) -> torch.Tensor:
    """Return logits (8, 4) of up to ±1000: each row needs a shift of its own."""
    near = draw.normal(4, 4, std=2.0)
    steep = torch.tensor(
        [[1000.0, 0.0, -1000.0, 500.0], [-1000.0, -1000.0, -1000.0, 1000.0], [0.0, 90.0, -90.0, 100.0], [1000.0] * 4]
    )
    order = draw.uniform(4, 4).argsort(dim=1)
    return torch.cat([near[:1] + 998.0, near[1:2] - 998.0, near[2:3] - 500.0, near[3:], steep.gather(1, order)])


@check(zh="softmax 的每一行是 exp(z) / Σ exp(z)")
def test_softmax(student: Student, draw: Draw) -> None:
    """Each row of softmax is exp(z) over its sum, whatever the number of rows and classes."""
    for shape in ((draw.integer(4, 6), 3), (3, 3), (1, 5), (2, 1), (4, 2)):
        logits = draw.normal(*shape, std=2.0)
        right = probabilities(logits).float()
        what = Text(f"softmax of logits of shape {shape}:", f"softmax，logits 形状为 {shape}：")
        assert_close(student.softmax(logits), right, what=what)


@check(zh="logits 在 ±1000 时 softmax 仍然正确，没有 NaN", needs=("test_softmax",), weight=2)
def test_softmax_far(student: Student, draw: Draw) -> None:
    """The softmax is right for logits of ±1000, where exp overflows or gives nothing but zeros."""
    logits = far(draw)
    found = assert_shape(student.softmax(logits), tuple(logits.shape))
    for row, (got, right) in enumerate(zip(found, probabilities(logits).float(), strict=True)):
        shown = ", ".join(f"{value:.6g}" for value in logits[row].tolist())
        what = Text(
            f"Row {row + 1} of {len(logits)}, with the logits {shown}:",
            f"第 {row + 1} 行（共 {len(logits)} 行），logits 为 {shown}：",
        )
        assert_close(got.clone(), right, rtol=1e-3, what=what)


@check(zh="cross_entropy 是各行 −log softmax(z) 在标签处的平均")
def test_cross_entropy(student: Student, draw: Draw) -> None:
    """cross_entropy is the mean over the rows of −log softmax at the label."""
    for rows, classes in ((draw.integer(5, 7), 4), (3, 3), (1, 5), (6, 2), (3, 1)):
        logits, labels = draw.normal(rows, classes, std=2.0), some_labels(draw, rows, classes)
        right = loss_due(logits, labels)
        what = Text(f"cross_entropy of {rows} rows, {classes} classes:", f"cross_entropy，{rows} 行、{classes} 类：")
        found = student.cross_entropy(logits, labels)
        if isinstance(found, float):
            fail(
                f"{what.en} a float came back, which has no graph: backward() cannot start from it. Return the tensor.",
                f"{what.zh}返回的是 float，没有计算图，backward() 无从开始。请返回张量。",
                mistake="returns_float",
            )
        assert_close(found, right, what=what)


@check(zh="批量里没有出现最后几类时也正确", needs=("test_cross_entropy",))
def test_absent_classes(student: Student, draw: Draw) -> None:
    """The loss is right where the batch lacks the last classes, or holds one class only."""
    logits = draw.normal(5, 6, std=2.0)
    for labels in (some_labels(draw, 5, 4), torch.full((5,), draw.integer(0, 4))):
        right, shown = loss_due(logits, labels), labels.tolist()
        what = Text(f"Labels {shown} out of 6 classes:", f"共 6 类，标签是 {shown}：")
        try:
            found = student.cross_entropy(logits, labels)
        except LearnerError as error:
            fail(
                f"{what.en} your code raised {error}",
                f"{what.zh}你的代码报错：{error}",
                mistake="counts_classes" if "match" in str(error) or "size" in str(error) else None,
            )
        assert_close(found, right, what=what)


@check(zh="logits 在 ±1000 时损失仍然正确：既不是 inf，也不是 NaN", needs=("test_cross_entropy",), weight=2)
def test_cross_entropy_far(student: Student, draw: Draw) -> None:
    """The loss is right for logits of ±1000, whether the answer is right or hopelessly wrong."""
    logits = far(draw)
    for labels, en, zh in (
        (logits.argmax(dim=1), "the largest logit's class", "logit 最大的那一类"),
        (logits.argmin(dim=1), "the smallest logit's class", "logit 最小的那一类"),
    ):
        right = loss_due(logits, labels)
        what = Text(f"Logits up to ±1000, each label {en}:", f"logits 到 ±1000，标签都是{zh}：")
        assert_close(student.cross_entropy(logits, labels), right, atol=1e-4, what=what)
    # One by one as well: beside a loss of 2000 the others' digits count for little.
    for row in draw.integer(0, 3), draw.integer(4, 6):
        for label in range(4):
            one, labels = logits[row : row + 1], torch.tensor([label])
            right = loss_due(one, labels)
            shown = ", ".join(f"{value:.6g}" for value in one.flatten().tolist())
            what = Text(f"A row of logits {shown} with label {label}:", f"一行 logits {shown}，标签 {label}：")
            assert_close(student.cross_entropy(one, labels), right, atol=1e-4, what=what)


@check(zh="损失对 logits 的梯度是 (softmax − 独热标签) / n，远近都没有 NaN", needs=("test_cross_entropy",))
def test_gradient(student: Student, draw: Draw) -> None:
    """The gradient of the loss is (softmax − one-hot label) / n, without NaN near and far."""
    for logits, en, zh in (
        (draw.normal(6, 4, std=2.0), "Logits near zero", "logits 在零附近"),
        (far(draw), "Logits up to ±1000", "logits 到 ±1000"),
    ):
        labels = some_labels(draw, len(logits), 4)
        right = slope_due(logits, labels)
        logits.requires_grad_()
        loss = student.cross_entropy(logits, labels)
        expect(
            isinstance(loss, torch.Tensor) and loss.requires_grad,
            "The logits require grad, and the loss carries no graph: backward() could not go from it to them.",
            "logits 需要梯度，损失却没有计算图：backward() 无法从损失回到 logits。",
            mistake="detached",
        )
        loss.sum().backward()
        what = Text(f"{en}: the gradient after backward():", f"{zh}：backward() 之后的梯度：")
        assert_close(torch.zeros_like(right) if logits.grad is None else logits.grad, right, what=what)


@check(zh="float64 的 logits 得到 float64 的结果，精度不丢", needs=("test_softmax", "test_cross_entropy"))
def test_double(student: Student, draw: Draw) -> None:
    """Logits in double precision give results in double precision."""
    logits, labels = draw.normal(4, 3, std=2.0, dtype=torch.float64), some_labels(draw, 4, 3)
    right = probabilities(logits), loss_due(logits, labels)
    what = Text("softmax of float64 logits:", "softmax，logits 是 float64：")
    got = student.softmax(logits)
    named = "always_single" if _was_single(got) else None
    assert_close(got, right[0], rtol=1e-11, atol=1e-13, what=what, mistake=named)
    what = Text("cross_entropy of float64 logits:", "cross_entropy，logits 是 float64：")
    got = student.cross_entropy(logits, labels)
    named = "single_loss" if _was_single(got) else None
    assert_close(got, right[1], rtol=1e-11, atol=1e-13, what=what, mistake=named)


def _was_single(got: object) -> bool:
    """Tell whether float64 numbers are float32 numbers written out: computed in half the digits."""
    return isinstance(got, torch.Tensor) and got.dtype == torch.float64 and torch.equal(got.float().double(), got)


@check(zh="两个函数都不改动参数", needs=("test_softmax", "test_cross_entropy"))
def test_inputs_stay(student: Student, draw: Draw) -> None:
    """Neither function changes its arguments."""
    logits, labels = draw.normal(4, 3), some_labels(draw, 4, 3)
    before = logits.clone(), labels.clone()
    student.softmax(logits)
    assert_unchanged(logits, before[0], "logits", requires_grad=False, mistake="in_place")
    student.cross_entropy(logits, labels)
    assert_unchanged(logits, before[0], "logits", requires_grad=False, mistake="loss_in_place")
    assert_unchanged(labels, before[1], "labels", mistake="loss_in_place")


def look(names, in_features, num_classes, x):
    """Return what a new model is, and what it makes of zeros, of unit vectors and of `x`, in both precisions."""
    model = names.SoftmaxRegression(in_features, num_classes)
    if not isinstance(model, nn.Module):  # noqa: F821 - a probe sees torch, nn and math
        return {"kind": type(model).__name__}
    count = sum(p.numel() for p in model.parameters() if p.requires_grad)
    units = torch.cat([torch.zeros(1, in_features), torch.eye(in_features)])
    with torch.no_grad():
        found = [model(units), model(x), model(x[:1]), model(x)]
        steady = sum(p.numel() for p in model.parameters() if p.requires_grad) == count
        try:
            model.double()
            found += [model(units.double()), model(x.double())]
        except RuntimeError as error:
            if "dtype" not in str(error):
                raise
    return {"count": count, "steady": steady, "found": found}


def _judge_count(reply: object, in_features: int, num_classes: int) -> list[Any]:
    """Return the outputs; fail where the model has no weight and bias that could be trained."""
    if not isinstance(reply, dict):
        fail("The model cannot be looked into.", "无法查看这个模型。")
    made = f"SoftmaxRegression({in_features}, {num_classes})"
    if "kind" in reply:
        fail(
            f"{made} is a {reply['kind']}, which is no nn.Module.",
            f"{made} 的类型是 {reply['kind']}，不是 nn.Module。",
            mistake="not_a_module",
        )
    due = (in_features + 1) * num_classes
    if reply["count"] != due:
        named = "no_bias" if reply["count"] == in_features * num_classes else None
        if not reply["count"]:
            named = "plain_tensors" if reply["steady"] else "made_in_forward"
        fail(
            f"{made} has {reply['count']} numbers that can be trained; a weight for every feature and class and a bias "
            f"for every class are ({in_features} + 1) · {num_classes} = {due}.",
            f"{made} 有 {reply['count']} 个可训练的数；每个特征、每个类别一个权重，再加每个类别一个偏置，"
            f"应为 ({in_features} + 1) · {num_classes} = {due} 个。",
            mistake=named,
        )
    return list(reply["found"])


def _affine(units: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return weight (in, k) and bias (k,) of a linear model, from its outputs at zero and at the unit vectors."""
    values = units.double()
    return values[1:] - values[0], values[0]


def _squashed(outputs: torch.Tensor) -> str | None:
    """Name the mistake where the rows are probabilities or their logarithms."""
    ones = torch.ones(len(outputs), dtype=torch.float64)
    if torch.allclose(outputs.double().sum(dim=1), ones, atol=1e-4) and bool((outputs >= 0).all()):
        return "returns_probabilities"
    if torch.allclose(outputs.double().exp().sum(dim=1), ones, atol=1e-4):
        return "returns_logarithms"
    return None


@check(zh="模型给出每一类的 logit：x 的线性函数，不经过 softmax")
def test_logits(student: Student, draw: Draw) -> None:
    """The model gives a logit for every class: a linear function of x, without a softmax."""
    for in_features, num_classes in ((draw.integer(4, 6), 3), (2, draw.integer(4, 6))):
        x = draw.normal(7, in_features, std=3.0)
        reply = student.run(look, in_features, num_classes, x)
        found = _judge_count(reply, in_features, num_classes)
        made = f"SoftmaxRegression({in_features}, {num_classes})"
        what = Text(f"The output of {made} for x of shape {tuple(x.shape)}:", f"{made} 对形状 {tuple(x.shape)} 的 x：")
        outputs = assert_shape(found[1], (7, num_classes), what=what)
        weight, bias = _affine(assert_shape(found[0], (in_features + 1, num_classes), what=what))
        due = (x.double() @ weight + bias).float()
        linear = Text(
            f"{what.en} by what the model gives for zeros and for unit vectors, x Wᵀ + b is due.",
            f"{what.zh}按模型对零向量和单位向量的输出，应为 x Wᵀ + b。",
        )
        assert_close(outputs, due, rtol=1e-3, atol=1e-3, what=linear, mistake=_squashed(outputs))
        single = Text(f"{what.en} the first row alone.", f"{what.zh}只给第一行。")
        assert_close(found[2], due[:1], rtol=1e-3, atol=1e-3, what=single)
        again = Text(f"{what.en} the same input once more.", f"{what.zh}同样的输入再来一次。")
        assert_close(found[3], due, rtol=1e-3, atol=1e-3, what=again)
        if len(found) != 6:  # both outputs in float64
            fail(
                "After .double() the model raises on a float64 batch: float32 and float64 meet in forward.",
                "调用 .double() 之后，float64 的输入会报错：forward 里 float32 和 float64 混在了一起。",
                mistake="casts_input",
            )
        weight, bias = _affine(assert_shape(found[4], (in_features + 1, num_classes), what=what))
        precise = Text("After .double(), in float64:", "调用 .double() 之后，用 float64：")
        right = x.double() @ weight + bias
        assert_close(found[5], right, rtol=1e-9, atol=1e-9, what=precise, mistake="casts_input")


def learn(names, images, labels, tests, lr, steps):
    """Train a model with the learner's loss by full-batch descent; return its outputs and a second model's."""
    model, other = names.SoftmaxRegression(64, 10), names.SoftmaxRegression(64, 10)
    params = list(model.parameters())
    before = [model(tests).detach().clone(), other(tests).detach().clone()]
    for _ in range(steps):
        loss = names.cross_entropy(model(images), labels)
        if not loss.requires_grad:
            return "cut"
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                if p.grad is not None:
                    p.sub_(lr * p.grad)
    return [*before, model(tests).detach(), other(tests).detach()]


@check(
    zh="用 8×8 的数字图像训练，准确率达到 95%，每一步都和公式一致",
    needs=("test_logits", "test_gradient"),
    weight=2,
)
def test_digits(student: Student, draw: Draw) -> None:
    """Trained on noisy 8×8 digits the model follows the formula and reads 95% of new ones."""
    images, labels = digits(draw, 12)
    fresh, shown = digits(draw, 30)
    tests = torch.cat([torch.zeros(1, PIXELS), torch.eye(PIXELS), fresh])
    reply = student.run(learn, images, labels, tests, LR, STEPS)
    if reply == "cut" or not isinstance(reply, list):
        fail(
            "The loss of a new model carries no graph, so nothing can be trained.",
            "新模型的损失没有计算图，无法训练。",
            mistake="frozen",
        )
    before, idle, after, still = (assert_shape(outputs, (len(tests), DIGITS)) for outputs in reply)
    weight, bias = _affine(before[: PIXELS + 1])
    x, hot = images.double(), torch.eye(DIGITS, dtype=torch.float64)[labels]
    for _ in range(STEPS):
        error = (torch.softmax(x @ weight + bias, dim=1) - hot) / len(labels)
        weight, bias = weight - LR * x.T @ error, bias - LR * error.sum(dim=0)
    accuracy = (after[PIXELS + 1 :].argmax(dim=1) == shown).double().mean().item()
    what = Text(
        f"Logits after {STEPS} steps of full-batch descent, lr={LR}; {accuracy:.1%} of 300 new digits are read right:",
        f"全批量下降 {STEPS} 步（lr={LR}）之后的 logits；300 个新数字认对了 {accuracy:.1%}：",
    )
    # The judge's own run in float64 from the same start; rounding makes 1e-5 of difference, measured.
    due = (tests.double() @ weight + bias).float()
    named = _squashed(after) or ("frozen" if torch.equal(before, after) else None)
    assert_close(after, due, rtol=5e-3, atol=5e-3, what=what, mistake=named)
    # From nn.Linear's start or zeros all 300 come out right, from N(0, 1) 99.2% with σ = 0.6%: 95% is 7 sigmas away.
    expect(
        accuracy >= 0.95,
        f"After {STEPS} steps only {accuracy:.1%} of the new digits are read right: the weights start too far from zero.",
        f"{STEPS} 步之后只认对了 {accuracy:.1%} 的新数字：权重的初始值离零太远。",
        mistake="starts_far_off",
    )
    alone = Text("A second model, while the first was trained:", "训练第一个模型时，第二个模型的输出：")
    assert_close(still, idle, what=alone, mistake="shared_layer")


def moved(names, x):
    """Return the logits of a model that went to the device of `x`."""
    return names.SoftmaxRegression(3, 4).to(x.device)(x).detach()


@check(zh="一切留在输入所在的设备上", needs=("test_softmax", "test_cross_entropy", "test_logits"))
def test_device(student: Student) -> None:
    """Everything stays on the device of the input."""
    with elsewhere(mistake="on_cpu") as device:
        assert_device(student.softmax(torch.empty(5, 3, device=device)), device)
    with elsewhere(mistake="stays_behind") as device:
        assert_device(student.run(moved, torch.empty(5, 3, device=device)), device)
    with elsewhere(mistake="loss_on_cpu") as device:
        labels = torch.empty(5, dtype=torch.int64, device=device)
        assert_device(student.cross_entropy(torch.empty(5, 3, device=device), labels), device)
