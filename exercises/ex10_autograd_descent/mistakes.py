"""Wrong descents that learners write, each with what to say about it."""

from __future__ import annotations

import torch

from grader.judge import Text, mistake


def _step(x, y, w, lr):
    """Take a right step on one sample; return the loss before it."""
    loss = (x * w - y) ** 2
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    w.grad = None
    return loss.item()


def _losses(xs, ys, w, lr, epochs):
    """Return what the reference returns."""
    return [[_step(x, y, w, lr) for x, y in zip(xs, ys, strict=True)][-1] for _ in range(epochs)]


@mistake(
    "descend",
    title=Text(en="The gradient is never cleared", zh="梯度从来没有清零"),
    advice=Text(
        en="backward() adds to w.grad, so every step contains all gradients before it. After each update: w.grad = "
        "None, or w.grad.zero_().",
        zh="backward() 会往 w.grad 上累加，所以每一步都包含了之前所有的梯度。每次更新之后请写 w.grad = None 或 w.grad.zero_()。",
    ),
)
def never_cleared(xs, ys, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        for x, y in zip(xs, ys, strict=True):
            loss = (x * w - y) ** 2
            loss.backward()
            w.data -= lr * w.grad
        losses.append(loss.item())
    return losses


@mistake(
    "descend",
    title=Text(en="The gradient is cleared only once an epoch", zh="每一轮只清一次梯度"),
    advice=Text(
        en="Within the epoch the gradients of the samples add up. Clear w.grad in the inner loop, for each sample.",
        zh="同一轮里，各个样本的梯度加到了一起。请在内层循环里、每个样本都清一次 w.grad。",
    ),
)
def cleared_per_epoch(xs, ys, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        for x, y in zip(xs, ys, strict=True):
            loss = (x * w - y) ** 2
            loss.backward()
            w.data -= lr * w.grad
        w.grad = None
        losses.append(loss.item())
    return losses


@mistake(
    "descend",
    title=Text(en="The last gradient is left behind", zh="最后一个梯度留了下来"),
    advice=Text(
        en="Clearing before each backward() keeps the path right, but the last gradient stays in w.grad. Clear after "
        "the update, or once more at the end.",
        zh="在每次 backward() 之前清零，路径没有错，但最后一个梯度还留在 w.grad 里。请在更新之后清零，或者最后再清一次。",
    ),
)
def left_behind(xs, ys, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        for x, y in zip(xs, ys, strict=True):
            w.grad = None
            loss = (x * w - y) ** 2
            loss.backward()
            w.data -= lr * w.grad
        losses.append(loss.item())
    return losses


@mistake(
    "descend",
    title=Text(en="Another tensor descends, not the caller's w", zh="更新的是另一个张量，而不是调用者的 w"),
    advice=Text(
        en="w = w - …, clone() and detach().clone() make a new tensor, and the caller's stays where it was. Write w "
        "-= … under torch.no_grad(), or w.data = ….",
        zh="w = w - …、clone() 都会得到一个新的张量，调用者的 w 原地不动。请在 torch.no_grad() 里写 w -= …，或者写 w.data = …。",
    ),
)
def other_tensor(xs, ys, w, lr, epochs):
    return _losses(xs, ys, w.detach().clone().requires_grad_(), lr, epochs)


@mistake(
    "descend",
    title=Text(en="The update is recorded by autograd", zh="更新被 autograd 记录了"),
    advice=Text(
        en="“a leaf Variable that requires grad is being used in an in-place operation”: the step itself is not to "
        "be differentiated. Put it under torch.no_grad().",
        zh="报错 “a leaf Variable that requires grad is being used in an in-place operation”：更新这一步不需要求导。请把它放进 "
        "torch.no_grad()。",
    ),
)
def recorded_update(xs, ys, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        for x, y in zip(xs, ys, strict=True):
            loss = (x * w - y) ** 2
            loss.backward()
            w -= lr * w.grad
            w.grad.zero_()
        losses.append(loss.item())
    return losses


@mistake(
    "descend",
    title=Text(en="The loss is computed outside the graph", zh="损失是在计算图之外算的"),
    advice=Text(
        en="“element 0 of tensors does not require grad”: under torch.no_grad(), with w.data, w.item() or detach() "
        "the loss knows nothing of w; nor does `w = w - …` under no_grad make a w that requires grad. Only the "
        "update, w -= …, belongs there.",
        zh="报错 “element 0 of tensors does not require grad”：在 torch.no_grad() 里，或者用了 w.data、w.item()、detach()，损失就与 w "
        "无关了；在 no_grad 里写 `w = w - …`，得到的新 w 也不需要梯度。只有更新 w -= … 才写进 no_grad。",
    ),
)
def loss_without_graph(xs, ys, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        for x, y in zip(xs, ys, strict=True):
            loss = (x * w.detach() - y) ** 2
            loss.backward()
            w.data -= lr * w.grad
            w.grad = None
        losses.append(loss.item())
    return losses


@mistake(
    "descend",
    title=Text(en="The loss is taken after the update", zh="损失是更新之后才算的"),
    advice=Text(
        en="The forward pass has the loss already: keep that one. Article 003 computes it anew only where it "
        "descends by hand, and prints 4.919 there.",
        zh="前向时已经算出了损失，留下那一个就行。文章 003 只有在手写梯度时才重新算一遍，打印的是 4.919。",
    ),
)
def loss_after(xs, ys, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        _losses(xs, ys, w, lr, 1)
        losses.append(((xs[-1] * w - ys[-1]) ** 2).item())
    return losses


@mistake(
    "descend",
    title=Text(en="The loss of the first sample is noted", zh="记录的是第一个样本的损失"),
    advice=Text(
        en="The loss of each epoch's last sample is due: append after the inner loop has ended.",
        zh="要的是每一轮最后一个样本的损失：请在内层循环结束之后再 append。",
    ),
)
def first_sample_noted(xs, ys, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        each = [_step(x, y, w, lr) for x, y in zip(xs, ys, strict=True)]
        losses.append(each[0])
    return losses


@mistake(
    "descend",
    title=Text(en="The losses of an epoch are added up", zh="把一轮的损失加了起来"),
    advice=Text(
        en="One loss for each epoch is due, that of its last sample, as the article prints it.",
        zh="每一轮要的是最后一个样本的损失，和文章打印的一样。",
    ),
)
def losses_summed(xs, ys, w, lr, epochs):
    return [sum(_step(x, y, w, lr) for x, y in zip(xs, ys, strict=True)) for _ in range(epochs)]


@mistake(
    "descend",
    title=Text(en="The losses of an epoch are averaged", zh="对一轮的损失取了平均"),
    advice=Text(
        en="One loss for each epoch is due, that of its last sample, as the article prints it.",
        zh="每一轮要的是最后一个样本的损失，和文章打印的一样。",
    ),
)
def losses_averaged(xs, ys, w, lr, epochs):
    return [sum(_step(x, y, w, lr) for x, y in zip(xs, ys, strict=True)) / len(xs) for _ in range(epochs)]


@mistake(
    "descend",
    title=Text(en="Every sample's loss is noted", zh="每个样本的损失都记录了"),
    advice=Text(
        en="One number for each epoch is due: append at the indentation of the outer loop.",
        zh="每一轮只要一个数：append 要与外层循环体对齐。",
    ),
)
def every_sample(xs, ys, w, lr, epochs):
    return [_step(x, y, w, lr) for _ in range(epochs) for x, y in zip(xs, ys, strict=True)]


@mistake(
    "descend",
    title=Text(en="The weights come back, not the losses", zh="返回的是权重，而不是损失"),
    advice=Text(
        en="That was exercise 9. Here w is updated in the caller's hands, and the list holds losses.",
        zh="那是练习 9 的要求。这里 w 直接在调用者手里更新，列表里放的是损失。",
    ),
)
def weights_returned(xs, ys, w, lr, epochs):
    path = []
    for _ in range(epochs):
        _losses(xs, ys, w, lr, 1)
        path.append(w.item())
    return path


@mistake(
    "descend",
    title=Text(en="Tensors come back in place of floats", zh="返回的是张量，而不是浮点数"),
    advice=Text(
        en="Each loss tensor holds on to its graph, and the list keeps them all in memory. loss.item() takes the "
        "number out.",
        zh="每个损失张量都连着自己的计算图，列表会让它们一直占着内存。请用 loss.item() 取出数字。",
    ),
)
def tensors_returned(xs, ys, w, lr, epochs):
    return [torch.tensor([loss], requires_grad=True) * 1 for loss in _losses(xs, ys, w, lr, epochs)]


@mistake(
    "descend",
    title=Text(en="w climbs", zh="w 在上坡"),
    advice=Text(
        en="w.grad points uphill. Subtract it: w -= lr * w.grad.",
        zh="w.grad 指向上坡，要减去它：w -= lr * w.grad。",
    ),
)
def ascent(xs, ys, w, lr, epochs):
    return _losses(xs, ys, w, -lr, epochs)


@mistake(
    "descend",
    title=Text(en="The learning rate is left out", zh="没有乘学习率"),
    advice=Text(
        en="A whole gradient is far too long a step: w -= lr * w.grad.",
        zh="直接减去整个梯度，步子太大了：w -= lr * w.grad。",
    ),
)
def no_lr(xs, ys, w, lr, epochs):
    return _losses(xs, ys, w, 1.0, epochs)


@mistake(
    "descend",
    title=Text(en="The learning rate is fixed at 0.01", zh="学习率被写死成 0.01"),
    advice=Text(
        en="0.01 is the article's choice. Use the argument lr.",
        zh="0.01 是文章里的取值。请使用参数 lr。",
    ),
)
def fixed_lr(xs, ys, w, lr, epochs):
    return _losses(xs, ys, w, 0.01, epochs)


@mistake(
    "descend",
    title=Text(en="The number of epochs is fixed at 10", zh="轮数被写死成 10"),
    advice=Text(
        en="The article prints 10 epochs. Use range(epochs).",
        zh="文章打印的是 10 轮。请写 range(epochs)。",
    ),
)
def fixed_epochs(xs, ys, w, lr, epochs):
    return _losses(xs, ys, w, lr, 10)


@mistake(
    "descend",
    title=Text(en="w is set to 1 at the start", zh="一开始把 w 设成了 1"),
    advice=Text(
        en="The caller says where to start: use the w that you are given, as it is.",
        zh="从哪里出发由调用者决定：传进来的 w 是多少就从多少开始。",
    ),
)
def fixed_start(xs, ys, w, lr, epochs):
    w.data = torch.ones_like(w)
    return _losses(xs, ys, w, lr, epochs)


@mistake(
    "descend",
    title=Text(en="The data of the article are built in", zh="把文章的数据写死了"),
    advice=Text(
        en="1, 2, 3 and 2, 4, 6 are only the example. Go through zip(xs, ys).",
        zh="1, 2, 3 和 2, 4, 6 只是例子。请遍历 zip(xs, ys)。",
    ),
)
def article_data(xs, ys, w, lr, epochs):
    return _losses([1.0, 2.0, 3.0], [2.0, 4.0, 6.0], w, lr, epochs)


@mistake(
    "descend",
    title=Text(en="One step an epoch, on the sum of the losses", zh="每一轮只更新一次，用的是损失之和"),
    advice=Text(
        en="Each sample has its own backward() and its own update, inside the inner loop.",
        zh="每个样本都要有自己的 backward() 和更新，写在内层循环里。",
    ),
)
def sum_per_epoch(xs, ys, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        total = 0
        for x, y in zip(xs, ys, strict=True):
            loss = (x * w - y) ** 2
            total = total + loss
        total.backward()
        w.data -= lr * w.grad
        w.grad = None
        losses.append(loss.item())
    return losses


@mistake(
    "descend",
    title=Text(en="The update stands behind the inner loop", zh="更新写在了内层循环后面"),
    advice=Text(
        en="So w moves once an epoch. All four beats belong to each sample: forward, backward, update, clear.",
        zh="这样 w 每一轮只动一次。前向、反向、更新、清零这四拍，每个样本都要走一遍。",
    ),
)
def last_sample_only(xs, ys, w, lr, epochs):
    return [_step(xs[-1], ys[-1], w, lr) for _ in range(epochs)]


@mistake(
    "descend",
    title=Text(en="There is a half in the loss", zh="损失里多了 ½"),
    advice=Text(
        en="Here the loss is (x·w − y)², without the ½ of exercise 3: with it, every gradient is half as large.",
        zh="这里的损失是 (x·w − y)²，没有练习 3 的 ½：多了它，梯度就小了一半。",
    ),
)
def half_loss(xs, ys, w, lr, epochs):
    return [loss / 2 for loss in _losses(xs, ys, w, lr / 2, epochs)]


@mistake(
    "descend",
    title=Text(en="The error is not squared", zh="误差没有平方"),
    advice=Text(
        en="backward() differentiates whatever you give it: of x·w − y the slope is x, always the same. Square: ** 2.",
        zh="backward() 对你给的东西求导：x·w − y 的斜率永远是 x。请平方：** 2。",
    ),
)
def not_squared(xs, ys, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        for x, y in zip(xs, ys, strict=True):
            loss = x * w - y
            loss.backward()
            w.data -= lr * w.grad
            w.grad = None
        losses.append(loss.item())
    return losses


@mistake(
    "descend",
    title=Text(en="The samples are taken in another order", zh="样本的顺序变了"),
    advice=Text(
        en="The samples are taken in their order, or the path is another one.",
        zh="要按给定的顺序遍历样本，顺序一变，走的路就不同了。",
    ),
)
def other_order(xs, ys, w, lr, epochs):
    return _losses(xs[::-1], ys[::-1], w, lr, epochs)


@mistake(
    "descend",
    title=Text(en="w no longer requires grad", zh="w 不再需要梯度"),
    advice=Text(
        en="requires_grad_(False), or w.detach_(), silences the error for good. Use torch.no_grad(), which ends by "
        "itself.",
        zh="requires_grad_(False) 或 w.detach_() 虽然不再报错，却是一劳永逸地关掉了梯度。请用 torch.no_grad()，它会自动恢复。",
    ),
)
def frozen(xs, ys, w, lr, epochs):
    losses = _losses(xs, ys, w, lr, epochs)
    w.requires_grad_(False)
    return losses


@mistake(
    "descend",
    title=Text(en="Autograd is switched off and stays off", zh="自动求导关掉后没有再打开"),
    advice=Text(
        en="torch.set_grad_enabled(False) holds for the whole program until it is undone. Use `with "
        "torch.no_grad():`, which ends by itself.",
        zh="torch.set_grad_enabled(False) 对整个程序一直有效，直到被撤销。请用 `with torch.no_grad():`，它会自动恢复。",
    ),
)
def grad_left_off(xs, ys, w, lr, epochs):
    losses = _losses(xs, ys, w, lr, epochs)
    torch.set_grad_enabled(False)
    return losses


@mistake(
    "descend",
    title=Text(en="w.grad is None where it is cleared", zh="清零时 w.grad 是 None"),
    advice=Text(
        en="Before the first backward() there is no gradient to clear. Nor is there one after `w = w - …`, which "
        "makes a new tensor that is no leaf: write w -= … under torch.no_grad(), and clear after that.",
        zh="第一次 backward() 之前还没有梯度可清。写了 `w = w - …` 之后也没有，因为新的 w 不是叶子张量：请在 torch.no_grad() 里写 w -= …，更新之后再清零。",
    ),
)
def none_cleared(xs, ys, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        for x, y in zip(xs, ys, strict=True):
            loss = (x * w - y) ** 2
            loss.backward()
            with torch.no_grad():
                w = w - lr * w.grad
            w.grad.zero_()
        losses.append(loss.item())
    return losses


@mistake(
    "descend",
    title=Text(en="w = w − … has made a tensor that gets no gradient", zh="w = w − … 得到的新张量没有梯度"),
    advice=Text(
        en="The new w is no leaf, so backward() leaves its .grad at None. Change the tensor itself: w -= lr * w.grad "
        "under torch.no_grad(), or w.data = ….",
        zh="新的 w 不是叶子张量，backward() 不会给它填 .grad，所以是 None。请改动张量本身：在 torch.no_grad() 里写 w -= lr * w.grad，或者写 w.data = …。",
    ),
)
def rebound(xs, ys, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        for x, y in zip(xs, ys, strict=True):
            loss = (x * w - y) ** 2
            loss.backward()
            w = w - lr * w.grad
        losses.append(loss.item())
    return losses


@mistake(
    "descend",
    title=Text(en="w becomes float32", zh="w 变成了 float32"),
    advice=Text(
        en="torch.tensor([number]) is float32, whatever w was. Compute the new w from the old one: w.data - lr * "
        "w.grad.",
        zh="torch.tensor([数字]) 总是 float32，不管 w 原来是什么。请由旧的 w 算出新的：w.data - lr * w.grad。",
    ),
)
def kind_lost(xs, ys, w, lr, epochs):
    losses = _losses(xs, ys, w, lr, epochs)
    w.data = torch.tensor([w.item()])
    return losses


@mistake(
    "descend",
    title=Text(en="It stops early", zh="提前停止了"),
    advice=Text(
        en="The caller asks for `epochs` losses, even if they hardly change any more. Leave out the break.",
        zh="调用者要的是 epochs 个损失，哪怕它们几乎不再变化。请去掉 break。",
    ),
)
def stops_early(xs, ys, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses += _losses(xs, ys, w, lr, 1)
        if losses[-1] < 1e-6:
            break
    return losses


@mistake(
    "descend",
    title=Text(en="The lists are emptied", zh="把列表取空了"),
    advice=Text(
        en="pop() takes the samples out of the caller's own lists. Only look at them: for x, y in zip(xs, ys).",
        zh="pop() 会把样本从调用者的列表里取走。只要看，不要取：for x, y in zip(xs, ys)。",
    ),
)
def lists_emptied(xs, ys, w, lr, epochs):
    pairs = [(xs.pop(0), ys.pop(0)) for _ in range(len(xs))]
    return _losses([x for x, _ in pairs], [y for _, y in pairs], w, lr, epochs)


@mistake(
    "descend",
    title=Text(en="A tensor is made on the CPU", zh="在 CPU 上新建了张量"),
    advice=Text(
        en="torch.tensor([x]) lies on the CPU, and a w on a GPU cannot be multiplied by it. A plain number goes with "
        "any device: x * w. And .numpy() works on the CPU only: use .item().",
        zh="torch.tensor([x]) 建在 CPU 上，GPU 上的 w 不能和它相乘。普通数字在哪个设备上都能用：x * w。.numpy() 也只能用于 CPU：请用 .item()。",
    ),
)
def made_on_cpu(xs, ys, w, lr, epochs):
    pairs = [(torch.tensor([x], dtype=w.dtype), torch.tensor([y], dtype=w.dtype)) for x, y in zip(xs, ys, strict=True)]
    return _losses([x for x, _ in pairs], [y for _, y in pairs], w, lr, epochs)
