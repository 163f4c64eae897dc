"""Wrong histories and verdicts that learners write, each with what to say about it."""

from __future__ import annotations

import math

import torch

from grader.judge import Text, mistake


def _history(lr, inputs, targets, num_epochs, start=0.0):
    """Return what the reference returns, from w = b = start."""
    w, b = inputs.new_full((1,), start), inputs.new_full((1,), start)
    losses = []
    for _ in range(num_epochs):
        error = w * inputs + b - targets
        losses.append((error**2).mean().item())
        w, b = w - lr * 2 * (error * inputs).mean(), b - lr * 2 * error.mean()
    return losses


def _verdict(losses, *, bound=1e-3):
    """Return the right verdict, or with another bound."""
    if not math.isfinite(losses[-1]) or losses[-1] > losses[0]:
        return "diverged"
    if len(losses) > 1 and (losses[-1] == losses[-2] or abs(losses[-1] - losses[-2]) < losses[-2] * bound):
        return "converged"
    return "slow"


@mistake(
    "loss_history",
    title=Text(en="The losses are taken after the steps", zh="损失是更新之后才算的"),
    advice=Text(
        en="The first loss belongs to w = b = 0: append before the step, from the forward pass that backward() "
        "starts from.",
        zh="第一个损失属于 w = b = 0：请在更新之前就 append，用的就是 backward() 的那个前向结果。",
    ),
)
def taken_after(lr, inputs, targets, num_epochs):
    return _history(lr, inputs, targets, num_epochs + 1)[1:]


@mistake(
    "loss_history",
    title=Text(en="There is one loss too many", zh="多了一个损失"),
    advice=Text(
        en="One loss for each epoch, before its step; there is none after the last.",
        zh="每一轮一个损失，都在更新之前；最后一步之后不用再算。",
    ),
)
def one_more(lr, inputs, targets, num_epochs):
    return _history(lr, inputs, targets, num_epochs + 1)


@mistake(
    "loss_history",
    title=Text(en="There is one loss too few", zh="少了一个损失"),
    advice=Text(
        en="range(1, num_epochs) is one short. Write range(num_epochs).",
        zh="range(1, num_epochs) 少一轮。请写 range(num_epochs)。",
    ),
)
def one_short(lr, inputs, targets, num_epochs):
    return _history(lr, inputs, targets, num_epochs)[1:] if num_epochs > 1 else _history(lr, inputs, targets, 0)


@mistake(
    "loss_history",
    title=Text(en="Only the last loss comes back", zh="只返回了最后一个损失"),
    advice=Text(
        en="The whole curve is asked for: collect the losses in a list.",
        zh="要的是整条曲线：请把每一轮的损失放进列表。",
    ),
)
def last_only(lr, inputs, targets, num_epochs):
    return [0.0, *_history(lr, inputs, targets, num_epochs)][-1]


@mistake(
    "loss_history",
    title=Text(en="There is a half in the loss", zh="损失里多了 ½"),
    advice=Text(
        en="The mean squared error has no ½; with it, loss and gradient are half as large.",
        zh="均方误差不带 ½；多了它，损失和梯度都小了一半。",
    ),
)
def half_loss(lr, inputs, targets, num_epochs):
    return [loss / 2 for loss in _history(lr / 2, inputs, targets, num_epochs)]


@mistake(
    "loss_history",
    title=Text(en="The squares are added up, not averaged", zh="平方误差只求了和，没有取平均"),
    advice=Text(
        en="Summed over n examples, loss and gradient are n times as large, and the learning rate means something "
        "else. Use mean().",
        zh="对 n 个样本求和，损失和梯度都大了 n 倍，学习率的含义也变了。请用 mean()。",
    ),
)
def summed(lr, inputs, targets, num_epochs):
    return [loss * len(inputs) for loss in _history(lr * len(inputs), inputs, targets, num_epochs)]


@mistake(
    "loss_history",
    title=Text(en="The gradient lacks the 2", zh="梯度里漏掉了 2"),
    advice=Text(
        en="The derivative of a square brings a 2: 2 · mean(error · x) for w, 2 · mean(error) for b. Autograd does "
        "not forget it.",
        zh="平方的导数有一个 2：w 的梯度是 2 · mean(误差 · x)，b 的是 2 · mean(误差)。交给 autograd 就不会漏。",
    ),
)
def no_two(lr, inputs, targets, num_epochs):
    return _history(lr / 2, inputs, targets, num_epochs)


@mistake(
    "loss_history",
    title=Text(en="The gradient is divided by the number of examples once more", zh="梯度又除了一次样本数"),
    advice=Text(
        en="The loss is a mean already. The division by batch_size in exercise 4 belongs to a loss that was summed.",
        zh="损失已经是平均了。练习 4 里除以 batch_size，是因为那里的损失求的是和。",
    ),
)
def divided_twice(lr, inputs, targets, num_epochs):
    return _history(lr / max(len(inputs), 1), inputs, targets, num_epochs)


@mistake(
    "loss_history",
    title=Text(en="The gradient is summed, the loss averaged", zh="损失取了平均，梯度却是求和"),
    advice=Text(
        en="loss.sum().backward() makes every step n times too long for a loss that is a mean. Send backward what "
        "you report: the mean.",
        zh="损失报告的是平均值，loss.sum().backward() 却让每一步都长了 n 倍。请对平均值调用 backward()。",
    ),
)
def sum_descended(lr, inputs, targets, num_epochs):
    return _history(lr * len(inputs), inputs, targets, num_epochs)


@mistake(
    "loss_history",
    title=Text(en="The gradients are never cleared", zh="梯度从来没有清零"),
    advice=Text(
        en="backward() adds to .grad, so every step contains all gradients before it. Clear those of w and b in each "
        "epoch.",
        zh="backward() 会往 .grad 上累加，所以每一步都包含了之前所有的梯度。每一轮都要清空 w 和 b 的梯度。",
    ),
)
def never_cleared(lr, inputs, targets, num_epochs):
    w, b = inputs.new_zeros(1).requires_grad_(), inputs.new_zeros(1).requires_grad_()
    losses = []
    for _ in range(num_epochs):
        loss = ((w * inputs + b - targets) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    return losses


@mistake(
    "loss_history",
    title=Text(en="The model has no intercept, or it is never updated", zh="模型没有截距，或者截距从不更新"),
    advice=Text(
        en="The model is w·x + b, and both w and b take the step.",
        zh="模型是 w·x + b，w 和 b 都要更新。",
    ),
)
def no_intercept(lr, inputs, targets, num_epochs):
    w = inputs.new_zeros(1)
    losses = []
    for _ in range(num_epochs):
        error = w * inputs - targets
        losses.append((error**2).mean().item())
        w = w - lr * 2 * (error * inputs).mean()
    return losses


@mistake(
    "loss_history",
    title=Text(en="b steps on a prediction that w has moved already", zh="更新 b 时，用的是 w 更新过的预测"),
    advice=Text(
        en="Both gradients belong to the same w and b. Compute both, then move both.",
        zh="两个梯度要用同一组 w 和 b 来算。先把两个都算出来，再一起更新。",
    ),
)
def one_after_the_other(lr, inputs, targets, num_epochs):
    w, b = inputs.new_zeros(1), inputs.new_zeros(1)
    losses = []
    for _ in range(num_epochs):
        losses.append(((w * inputs + b - targets) ** 2).mean().item())
        w = w - lr * 2 * ((w * inputs + b - targets) * inputs).mean()
        b = b - lr * 2 * (w * inputs + b - targets).mean()
    return losses


@mistake(
    "loss_history",
    title=Text(en="A step is taken for every example", zh="每个样本都更新了一次"),
    advice=Text(
        en="Full batch means one step an epoch, on the mean over all examples: no loop over the examples.",
        zh="全批量是指每一轮只更新一步，用的是全部样本的平均：不要遍历样本。",
    ),
)
def step_per_example(lr, inputs, targets, num_epochs):
    w, b = inputs.new_zeros(1), inputs.new_zeros(1)
    losses = []
    for _ in range(num_epochs):
        losses.append(((w * inputs + b - targets) ** 2).mean().item())
        for x, y in zip(inputs, targets, strict=True):
            error = w * x + b - y
            w, b = w - lr * 2 * error * x, b - lr * 2 * error
    return losses


@mistake(
    "loss_history",
    title=Text(en="The parameters climb", zh="参数在上坡"),
    advice=Text(
        en="The gradient points uphill. Subtract it: p -= lr * p.grad.",
        zh="梯度指向上坡，要减去它：p -= lr * p.grad。",
    ),
)
def ascent(lr, inputs, targets, num_epochs):
    return _history(-lr, inputs, targets, num_epochs)


@mistake(
    "loss_history",
    title=Text(en="The learning rate is fixed", zh="学习率被写死了"),
    advice=Text(
        en="0.03 is the article's choice. This exercise is about the argument lr.",
        zh="0.03 是文章里的取值。这个练习要研究的正是参数 lr。",
    ),
)
def fixed_lr(lr, inputs, targets, num_epochs):
    return _history(0.03, inputs, targets, num_epochs)


@mistake(
    "loss_history",
    title=Text(en="The number of epochs is fixed at 3", zh="轮数被写死成 3"),
    advice=Text(
        en="3 is the article's choice. Use range(num_epochs).",
        zh="3 是文章里的取值。请写 range(num_epochs)。",
    ),
)
def fixed_epochs(lr, inputs, targets, num_epochs):
    return _history(lr, inputs, targets, 3)


@mistake(
    "loss_history",
    title=Text(en="The start is random", zh="起点是随机的"),
    advice=Text(
        en="nn.Linear and torch.normal begin with random numbers. Set w and b to zero, or runs with different "
        "learning rates cannot be compared.",
        zh="nn.Linear 和 torch.normal 的初始值是随机的。请把 w 和 b 设成零，否则不同学习率的结果无法比较。",
    ),
)
def random_start(lr, inputs, targets, num_epochs):
    return _history(lr, inputs, targets, num_epochs, start=torch.rand(()).item() + 0.5)


@mistake(
    "loss_history",
    title=Text(en="The start is not zero", zh="起点不是零"),
    advice=Text(
        en="Both w and b begin at zero: torch.zeros, not torch.ones.",
        zh="w 和 b 都从零开始：用 torch.zeros，而不是 torch.ones。",
    ),
)
def starts_at_one(lr, inputs, targets, num_epochs):
    return _history(lr, inputs, targets, num_epochs, start=1.0)


@mistake(
    "loss_history",
    title=Text(en="w and b live outside of the function", zh="w 和 b 建在了函数外面"),
    advice=Text(
        en="Made once for the whole file, they go on from the run before. Make them inside loss_history, at zero.",
        zh="整个文件只建一次，下一次训练就会接着上一次的结果走。请在 loss_history 里面新建，值为零。",
    ),
)
def parameters_outside(lr, inputs, targets, num_epochs, kept={}):  # noqa: B006 - that is the mistake
    # By the data, so that no check meets what another has left behind.
    key = tuple(targets.flatten().tolist()) if not targets.is_meta else ()
    w, b = kept.get(key) or (inputs.new_zeros(1), inputs.new_zeros(1))
    losses = []
    for _ in range(num_epochs):
        error = w * inputs + b - targets
        losses.append((error**2).mean().item())
        w, b = w - lr * 2 * (error * inputs).mean(), b - lr * 2 * error.mean()
        kept[key] = w, b
    return losses


@mistake(
    "loss_history",
    title=Text(en="Training ends when the loss is not finite", zh="损失不是有限的数时就停了"),
    advice=Text(
        en="num_epochs losses are due, whatever they are: leave out the break. Seeing how it diverges is the point.",
        zh="要的是 num_epochs 个损失，不管是多少：请去掉 break。这里正是要看它怎样发散。",
    ),
)
def stops_when_endless(lr, inputs, targets, num_epochs):
    losses = _history(lr, inputs, targets, num_epochs)
    return [loss for loss in losses if math.isfinite(loss)]


@mistake(
    "loss_history",
    title=Text(en="Training ends when the loss hardly falls any more", zh="损失几乎不再下降时就停了"),
    advice=Text(
        en="num_epochs losses are due: leave out the break. Whether it has converged is for judge to say.",
        zh="要的是 num_epochs 个损失：请去掉 break。是否收敛由 judge 来判断。",
    ),
)
def stops_early(lr, inputs, targets, num_epochs):
    losses = _history(lr, inputs, targets, num_epochs)
    still = [n for n in range(1, len(losses)) if abs(losses[n] - losses[n - 1]) < 1e-6]
    return losses[: still[0] + 1] if still else losses


@mistake(
    "loss_history",
    title=Text(en="The list holds tensors with their graphs", zh="列表里是带计算图的张量"),
    advice=Text(
        en="Each loss tensor keeps the graph of its epoch in memory. Append loss.item().",
        zh="每个损失张量都让那一轮的计算图留在内存里。请写 append(loss.item())。",
    ),
)
def graph_kept(lr, inputs, targets, num_epochs):
    return [torch.tensor(loss).requires_grad_() * 1 for loss in _history(lr, inputs, targets, num_epochs)]


@mistake(
    "loss_history",
    title=Text(en="The losses are rounded", zh="损失被四舍五入了"),
    advice=Text(
        en="round() is for showing numbers. Return them with all their digits: judge looks at thousandths.",
        zh="round() 是显示用的。请原样返回：judge 要看千分之一的差别。",
    ),
)
def rounded(lr, inputs, targets, num_epochs):
    return [round(loss, 2) if math.isfinite(loss) else loss for loss in _history(lr, inputs, targets, num_epochs)]


@mistake(
    "loss_history",
    title=Text(en="The inputs are standardised", zh="对输入做了标准化"),
    advice=Text(
        en="Scaling changes the curve that is to be looked at. Descend on the inputs as they are.",
        zh="缩放输入会改变要观察的曲线。请直接用原来的输入。",
    ),
)
def standardised(lr, inputs, targets, num_epochs):
    spread = inputs.std() if len(inputs) > 1 else 1.0
    return _history(lr, (inputs - inputs.mean()) / spread, targets, num_epochs)


@mistake(
    "loss_history",
    title=Text(en="The data are changed in place", zh="原地修改了数据"),
    advice=Text(
        en="`-=`, `*=` and methods that end in _ write into the caller's tensors. Compute new ones.",
        zh="`-=`、`*=` 和以 _ 结尾的方法会写进调用者的张量。请生成新的张量。",
    ),
)
def data_in_place(lr, inputs, targets, num_epochs):
    losses = _history(lr, inputs, targets, num_epochs)
    targets.neg_()
    return losses


@mistake(
    "loss_history",
    title=Text(en="A tensor is made on the CPU", zh="在 CPU 上新建了张量"),
    advice=Text(
        en="torch.zeros(1) lies on the CPU, wherever the data are. Pass device=inputs.device, or use "
        "inputs.new_zeros(1); a module needs .to(inputs.device). And .numpy() works on the CPU only.",
        zh="torch.zeros(1) 总是建在 CPU 上。请写明 device=inputs.device，或者用 inputs.new_zeros(1)；模块要 .to(inputs.device)。"
        ".numpy() 也只能用于 CPU。",
    ),
)
def made_on_cpu(lr, inputs, targets, num_epochs):
    w, b = torch.zeros(1, dtype=inputs.dtype), torch.zeros(1, dtype=inputs.dtype)
    losses = []
    for _ in range(num_epochs):
        error = w * inputs + b - targets
        losses.append((error**2).mean().item())
        w, b = w - lr * 2 * (error * inputs).mean(), b - lr * 2 * error.mean()
    return losses


@mistake(
    "judge",
    title=Text(en="nan passes for a number", zh="把 nan 当成了普通的数"),
    advice=Text(
        en="Every comparison with nan is False, so last > first does not find it. Ask math.isfinite(last) first.",
        zh="与 nan 的任何比较都是 False，所以 last > first 发现不了它。请先问 math.isfinite(last)。",
    ),
)
def nan_missed(losses):
    if math.isinf(losses[-1]):
        return "diverged"
    return _verdict(losses) if not math.isnan(losses[-1]) else "slow"


@mistake(
    "judge",
    title=Text(
        en="The last loss is compared with the one before it, not with the first", zh="和前一个损失比，而不是和第一个比"
    ),
    advice=Text(
        en="A loss may rise for a step and still have come down. It diverged if it ends above where it started: "
        "losses[0].",
        zh="损失可能某一步略有回升，总体仍在下降。只有最后比起点 losses[0] 还高，才算发散。",
    ),
)
def above_previous(losses):
    if not math.isfinite(losses[-1]) or (len(losses) > 1 and losses[-1] > losses[-2]):
        return "diverged"
    return _verdict([math.inf, *losses[1:]]) if len(losses) > 1 else "slow"


@mistake(
    "judge",
    title=Text(en="The largest loss decides, not the last", zh="看的是最大的损失，而不是最后一个"),
    advice=Text(
        en="A curve may leap up and come down again. Only where it ends counts: losses[-1].",
        zh="曲线可能先冲上去再降下来。只看它停在哪里：losses[-1]。",
    ),
)
def largest_decides(losses):
    return "diverged" if max(losses) > losses[0] else _verdict(losses)


@mistake(
    "judge",
    title=Text(en='A last loss equal to the first is called "diverged"', zh="最后一个损失等于第一个时也判成了发散"),
    advice=Text(
        en="Above means greater: > in place of >=.",
        zh="“大于”不包括等于：请用 >，而不是 >=。",
    ),
)
def equal_diverged(losses):
    return "diverged" if len(losses) > 1 and losses[-1] >= losses[0] else _verdict(losses)


@mistake(
    "judge",
    title=Text(en="Convergence is asked first", zh="先判断了收敛"),
    advice=Text(
        en="The order matters: a run that rests far above its start has diverged. Ask for that first.",
        zh="判断的顺序很重要：停在比起点高得多的地方，也是发散。请先判断发散。",
    ),
)
def converged_first(losses):
    last_two = losses[-2:]
    if len(last_two) > 1 and math.isfinite(sum(last_two)) and abs(last_two[1] - last_two[0]) < last_two[0] / 1000:
        return "converged"
    return _verdict(losses)


@mistake(
    "judge",
    title=Text(en="The change has a sign", zh="差值没有取绝对值"),
    advice=Text(
        en="Without abs() every rise is a negative number, and less than any bound. Write abs(losses[-1] - "
        "losses[-2]).",
        zh="不取绝对值，只要损失上升，差就是负数，总小于界限。请写 abs(losses[-1] - losses[-2])。",
    ),
)
def signed_change(losses):
    verdict = _verdict(losses)
    if verdict == "slow" and len(losses) > 1 and losses[-2] - losses[-1] < losses[-2] / 1000:
        return "converged"
    return verdict


@mistake(
    "judge",
    title=Text(en="The bound is absolute", zh="用了绝对的界限"),
    advice=Text(
        en="0.001 is a lot for a loss of 0.002 and nothing for one of 5000. Compare the change with losses[-2] / 1000.",
        zh="损失为 0.002 时，0.001 是很大的变化；损失为 5000 时则微不足道。请把差与 losses[-2] / 1000 比较。",
    ),
)
def absolute_bound(losses):
    verdict = _verdict(losses)
    if verdict == "diverged" or len(losses) < 2:
        return verdict
    return "converged" if abs(losses[-1] - losses[-2]) < 1e-3 else "slow"


@mistake(
    "judge",
    title=Text(en="The bound is a hundredth", zh="界限用成了百分之一"),
    advice=Text(
        en="A thousandth is 0.001: losses[-2] / 1000.",
        zh="千分之一是 0.001：losses[-2] / 1000。",
    ),
)
def hundredth(losses):
    return _verdict(losses, bound=1e-2)


@mistake(
    "judge",
    title=Text(en="The bound is measured on the first loss", zh="界限是按第一个损失算的"),
    advice=Text(
        en="Late in training the losses are far below the first, and any change looks small beside it. Compare with "
        "the earlier of the last two.",
        zh="训练后期的损失远小于第一个，与它相比什么变化都显得很小。应当与最后两个中的前一个比。",
    ),
)
def bound_of_first(losses):
    verdict = _verdict(losses)
    if verdict == "diverged" or len(losses) < 2:
        return verdict
    gap = abs(losses[-1] - losses[-2])
    return "converged" if gap == 0 or gap < losses[0] / 1000 else "slow"


@mistake(
    "judge",
    title=Text(en="The bound is measured on the later loss", zh="界限是按后一个损失算的"),
    advice=Text(
        en="The thousandth is one of the earlier of the two: losses[-2].",
        zh="千分之一是相对于两个中的前一个：losses[-2]。",
    ),
)
def bound_of_last(losses):
    verdict = _verdict(losses)
    if verdict == "diverged" or len(losses) < 2:
        return verdict
    gap = abs(losses[-1] - losses[-2])
    return "converged" if gap == 0 or gap < losses[-1] / 1000 else "slow"


@mistake(
    "judge",
    title=Text(en="A change of exactly a thousandth counts as converged", zh="正好相差千分之一也判成了收敛"),
    advice=Text(
        en="Less than a thousandth is asked for: < in place of <=. math.isclose allows equality, too.",
        zh="要求的是小于千分之一：请用 <，而不是 <=。math.isclose 也包含等于。",
    ),
)
def bound_included(losses):
    verdict = _verdict(losses)
    if verdict == "slow" and len(losses) > 1 and abs(losses[-1] - losses[-2]) <= losses[-2] / 1000:
        return "converged"
    return verdict


@mistake(
    "judge",
    title=Text(en="Two losses of zero are not called converged", zh="两个损失都是零，却没有判成收敛"),
    advice=Text(
        en="0 < 0 / 1000 is False. Equal losses are converged as well: ask for == too, or for change == 0.",
        zh="0 < 0 / 1000 是 False。两个损失相等也算收敛：还要判断 ==，或者 change == 0。",
    ),
)
def zeros_slow(losses):
    if len(losses) > 1 and losses[-1] == losses[-2] == 0:
        return "slow"
    return _verdict(losses)


@mistake(
    "judge",
    title=Text(en="A loss of zero raises an error", zh="损失为零时报错"),
    advice=Text(
        en="Dividing by losses[-2] fails where it is 0. Multiply instead: change < losses[-2] / 1000, or equal.",
        zh="losses[-2] 为 0 时不能做除数。改成乘法：change < losses[-2] / 1000，或者相等。",
    ),
)
def divides_by_zero(losses):
    verdict = _verdict(losses)
    if verdict == "diverged" or len(losses) < 2:
        return verdict
    return "converged" if abs(losses[-1] - losses[-2]) / losses[-2] < 1e-3 else "slow"


@mistake(
    "judge",
    title=Text(en="One loss alone raises an error", zh="只有一个损失时报错"),
    advice=Text(
        en="losses[-2] needs two of them. Ask len(losses) first: one alone is slow.",
        zh="losses[-2] 要有两个损失才行。请先判断 len(losses)：只有一个就是 slow。",
    ),
)
def one_raises(losses):
    verdict = _verdict(losses)
    return verdict if losses[-2] is not None else "slow"


@mistake(
    "judge",
    title=Text(en='One loss alone is called "converged"', zh="只有一个损失时判成了收敛"),
    advice=Text(
        en='One number is no curve: "slow" is due.',
        zh='只有一个数还不是曲线：应为 "slow"。',
    ),
)
def one_converged(losses):
    return "converged" if len(losses) == 1 else _verdict(losses)


@mistake(
    "judge",
    title=Text(en="Only the direction is looked at", zh="只看了升还是降"),
    advice=Text(
        en='A falling loss need not have converged: "converged" is about how small the last change was.',
        zh="损失下降不等于已经收敛：“converged” 看的是最后一次变化有多小。",
    ),
)
def falling_is_converged(losses):
    verdict = _verdict(losses)
    return "converged" if verdict == "slow" and len(losses) > 1 and losses[-1] < losses[-2] else verdict


@mistake(
    "judge",
    title=Text(en="The words are others", zh="用了别的词"),
    advice=Text(
        en='The three words are "slow", "converged" and "diverged", in lower case.',
        zh='三个词是 "slow"、"converged" 和 "diverged"，都是小写。',
    ),
)
def other_words(losses):
    return _verdict(losses).capitalize()


@mistake(
    "judge",
    title=Text(en="The list is changed", zh="改动了列表"),
    advice=Text(
        en="pop() takes the losses out of the caller's own list. Look at losses[-1] and losses[-2].",
        zh="pop() 会把损失从调用者的列表里取走。请看 losses[-1] 和 losses[-2]，不要取出来。",
    ),
)
def list_changed(losses):
    verdict = _verdict(losses)
    losses.pop()
    return verdict
