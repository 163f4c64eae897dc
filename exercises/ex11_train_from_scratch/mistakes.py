"""Wrong ways to train from scratch that learners take, each with what to say about it."""

from __future__ import annotations

import torch

from grader.judge import Text, mistake


def _linreg(X, w, b):
    return X @ w + b


def _loss(features, labels, w, b):
    """Return the mean of half the squared error over all data."""
    with torch.no_grad():
        return ((_linreg(features, w, b) - labels) ** 2 / 2).mean().item()


def _step(params, lr, batch_size):
    """Take the step of exercise 4."""
    with torch.no_grad():
        for param in params:
            param.sub_(lr * param.grad / batch_size)
            param.grad.zero_()


@mistake(
    "train",
    title=Text(en="The gradient of a batch is not divided by its size", zh="梯度没有除以批量大小"),
    advice=Text(
        en="The losses of the batch were added up, so the gradient is a sum, and the step is as many times "
        "too long as the batch has examples. Divide by the batch size, or take the mean of the losses.",
        zh="小批量的损失是求和的，梯度也就是和，步子长了批量大小那么多倍。请除以批量大小，或者对损失取平均。",
    ),
)
def no_division(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, 1)
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The gradient is divided by the batch size twice", zh="梯度除了两次批量大小"),
    advice=Text(
        en="The mean of the losses has divided already: with .mean().backward() the step is lr * grad, with "
        ".sum().backward() it is lr * grad / batch_size.",
        zh="对损失取平均已经除过一次：用 .mean().backward()，步长就是 lr * grad；用 .sum().backward()，"
        "才是 lr * grad / batch_size。",
    ),
)
def divided_twice(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).mean().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The last, shorter batch is divided by batch_size", zh="最后那个较小的批量也除以了 batch_size"),
    advice=Text(
        en="7 examples in batches of 3 leave one over: its mean gradient is that of one example, not a "
        "third of it. Divide by len(X), or take .mean() of the batch's losses.",
        zh="7 个样本每批 3 个，最后一批只有一个样本：它的平均梯度就是这个样本的梯度，而不是三分之一。请"
        "除以 len(X)，或者对这一批的损失取 .mean()。",
    ),
)
def full_size_assumed(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, min(batch_size, len(features)))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(
        en="The step divides by batch_size where fewer examples are there",
        zh="样本不足 batch_size 个时，仍然除以 batch_size",
    ),
    advice=Text(
        en="A batch_size beyond the data gives one batch of all examples: divide by how many are in the "
        "batch, len(X), or take .mean() of its losses.",
        zh="batch_size 大于样本数时，只有一批，包含全部样本：请除以这一批里实际的个数 len(X)，或者对这一"
        "批的损失取 .mean()。",
    ),
)
def nominal_size(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, batch_size)
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(
        en="The gradient of a batch is divided by the size of the data", zh="除以的是全部样本数，而不是批量大小"
    ),
    advice=Text(
        en="The batch's losses were added up over its own examples: divide by len(X), not by len(features).",
        zh="求和的只是这一批样本的损失：应当除以 len(X)，而不是 len(features)。",
    ),
)
def divided_by_all(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(features))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The half of the squared loss is missing", zh="平方损失漏了 ½"),
    advice=Text(
        en="The loss is (y_hat − y)² / 2, whose gradient is (y_hat − y) x. Without the half (so also with "
        "nn.MSELoss) every step is twice as long.",
        zh="损失是 (y_hat − y)² / 2，梯度是 (y_hat − y) x。没有 ½（用 nn.MSELoss 也一样），每一步都走两倍远。",
    ),
)
def no_half(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The step goes uphill", zh="方向反了，走的是上坡"),
    advice=Text(
        en="The gradient points to where the loss grows. Subtract it: w -= lr * w.grad.",
        zh="梯度指向损失增大的方向。应当减去它：w -= lr * w.grad。",
    ),
)
def ascent(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), -lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The gradients are never cleared", zh="梯度从不清零"),
    advice=Text(
        en="backward() adds to what .grad holds. After each step call param.grad.zero_(), or set param.grad = None.",
        zh="backward() 会把梯度累加到 .grad 上。每一步之后都要 param.grad.zero_()，或者 param.grad = None。",
    ),
)
def never_cleared(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            with torch.no_grad():
                w -= lr * w.grad / len(X)
                b -= lr * b.grad / len(X)
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The gradients are cleared only once an epoch", zh="每个 epoch 才清零一次梯度"),
    advice=Text(
        en="There is a step for every batch, so the gradients must be cleared for every batch: put zero_() "
        "into the inner loop.",
        zh="每个小批量都走一步，就得每个小批量都清零：把 zero_() 写进内层循环。",
    ),
)
def cleared_each_epoch(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            with torch.no_grad():
                w -= lr * w.grad / len(X)
                b -= lr * b.grad / len(X)
        w.grad = b.grad = None
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The step makes new tensors without a gradient", zh="更新得到的是不带梯度的新张量"),
    advice=Text(
        en="w = w - lr * w.grad binds the name to a tensor that is no leaf, whose .grad is None at the next "
        "step. Change w in place under torch.no_grad(): w -= lr * w.grad.",
        zh="w = w - lr * w.grad 会让 w 指向一个不是叶子的新张量，下一步它的 .grad 就是 None。请在"
        " torch.no_grad() 里原地更新：w -= lr * w.grad。",
    ),
)
def rebound(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            w = w - lr * w.grad / len(X)
            b = b - lr * b.grad / len(X)
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The step is not taken under torch.no_grad()", zh="更新没有写在 torch.no_grad() 里"),
    advice=Text(
        en="Autograd refuses to change a leaf that requires grad in place. The step is nothing to "
        "differentiate: put it into with torch.no_grad():",
        zh="需要梯度的叶子张量不能直接原地修改。更新这一步不需要求导：请写在 with torch.no_grad(): 里。",
    ),
)
def recorded_step(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            w -= lr * w.grad / len(X)
            b -= lr * b.grad / len(X)
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="All of the data are one batch", zh="全部数据当作一批"),
    advice=Text(
        en="An epoch has one step for each batch, len(features) / batch_size of them. Loop over the batches "
        "inside the loop over the epochs.",
        zh="一个 epoch 里每个小批量各走一步，共 len(features) / batch_size 步。请在 epoch 的循环里再对小批量循环。",
    ),
)
def batch_size_ignored(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(len(features)):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="Every example is a batch of its own", zh="每个样本单独成了一批"),
    advice=Text(
        en="batch_size examples go into one step. Cut the indices with split(batch_size), or in steps of "
        "range(0, n, batch_size).",
        zh="每一步要用 batch_size 个样本。用 split(batch_size) 切分下标，或者用 range(0, n, batch_size) 一段一段地取。",
    ),
)
def one_at_a_time(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(1):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="Each epoch uses one batch only", zh="每个 epoch 只用了一个批量"),
    advice=Text(
        en="A break, or next(iter(…)), leaves the rest of the data unseen. An epoch goes through all batches.",
        zh="写了 break，或者用 next(iter(…)) 只取一批，其余的数据就没有用到。一个 epoch 要走完所有批量。",
    ),
)
def first_batch_only(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size)[:1]:
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The examples that are left over are dropped", zh="丢掉了余下的样本"),
    advice=Text(
        en="Where batch_size does not divide the number of examples, the rest is a shorter batch. "
        "len(features) // batch_size and drop_last=True leave it out.",
        zh="样本数不能被 batch_size 整除时，余下的是一个较小的批量。len(features) // batch_size 和"
        " drop_last=True 都会把它漏掉。",
    ),
)
def drops_last(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            if len(batch) < min(batch_size, len(features)):
                continue
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="Batches are drawn with replacement", zh="小批量是有放回抽样的"),
    advice=Text(
        en="torch.randint may draw an example twice in an epoch and another never. Shuffle all indices once "
        "an epoch with torch.randperm, and cut them into batches.",
        zh="torch.randint 会让有的样本在一个 epoch 里出现两次，有的一次也没有。每个 epoch 用"
        " torch.randperm 把全部下标打乱一次，再切成小批量。",
    ),
)
def with_replacement(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randint(len(features), (len(features),)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="One epoch is missing", zh="少训练了一个 epoch"),
    advice=Text(
        en="range(1, num_epochs) makes num_epochs − 1 rounds: write range(num_epochs).",
        zh="range(1, num_epochs) 只有 num_epochs − 1 轮：请写 range(num_epochs)。",
    ),
)
def one_epoch_short(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(1, num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The numbers of the article are written into the code", zh="把文章里的数写死在代码里"),
    advice=Text(
        en="lr = 0.03, 3 epochs and batches of 10 belong to one example. Use the arguments.",
        zh="lr = 0.03、3 个 epoch、每批 10 个只是文章的例子。请用传入的参数。",
    ),
)
def article_numbers(features, labels, lr, num_epochs, batch_size):
    lr, num_epochs, batch_size = 0.03, 3, 10
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The bias is not trained", zh="偏置没有训练"),
    advice=Text(
        en="b needs requires_grad=True and a step of its own, just as w does.",
        zh="b 和 w 一样，也要 requires_grad=True，也要更新。",
    ),
)
def bias_not_trained(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w,), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The data are shuffled apart", zh="特征和标签被分别打乱"),
    advice=Text(
        en="Every row must keep its label: index features and labels with the same shuffled indices.",
        zh="每一行要和自己的标签在一起：features 和 labels 要用同一组打乱的下标来取。",
    ),
)
def data_reordered(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[torch.randperm(len(features))[: len(batch)]]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The features are standardised", zh="对特征做了标准化"),
    advice=Text(
        en="After (X − mean) / std the w and b that come out belong to other features than the caller's. "
        "Here train takes the data as they are; exercise 12 shows how to scale and scale back.",
        zh="做了 (X − 均值) / 标准差 之后，学到的 w 和 b 对应的就不是调用者的特征了。这里请直接用原来的"
        "数据；练习 12 会讲怎样缩放再还原。",
    ),
)
def standardised(features, labels, lr, num_epochs, batch_size):
    features = (features - features.mean(0)) / (features.std(0, correction=0) + 1e-8)
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The answer is computed without steps", zh="没有迭代，直接算出了解"),
    advice=Text(
        en="The least-squares solution is exercise 22. Here lr, num_epochs and batch_size decide how far "
        "the steps get.",
        zh="最小二乘的显式解是练习 22 的内容。这里走多远由 lr、num_epochs 和 batch_size 决定。",
    ),
)
def closed_form(features, labels, lr, num_epochs, batch_size):
    rows = torch.cat([features, torch.ones_like(features[:, :1])], dim=1)
    found = torch.linalg.pinv(rows) @ labels
    w, b = found[:-1], found[-1]
    return w, b, [_loss(features, labels, w, b)] * num_epochs


@mistake(
    "train",
    title=Text(en="The loss is that of the last batch alone", zh="损失只是最后一个批量的"),
    advice=Text(
        en="One batch tells little of an epoch. Compute the loss over all data after the epoch, or average "
        "over the batches.",
        zh="一个批量说明不了整个 epoch。请在 epoch 结束后用全部数据算损失，或者对各批取平均。",
    ),
)
def last_batch_loss(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            loss = ((_linreg(X, w, b) - y) ** 2 / 2).mean()
            loss.backward()
            _step((w, b), lr, 1)
        losses.append(loss.item())
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="There is a loss for every batch", zh="每个批量都记了一个损失"),
    advice=Text(
        en="One loss for each epoch is due: append after the inner loop, not in it.",
        zh="每个 epoch 只要一个损失：append 要写在内层循环之后，而不是里面。",
    ),
)
def loss_per_batch(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
            losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The loss is a sum over the examples", zh="损失是对样本求和"),
    advice=Text(
        en="A sum grows with the data. Take the mean: .mean(), or the sum divided by len(features).",
        zh="求和会随数据变大。请取平均：.mean()，或者用和除以 len(features)。",
    ),
)
def loss_summed(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b) * len(features))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The reported loss lacks the half", zh="返回的损失漏了 ½"),
    advice=Text(
        en="The loss that is reported is the one that is trained on: the mean of (y_hat − y)² / 2.",
        zh="返回的损失应当就是训练用的损失：(y_hat − y)² / 2 的平均。",
    ),
)
def loss_without_half(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(2 * _loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The loss is taken before the epoch", zh="损失是在 epoch 开始之前算的"),
    advice=Text(
        en="The loss of an epoch says how far it has come: compute it over all data after the inner loop, "
        "or average it over the batches.",
        zh="一个 epoch 的损失要说明它学到了什么程度：请在内层循环之后用全部数据计算，或者对各批取平均。",
    ),
)
def loss_before_epoch(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        losses.append(_loss(features, labels, w, b))
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="Only the last loss is returned", zh="只返回了最后一个损失"),
    advice=Text(
        en="Start with losses = [], append once in every epoch, and return the list.",
        zh="先写 losses = []，每个 epoch 追加一次，最后返回整个列表。",
    ),
)
def last_loss_only(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), _loss(features, labels, w, b)


@mistake(
    "train",
    title=Text(en="The losses are tensors", zh="损失是张量"),
    advice=Text(
        en="float(loss) or loss.item() is the number; a tensor may hold a whole graph in memory.",
        zh="float(loss) 或 loss.item() 才是数值；张量可能会把整张计算图留在内存里。",
    ),
)
def loss_tensors(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(((_linreg(features, w, b) - labels) ** 2 / 2).mean().detach())
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="w is flat", zh="w 是一维的"),
    advice=Text(
        en="w of shape (d,) makes predictions of shape (n,), and (n,) minus labels (n, 1) broadcasts to (n, "
        "n). Make it (d, 1).",
        zh="w 的形状是 (d,) 时，预测的形状是 (n,)，减去 (n, 1) 的标签就广播成了 (n, n)。请把 w 建成 (d, 1)。",
    ),
)
def flat_weights(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach().flatten(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="w and b come back in the wrong order", zh="w 和 b 的返回顺序反了"),
    advice=Text(
        en="The order is: return w, b, losses",
        zh="返回的顺序是：return w, b, losses",
    ),
)
def swapped_results(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return b.detach(), w.detach(), losses


@mistake(
    "train",
    title=Text(en="The losses are not returned", zh="没有返回损失"),
    advice=Text(
        en="Three things are due: return w, b, losses",
        zh="应当返回三样东西：return w, b, losses",
    ),
)
def losses_not_returned(features, labels, lr, num_epochs, batch_size):
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach()


@mistake(
    "train",
    title=Text(en="The features are changed in place", zh="原地改动了特征"),
    advice=Text(
        en="features -= features.mean(0) writes into the caller's tensor. train takes the data as they are.",
        zh="features -= features.mean(0) 会写进调用者的张量。train 应当原样使用数据。",
    ),
)
def scaled_in_place(features, labels, lr, num_epochs, batch_size):
    features -= features.mean(0)
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="Everything is float32", zh="一切都用 float32"),
    advice=Text(
        en="torch.zeros makes float32, which does not multiply with float64 features. Take dtype and device "
        "from the data: features.new_zeros(d, 1), or dtype=features.dtype.",
        zh="torch.zeros 建的是 float32，不能和 float64 的特征相乘。dtype 和 device 都应取自数据："
        "features.new_zeros(d, 1)，或者写 dtype=features.dtype。",
    ),
)
def always_single(features, labels, lr, num_epochs, batch_size):
    w = torch.zeros(features.shape[1], 1, device=features.device, requires_grad=True)
    b = torch.zeros(1, device=features.device, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "train",
    title=Text(en="The parameters are made on the CPU", zh="参数建在了 CPU 上"),
    advice=Text(
        en="torch.zeros without a device lies on the CPU, and features on a GPU cannot meet it. Write "
        "device=features.device, or features.new_zeros(…).",
        zh="torch.zeros 不写 device 就建在 CPU 上，GPU 上的 features 没法和它运算。请写"
        " device=features.device，或者用 features.new_zeros(…)。",
    ),
)
def made_on_cpu(features, labels, lr, num_epochs, batch_size):
    w = torch.zeros(features.shape[1], 1, dtype=features.dtype, requires_grad=True)
    b = torch.zeros(1, dtype=features.dtype, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            X, y = features[batch], labels[batch]
            ((_linreg(X, w, b) - y) ** 2 / 2).sum().backward()
            _step((w, b), lr, len(X))
        losses.append(_loss(features, labels, w, b))
    return w.detach(), b.detach(), losses


@mistake(
    "linreg",
    title=Text(en="The bias is missing", zh="没有加偏置"),
    advice=Text(
        en="The prediction is Xw + b: without b the plane is forced through the origin.",
        zh="预测是 Xw + b：没有 b，平面就只能过原点。",
    ),
)
def no_bias(X, w, b):
    return X @ w


@mistake(
    "linreg",
    title=Text(en="X and w are multiplied element by element", zh="X 和 w 做了逐元素相乘"),
    advice=Text(
        en="X * w is no matrix product. Write X @ w, or torch.matmul(X, w).",
        zh="X * w 不是矩阵乘法。请写 X @ w 或 torch.matmul(X, w)。",
    ),
)
def elementwise(X, w, b):
    return X * w.T + b


@mistake(
    "linreg",
    title=Text(en="The predictions carry no graph", zh="预测没有计算图"),
    advice=Text(
        en="Under torch.no_grad(), and with detach() or .data, backward() finds no way to w and b.",
        zh="用了 torch.no_grad()、detach() 或 .data，backward() 就找不到通往 w 和 b 的路。",
    ),
)
def graph_cut(X, w, b):
    with torch.no_grad():
        return X @ w + b


@mistake(
    "linreg",
    title=Text(en="The predictions lose a dimension", zh="预测少了一个维度"),
    advice=Text(
        en="(n,) minus labels (n, 1) broadcasts to (n, n). Leave the predictions as X @ w + b makes them: (n, 1).",
        zh="(n,) 减去 (n, 1) 的标签会广播成 (n, n)。X @ w + b 得到的就是 (n, 1)，不要再改它的形状。",
    ),
)
def flat_predictions(X, w, b):
    return (X @ w + b).squeeze(1)


@mistake(
    "linreg",
    title=Text(en="The bias is subtracted", zh="减去了偏置"),
    advice=Text(
        en="The model is Xw + b.",
        zh="模型是 Xw + b。",
    ),
)
def bias_subtracted(X, w, b):
    return X @ w - b
