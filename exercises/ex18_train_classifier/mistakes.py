"""Wrong ways to train and to read a classifier that learners take, each with what to say about it."""

from __future__ import annotations

import copy

import torch
from torch import nn

from grader.judge import Text, mistake


@mistake(
    "fit",
    title=Text(en="The losses are averaged", zh="损失取了平均"),
    advice=Text(
        en="nn.BCELoss() takes the mean; article 004 asks for the sum (size_average=False, today "
        'reduction="sum"). With three students the steps are three times shorter.',
        zh='nn.BCELoss() 默认取平均；文章 004 要的是求和（size_average=False，如今写作 reduction="sum"）。'
        "三个学生时，平均的步子只有求和的三分之一。",
    ),
)
def mean_taken(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The loss is the squared error", zh="损失用成了平方误差"),
    advice=Text(
        en="nn.MSELoss is for numbers. For probabilities it hardly pulls where the model is surely wrong; "
        "the cross-entropy, nn.BCELoss, pulls hardest there.",
        zh="nn.MSELoss 适合预测数值。对概率来说，模型错得最离谱的地方它反而几乎不使劲；交叉熵"
        " nn.BCELoss 在那里拉得最狠。",
    ),
)
def squared_error(model, hours, passed, lr, num_epochs):
    criterion = nn.MSELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The sigmoid is applied twice", zh="做了两次 sigmoid"),
    advice=Text(
        en="nn.BCEWithLogitsLoss applies the sigmoid itself, and expects logits. The model gives "
        "probabilities already: use nn.BCELoss.",
        zh="nn.BCEWithLogitsLoss 自己会做 sigmoid，要的是 logits。这里模型给出的已经是概率：请用 nn.BCELoss。",
    ),
)
def sigmoid_twice(model, hours, passed, lr, num_epochs):
    criterion = nn.BCEWithLogitsLoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The probabilities are rounded before the loss", zh="算损失之前先把概率取整了"),
    advice=Text(
        en="round() and > 0.5 have no slope, so no gradient comes through. The loss needs the probability itself.",
        zh="round() 和 > 0.5 没有斜率，梯度传不过去。损失要用概率本身来算。",
    ),
)
def rounded_first(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours).round(), passed)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="Prediction and target have changed places", zh="预测和目标写反了"),
    advice=Text(
        en="The order is criterion(model(hours), passed): the prediction first. For the cross-entropy the "
        "two are not alike.",
        zh="顺序是 criterion(model(hours), passed)：预测在前。对交叉熵来说，两者不能互换。",
    ),
)
def arguments_swapped(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(passed, model(hours))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="Only those who passed are counted", zh="只算了及格的学生"),
    advice=Text(
        en="−y·log p says nothing of those who failed, so the model learns to say 1 to all. The other half "
        "is −(1 − y)·log(1 − p); nn.BCELoss has both.",
        zh="−y·log p 完全没有考虑不及格的学生，模型会学成对谁都说 1。另一半是 −(1 − y)·log(1 − p)；"
        "nn.BCELoss 两项都有。",
    ),
)
def first_term_only(model, hours, passed, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = -(passed * model(hours).log()).sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="log 0 makes the loss infinite", zh="log 0 让损失变成无穷大"),
    advice=Text(
        en="Far from the boundary a probability is rounded to exactly 0 or 1, and its logarithm is −∞, or "
        "NaN beside a factor 0. nn.BCELoss holds the logarithm at −100.",
        zh="离分界点很远时，概率会舍入成恰好 0 或 1，取对数就是 −∞，再乘上 0 就是 NaN。nn.BCELoss 会把对"
        "数限制在 −100。",
    ),
)
def no_clamp(model, hours, passed, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        p = model(hours)
        loss = -(passed * p.log() + (1 - passed) * (1 - p).log()).sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The loss is held finite, its gradient is not", zh="损失保持有限了，梯度却没有"),
    advice=Text(
        en="log(p).clamp(min=-100) comes too late for backward(): the slope of log at 0 is infinite, times the 0 of "
        "clamp that is NaN. Use nn.BCELoss, whose gradient is finite too.",
        zh="log(p).clamp(min=-100) 对 backward() 来说太晚了：log 在 0 处的斜率是无穷大，乘上 clamp 的 0 就成了 NaN。"
        "请用 nn.BCELoss，它的梯度也是有限的。",
    ),
)
def clamped_too_late(model, hours, passed, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        p = model(hours)
        loss = -(passed * p.log().clamp(min=-100) + (1 - passed) * (1 - p).log().clamp(min=-100)).sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="Training stops before the last epoch", zh="没到最后一个 epoch 就停了"),
    advice=Text(
        en="A loss that hardly changes is no reason to stop here: take num_epochs steps, and return as many losses.",
        zh="这里不能因为损失几乎不变就提前停下：要走满 num_epochs 步，并返回同样多的损失。",
    ),
)
def stops_early(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        losses.append(loss.item())
        if len(losses) > 1 and abs(losses[-2] - losses[-1]) < 1e-4:
            break
        loss.backward()
        optimizer.step()
    return losses


@mistake(
    "fit",
    title=Text(en="The gradients are never cleared", zh="梯度从不清零"),
    advice=Text(
        en="backward() adds to what .grad holds. Call optimizer.zero_grad() in each epoch before loss.backward().",
        zh="backward() 会把梯度累加到 .grad 上。每个 epoch 里，loss.backward() 之前先调用 optimizer.zero_grad()。",
    ),
)
def never_cleared(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The gradients are cleared only after the step", zh="只在更新之后才清零梯度"),
    advice=Text(
        en="The first step then still takes along what an earlier backward() left in the model. Clear "
        "before backward().",
        zh="这样第一步仍会带上之前的 backward() 残留在模型里的梯度。请在 backward() 之前清零。",
    ),
)
def cleared_at_the_end(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="step() finds no gradient", zh="step() 的时候没有梯度"),
    advice=Text(
        en="Either backward() is missing, or zero_grad() comes after it. Clear first, then loss.backward(), "
        "then step().",
        zh="要么漏了 backward()，要么 zero_grad() 写在了它后面。先清零，再 loss.backward()，最后 step()。",
    ),
)
def no_gradient(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The step is missing", zh="漏了 step()"),
    advice=Text(
        en="backward() only computes gradients; optimizer.step() moves the parameters.",
        zh="backward() 只计算梯度，移动参数的是 optimizer.step()。",
    ),
)
def no_step(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The step comes before backward", zh="step 写在了 backward 之前"),
    advice=Text(
        en="The order is zero_grad, forward, loss, backward, step: a step that comes earlier goes by the "
        "gradient of the epoch before.",
        zh="顺序是 zero_grad、前向、损失、backward、step：step 写早了，用的就是上一个 epoch 的梯度。",
    ),
)
def step_too_early(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        loss = criterion(model(hours), passed)
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The loss is taken after the step", zh="损失是在更新之后算的"),
    advice=Text(
        en="Keep the loss of the forward from which the gradients came; a second forward tells the loss of "
        "the next epoch.",
        zh="请记下算出梯度的那次前向的损失；更新之后再前向一次，得到的是下一个 epoch 的损失。",
    ),
)
def loss_after_step(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        losses.append(criterion(model(hours), passed).item())
    return losses


@mistake(
    "fit",
    title=Text(en="The losses are kept with their graphs", zh="损失连同计算图一起存了下来"),
    advice=Text(
        en="losses.append(loss) keeps the graph of every epoch in memory. loss.item() is the bare number.",
        zh="losses.append(loss) 会把每个 epoch 的计算图留在内存里。loss.item() 才是单纯的数值。",
    ),
)
def losses_are_tensors(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return losses


@mistake(
    "fit",
    title=Text(en="Only the last loss is returned", zh="只返回了最后一个损失"),
    advice=Text(
        en="Append loss.item() to a list in every epoch, and return the list.",
        zh="每个 epoch 把 loss.item() 追加到列表里，最后返回整个列表。",
    ),
)
def last_loss_only(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loss = torch.zeros(())
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
    return loss.item()


@mistake(
    "fit",
    title=Text(en="lr is not used", zh="没有用 lr"),
    advice=Text(
        en="The article writes lr=0.01 into the optimiser. Here the caller chooses: torch.optim.SGD(…, lr=lr).",
        zh="文章把 lr=0.01 写死在优化器里。这里由调用者决定：torch.optim.SGD(…, lr=lr)。",
    ),
)
def article_rate(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The data of the article are written into the code", zh="把文章的数据写死在代码里"),
    advice=Text(
        en="Hours 1, 2, 3 are one example. Use the arguments.",
        zh="1、2、3 小时只是一个例子。请用传入的参数。",
    ),
)
def article_data(model, hours, passed, lr, num_epochs):
    hours = torch.tensor([[1.0], [2.0], [3.0]])
    passed = torch.tensor([[0.0], [0.0], [1.0]])
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="One epoch is missing", zh="少训练了一个 epoch"),
    advice=Text(
        en="range(1, num_epochs) makes num_epochs − 1 rounds: write range(num_epochs).",
        zh="range(1, num_epochs) 只有 num_epochs − 1 轮：请写 range(num_epochs)。",
    ),
)
def one_epoch_short(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(1, num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The model takes a step for every student", zh="每个学生都更新了一次"),
    advice=Text(
        en="Full-batch training means one forward of all students and one step in an epoch. Leave out the inner loop.",
        zh="全批量训练是指每个 epoch 用全部学生前向一次、更新一次。不需要内层循环。",
    ),
)
def step_per_student(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        total = 0.0
        for x, y in zip(hours, passed, strict=True):
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total)
    return losses


@mistake(
    "fit",
    title=Text(en="The optimiser has momentum", zh="优化器带了动量"),
    advice=Text(
        en="Plain SGD is asked for: no momentum, no decay.",
        zh="这里要的是普通的 SGD：不带动量，也不带权重衰减。",
    ),
)
def with_momentum(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="A copy of the model is trained", zh="训练的是模型的副本"),
    advice=Text(
        en="After copy.deepcopy(model) the caller's model learns nothing. Train the model that was handed over.",
        zh="copy.deepcopy(model) 之后，调用者的模型什么也没学到。请直接训练传入的模型。",
    ),
)
def copy_trained(model, hours, passed, lr, num_epochs):
    model = copy.deepcopy(model)
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="The hours are changed in place", zh="原地改动了 hours"),
    advice=Text(
        en="hours -= hours.mean() writes into the caller's tensor. Take the data as they are.",
        zh="hours -= hours.mean() 会写进调用者的张量。请原样使用数据。",
    ),
)
def hours_scaled(model, hours, passed, lr, num_epochs):
    hours -= hours.mean()
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="Everything is turned into float32", zh="把一切都转成了 float32"),
    advice=Text(
        en="hours.float() does not fit a model in float64. Leave the dtype alone.",
        zh="hours.float() 和 float64 的模型对不上。不要改 dtype。",
    ),
)
def always_single(model, hours, passed, lr, num_epochs):
    hours, passed = hours.float(), passed.float()
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "fit",
    title=Text(en="A tensor is made on the CPU", zh="张量建在了 CPU 上"),
    advice=Text(
        en="torch.zeros(1) to add losses to lies on the CPU, and losses on a GPU cannot meet it. Let "
        'reduction="sum" add them up, or write device=hours.device.',
        zh='用来累加损失的 torch.zeros(1) 建在 CPU 上，GPU 上的损失没法加进去。请让 reduction="sum" 来求'
        "和，或者写 device=hours.device。",
    ),
)
def made_on_cpu(model, hours, passed, lr, num_epochs):
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = torch.zeros(1, dtype=hours.dtype)
        loss = (loss + criterion(model(hours), passed)).sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "decision_boundary",
    title=Text(en="The minus sign is missing", zh="漏了负号"),
    advice=Text(
        en="w·x + b = 0 gives x = −b / w.",
        zh="由 w·x + b = 0 得 x = −b / w。",
    ),
)
def sign_lost(model):
    w, b = model.parameters()
    return b.item() / w.item()


@mistake(
    "decision_boundary",
    title=Text(en="The fraction is upside down", zh="分子分母写反了"),
    advice=Text(
        en="w·x + b = 0 gives x = −b / w, not −w / b. The first parameter is the weight.",
        zh="由 w·x + b = 0 得 x = −b / w，而不是 −w / b。第一个参数是权重。",
    ),
)
def upside_down(model):
    w, b = model.parameters()
    return -w.item() / b.item()


@mistake(
    "decision_boundary",
    title=Text(en="The boundary is a tensor", zh="分界点是张量"),
    advice=Text(
        en="b.item() and w.item() are the numbers: return -b.item() / w.item()",
        zh="b.item() 和 w.item() 才是数值：return -b.item() / w.item()",
    ),
)
def tensor_returned(model):
    w, b = (p.detach() for p in model.parameters())
    return -b / w


@mistake(
    "decision_boundary",
    title=Text(en="A number of the article comes back", zh="返回的是文章例子里的数"),
    advice=Text(
        en="2.5 is the middle between 2 and 3 hours. Ask the model's own parameters.",
        zh="2.5 只是 2 小时和 3 小时的中点。请用模型自己的参数来算。",
    ),
)
def article_boundary(model):
    return 2.5


@mistake(
    "decision_boundary",
    title=Text(en="The weight is not divided by", zh="没有除以权重"),
    advice=Text(
        en="σ(w·x + b) is 0.5 where w·x = −b: divide by w.",
        zh="w·x = −b 时 σ(w·x + b) 才是 0.5：还要除以 w。",
    ),
)
def bias_alone(model):
    _, b = model.parameters()
    return -b.item()


@mistake(
    "decision_boundary",
    title=Text(en="The parameters are expected under certain names", zh="认定了参数的名字"),
    advice=Text(
        en="model.linear.weight works for one class only. model.parameters() gives weight and bias in "
        "order, whatever they are called.",
        zh="model.linear.weight 只适用于某一个类。model.parameters() 会依次给出权重和偏置，不管它们叫什么。",
    ),
)
def names_assumed(model):
    return -model.linear.bias.item() / model.linear.weight.item()


@mistake(
    "decision_boundary",
    title=Text(en="The boundary is read off a grid of hours", zh="分界点是从网格里找出来的"),
    advice=Text(
        en="200 points from 0 to 10 are good for the picture, but they end at 0 and at 10, and miss the "
        "boundary by up to 0.025. Solve w·x + b = 0.",
        zh="0 到 10 之间取 200 个点适合画图，但范围只到 0 和 10，误差可达 0.025。请直接解 w·x + b = 0。",
    ),
)
def read_off_a_grid(model):
    x = torch.linspace(0, 10, 200, dtype=next(model.parameters()).dtype).reshape(-1, 1)
    with torch.no_grad():
        gap = (model(x) - 0.5).abs()
    return x[gap.argmin()].item()
