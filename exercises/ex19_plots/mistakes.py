"""Wrong figures that learners draw, each with what to say about it."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from grader.judge import Text, mistake


def flat(*tensors):
    """Return flat arrays."""
    return [tensor.detach().cpu().flatten().numpy() for tensor in tensors]


def fitted(x, y, prediction, *, styles="o-", labels=("data", "prediction"), legend=True, names=("x", "y")):
    """Return the figure of a fit, right but for what is said."""
    figure = Figure()
    axes = figure.subplots()
    x, y, prediction = flat(x, y, prediction)
    axes.plot(x, y, styles[0], label=labels[0])
    axes.plot(x, prediction, styles[1], label=labels[1])
    axes.set(xlabel=names[0], ylabel=names[1])
    if legend:
        axes.legend()
    return figure


def passing(hours, probability, *, line="-", half=(0, 10), names=("Hours", "Probability of Pass"), grid=True):
    """Return the figure of a probability, right but for what is said."""
    figure = Figure()
    axes = figure.subplots()
    axes.plot(*flat(hours, probability), line)
    if half:
        axes.plot(half, [0.5, 0.5], "r")
    axes.set(xlabel=names[0], ylabel=names[1])
    axes.grid(visible=grid)
    return figure


def swept(weights, losses, *, mark="min", names=("w", "loss")):
    """Return the figure of a sweep, right but for what is said."""
    figure = Figure()
    axes = figure.subplots()
    w, loss = flat(weights, losses)
    axes.plot(w, loss)
    if mark == "min":
        axes.scatter(w[loss.argmin()], loss.min())
    if mark == "max":
        axes.scatter(w[loss.argmax()], loss.max())
    if mark == "index":
        axes.scatter(loss.argmin(), loss.min())
    axes.set(xlabel=names[0], ylabel=names[1])
    return figure


@mistake(
    "plot_fit",
    title=Text(en="Nothing is returned", zh="什么也没有返回"),
    advice=Text(en="Return the figure at the end: return figure.", zh="最后要把图返回：return figure。"),
)
def returns_nothing(x, y, prediction):
    fitted(x, y, prediction)


@mistake(
    "plot_fit",
    title=Text(en="The axes are returned, not the figure", zh="返回的是坐标轴，不是图"),
    advice=Text(
        en="plt.subplots() gives a figure and its axes. Draw on the axes, return the figure.",
        zh="plt.subplots() 得到图和坐标轴两样东西。在坐标轴上画，返回图。",
    ),
)
def returns_axes(x, y, prediction):
    return fitted(x, y, prediction).axes[0]


@mistake(
    "plot_fit",
    title=Text(en="Figure and axes are returned as a pair", zh="图和坐标轴一起返回了"),
    advice=Text(
        en="plt.subplots() gives a pair, the function is to return the figure alone: figure, axes = plt.subplots().",
        zh="plt.subplots() 得到的是一对，而函数只应返回图：figure, axes = plt.subplots()。",
    ),
)
def returns_pair(x, y, prediction):
    figure = fitted(x, y, prediction)
    return figure, figure.axes[0]


@mistake(
    "plot_fit",
    title=Text(en="pyplot itself is returned", zh="返回的是 pyplot 模块"),
    advice=Text(
        en="plt is a module, not a figure. Keep what Figure() or plt.subplots() gives you, and return that.",
        zh="plt 是模块，不是图。请保存 Figure() 或 plt.subplots() 得到的图并返回它。",
    ),
)
def returns_pyplot(x, y, prediction):
    return plt


@mistake(
    "plot_fit",
    title=Text(en="The data are joined by a line", zh="数据点被连成了线"),
    advice=Text(
        en="axes.plot(x, y) joins noisy points to a zigzag. Use axes.scatter(x, y) or the format 'o', which draws no line.",
        zh="axes.plot(x, y) 会把带噪声的点连成锯齿。请用 axes.scatter(x, y)，或者用格式 'o'，它不画线。",
    ),
)
def data_joined(x, y, prediction):
    return fitted(x, y, prediction, styles="--")


@mistake(
    "plot_fit",
    title=Text(en="The prediction is drawn as points", zh="预测被画成了点"),
    advice=Text(
        en="The model says something between the data as well: draw a line, axes.plot(x, prediction).",
        zh="模型在数据之间也有预测：请画成线，axes.plot(x, prediction)。",
    ),
)
def prediction_dotted(x, y, prediction):
    return fitted(x, y, prediction, styles="ox")


@mistake(
    "plot_fit",
    title=Text(en="x and y are exchanged", zh="x 和 y 画反了"),
    advice=Text(
        en="The first argument of plot and scatter goes across, the second up: inputs first.",
        zh="plot 和 scatter 的第一个参数是横轴，第二个是纵轴：先写输入。",
    ),
)
def axes_swapped(x, y, prediction):
    figure = Figure()
    axes = figure.subplots()
    x, y, prediction = flat(x, y, prediction)
    axes.plot(y, x, "o", label="data")
    axes.plot(prediction, x, label="prediction")
    axes.set(xlabel="x", ylabel="y")
    axes.legend()
    return figure


@mistake(
    "plot_fit",
    title=Text(en="The prediction is sorted without its x", zh="只给预测排了序，没有带上 x"),
    advice=Text(
        en="prediction.sort() tears the pairs apart. Sort both by one order: order = x.argsort(), x[order], prediction[order].",
        zh="prediction.sort() 会把成对的数拆散。两者要按同一个顺序排：order = x.argsort()，x[order]，prediction[order]。",
    ),
)
def sorted_apart(x, y, prediction):
    x, y, prediction = (tensor.detach().flatten() for tensor in (x, y, prediction))
    return fitted(x, y, prediction.sort(descending=bool(prediction[x.argmax()] > prediction[x.argmin()])).values)


@mistake(
    "plot_fit",
    title=Text(en="There is no legend", zh="没有图例"),
    advice=Text(
        en="label=… alone shows nothing. Call axes.legend() after both have been drawn.",
        zh="只写 label=… 什么也不会显示。两样都画完之后要调用 axes.legend()。",
    ),
)
def no_legend(x, y, prediction):
    return fitted(x, y, prediction, legend=False)


@mistake(
    "plot_fit",
    title=Text(en="The legend does not name both", zh="图例没有把两样都写出来"),
    advice=Text(
        en="The legend takes its names from label='…' in scatter and plot. Give one to each.",
        zh="图例的名字来自 scatter 和 plot 里的 label='…'。两个都要写。",
    ),
)
def legend_without_labels(x, y, prediction):
    return fitted(x, y, prediction, labels=("data", None))


@mistake(
    "plot_fit",
    title=Text(en="The axes have no labels", zh="坐标轴没有标签"),
    advice=Text(
        en="Say what goes across and what goes up: axes.set_xlabel(…), axes.set_ylabel(…).",
        zh="要说明横轴和纵轴各是什么：axes.set_xlabel(…)、axes.set_ylabel(…)。",
    ),
)
def no_labels(x, y, prediction):
    return fitted(x, y, prediction, names=("", ""))


@mistake(
    "plot_fit",
    title=Text(en="A tensor with a graph is given to matplotlib", zh="把带计算图的张量直接给了 matplotlib"),
    advice=Text(
        en="matplotlib asks for NumPy numbers, which a tensor that requires grad refuses. Hand over tensor.detach(). "
        "(The articles' .data does it too, but autograd cannot check it.)",
        zh="matplotlib 需要 NumPy 的数，而需要梯度的张量会拒绝转换。请传 tensor.detach()。"
        "（文章里的 .data 也行，但 autograd 无法检查它。）",
    ),
)
def graph_kept(x, y, prediction):
    figure = Figure()
    axes = figure.subplots()
    axes.scatter(x.numpy(), y.numpy(), label="data")
    axes.plot(x.numpy(), prediction.numpy(), label="prediction")
    axes.set(xlabel="x", ylabel="y")
    axes.legend()
    return figure


@mistake(
    "plot_fit",
    title=Text(en="The arguments are changed", zh="参数被改动"),
    advice=Text(
        en="detach_() and requires_grad_(False) act on the caller's tensor, which then no longer trains. "
        "detach() without the underscore makes a new one.",
        zh="detach_() 和 requires_grad_(False) 会改动调用者的张量，让它不再参与训练。不带下划线的 detach() 才会生成新的。",
    ),
)
def changes_argument(x, y, prediction):
    for tensor in (x, y, prediction):
        tensor.detach_()
    return fitted(x, y, prediction)


@mistake(
    "plot_fit",
    title=Text(en="A window is opened", zh="打开了窗口"),
    advice=Text(
        en="plt.show() stops the program until the window is closed. Return the figure and leave the showing to the caller.",
        zh="plt.show() 会让程序停下来，直到窗口关闭。请返回图，要不要显示由调用者决定。",
    ),
)
def shows(x, y, prediction):
    figure, axes = plt.subplots()
    x, y, prediction = flat(x, y, prediction)
    axes.scatter(x, y, label="data")
    axes.plot(x, prediction, label="prediction")
    axes.set(xlabel="x", ylabel="y")
    axes.legend()
    plt.show()
    plt.close(figure)
    return figure


@mistake(
    "plot_fit",
    title=Text(en="The figure stays open in pyplot", zh="图留在了 pyplot 里"),
    advice=Text(
        en="pyplot keeps every figure of plt.figure() and plt.subplots() until it is closed; after twenty it warns. "
        "Take matplotlib.figure.Figure(), or plt.close(figure) before you return it.",
        zh="plt.figure() 和 plt.subplots() 建立的图会一直留在 pyplot 里，直到关闭；超过二十个就会警告。"
        "请用 matplotlib.figure.Figure()，或者在返回之前 plt.close(figure)。",
    ),
)
def left_open(x, y, prediction):
    figure, axes = plt.subplots()
    x, y, prediction = flat(x, y, prediction)
    axes.scatter(x, y, label="data")
    axes.plot(x, prediction, label="prediction")
    axes.set(xlabel="x", ylabel="y")
    axes.legend()
    return figure


@mistake(
    "plot_fit",
    title=Text(en="The current figure is drawn into", zh="画进了当前的图"),
    advice=Text(
        en="plt.plot, plt.scatter and plt.gcf() use whatever figure is open, the caller's too. Make one of your own and "
        "draw on its axes.",
        zh="plt.plot、plt.scatter 和 plt.gcf() 用的是当前打开的图，也可能是调用者的。请自己建一个图，在它的坐标轴上画。",
    ),
)
def draws_into_current(x, y, prediction):
    x, y, prediction = flat(x, y, prediction)
    plt.scatter(x, y, label="data")
    plt.plot(x, prediction, label="prediction")
    plt.xlabel("x")
    plt.ylabel("y")
    plt.legend()
    return plt.gcf()


@mistake(
    "plot_pass_probability",
    title=Text(en="The line at 0.5 is missing", zh="缺少 0.5 处的横线"),
    advice=Text(
        en="axes.axhline(0.5) shows where passing becomes likelier than failing.",
        zh="axes.axhline(0.5) 能看出从哪里起通过比不通过更可能。",
    ),
)
def no_half(hours, probability):
    return passing(hours, probability, half=None)


@mistake(
    "plot_pass_probability",
    title=Text(en="The line at 0.5 is too short", zh="0.5 处的横线太短"),
    advice=Text(
        en="plot([0, 1], [0.5, 0.5]) ends at one hour. axes.axhline(0.5) is as wide as the axes, whatever the hours are.",
        zh="plot([0, 1], [0.5, 0.5]) 到 1 小时就结束了。axes.axhline(0.5) 总是和坐标轴一样宽，不管有多少小时。",
    ),
)
def half_too_short(hours, probability):
    return passing(hours, probability, half=(0, 1))


@mistake(
    "plot_pass_probability",
    title=Text(en="A vertical line instead of a horizontal one", zh="画成了竖线"),
    advice=Text(
        en="axvline(0.5) stands at half an hour. A probability of 0.5 is a height: axhline(0.5).",
        zh="axvline(0.5) 立在 0.5 小时处。概率 0.5 是高度：axhline(0.5)。",
    ),
)
def upright_half(hours, probability):
    figure = passing(hours, probability, half=None)
    figure.axes[0].axvline(0.5)
    return figure


@mistake(
    "plot_pass_probability",
    title=Text(en="The labels are exchanged", zh="两个标签写反了"),
    advice=Text(
        en="Hours go across (xlabel), the probability goes up (ylabel).",
        zh="小时是横轴（xlabel），概率是纵轴（ylabel）。",
    ),
)
def labels_exchanged(hours, probability):
    return passing(hours, probability, names=("Probability of Pass", "Hours"))


@mistake(
    "plot_pass_probability",
    title=Text(en="The labels are others", zh="标签不是要求的文字"),
    advice=Text(
        en='The labels are "Hours" and "Probability of Pass", with these capitals.',
        zh="标签是 “Hours” 和 “Probability of Pass”，大小写也要一致。",
    ),
)
def other_labels(hours, probability):
    return passing(hours, probability, names=("hours", "probability"))


@mistake(
    "plot_pass_probability",
    title=Text(en="There is no grid", zh="没有网格"),
    advice=Text(
        en="axes.grid() lets the reader follow a height to the axis.",
        zh="axes.grid() 画出网格，读者才能把高度对到坐标轴上。",
    ),
)
def no_grid(hours, probability):
    return passing(hours, probability, grid=False)


@mistake(
    "plot_pass_probability",
    title=Text(en="The probability is drawn as points", zh="概率被画成了点"),
    advice=Text(
        en="The model gives a probability for any number of hours: a curve, axes.plot(hours, probability).",
        zh="任何小时数都有一个概率，所以是曲线：axes.plot(hours, probability)。",
    ),
)
def curve_dotted(hours, probability):
    return passing(hours, probability, line="o")


@mistake(
    "plot_pass_probability",
    title=Text(en="The probability goes across", zh="概率画到了横轴上"),
    advice=Text(
        en="plot takes what goes across first: plot(hours, probability).",
        zh="plot 的第一个参数是横轴：plot(hours, probability)。",
    ),
)
def curve_swapped(hours, probability):
    return passing(probability, hours)


@mistake(
    "plot_loss_sweep",
    title=Text(en="The minimum is not marked", zh="没有标出最小值"),
    advice=Text(
        en="best = losses.argmin(), then a dot: axes.plot(weights[best], losses[best], 'o').",
        zh="先求 best = losses.argmin()，再画一个点：axes.plot(weights[best], losses[best], 'o')。",
    ),
)
def no_mark(weights, losses):
    return swept(weights, losses, mark="")


@mistake(
    "plot_loss_sweep",
    title=Text(en="The maximum is marked", zh="标出的是最大值"),
    advice=Text(
        en="argmax is the worst weight. The best has the least loss: argmin.",
        zh="argmax 是最差的权重。损失最小的才是最好的：argmin。",
    ),
)
def marks_the_maximum(weights, losses):
    return swept(weights, losses, mark="max")


@mistake(
    "plot_loss_sweep",
    title=Text(en="The mark stands at the index", zh="标记画在了下标处"),
    advice=Text(
        en="losses.argmin() is a position in the list, not a weight: weights[losses.argmin()].",
        zh="losses.argmin() 是列表里的位置，不是权重：应为 weights[losses.argmin()]。",
    ),
)
def marks_the_index(weights, losses):
    return swept(weights, losses, mark="index")


@mistake(
    "plot_loss_sweep",
    title=Text(en="The mark always stands at w = 2", zh="标记总是画在 w = 2 处"),
    advice=Text(
        en="2 is the article's answer for its own data. Look for the least loss: weights[losses.argmin()].",
        zh="2 是文章里那组数据的答案。请去找损失最小的地方：weights[losses.argmin()]。",
    ),
)
def always_two(weights, losses):
    figure = swept(weights, losses, mark="")
    figure.axes[0].plot([2.0], [0.0], "ro")
    return figure


@mistake(
    "plot_loss_sweep",
    title=Text(en="The axes of the sweep have no labels", zh="损失图的坐标轴没有标签"),
    advice=Text(
        en="Say what goes across (w) and what goes up (the loss): axes.set_xlabel, axes.set_ylabel.",
        zh="要说明横轴是 w，纵轴是损失：axes.set_xlabel、axes.set_ylabel。",
    ),
)
def sweep_without_labels(weights, losses):
    return swept(weights, losses, names=("", ""))


@mistake(
    "plot_loss_sweep",
    title=Text(en="The loss goes across", zh="损失画到了横轴上"),
    advice=Text(
        en="The loss is drawn over w: plot(weights, losses).",
        zh="横轴是 w，纵轴是损失：plot(weights, losses)。",
    ),
)
def sweep_swapped(weights, losses):
    return swept(losses, weights)


@mistake(
    "plot_loss_sweep",
    title=Text(en="The loss is drawn over its index", zh="损失是按下标画的"),
    advice=Text(
        en="plot(losses) counts 0, 1, 2, … across. Give the weights first: plot(weights, losses).",
        zh="plot(losses) 的横轴是 0、1、2、…。请先写权重：plot(weights, losses)。",
    ),
)
def over_the_index(weights, losses):
    figure = Figure()
    axes = figure.subplots()
    (loss,) = flat(losses)
    axes.plot(loss)
    axes.plot(loss.argmin(), loss.min(), "o")
    axes.set(xlabel="w", ylabel="loss")
    return figure
