"""Checks of the logistic model: probabilities on any batch, training, extreme inputs, copies.

Every check gives the model its numbers first, so what comes out is computed anew on this side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from grader.judge import (
    Draw,
    LearnerError,
    Student,
    Text,
    assert_close,
    assert_device,
    assert_shape,
    check,
    elsewhere,
    expect,
    fail,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Numbers = tuple[torch.Tensor, torch.Tensor]


def with_numbers(names, args, kwargs, weight, bias, use, *data):  # noqa: C901, PLR0912 - a probe has no helpers
    """Build a model, copy the numbers into its parameters, hand it to `use`, and report both."""

    def make():
        return names.LogisticRegression(*args, **kwargs)

    # In this mode torch.empty gives NaN, so that numbers which nobody ever set are seen.
    before = torch.get_deterministic_debug_mode()
    torch.set_deterministic_debug_mode(1)
    try:
        model = make()
    finally:
        torch.set_deterministic_debug_mode(before)
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
        missing = [n.shape for n in (weight, bias) if tuple(n.shape) not in shapes]
        if any(b.is_floating_point() and b.shape in missing for b in model.buffers()):
            loose.add("tensor")
        x = torch.ones(3, weight.shape[1], device=weight.device)
        try:
            first, second = model(x), model(x)
            # A layer that the first forward makes is among the parameters only now.
            steady = torch.equal(first, second) and len(list(model.parameters())) == len(params)
            outside = first.requires_grad and not params
        except Exception:  # noqa: BLE001 - only the shapes matter then
            steady, outside = True, False
        return {"shapes": shapes, "loose": sorted(loose), "steady": steady, "outside": outside}
    if any(p.dtype != weight.dtype for p in params):
        return {"dtype": next(str(p.dtype).removeprefix("torch.") for p in params if p.dtype != weight.dtype)}
    if any(bool(p.isnan().any()) for p in params):
        return {"unset": True}
    with torch.no_grad():
        for p in params:
            p.copy_(weight if p.dim() == weight.dim() else bias)
    result = use(model, make, *data)
    now = list(model.parameters())
    same = len(now) == len(params) and all(any(p is q for q in now) for p in params)
    after = sorted((p.detach() for p in now), key=lambda p: -p.dim())
    return {"result": result, "weight": after[0], "bias": after[1], "same": same}


def call(model, make, *inputs):
    """Return what the model makes of each input: at first, once more, and in eval mode without gradients."""
    copies = [x.clone() for x in inputs]
    found = [[model(x) for x in inputs], [model(x.clone()) for x in copies]]
    # Not model.eval(): that calls train(), which a model may define for itself.
    nn.Module.train(model, False)  # noqa: F821
    with torch.no_grad():
        found.append([model(x) for x in copies])
    return [[y.detach() if isinstance(y, torch.Tensor) else y for y in outputs] for outputs in found]


def train(model, make, x, y, lr, steps):
    """Take full-batch steps down nn.BCELoss; return how it went in one word."""
    criterion = nn.BCELoss()  # noqa: F821
    params = list(model.parameters())
    for _ in range(steps):
        loss = criterion(model(x), y)
        if not loss.requires_grad:
            return "cut" if any(p.requires_grad for p in params) else "frozen"
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                if p.grad is not None:
                    p.sub_(lr * p.grad)
    return "trained"


def differentiate(model, make, x, y):
    """Return the output, and the gradients of its sum and of its BCELoss: of x, weight and bias each."""
    model.to(x.dtype)
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


def double(model, make, weight, bias, x):
    """Return the output after .double(), and again with other numbers, or a word where the dtypes clash."""
    model.double()
    try:
        found = [model(x).detach()]
        with torch.no_grad():
            for p in model.parameters():
                p.copy_(weight if p.dim() == weight.dim() else bias)
        return [*found, model(x).detach()]
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
    model(x)
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


def moved(names, sizes, x):
    """Return what a new model that follows x to its device makes of it."""
    return names.LogisticRegression(*sizes).to(x.device)(x).detach()


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
            mistake="numpy_double" if reply["dtype"] == "float64" else None,
        )
    if "unset" in reply:
        fail(
            f"The parameters of {made} hold what happened to lie in memory (or NaN): nobody gave them numbers.",
            f"{made} 的参数里是内存中残留的值（或 NaN）：没有人给它们赋过初始值。",
            mistake="never_initialised",
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
    expect(
        reply["same"],
        "After a forward the model has other parameter objects than before: an optimiser still holds the old ones.",
        "前向传播之后，模型的参数换成了另外的对象：优化器手里还是旧的那些。",
        mistake="made_in_forward",
    )


def _judge_outputs(reply: dict[str, Any], numbers: Numbers, *inputs: torch.Tensor, what: Text | None = None) -> None:
    """Fail unless every output is right: the first time, once more, and in eval mode without gradients."""
    _judge_kept(reply, numbers)
    result = reply["result"]
    if not (isinstance(result, list) and [len(outputs) for outputs in result] == [len(inputs)] * 3):
        fail("One output for each input is due.", "每个输入应当有一个输出。")
    # First of all inputs: where chance spared the first, its values would be called wrong.
    for x, first, second in zip(inputs, *result[:2], strict=True):
        given = what or _given(x, numbers)
        if _differ(first, second):
            fail(
                f"{given.en}\nThe same input gave two different outputs, one after the other: the output is random.",
                f"{given.zh}\n同一个输入先后得到了两个不同的输出：输出是随机的。",
                mistake="random_output",
            )
    for x, first, second, calm in zip(inputs, *result, strict=True):
        given, due = what or _given(x, numbers), _probability(x, numbers)
        assert_close(first, due, what=given)
        assert_close(second, due, what=given)
        mode = Text(
            en=f"{given.en}\nAfter model.eval(), under torch.no_grad():",
            zh=f"{given.zh}\n调用 model.eval() 之后，在 torch.no_grad() 里：",
        )
        assert_close(calm, due, what=mode, mistake="mode_dependent")


def _differ(first: object, second: object) -> bool:
    if not (isinstance(first, torch.Tensor) and isinstance(second, torch.Tensor)):
        return False
    if first.shape != second.shape or first.dtype != second.dtype or not first.is_floating_point():
        return False
    return not torch.allclose(first, second, rtol=2e-6, atol=1e-7, equal_nan=True)


def _probability(x: torch.Tensor, numbers: Numbers) -> torch.Tensor:
    return torch.sigmoid(x @ numbers[0].T + numbers[1])


def _given(x: torch.Tensor, numbers: Numbers) -> Text:
    """Return what the output was computed from, with the numbers where they are few."""
    weight, bias = (n.flatten().tolist() for n in numbers)
    if len(weight) > 1 or x.numel() > 12:
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
        # A longer batch shows a rare dropout.
        inputs = x, x.repeat(50, 1)
        _judge_outputs(_ask(student, (), {}, numbers, call, *inputs), numbers, *inputs)


@check(zh="in_features 决定权重的形状；每个样本一个概率", needs=("test_probability",), weight=2)
def test_features(student: Student, draw: Draw) -> None:
    """in_features decides the shape of the weight, and each example gets one probability."""
    few, many = draw.integer(2, 4), draw.integer(5, 7)
    for args, kwargs, count in (((few,), {}, few), ((), {"in_features": many}, many)):
        x, numbers = draw.normal(6, count), _numbers(draw, count)
        _judge_outputs(_ask(student, args, kwargs, numbers, call, x), numbers, x)


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
        _judge_outputs(reply, numbers, x, what=what)


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
    _judge_wrong_labels(student, draw)


def _judge_wrong_labels(student: Student, draw: Draw) -> None:
    """Fail where nn.BCELoss gets no gradient from a confident wrong answer."""
    numbers, scores = _numbers(draw), torch.tensor([[8.0], [10.0], [12.0], [14.0]])
    scores = torch.cat([scores, -scores])
    x, y = (scores - numbers[1]) / numbers[0], (scores < 0).float()
    result = _ask(student, (), {}, numbers, differentiate, x, y)["result"]
    _judge_graph(cut=len(result) == 1)
    found = assert_shape(result[4], (8, 1))
    # Near 1 a float32 has few digits left for 1 − p, so a stable formula may be off by 10% at z = 14.
    due = (_probability(x, numbers) - y) * numbers[0] / 8
    wrong = ~torch.isclose(found, due, rtol=0.3, atol=0.0)
    if wrong.any():
        at, got, right = (_listed(values[wrong][:1]) for values in (scores, found, due))
        # Zero for x alone, where the weight gets its gradient, is another matter than a clamp.
        cut = not found[wrong].any() and (bool(found.any()) or not result[5].any())
        fail(
            f"With the wrong label at z = x Wᵀ + b = {at}, the gradient of nn.BCELoss with respect to x is {got}; "
            f"due is {right}.",
            f"标签是错的、z = x Wᵀ + b = {at} 时，nn.BCELoss 对 x 的梯度是 {got}，应当是 {right}。",
            mistake="clamped_too_tight" if cut else None,
        )


@check(zh="输入再大，输出也在 [0, 1] 内，输出和梯度都没有 NaN", needs=("test_probability", "test_trains"), weight=2)
def test_extreme_inputs(student: Student, draw: Draw) -> None:
    """However large the input, the output stays in [0, 1], and neither it nor a gradient is NaN."""
    numbers = _numbers(draw)
    # exp(z) leaves float32 at z = 88.7 and float64 at z = 709.8; a bound between that and the inputs must be right too.
    near = torch.tensor([88.5, 88.8, 89.5, 95.0, 103.0, 104.0, 150.0, 300.0, 500.0, 600.0], dtype=torch.float64)
    sizes = torch.tensor([1e3, 1e4, 1e6, 1e30], dtype=torch.float64)
    x = torch.cat([_solve(torch.cat([near, -near]), numbers), sizes, -sizes]).reshape(-1, 1)
    _judge_extremes(student, draw, numbers, x.float())
    wide = _numbers(draw, 2)
    lengths = torch.tensor([1e2, 1e3, 1e4, 1e6, 1e30]).reshape(-1, 1)
    # Towards the weight, so that the two terms never cancel.
    _judge_extremes(student, draw, wide, torch.cat([lengths, -lengths]) * wide[0].sign())
    # With a small weight large inputs are nothing extreme: the output shows whether x was cut.
    small = numbers[0] / 100, numbers[1]
    _judge_extremes(student, draw, small, torch.tensor([[200.0], [-200.0], [2000.0], [-2000.0]]))
    far = torch.tensor([705.0, 710.0, 720.0, 1000.0, 1e4], dtype=torch.float64)
    x = torch.cat([_solve(torch.cat([far, -far]), numbers), sizes, -sizes]).reshape(-1, 1)
    try:
        _judge_extremes(student, draw, numbers, x)
    except LearnerError as error:
        # A model that cannot compute in float64 at all is the business of test_double.
        if "dtype" not in error.failure.message.lower():
            raise


def _solve(scores: torch.Tensor, numbers: Numbers) -> torch.Tensor:
    """Return the inputs of a single feature that lead to the scores."""
    return (scores - numbers[1].double()) / numbers[0].double().flatten()


def _judge_extremes(student: Student, draw: Draw, numbers: Numbers, x: torch.Tensor) -> None:
    """Fail where the output for `x` is no probability or wrong, or where a gradient is NaN."""
    y = draw.uniform(len(x), 1).round().to(x.dtype)
    result = _ask(student, (x.shape[1],), {}, numbers, differentiate, x.clone(), y)["result"]
    _judge_graph(cut=len(result) == 1)
    exact = numbers[0].to(x.dtype), numbers[1].to(x.dtype)
    output = assert_shape(result[0], (len(x), 1), what=_given(x, numbers))
    for bad, en, zh in (
        (output.isnan(), "the output is NaN.", "输出是 NaN。"),
        (output < 0, "the output is below 0:", "输出小于 0："),
        (output > 1, "the output is above 1:", "输出大于 1："),
    ):
        shown = "" if output[bad].isnan().any() else " " + ", ".join(f"{v:.8g}" for v in output[bad][:4].tolist())
        where = _where(x, bad.flatten(), numbers)
        expect(not bad.any(), f"{where.en} {en}{shown}", f"{where.zh}{zh}{shown}")
    assert_close(output, _probability(x, exact), rtol=1e-4, atol=1e-5, check_dtype=False, what=_given(x, numbers))
    scores = (x.double() @ numbers[0].double().T + numbers[1]).abs().flatten()
    for index, gradient in enumerate(result[1:]):
        en, zh = (("the input", "输入"), ("the weight", "权重"), ("the bias", "偏置"))[index % 3]
        if not gradient.isnan().any():
            continue
        rows = gradient.isnan().any(dim=1) if index % 3 == 0 else torch.ones(len(x), dtype=torch.bool)
        where = _where(x, rows, numbers)
        # A bound on the exponent that lies too far out: NaN just beyond 88, none far away.
        narrow = index % 3 == 0 and x.dtype == torch.float32 and not rows[scores > 900].any()
        fail(
            f"{where.en} the output is right, but the gradient with respect to {en} contains NaN.",
            f"{where.zh}输出没问题，但对{zh}的梯度里有 NaN。",
            mistake="clamped_too_far" if narrow and (scores > 900).any() else None,
        )


def _where(x: torch.Tensor, rows: torch.Tensor, numbers: Numbers) -> Text:
    """Return the numbers of the model and the first inputs among `rows`."""
    weight, bias = _listed(numbers[0]), _listed(numbers[1])
    inputs = "; ".join(f"({_listed(row)})" if len(row) > 1 else _listed(row) for row in x[rows][:6])
    kind = " (float64)" * (x.dtype == torch.float64)
    more = ", …" * (int(rows.sum()) > 6)
    return Text(
        en=f"With weight {weight} and bias {bias}{kind}, for x = {inputs}{more}:",
        zh=f"权重为 {weight}、偏置为 {bias}{kind}，x = {inputs}{more} 时：",
    )


@check(zh="模型跟随 .double()：用 float64 计算，不丢精度", needs=("test_probability",))
def test_double(student: Student, draw: Draw) -> None:
    """The model follows .double() and computes with all its digits."""
    numbers, x = _numbers(draw), draw.normal(6, 1, dtype=torch.float64)
    start = numbers[0].double(), numbers[1].double()
    other = -start[0], start[1] + 1
    result = _ask(student, (), {}, numbers, double, *other, x)["result"]
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
    if not (isinstance(result, list) and len(result) == 2):
        fail("Two outputs are due.", "应当有两个输出。")
    due, rough = _probability(x, start), _probability(x.float().double(), start)
    named = "casts_input" if _lost_digits(result[0], rough) else None
    assert_close(result[0], due, rtol=1e-10, atol=1e-10, mistake=named)
    what = Text(
        en="After .double() the parameters were given other numbers; the output is now:",
        zh="调用 .double() 之后又给参数放入了别的数，这时的输出：",
    )
    assert_close(result[1], _probability(x, other), rtol=1e-10, atol=1e-10, what=what, mistake="stale_copy")


def _lost_digits(output: object, rough: torch.Tensor) -> bool:
    """Tell whether the numbers went through float32 on the way in or out."""
    if not isinstance(output, torch.Tensor) or output.shape != rough.shape:
        return False
    if output.dtype != torch.float64:
        return output.dtype == torch.float32
    return torch.equal(output, output.float().double()) or torch.allclose(output, rough, rtol=1e-12, atol=1e-12)


@check(zh="模型跟随 .to(device)：全部计算都在输入所在的设备上", needs=("test_features",))
def test_device(student: Student, draw: Draw) -> None:
    """The model follows .to(device) and computes where the input is."""
    sizes = [draw.integer(2, 4)]
    with elsewhere(mistake="made_on_cpu") as device:
        assert_device(student.run(moved, sizes, torch.empty(5, sizes[0], device=device)), device)


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
