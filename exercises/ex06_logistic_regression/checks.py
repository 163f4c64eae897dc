"""Checks of the logistic model: probabilities on any batch, training, extreme inputs, copies.

Every check gives the model its numbers first, so what comes out is computed anew on this side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from grader.judge import Draw, LearnerError, Student, Text, assert_close, assert_shape, check, expect, fail

if TYPE_CHECKING:
    from collections.abc import Callable

Numbers = tuple[torch.Tensor, torch.Tensor]


def with_numbers(names, args, kwargs, weight, bias, use, *data):
    """Build a model, copy the numbers into its parameters, hand it to `use`, and report both."""

    def make():
        return names.LogisticRegression(*args, **kwargs)

    model = make()
    if not isinstance(model, nn.Module):  # noqa: F821 - a probe sees torch, nn and math
        return {"kind": type(model).__name__}
    model.to(weight.device)
    params = list(model.parameters())
    if any(isinstance(p, torch.nn.parameter.UninitializedTensorMixin) for p in params):
        return {"lazy": True}
    shapes = sorted(tuple(p.shape) for p in params)
    if shapes != sorted([tuple(weight.shape), tuple(bias.shape)]):
        loose = set()
        for name, value in vars(model).items():
            if name in vars(nn.Module()):  # noqa: F821
                continue
            inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
            if isinstance(value, torch.Tensor):
                loose.add("tensor")
            elif any(isinstance(item, torch.Tensor | nn.Module) for item in inner):  # noqa: F821
                loose.add("list")
        x = torch.ones(3, weight.shape[1], device=weight.device)
        try:
            first, second = model(x), model(x)
            steady, outside = torch.equal(first, second), first.requires_grad and not params
        except Exception:  # noqa: BLE001 - only the shapes matter then
            steady, outside = True, False
        return {"shapes": shapes, "loose": sorted(loose), "steady": steady, "outside": outside}
    if any(p.dtype != weight.dtype for p in params):
        return {"dtype": next(str(p.dtype).removeprefix("torch.") for p in params if p.dtype != weight.dtype)}
    with torch.no_grad():
        for p in params:
            p.copy_(weight if p.dim() == weight.dim() else bias)
    result = use(model, make, *data)
    after = sorted((p.detach() for p in model.parameters()), key=lambda p: -p.dim())
    return {"result": result, "weight": after[0], "bias": after[1]}


def call(model, make, *inputs):
    """Return what the model makes of each input."""
    found = [model(x) for x in inputs]
    return [y.detach() if isinstance(y, torch.Tensor) else y for y in found]


def train(model, make, x, y, lr, steps):
    """Take full-batch steps down nn.BCELoss; return how it went in one word."""
    criterion = nn.BCELoss()  # noqa: F821
    for _ in range(steps):
        loss = criterion(model(x), y)
        if not loss.requires_grad:
            return "cut" if any(p.requires_grad for p in model.parameters()) else "frozen"
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                if p.grad is not None:
                    p.sub_(lr * p.grad)
    return "trained"


def differentiate(model, make, x, y):
    """Return the output, and the gradients of its sum and of its BCELoss: of x, weight and bias each."""
    places = [x.requires_grad_(), *sorted(model.parameters(), key=lambda p: -p.dim())]
    output = model(x)
    found = [output.detach()]
    if not output.requires_grad:
        return found
    within = bool(((output >= 0) & (output <= 1)).all())
    for total in (output.sum(), nn.functional.binary_cross_entropy(output, y) if within else output.sum()):  # noqa: F821
        for p in places:
            p.grad = None
        total.backward(retain_graph=True)
        found += [torch.zeros_like(p) if p.grad is None else p.grad for p in places]
    return found


def double(model, make, x):
    """Return what the model makes of `x` after .double(), or a word where the dtypes clash."""
    model.double()
    try:
        return model(x).detach()
    except RuntimeError as error:
        if "dtype" not in str(error):
            raise
    try:
        model(x.float())
    except RuntimeError:
        return "cast"
    return "stale"


def reload(model, make, x):
    """Carry a copy of the state over into a new model; return its output, and the state by dimension."""
    state = {name: value.clone() for name, value in model.state_dict().items()}
    kept = [state[name] for name, _ in model.named_parameters() if name in state]
    fresh = make().to(x.device)
    fresh.load_state_dict(state)
    return [fresh(x).detach(), *sorted(kept, key=lambda value: -value.dim())]


def rival(model, make, weight, bias, x):
    """Give a second model other numbers; return the output of both."""
    other = make().to(x.device)
    with torch.no_grad():
        for p in other.parameters():
            p.copy_(weight if p.dim() == weight.dim() else bias)
    return [model(x).detach(), other(x).detach()]


def _numbers(draw: Draw, in_features: int = 1) -> Numbers:
    """Return a weight and a bias, every element at least a half away from zero."""
    size, signs = draw.uniform(1, in_features + 1, low=0.5, high=2.0), draw.normal(1, in_features + 1)
    both = size * signs.sign()
    return both[:, :-1].clone(), both[:, -1].clone()


def _ask(
    student: Student,
    args: tuple[int, ...],
    kwargs: dict[str, int],
    numbers: Numbers,
    use: Callable[..., Any],
    *data: object,
) -> dict[str, Any]:
    """Run `use` on a model that holds the numbers; fail where its parameters are not those of the task."""
    made = ", ".join([*map(str, args), *(f"{name}={value}" for name, value in kwargs.items())])
    try:
        reply = student.run(with_numbers, list(args), kwargs, *numbers, use, *data)
    except LearnerError as error:
        said = error.failure.message
        if "Module.__init__()" in said or (
            "has no attribute '_" in said and error.failure.type_name == "AttributeError"
        ):
            fail(
                f"LogisticRegression({made}) raised “{said}”: nn.Module was not set up before it was used.",
                f"LogisticRegression({made}) 报错 “{said}”：nn.Module 还没有初始化就被使用了。",
                mistake="no_super",
            )
        raise
    if not isinstance(reply, dict):
        fail("The model cannot be looked into.", "无法查看这个模型。")
    _judge_parameters(reply, f"LogisticRegression({made})", *(tuple(n.shape) for n in numbers))
    return reply


def _judge_parameters(reply: dict[str, Any], made: str, weight: tuple[int, ...], bias: tuple[int, ...]) -> None:
    if "kind" in reply:
        fail(
            f"{made} is a {reply['kind']}, which is no nn.Module: it has no parameters() that an optimiser "
            f"could train.",
            f"{made} 的类型是 {reply['kind']}，不是 nn.Module：它没有可供优化器训练的 parameters()。",
            mistake="not_a_module",
        )
    if "lazy" in reply:
        fail(
            f"The parameters of {made} have no shape before the first forward; "
            f"due are a weight {weight} and a bias {bias}.",
            f"{made} 的参数在第一次前向传播之前没有形状；应当有形状为 {weight} 的权重和形状为 {bias} 的偏置。",
            mistake="lazy_layer",
        )
    if "dtype" in reply:
        fail(
            f"The parameters of {made} are {reply['dtype']}; a new model has float32 ones.",
            f"{made} 的参数是 {reply['dtype']}；新建的模型应当用 float32。",
            mistake="numpy_double",
        )
    if "shapes" in reply:
        named = None
        if not reply["steady"]:
            named = "made_in_forward"
        elif reply["loose"]:
            named = "plain_tensors" if "tensor" in reply["loose"] else "layers_in_list"
        elif reply["outside"]:
            named = "shared_layer"
        shapes = ", ".join(map(str, reply["shapes"]))
        fail(
            f"{made} has {f'parameters of shape {shapes}' if shapes else 'no parameters'}; "
            f"due are exactly a weight {weight} and a bias {bias}.",
            f"{made} {f'的参数形状是 {shapes}' if shapes else '没有参数'}；"
            f"应当恰好有形状为 {weight} 的权重和形状为 {bias} 的偏置。",
            mistake=named,
        )


def _judge_graph(*, cut: bool) -> None:
    if cut:
        fail(
            "The output carries no graph, so a loss made of it cannot be sent backward.",
            "输出没有计算图，由它得到的损失无法反向传播。",
            mistake="graph_cut",
        )


def _listed(tensor: torch.Tensor) -> str:
    return ", ".join(f"{value:.4g}" for value in tensor.flatten().tolist())


def _judge_kept(reply: dict[str, Any], numbers: Numbers) -> None:
    """Fail unless the parameters are still those that were given."""
    if any(not torch.equal(reply[name], due) for name, due in zip(("weight", "bias"), numbers, strict=True)):
        fail(
            "After a forward the parameters no longer hold the numbers that were put into them.",
            "前向传播之后，参数里的数不再是之前放进去的那些。",
            mistake="made_in_forward",
        )


def _probability(x: torch.Tensor, numbers: Numbers) -> torch.Tensor:
    return torch.sigmoid(x @ numbers[0].T + numbers[1])


def _given(x: torch.Tensor, numbers: Numbers) -> Text:
    """Return what the output was computed from, with the numbers where they are few."""
    weight, bias = (n.flatten().tolist() for n in numbers)
    if len(weight) > 1:
        return Text(
            en=f"Weight {tuple(numbers[0].shape)}, bias {tuple(numbers[1].shape)}, input {tuple(x.shape)}:",
            zh=f"权重 {tuple(numbers[0].shape)}、偏置 {tuple(numbers[1].shape)}、输入 {tuple(x.shape)} 时：",
        )
    inputs = ", ".join(f"{value:.4g}" for value in x.flatten().tolist())
    return Text(
        en=f"With weight {weight[0]:.4g} and bias {bias[0]:.4g}, for x = {inputs}:",
        zh=f"权重为 {weight[0]:.4g}、偏置为 {bias[0]:.4g}，x = {inputs} 时：",
    )


@check(zh="默认有一个 (1, 1) 的权重和一个 (1,) 的偏置，输出概率 σ(x Wᵀ + b)")
def test_probability(student: Student, draw: Draw) -> None:
    """By default there are a weight (1, 1) and a bias (1,), and the output is σ(x Wᵀ + b)."""
    for _ in range(2):
        numbers = _numbers(draw)
        # Scores on both sides of zero, near and far, tell the sigmoid from what looks like it.
        scores = torch.cat([draw.uniform(1, 1, low=0.2, high=0.4), draw.normal(3, 1), torch.tensor([[6.0], [-6.0]])])
        x = (scores - numbers[1]) / numbers[0]
        reply = _ask(student, (), {}, numbers, call, x)
        _judge_kept(reply, numbers)
        assert_close(reply["result"][0], _probability(x, numbers), what=_given(x, numbers))


@check(zh="in_features 决定权重的形状；每个样本一个概率", needs=("test_probability",), weight=2)
def test_features(student: Student, draw: Draw) -> None:
    """in_features decides the shape of the weight, and each example gets one probability."""
    few, many = draw.integer(2, 4), draw.integer(5, 7)
    for args, kwargs, count in (((few,), {}, few), ((), {"in_features": many}, many)):
        x, numbers = draw.normal(6, count), _numbers(draw, count)
        reply = _ask(student, args, kwargs, numbers, call, x)
        _judge_kept(reply, numbers)
        assert_close(reply["result"][0], _probability(x, numbers), what=_given(x, numbers))


@check(zh="输入前面可以有任意多个维度，输出的最后一维是 1", needs=("test_features",))
def test_leading_shapes(student: Student, draw: Draw) -> None:
    """A batch may have any leading shape, and the output ends in a dimension of one."""
    count = draw.integer(2, 4)
    numbers = _numbers(draw, count)
    for lead in ((1,), (5,), (2, 3), (), (0,), (2, 1, 4)):
        x = draw.normal(*lead, count)
        what = Text(en=f"The input has shape {tuple(x.shape)}.", zh=f"输入的形状是 {tuple(x.shape)}。")
        try:
            reply = _ask(student, (count,), {}, numbers, call, x)
        except LearnerError as error:
            line = error.failure.frames[-1].line if error.failure.frames else 0
            fail(
                f"{what.en} Your code raised {error}" + f" (line {line})." * bool(line),
                f"{what.zh}你的代码报错：{error}" + f"（第 {line} 行）。" * bool(line),
                mistake="rows_only" if len(lead) != 1 and x.numel() else None,
            )
        assert_close(reply["result"][0], _probability(x, numbers), what=what)


@check(zh="能和 nn.BCELoss 一起训练，每一步都和公式一致", needs=("test_probability",), weight=2)
def test_trains(student: Student, draw: Draw) -> None:
    """Trained with nn.BCELoss, weight and bias follow the formula step by step."""
    # x and −x with the wrong label each, and a bias away from zero: both parameters must move.
    half, numbers, lr, steps = draw.uniform(4, 1, low=0.5, high=2.0), _numbers(draw), 0.3, 5
    x = torch.cat([half, -half])
    y = (x * numbers[0] < 0).float()
    reply = _ask(student, (), {}, numbers, train, x, y, lr, steps)
    _judge_graph(cut=reply["result"] == "cut")
    weight, bias = (n.double() for n in numbers)
    for _ in range(steps):
        # The derivative of the cross entropy of σ(z) with respect to z is σ(z) − y.
        error = _probability(x.double(), (weight, bias)) - y.double()
        weight = weight - lr * (error * x).mean().reshape(1, 1)
        bias = bias - lr * error.mean().reshape(1)
    for name, start, due, zh in (("weight", numbers[0], weight, "权重"), ("bias", numbers[1], bias, "偏置")):
        expect(
            not torch.equal(reply[name], start),
            f"After {steps} steps of gradient descent the {name} has not moved at all.",
            f"梯度下降 {steps} 步之后，{zh}一点也没有变。",
            mistake="frozen",
        )
        what = Text(
            en=f"The {name} after {steps} steps down nn.BCELoss with learning rate {lr}:",
            zh=f"用 nn.BCELoss、学习率 {lr} 训练 {steps} 步之后的{zh}：",
        )
        assert_close(reply[name], due.float(), what=what)


@check(zh="梯度传到输入、权重和偏置", needs=("test_features", "test_trains"))
def test_gradient(student: Student, draw: Draw) -> None:
    """The gradient reaches the input, the weight and the bias."""
    count = draw.integer(2, 4)
    numbers, x, y = _numbers(draw, count), draw.normal(5, count), draw.choice((0.0, 1.0)) * torch.ones(5, 1)
    result = _ask(student, (count,), {}, numbers, differentiate, x, y)["result"]
    _judge_graph(cut=len(result) == 1)
    places = [x.clone().requires_grad_(), *(n.clone().requires_grad_() for n in numbers)]
    due = torch.autograd.grad(_probability(places[0], (places[1], places[2])).sum(), places)
    for found, right, en, zh in zip(
        result[1:4], due, ("the input", "the weight", "the bias"), ("输入", "权重", "偏置"), strict=True
    ):
        what = Text(en=f"The gradient of the sum of the outputs with respect to {en}:", zh=f"输出之和对{zh}的梯度：")
        assert_close(found, right, what=what)


@check(zh="输入再大，输出也在 [0, 1] 内，输出和梯度都没有 NaN", needs=("test_probability", "test_trains"), weight=2)
def test_extreme_inputs(student: Student, draw: Draw) -> None:
    """However large the input, the output stays in [0, 1], and neither it nor a gradient is NaN."""
    numbers = _numbers(draw)
    sizes = torch.tensor([[1e3], [1e4], [1e6], [1e30]])
    x = torch.cat([sizes, -sizes])
    y = torch.cat([draw.uniform(4, 1), draw.uniform(4, 1)]).round()
    result = _ask(student, (), {}, numbers, differentiate, x, y)["result"]
    _judge_graph(cut=len(result) == 1)
    output = result[0]
    assert_shape(output, (8, 1), what=_given(x, numbers))
    expect(
        not output.isnan().any(),
        f"{_given(x, numbers).en} the output contains NaN: {_listed(output)}.",
        f"{_given(x, numbers).zh}输出里有 NaN：{_listed(output)}。",
    )
    expect(
        bool(((output >= 0) & (output <= 1)).all()),
        f"{_given(x, numbers).en} the output leaves [0, 1]: {_listed(output)}.",
        f"{_given(x, numbers).zh}输出超出了 [0, 1]：{_listed(output)}。",
    )
    assert_close(output, _probability(x, numbers), what=_given(x, numbers))
    for index, gradient in enumerate(result[1:]):
        en, zh = (("the input", "输入"), ("the weight", "权重"), ("the bias", "偏置"))[index % 3]
        expect(
            not gradient.isnan().any(),
            f"{_given(x, numbers).en} the output is right, but the gradient with respect to {en} contains NaN: "
            f"{_listed(gradient)}.",
            f"{_given(x, numbers).zh}输出没问题，但对{zh}的梯度里有 NaN：{_listed(gradient)}。",
        )


@check(zh="模型跟随 .double()：用 float64 计算，不丢精度", needs=("test_probability",))
def test_double(student: Student, draw: Draw) -> None:
    """The model follows .double() and computes with all its digits."""
    numbers, x = _numbers(draw), draw.normal(6, 1, dtype=torch.float64)
    result = _ask(student, (), {}, numbers, double, x)["result"]
    if result == "stale":
        fail(
            "After .double() the model still computes with a float32 tensor that is not among its parameters.",
            "调用 .double() 之后，模型仍在用一个不属于参数的 float32 张量计算。",
            mistake="stale_copy",
        )
    if result == "cast":
        fail(
            "After .double() the model raises on a float64 batch: float32 and float64 meet in forward.",
            "调用 .double() 之后，float64 的输入会报错：forward 里 float32 和 float64 混在了一起。",
            mistake="casts_input",
        )
    due = _probability(x, (numbers[0].double(), numbers[1].double()))
    assert_close(result, due, rtol=1e-10, atol=1e-10, mistake="casts_input")


@check(zh="state_dict 能把一个模型原样搬进另一个模型", needs=("test_probability",))
def test_state_dict(student: Student, draw: Draw) -> None:
    """A state_dict carries one model over into another."""
    numbers, x = _numbers(draw), draw.normal(5, 1)
    result = _ask(student, (), {}, numbers, reload, x)["result"]
    expect(
        isinstance(result, list) and len(result) == 3,
        "Weight and bias are not both in the state_dict.",
        "state_dict 里没有同时包含权重和偏置。",
    )
    for value, due, en, zh in ((result[1], numbers[0], "weight", "权重"), (result[2], numbers[1], "bias", "偏置")):
        assert_close(value, due, what=Text(en=f"The {en} in the state_dict:", zh=f"state_dict 里的{zh}："))
    what = Text(en="The output of a new model that loaded the state_dict:", zh="新模型载入 state_dict 之后的输出：")
    assert_close(result[0], _probability(x, numbers), what=what)


@check(zh="每个实例都有自己的参数", needs=("test_probability",))
def test_instances(student: Student, draw: Draw) -> None:
    """Every instance has parameters of its own."""
    one, x = _numbers(draw), draw.normal(5, 1)
    other = -one[0], one[1] + 1
    result = _ask(student, (), {}, one, rival, *other, x)["result"]
    expect(isinstance(result, list) and len(result) == 2, "Two outputs are due.", "应当有两个输出。")
    what = Text(
        en="The first model, after a second one was made and given other numbers:",
        zh="新建第二个模型并放入别的数之后，第一个模型的输出：",
    )
    assert_close(result[0], _probability(x, one), what=what, mistake="shared_layer")
    assert_close(result[1], _probability(x, other), what=Text(en="The second model:", zh="第二个模型的输出："))
