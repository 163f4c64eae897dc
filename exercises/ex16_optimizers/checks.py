"""Checks of the three optimisers: their paths, what they remember where, and what they leave alone.

The judge takes every step too, in float64; the gradients are given, so no error feeds on itself.
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
    assert_unchanged,
    check,
    elsewhere,
    expect,
    fail,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    Rule = Callable[..., Tensor]

DOUBLE = torch.float64


def momentum_rule(p: Tensor, g: Tensor, state: dict[str, Any], lr: float, momentum: float = 0.9) -> Tensor:
    """Return the parameter after a step of torch.optim.SGD."""
    state["v"] = momentum * state.get("v", 0.0) + g
    return p - lr * state["v"]


def rmsprop_rule(
    p: Tensor, g: Tensor, state: dict[str, Any], lr: float, alpha: float = 0.99, eps: float = 1e-8
) -> Tensor:
    """Return the parameter after a step of torch.optim.RMSprop."""
    state["s"] = alpha * state.get("s", 0.0) + (1 - alpha) * g * g
    return p - lr * g / (state["s"].sqrt() + eps)


def adam_rule(
    p: Tensor,
    g: Tensor,
    state: dict[str, Any],
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> Tensor:
    """Return the parameter after a step of torch.optim.Adam."""
    state["t"] = t = state.get("t", 0) + 1
    state["m"] = betas[0] * state.get("m", 0.0) + (1 - betas[0]) * g
    state["s"] = betas[1] * state.get("s", 0.0) + (1 - betas[1]) * g * g
    return p - lr * (state["m"] / (1 - betas[0] ** t)) / ((state["s"] / (1 - betas[1] ** t)).sqrt() + eps)


RULES: dict[str, Rule] = {"momentum_step": momentum_rule, "rmsprop_step": rmsprop_rule, "adam_step": adam_rule}
PLAIN = ("test_momentum", "test_rmsprop", "test_adam")


def follow(names, name, param, grads, lrs, args, kwargs):
    """Take a step for each gradient; return the parameter and the gradient after each. A list of kwargs has one for each."""
    step, state, path, left = getattr(names, name), {}, [], []
    for index, (grad, lr) in enumerate(zip(grads, lrs, strict=True)):
        given = grad.clone()
        step(param, given, state, lr, *args, **(kwargs[index] if isinstance(kwargs, list) else kwargs))
        path.append(param.detach().clone())
        left.append(given)
    return path, left


def follow_all(names, one, runs):
    """Follow several runs, each with a parameter of its own."""
    return [one(names, *run) for run in runs]


def apart(names, name, first, second, grads, lr):
    """Step two parameters in turn, each with its state, then the first with an empty one; return all values."""
    step, one, two, path = getattr(names, name), {}, {}, []
    for index, grad in enumerate(grads):
        if index < 4:
            step(first, grad[0].clone(), one, lr)
            path.append(first.detach().clone())
            step(second, grad[1].clone(), two, lr)
            path.append(second.detach().clone())
        else:
            if index == 4:
                one = {}
            step(first, grad[0].clone(), one, lr)
            path.append(first.detach().clone())
    return path


def reuse(names, name, param, grads, lr, poison):
    """Step with one buffer for all gradients, overwritten in between; return the values, and what the state holds."""
    step, state, path = getattr(names, name), {}, []
    held = torch.empty_like(grads[0])
    for grad in grads:
        held.copy_(grad)
        step(param, held, state, lr)
        path.append(param.detach().clone())
        held.fill_(poison)
    kept, waiting = [], [state]
    while waiting:
        item = waiting.pop()
        if isinstance(item, torch.Tensor):
            kept.append(item.detach().clone())
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            waiting.extend(item)
    return path, kept[:20]


def train(names, name, w, features, labels, lr, steps):
    """Train a line on the mean squared error; return the weights after each step, and why it stopped early."""
    step, state, path = getattr(names, name), {}, []
    for _ in range(steps):
        loss = ((features @ w - labels) ** 2).mean()
        if not loss.requires_grad:
            return {"path": path, "recording": torch.is_grad_enabled()}
        w.grad = None
        loss.backward()
        step(w, w.grad, state, lr)
        path.append(w.detach().clone())
    return {"path": path, "trainable": w.requires_grad and w.is_leaf, "recording": torch.is_grad_enabled()}


def gradients(draw: Draw, steps: int, *shape: int, dtype: torch.dtype = torch.float32) -> list[Tensor]:
    """Return gradients without elements near zero, so that every wrong step shows."""
    size = draw.uniform(steps, *shape, low=0.3, high=3.0, dtype=DOUBLE)
    return list((size * draw.normal(steps, *shape, dtype=DOUBLE).sign()).to(dtype))


def some(draw: Draw, low: float, high: float) -> float:
    """Return a setting with few digits, which reads better in a message."""
    return float(f"{draw.number(low, high):.3g}")


def walk(
    rule: Rule, start: Tensor, grads: Sequence[Tensor], lrs: Sequence[float], *, forget: bool = False, **settings: Any
) -> list[Tensor]:
    """Return the parameter after each right step; where each forgets the last, if asked."""
    p, state, path = start.detach().double(), {}, []
    for grad, lr in zip(grads, lrs, strict=True):
        p = rule(p, grad.double(), {} if forget else state, lr, **settings)
        path.append(p)
    return path


def alike(found: Sequence[Any], due: Sequence[Tensor]) -> bool:
    """Tell whether all values of a path are those of another."""
    return all(
        isinstance(one, torch.Tensor)
        and one.shape == other.shape
        and torch.allclose(one.double(), other, rtol=1e-4, atol=1e-5)
        for one, other in zip(found, due, strict=True)
    )


def name_mistake(
    name: str, start: Tensor, found: Sequence[Any], grads: Sequence[Tensor], lrs: Sequence[float], **settings: Any
) -> str | None:
    """Return the mistake, of those that may happen in each of the three, that leads to this path."""
    due = walk(RULES[name], start, grads, lrs, **settings)
    at = start.detach().double()
    wrong = {
        "not_in_place": [at] * len(due),
        "nothing_kept": walk(RULES[name], start, grads, lrs, forget=True, **settings),
        "ascent": [2 * at - value for value in due],
    }
    return next((id_ for id_, path in wrong.items() if alike(found, path)), None)


def numbers(tensor: Tensor) -> str:
    """Return the elements of a small tensor."""
    return "[" + ", ".join(f"{value:.4g}" for value in tensor.flatten()[:4].tolist()) + "…" * (tensor.numel() > 4) + "]"


def assert_path(
    name: str,
    start: Tensor,
    path: Any,
    grads: Sequence[Tensor],
    lrs: Sequence[float],
    *,
    near: tuple[float, float] = (1e-4, 1e-5),
    mistake: str | None = None,
    **settings: Any,
) -> None:
    """Fail at the first step after which the parameter is not where the rule leads, to `near` = (rtol, atol)."""
    if not (isinstance(path, list) and len(path) == len(grads)):
        fail("One value after each step is due.", "每一步之后应当有一个值。")
    due = walk(RULES[name], start, grads, lrs, **settings)
    if mistake is None and not alike(path, due):
        mistake = name_mistake(name, start, path, grads, lrs, **settings)
    said = "".join(f", {key}={value}" for key, value in settings.items())
    for index, (found, wanted) in enumerate(zip(path, due, strict=True)):
        before = start.detach() if index == 0 else due[index - 1]
        what = Text(
            en=f"{name}, step {index + 1} of {len(grads)} with lr={lrs[index]:.4g}{said}: "
            f"param was {numbers(before)}, grad was {numbers(grads[index])}; param afterwards:",
            zh=f"{name} 的第 {index + 1} 步（共 {len(grads)} 步），lr={lrs[index]:.4g}{said}："
            f"param 原为 {numbers(before)}，grad 为 {numbers(grads[index])}；这一步之后的 param：",
        )
        assert_close(found, wanted.to(start.dtype), rtol=near[0], atol=near[1], what=what, mistake=mistake)


def judge_fifty(student: Student, draw: Draw, name: str) -> None:
    """Fail unless fifty steps with the default settings lead where torch.optim goes."""
    start, grads = draw.normal(3), gradients(draw, 50, 3)
    # Right code in float32 came within 9e-7 after steps of this length, a tenth of what is allowed.
    lrs = [draw.number(0.01, 0.03)] * len(grads)
    path, _ = student.run(follow, name, start, grads, lrs, [], {})
    assert_path(name, start, path, grads, lrs)


@check(zh="momentum_step 连走 50 步，与 torch.optim.SGD 一致")
def test_momentum(student: Student, draw: Draw) -> None:
    """momentum_step follows torch.optim.SGD for 50 steps."""
    judge_fifty(student, draw, "momentum_step")


@check(zh="rmsprop_step 连走 50 步，与 torch.optim.RMSprop 一致")
def test_rmsprop(student: Student, draw: Draw) -> None:
    """rmsprop_step follows torch.optim.RMSprop for 50 steps."""
    judge_fifty(student, draw, "rmsprop_step")


@check(zh="adam_step 连走 50 步，与 torch.optim.Adam 一致", weight=2)
def test_adam(student: Student, draw: Draw) -> None:
    """adam_step follows torch.optim.Adam for 50 steps."""
    judge_fifty(student, draw, "adam_step")


@check(zh="每个参数的记忆只在它自己的 state 里，空的 state 就是从头开始", needs=PLAIN)
def test_own_state(student: Student, draw: Draw) -> None:
    """What is remembered of a parameter lies in its state alone, and an empty state is a new start."""
    for name, rule in RULES.items():
        first, second, lr = draw.normal(3, dtype=DOUBLE), draw.normal(3, dtype=DOUBLE), draw.number(0.01, 0.05)
        grads = gradients(draw, 7, 2, 3, dtype=DOUBLE)
        path = student.run(apart, name, first.clone(), second.clone(), grads, lr)
        expect(isinstance(path, list) and len(path) == 11, "Eleven values are due.", "应当有 11 个值。")
        due = wind(rule, first, second, grads, lr, "")
        mixed = () if alike(path, due) else ("shared_memory", "shared_count", "on_parameter")
        named = next((id_ for id_ in mixed if alike(path, wind(rule, first, second, grads, lr, id_))), None)
        for index, (found, wanted) in enumerate(zip(path, due, strict=True)):
            what = (
                Text(
                    en=f"{name}, two parameters stepping in turn, each with a state of its own: "
                    f"{'the second' if index % 2 else 'the first'} after its step {index // 2 + 1}:",
                    zh=f"{name}，两个参数轮流更新，各用各的 state：{'第二' if index % 2 else '第一'}个参数走了 {index // 2 + 1} 步之后：",
                )
                if index < 8
                else Text(
                    en=f"{name}, the same parameter with a new, empty state, after step {index - 7}:",
                    zh=f"{name}，同一个参数换了一个空的新 state，走了 {index - 7} 步之后：",
                )
            )
            assert_close(found, wanted, rtol=1e-4, atol=1e-5, what=what, mistake=named)


def wind(rule: Rule, first: Tensor, second: Tensor, grads: Sequence[Tensor], lr: float, wrong: str) -> list[Tensor]:
    """Return what `apart` returns; where states are mixed up in one of three ways, if asked."""
    one: dict[str, Any] = {}
    two: dict[str, Any] = one if wrong == "shared_memory" else {}
    path, count = [], 0
    for index, grad in enumerate(grads):
        if index == 4 and wrong not in ("shared_memory", "on_parameter"):
            one = {}
        for which, state in ((0, one), (1, two))[: 2 if index < 4 else 1]:
            if wrong == "shared_count":
                state["t"], count = count, count + 1
            if which:
                second = rule(second, grad[1], state, lr)
            else:
                first = rule(first, grad[0], state, lr)
            path.append(second if which else first)
    return path


@check(zh="每个设置在每一步都起作用：lr、momentum、alpha、betas、eps", needs=(*PLAIN, "test_own_state"), weight=2)
def test_settings(student: Student, draw: Draw) -> None:
    """Every setting counts at every step: lr, momentum, alpha, betas, eps."""
    for name, settings in {
        "momentum_step": (
            {"momentum": some(draw, 0.3, 0.8)},
            {"momentum": some(draw, 0.92, 0.98)},
            {"momentum": 0},
        ),
        "rmsprop_step": (
            {"alpha": some(draw, 0.3, 0.8), "eps": some(draw, 1e-6, 1e-5)},
            {"alpha": some(draw, 0.85, 0.95), "eps": some(draw, 0.2, 0.8)},
            {"alpha": 0, "eps": some(draw, 0.2, 0.8)},
        ),
        "adam_step": (
            {"betas": (some(draw, 0.3, 0.6), some(draw, 0.7, 0.9)), "eps": some(draw, 1e-6, 1e-5)},
            {"betas": (some(draw, 0.92, 0.98), some(draw, 0.5, 0.8)), "eps": some(draw, 0.2, 0.8)},
            {"betas": (0.0, some(draw, 0.7, 0.9)), "eps": some(draw, 0.2, 0.8)},
        ),
    }.items():
        steps = 5
        # At first one rate for all steps, then a new one at each, then the plain int 1.
        rates = ([some(draw, 0.05, 0.2)] * steps, [some(draw, 0.02, 0.3) for _ in range(steps)], [1] * steps)
        runs = []
        for lrs, chosen in zip(rates, settings, strict=True):
            # The second time by position, in the order of the signature.
            args, kwargs = ([*chosen.values()], {}) if chosen is settings[1] else ([], chosen)
            runs.append(
                [name, draw.normal(3, dtype=DOUBLE), gradients(draw, steps, 3, dtype=DOUBLE), lrs, args, kwargs]
            )
        sent = [[run[0], run[1].clone(), *run[2:]] for run in runs]
        found = student.run(follow_all, follow, sent)
        expect(isinstance(found, list) and len(found) == len(runs), "Three paths are due.", "应当有三条路径。")
        for run, chosen, (path, _) in zip(runs, settings, found, strict=True):
            assert_path(name, run[1], path, run[2], run[3], near=(1e-6, 1e-8), **chosen)
        # What is given at the first step must not be kept for the next ones.
        judge_changing(student, draw, name, settings[:2])


def judge_changing(student: Student, draw: Draw, name: str, settings: Sequence[dict[str, Any]]) -> None:
    """Fail unless settings that change from step to step count from the step on at which they change."""
    start, grads, lr = draw.normal(3, dtype=DOUBLE), gradients(draw, 4, 3, dtype=DOUBLE), some(draw, 0.05, 0.2)
    each = [settings[index // 2] for index in range(len(grads))]
    # Who keeps β1ᵗ as a running product, or a mean without its factor 1 − alpha, is as right as any other: these stay.
    fixed = {key: value for key, value in settings[0].items() if key in ("alpha", "betas")}
    each = [now | fixed for now in each]
    path, _ = student.run(follow, name, start.clone(), grads, [lr] * len(grads), [], each)
    expect(isinstance(path, list) and len(path) == len(grads), "Four values are due.", "应当有四个值。")
    p, state = start, {}
    for index, (found, grad, now) in enumerate(zip(path, grads, each, strict=True)):
        p = RULES[name](p, grad, state, lr, **now)
        said = ", ".join(f"{key}={value}" for key, value in now.items())
        what = Text(
            en=f"{name}, step {index + 1} of {len(grads)} with lr={lr:.4g}, {said} "
            f"({'other settings than before' if index == 2 else 'settings change after step 2'}); param afterwards:",
            zh=f"{name} 的第 {index + 1} 步（共 {len(grads)} 步），lr={lr:.4g}，{said}"
            f"（{'这一步换了设置' if index == 2 else '第 2 步之后换设置'}）；这一步之后的 param：",
        )
        assert_close(found, p, rtol=1e-6, atol=1e-8, what=what)


@check(zh="梯度为零或极小时不会出现 NaN，也不会走得太远", needs=PLAIN)
def test_tiny_gradients(student: Student, draw: Draw) -> None:
    """Gradients that are zero, or nearly, lead to no NaN and to no long step."""
    for name in RULES:
        start, grads = draw.normal(4, dtype=DOUBLE), gradients(draw, 5, 4, dtype=DOUBLE)
        for index, grad in enumerate(grads):
            grad[0] = 0
            grad[1] *= index > 1  # none at first, some later
            grad[2] *= 1e-9  # less than eps
        lrs = [draw.number(0.05, 0.2)] * len(grads)
        path, _ = student.run(follow, name, start.clone(), grads, lrs, [], {})
        lost = isinstance(path, list) and any(isinstance(p, torch.Tensor) and bool(p[:1].isnan().any()) for p in path)
        # Nothing but a missing eps divides a zero by a zero here.
        assert_path(name, start, path, grads, lrs, near=(1e-6, 1e-8), mistake="no_eps" if lost else None)


@check(zh="grad 不被改动，也不被 state 留着不放", needs=(*PLAIN, "test_own_state"))
def test_grad_left_alone(student: Student, draw: Draw) -> None:
    """The gradient is not changed, and the state keeps no alias of it."""
    for name, rule in RULES.items():
        start, grads, lr = draw.normal(3, dtype=DOUBLE), gradients(draw, 5, 3, dtype=DOUBLE), draw.number(0.05, 0.2)
        lrs = [lr] * len(grads)
        _, left = student.run(follow, name, start.clone(), grads, lrs, [], {})
        expect(isinstance(left, list) and len(left) == len(grads), "Five gradients are due.", "应当有五个梯度。")
        for after, grad in zip(left, grads, strict=True):
            if isinstance(after, torch.Tensor):
                zeroed = after.shape == grad.shape and not after.any()
                assert_unchanged(after, grad, f"grad ({name})", mistake="grad_cleared" if zeroed else "grad_changed")
        poison = draw.number(1e3, 1e4)
        path, kept = student.run(reuse, name, start.clone(), grads, lr, poison)
        expect(isinstance(path, list) and len(path) == len(grads), "Five values are due.", "应当有五个值。")
        aliased = any(isinstance(k, torch.Tensor) and k.numel() and bool((k.double() == poison).all()) for k in kept)
        due = walk(rule, start, grads, lrs)
        strayed = next(
            (i for i, pair in enumerate(zip(path, due, strict=True)) if not alike(*([x] for x in pair))), None
        )
        where = "" if strayed is None else f" From step {strayed + 1} on param goes astray."
        wo = "" if strayed is None else f"从第 {strayed + 1} 步起，param 就走偏了。"
        expect(
            not aliased and strayed is None,
            f"{name}: the caller uses one tensor for all gradients, and overwrites it between the steps. "
            f"What the state holds changed with it: it is grad itself, not a copy.{where}",
            f"{name}：调用者用同一个张量装每一步的梯度，两步之间会覆盖它。state 里的内容也跟着变了："
            f"存的就是 grad 本身，而不是副本。{wo}",
            mistake="grad_kept",
        )


@check(zh="需要梯度的叶子张量也能更新，而且能继续训练", needs=PLAIN, weight=2)
def test_leaf(student: Student, draw: Draw) -> None:
    """A leaf that requires grad is stepped too, and training goes on."""
    steps = 5
    for name, rule in RULES.items():
        features, labels = draw.normal(6, 2, dtype=DOUBLE), draw.normal(6, 1, dtype=DOUBLE)
        w, lr = draw.normal(2, 1, dtype=DOUBLE), draw.number(0.005, 0.02)
        try:
            found = student.run(train, name, w.clone().requires_grad_(), features, labels, lr, steps)
        except LearnerError as error:
            if "leaf Variable that requires grad" not in error.failure.message:
                raise
            fail(
                f"{name} on a leaf that requires grad raised: {error.failure.message[:120]}",
                f"{name} 更新需要梯度的叶子张量时报错：{error.failure.message[:120]}",
                mistake="no_no_grad",
            )
        path = found.get("path") if isinstance(found, dict) else None
        expect(isinstance(path, list), "A path is due.", "应当有一条路径。")
        expect(
            len(path) == steps or found.get("recording"),
            f"Training stopped: {name} switched autograd off and never on again (torch.is_grad_enabled() is False).",
            f"训练停住了：{name} 关掉了自动求导，却没有再打开（torch.is_grad_enabled() 为 False）。",
            mistake="grad_left_off",
        )
        expect(
            len(path) == steps and found.get("trainable"),
            f"After {name} the parameter is no longer a leaf that requires grad: the next backward() would skip it.",
            f"{name} 之后，参数不再是需要梯度的叶子张量：下一次 backward() 会跳过它。",
            mistake="frozen",
        )
        p, state, due = w, {}, []
        for _ in range(steps):
            p = rule(p, 2 * features.T @ (features @ p - labels) / len(labels), state, lr)
            due.append(p)
        for index, (value, wanted) in enumerate(zip(path, due, strict=True)):
            what = Text(
                en=f"{name}: the weights after {index + 1} steps of real training:",
                zh=f"{name}：真实训练 {index + 1} 步之后的权重：",
            )
            named = "not_in_place" if isinstance(value, torch.Tensor) and torch.equal(value, w) else None
            assert_close(value, wanted, rtol=1e-4, atol=1e-5, what=what, mistake=named)


@check(zh="形状任意，dtype 不变，float64 不丢精度", needs=(*PLAIN, "test_own_state", "test_tiny_gradients"))
def test_shapes_and_dtypes(student: Student, draw: Draw) -> None:
    """Any shape will do, the dtype stays, and float64 loses no digits."""
    shapes = ((2, 3), DOUBLE), ((), DOUBLE), ((2, 1, 2), torch.float32), ((1,), DOUBLE)
    for name, rule in RULES.items():
        lrs = [draw.number(0.05, 0.2)] * 4
        for shape, dtype in shapes:
            start, grads = draw.normal(*shape, dtype=dtype), gradients(draw, len(lrs), *shape, dtype=dtype)
            path, _ = student.run(follow, name, start.clone(), grads, lrs, [], {})
            exact = dtype == DOUBLE
            # Right but for rounding: float32 on the way is about 1e-8 off, an honest double below 1e-14.
            single = exact and isinstance(path, list) and alike(path, walk(rule, start, grads, lrs))
            near = (1e-11, 1e-12) if exact else (1e-4, 1e-5)
            assert_path(name, start, path, grads, lrs, near=near, mistake="single_buffers" if single else None)


def two_steps(names, name, param, grad):
    """Take two steps; return the parameter."""
    state = {}
    step = getattr(names, name)
    for _ in range(2):
        step(param, grad, state, 0.1)
    return param.detach()


@check(zh="参数在哪个设备上，state 里的张量就在哪个设备上", needs=PLAIN)
def test_device(student: Student, draw: Draw) -> None:
    """What the state holds lies on the parameter's device."""
    with elsewhere(mistake="cpu_buffers") as device:
        for name in RULES:
            size = draw.integer(2, 4)
            param, grad = torch.empty(size, device=device), torch.empty(size, device=device)
            assert_device(student.run(two_steps, name, param, grad), device)
