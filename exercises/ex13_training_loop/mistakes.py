"""Wrong training loops and predictions that learners write, each with what to say about it."""

from __future__ import annotations

import copy

import torch
from torch import nn

from grader.judge import Text, mistake


def _at(model, tensor):
    """Return the tensor on the device of the model."""
    return tensor.to(next(model.parameters()).device)


@mistake(
    "fit",
    title=Text(en="The gradients are never cleared", zh="梯度从不清零"),
    advice=Text(
        en="backward() adds to what .grad holds, so every step also repeats all earlier ones. "
        "Call optimizer.zero_grad() in each epoch before loss.backward().",
        zh="backward() 会把梯度累加到 .grad 上，每一步都在重复之前的全部梯度。"
        "每个 epoch 里，loss.backward() 之前先调用 optimizer.zero_grad()。",
    ),
)
def never_cleared(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The gradients are cleared only after the step", zh="只在更新之后才清零梯度"),
    advice=Text(
        en="At the end of the loop zero_grad() serves the next epoch, but the first step still takes along what an "
        "earlier backward() left in the model. Clear before backward().",
        zh="把 zero_grad() 放在循环末尾，只照顾到下一个 epoch；第一步仍会带上之前的 backward() 残留在模型里的梯度。"
        "请在 backward() 之前清零。",
    ),
)
def cleared_at_the_end(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The gradients are cleared once, before the loop", zh="只在循环之前清零一次"),
    advice=Text(
        en="zero_grad() must run in every epoch: what this epoch's backward() leaves would be added to the next one's.",
        zh="zero_grad() 必须每个 epoch 都执行：否则这个 epoch 的梯度会加到下一个 epoch 上。",
    ),
)
def cleared_once(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    optimizer.zero_grad()
    losses = []
    for _ in range(num_epochs):
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="step() finds no gradient", zh="step() 的时候没有梯度"),
    advice=Text(
        en="Either backward() is missing, or zero_grad() comes after it and throws away what it has just computed. "
        "Clear first, then loss.backward(), then step().",
        zh="要么漏了 backward()，要么 zero_grad() 写在它后面，把刚算出的梯度扔掉了。"
        "顺序应当是：先清零，再 loss.backward()，最后 step()。",
    ),
)
def no_gradient(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The step is missing", zh="漏了 step()"),
    advice=Text(
        en="backward() only computes gradients; optimizer.step() moves the parameters. Call it in every epoch.",
        zh="backward() 只计算梯度，移动参数的是 optimizer.step()。每个 epoch 都要调用它。",
    ),
)
def no_step(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The step comes before backward", zh="step 写在了 backward 之前"),
    advice=Text(
        en="At that point there is no gradient of this loss yet: the step goes by that of the epoch before, and the "
        "first one by none. The order is zero_grad, forward, loss, backward, step.",
        zh="这时还没有这次损失的梯度：走的是上一个 epoch 的梯度，第一步则根本没有梯度。"
        "顺序是 zero_grad、前向、损失、backward、step。",
    ),
)
def step_too_early(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        loss = nn.functional.mse_loss(model(inputs), targets)
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The loss is taken after the step", zh="损失是在更新之后算的"),
    advice=Text(
        en="Each epoch's loss is that of the forward from which its gradients came. Keep loss.item() of that one; "
        "a second forward after step() costs time and tells the loss of the next epoch.",
        zh="每个 epoch 的损失就是算出梯度的那次前向的损失，记下它的 loss.item() 即可。step() 之后再前向一次，"
        "既费时间，得到的又是下一个 epoch 的损失。",
    ),
)
def loss_after_step(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(inputs), targets).backward()
        optimizer.step()
        losses.append(nn.functional.mse_loss(model(inputs), targets).item())
    return losses


@mistake(
    "fit",
    title=Text(en="The losses are kept with their graphs", zh="损失连同计算图一起存了下来"),
    advice=Text(
        en="losses.append(loss) keeps the whole graph of every epoch in memory. loss.item() is the bare number.",
        zh="losses.append(loss) 会把每个 epoch 的整张计算图留在内存里。loss.item() 才是单纯的数值。",
    ),
)
def graphs_kept(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return losses


@mistake(
    "fit",
    title=Text(en="The losses are tensors, not floats", zh="损失是张量，而不是浮点数"),
    advice=Text(
        en="detach() and .data cut the graph off, but leave a tensor (on the GPU, where the model is). "
        "loss.item() or float(loss) gives the number.",
        zh="detach() 和 .data 切断了计算图，剩下的仍是张量（模型在 GPU 上时，它也在 GPU 上）。"
        "loss.item() 或 float(loss) 才是数值。",
    ),
)
def detached_tensors(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return losses


@mistake(
    "fit",
    title=Text(en="Only the last loss is returned", zh="只返回了最后一个损失"),
    advice=Text(
        en="Start with losses = [], append in every epoch and return the list: it is the learning curve.",
        zh="先写 losses = []，每个 epoch 追加一个，最后返回整个列表：这就是学习曲线。",
    ),
)
def last_loss_only(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loss = torch.zeros(())
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
    return loss.item()


@mistake(
    "fit",
    title=Text(en="The losses are not returned", zh="没有返回损失"),
    advice=Text(
        en="Printing is for the eye. Append loss.item() to a list in every epoch, and end with return losses.",
        zh="打印只是给人看的。每个 epoch 把 loss.item() 追加到列表里，最后 return losses。",
    ),
)
def nothing_returned(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()


@mistake(
    "fit",
    title=Text(en="The squared errors are added up", zh="平方误差求了和，没有取平均"),
    advice=Text(
        en='nn.MSELoss() takes the mean. reduction="sum" (article 004 writes size_average=False) makes the step grow '
        "with the number of examples, and an ordinary learning rate explodes.",
        zh='nn.MSELoss() 取的是平均。reduction="sum"（文章 004 写作 size_average=False）会让步长随样本数变大，'
        "平常的学习率就会发散。",
    ),
)
def summed(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets, reduction="sum")
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The loss has a half in front", zh="损失前面多了 ½"),
    advice=Text(
        en="The squared loss of chapter 1 has the half, nn.MSELoss() has not: here every step would be half as long.",
        zh="第 1 章的平方损失带 ½，nn.MSELoss() 不带：多了它，每一步只走一半。",
    ),
)
def halved(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets) / 2
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The loss is the absolute error", zh="损失用成了绝对误差"),
    advice=Text(
        en="nn.L1Loss() is the mean distance; nn.MSELoss() squares it first.",
        zh="nn.L1Loss() 是平均绝对误差；nn.MSELoss() 要先平方。",
    ),
)
def absolute(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.l1_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="lr is not used", zh="没有用 lr"),
    advice=Text(
        en="The articles write lr=0.01 into the optimiser. Here the caller chooses: torch.optim.SGD(…, lr=lr).",
        zh="文章把 lr=0.01 写死在优化器里。这里由调用者决定：torch.optim.SGD(…, lr=lr)。",
    ),
)
def article_rate(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="num_epochs is not used", zh="没有用 num_epochs"),
    advice=Text(
        en="How long to train is the caller's choice: for epoch in range(num_epochs).",
        zh="训练多少个 epoch 由调用者决定：for epoch in range(num_epochs)。",
    ),
)
def fixed_epochs(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(100):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="One epoch is missing", zh="少训练了一个 epoch"),
    advice=Text(
        en="range(1, num_epochs) makes num_epochs − 1 rounds. Write range(num_epochs), and print epoch + 1.",
        zh="range(1, num_epochs) 只有 num_epochs − 1 轮。请写 range(num_epochs)，打印时用 epoch + 1。",
    ),
)
def one_epoch_short(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(1, num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The optimiser has momentum", zh="优化器带了动量"),
    advice=Text(
        en="momentum=0.9 goes on in the direction of earlier steps. Plain SGD is asked for; momentum is exercise 16.",
        zh="momentum=0.9 会沿着之前的方向继续走。这里要的是不带动量的 SGD；动量是练习 16 的内容。",
    ),
)
def with_momentum(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The optimiser is Adam", zh="优化器用成了 Adam"),
    advice=Text(
        en="Adam's first steps all have the length lr, whatever the gradient. The task asks for torch.optim.SGD.",
        zh="Adam 最初几步的步长都约等于 lr，与梯度大小无关。题目要求用 torch.optim.SGD。",
    ),
)
def adam(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The optimiser also decays the weights", zh="优化器还带了权重衰减"),
    advice=Text(
        en="weight_decay pulls every parameter towards zero. That is regularisation, and plain SGD has none.",
        zh="weight_decay 会把每个参数往零拉，那是正则化；这里要的是普通的 SGD。",
    ),
)
def with_decay(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, weight_decay=0.01)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The model takes a step for every example", zh="每个样本都更新了一次"),
    advice=Text(
        en="Full-batch training means one forward of all inputs and one step in an epoch. Leave out the inner loop.",
        zh="全批量训练是指每个 epoch 用全部输入前向一次、更新一次。不需要内层循环。",
    ),
)
def step_per_example(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        loss = torch.zeros(())
        for i in range(len(inputs)):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(inputs[i : i + 1]), targets[i : i + 1])
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="A copy of the model is trained", zh="训练的是模型的副本"),
    advice=Text(
        en="After copy.deepcopy(model) the optimiser moves the copy's parameters, and the caller's model learns nothing. "
        "Train the model that was handed over.",
        zh="copy.deepcopy(model) 之后，优化器更新的是副本的参数，调用者的模型什么也没学到。请直接训练传入的模型。",
    ),
)
def copy_trained(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    model = copy.deepcopy(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The model is trained in eval mode", zh="在 eval 模式下训练"),
    advice=Text(
        en="In eval mode dropout is off and BatchNorm uses its stored statistics. eval() belongs into predict.",
        zh="eval 模式下 dropout 不起作用，BatchNorm 用的是存下来的统计量。eval() 应当写在 predict 里。",
    ),
)
def trained_in_eval(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    model.eval()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The data are scaled in place", zh="原地缩放了数据"),
    advice=Text(
        en="-= and /= write into the caller's tensors, and the next call finds them changed. fit takes the data as they are.",
        zh="`-=` 和 `/=` 会写进调用者的张量，下次调用时数据已经变了。fit 应当原样使用数据。",
    ),
)
def data_scaled(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs), _at(model, targets)
    inputs -= inputs.mean(dim=0)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="Everything is turned into float32", zh="把一切都转成了 float32"),
    advice=Text(
        en="inputs.float() does not fit a model in float64. Move the data with .to(device), and leave their dtype alone.",
        zh="inputs.float() 和 float64 的模型对不上。只用 .to(device) 搬数据，不要改它的 dtype。",
    ),
)
def always_single(model, inputs, targets, lr, num_epochs):
    inputs, targets = _at(model, inputs).float(), _at(model, targets).float()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The data stay where they are", zh="数据没有搬到模型所在的设备"),
    advice=Text(
        en="A model on the GPU cannot read inputs on the CPU. Ask the model where it is, "
        "device = next(model.parameters()).device, and write inputs.to(device), targets.to(device).",
        zh="GPU 上的模型读不了 CPU 上的输入。先问模型在哪里：device = next(model.parameters()).device，"
        "再写 inputs.to(device)、targets.to(device)。",
    ),
)
def data_stays(model, inputs, targets, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "predict",
    title=Text(en="The model is not in eval mode", zh="没有切换到 eval 模式"),
    advice=Text(
        en="torch.no_grad() switches off the graph, not dropout and not BatchNorm's learning. model.eval() does that.",
        zh="torch.no_grad() 只关掉计算图，关不掉 dropout，也不会让 BatchNorm 停止更新统计量。那要靠 model.eval()。",
    ),
)
def no_eval(model, inputs):
    with torch.no_grad():
        return model(_at(model, inputs))


@mistake(
    "predict",
    title=Text(en="The model is left in eval mode", zh="预测之后模型停在了 eval 模式"),
    advice=Text(
        en="Training that goes on after this would run without dropout and with frozen BatchNorm statistics. Remember "
        "model.training first, and call model.train(was_training) at the end.",
        zh="之后若继续训练，dropout 不再起作用，BatchNorm 的统计量也不再更新。先记下 model.training，"
        "最后调用 model.train(was_training)。",
    ),
)
def left_in_eval(model, inputs):
    model.eval()
    with torch.no_grad():
        return model(_at(model, inputs))


@mistake(
    "predict",
    title=Text(en="The model always ends in train mode", zh="预测之后总是切到 train 模式"),
    advice=Text(
        en="A model that was in eval mode must stay there. Call model.train(was_training) with the mode that you found.",
        zh="原来处于 eval 模式的模型应当保持原样。请用之前记下的模式调用 model.train(was_training)。",
    ),
)
def always_train(model, inputs):
    model.eval()
    with torch.no_grad():
        outputs = model(_at(model, inputs))
    model.train()
    return outputs


@mistake(
    "predict",
    title=Text(en="The prediction carries a graph", zh="预测结果带着计算图"),
    advice=Text(
        en="eval() changes how layers behave, not what autograd records. Compute under with torch.no_grad():",
        zh="eval() 改变的是层的行为，autograd 照样在记录。请在 with torch.no_grad(): 里计算。",
    ),
)
def graph_recorded(model, inputs):
    was_training = model.training
    model.eval()
    outputs = model(_at(model, inputs))
    model.train(was_training)
    return outputs


@mistake(
    "predict",
    title=Text(en="Autograd is left switched off", zh="自动求导被关掉后没有再打开"),
    advice=Text(
        en="torch.set_grad_enabled(False) holds for the whole program. Use it as a block: with torch.no_grad():",
        zh="torch.set_grad_enabled(False) 对整个程序生效。请写成代码块：with torch.no_grad():",
    ),
)
def grad_left_off(model, inputs):
    was_training = model.training
    model.eval()
    torch.set_grad_enabled(False)
    outputs = model(_at(model, inputs))
    model.train(was_training)
    return outputs


@mistake(
    "predict",
    title=Text(en="The prediction is a NumPy array", zh="预测结果是 NumPy 数组"),
    advice=Text(
        en="The article calls .data.numpy() in order to draw. predict returns a tensor; convert where you plot.",
        zh="文章为了画图调用了 .data.numpy()。predict 应当返回张量，画图时再转换。",
    ),
)
def as_numpy(model, inputs):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(_at(model, inputs))
    model.train(was_training)
    return outputs.numpy()


@mistake(
    "predict",
    title=Text(en="The prediction loses a dimension", zh="预测结果少了一个维度"),
    advice=Text(
        en="squeeze() and flatten() turn (n, 1) into (n,), and a loss against (n, 1) would broadcast to (n, n). "
        "Return what the model says.",
        zh="squeeze() 和 flatten() 会把 (n, 1) 变成 (n,)，再和 (n, 1) 算损失就会广播成 (n, n)。请原样返回模型的输出。",
    ),
)
def squeezed(model, inputs):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(_at(model, inputs))
    model.train(was_training)
    return outputs.squeeze()


@mistake(
    "predict",
    title=Text(en="predict does not move its inputs to the model", zh="predict 没有把输入搬到模型所在的设备"),
    advice=Text(
        en="A model on the GPU cannot read inputs on the CPU: inputs.to(next(model.parameters()).device).",
        zh="GPU 上的模型读不了 CPU 上的输入：请写 inputs.to(next(model.parameters()).device)。",
    ),
)
def new_data_stays(model, inputs):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(inputs)
    model.train(was_training)
    return outputs
