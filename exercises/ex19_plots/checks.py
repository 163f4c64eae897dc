"""Checks of the figures, on their artists: what is drawn where, what it is called, what is left behind."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch

from grader.judge import Draw, LearnerError, Student, check, expect, fail

if TYPE_CHECKING:
    from collections.abc import Iterator

Artist = dict[str, Any]


def draw_and_look(names, function, args, calls):  # noqa: C901, PLR0915 - a probe has no helpers
    """Call `function` once for each of `calls`; say what the figures hold, what was shown and what stayed open."""
    import matplotlib.backend_bases  # noqa: PLC0415 - a probe is sent as source
    import matplotlib.collections  # noqa: PLC0415
    import matplotlib.figure  # noqa: PLC0415
    import matplotlib.lines  # noqa: PLC0415
    import matplotlib.patches  # noqa: PLC0415
    import matplotlib.pyplot as plt  # noqa: PLC0415
    import matplotlib.text  # noqa: PLC0415
    import matplotlib.transforms  # noqa: PLC0415

    def pairs(points):
        return [[float(x), float(y)] for x, y in points]

    def placed(point, here):
        """Return the point, NaN in a direction that is not measured in data; nothing where neither is."""
        known = [p if is_data else float("nan") for p, is_data in zip(point, here, strict=True)]
        return pairs([known]) if any(here) else []

    def describe(axes, artist):  # noqa: C901, PLR0912 - one branch for each kind of artist
        """Return kind, points, style and label of an artist; points in axes coordinates become NaN."""
        found = {"label": str(artist.get_label()), "visible": bool(artist.get_visible()), "line": False, "dots": False}
        if isinstance(artist, matplotlib.lines.AxLine):
            # An endless line, level or upright, as axhline and axvline would draw it.
            (x, y), end, slope = artist.get_xy1(), artist.get_xy2(), artist.get_slope()
            slope = slope if end is None else float("inf") if end[0] == x else (end[1] - y) / (end[0] - x)
            found.update(kind="line", points=pairs([(x, y)]), line=True, axes=[False, False])
            if slope == 0:
                found.update(points=pairs([(0, y), (1, y)]), axes=[True, False])
            elif abs(slope) == float("inf"):
                found.update(points=pairs([(x, 0), (x, 1)]), axes=[False, True])
        elif isinstance(artist, matplotlib.lines.Line2D):
            points = list(zip(artist.get_xdata(orig=False), artist.get_ydata(orig=False), strict=True))
            marker = artist.get_marker() not in (None, "", " ", "None", "none")
            style = artist.get_linestyle() not in (None, "", " ", "None", "none") and artist.get_linewidth() > 0
            every = artist.get_markevery()
            found.update(kind="line", points=pairs(points), line=style, dots=marker)
            # A line of axhline or axvline measures one direction in widths of the axes.
            across, up = artist.get_transform().contains_branch_seperately(axes.transData)
            found["axes"] = [not across, not up]
            if marker and hasattr(every, "__len__") and not isinstance(every, str):
                found["marked"] = pairs([points[int(n)] for n in every if -len(points) <= int(n) < len(points)])
        elif isinstance(artist, matplotlib.collections.LineCollection):
            across, up = artist.get_transform().contains_branch_seperately(axes.transData)
            segments = [pairs(segment) for segment in artist.get_segments()]
            found.update(kind="segments", segments=segments, axes=[not across, not up], line=True)
        elif isinstance(artist, matplotlib.collections.Collection):
            points = pairs(artist.get_offsets())
            found.update(kind="points", points=points, dots=True)
            # One dot among equal ones that has another colour or size is a mark.
            for values in (artist.get_facecolor(), artist.get_edgecolor(), artist.get_sizes(), artist.get_array()):
                looks = [] if values is None else [str(value) for value in values]
                alone = [n for n, look in enumerate(looks) if looks.count(look) == 1]
                if len(looks) == len(points) > 2 and len(alone) == 1 and len(set(looks)) == 2:
                    found["marked"] = [points[alone[0]]]
        elif isinstance(artist, matplotlib.text.Annotation):
            named = artist.xycoords if isinstance(artist.xycoords, tuple) else [artist.xycoords] * 2
            place, here = artist.xy, [name in ("data", axes.transData) for name in named]
            if isinstance(artist.xycoords, matplotlib.transforms.Transform):
                here = artist.xycoords.contains_branch_seperately(axes.transData)
            found.update(kind="note", points=placed(place, here))
        elif isinstance(artist, matplotlib.text.Text):
            here = artist.get_transform().contains_branch_seperately(axes.transData)
            found.update(kind="note", points=placed(artist.get_position(), here if artist.get_text() else (0, 0)))
        elif isinstance(artist, matplotlib.patches.Patch):
            box = artist.get_path().transformed(artist.get_patch_transform()).get_extents()
            corners = [(box.x0, box.y0), (box.x1, box.y1)]
            found.update(kind="patch", points=pairs([*corners, ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)]))
        else:
            return None
        # A title or a text in a corner of the axes points at nothing.
        return found if found["kind"] != "note" or found["points"] else None

    def look(axes):
        legends = [axes.get_legend(), *axes.figure.legends]
        frame = (*axes.spines.values(), axes.patch)
        return {
            "x": axes.get_xlabel() or axes.figure.get_supxlabel(),
            "y": axes.get_ylabel() or axes.figure.get_supylabel(),
            "legend": [t.get_text() for legend in legends if legend for t in legend.get_texts()],
            "has_legend": any(legends),
            "grid": any(
                axis.get_tick_params(which).get("gridOn", False)
                for axis in (axes.xaxis, axes.yaxis)
                for which in ("major", "minor")
            ),
            "artists": [d for d in (describe(axes, a) for a in axes.get_children() if a not in frame) if d],
        }

    shown, manager = [], matplotlib.backend_bases.FigureManagerBase
    kept, manager.show = manager.show, lambda _: shown.append(1)
    before, figures, earlier = set(plt.get_fignums()), [], None
    try:
        for positions in calls:
            figure = getattr(names, function)(*[args[n] for n in positions])
            kind = type(figure).__name__
            good = isinstance(figure, matplotlib.figure.Figure)
            figures.append({"kind": kind, "same": good and figure is earlier})
            earlier = figure
            if good:
                figures[-1]["axes"] = [look(axes) for axes in figure.axes]
        left = len(set(plt.get_fignums()) - before)
        after = [[tensor.detach().clone(), tensor.requires_grad] for tensor in args]
        return {"figures": figures, "after": after, "left": left, "shown": len(shown)}
    finally:
        manager.show = kept
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


def look_at(student: Student, function: str, *args: torch.Tensor) -> list[dict[str, Any]]:
    """Return the axes of the figure; fail where none came back."""
    before = [(tensor.detach().clone(), tensor.requires_grad) for tensor in args]
    reply = student.run(draw_and_look, function, list(args), [list(range(len(args)))])
    try:
        after = list(zip(before, reply["after"], strict=True))
        (figure,) = reply["figures"]
        kind, axes = str(figure["kind"])[:40], figure.get("axes")
    except (TypeError, KeyError, ValueError):
        fail("The figure cannot be looked into.", "无法查看这个图。")
    if axes is None:
        named = {"NoneType": "returns_nothing", "Axes": "returns_axes", "module": "returns_pyplot"}.get(kind)
        named = "returns_pair" if kind == "tuple" else named
        fail(
            f"{function} returned a {kind}; a matplotlib Figure is due.",
            f"{function} 返回的是 {kind}，应当是 matplotlib 的 Figure。",
            mistake=f"{named}" if named else None,
        )
    for number, ((was, wanted), (now, wants)) in enumerate(after, 1):
        expect(
            torch.equal(was, now) and wanted == wants,
            f"{function} changed its argument {number}: requires_grad was {wanted} and is {wants}, the contents are "
            f"{'the same' if torch.equal(was, now) else 'others'}.",
            f"{function} 改动了第 {number} 个参数：requires_grad 原来是 {wanted}，现在是 {wants}；"
            f"内容{'没有变' if torch.equal(was, now) else '变了'}。",
            mistake="changes_argument",
        )
    expect(axes, f"The figure of {function} has no axes.", f"{function} 的图里没有坐标轴。")
    return list(axes)


def artists(axes: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Artist]]:
    """Yield each visible artist with its axes."""
    for one in axes:
        for artist in one["artists"]:
            if artist["visible"]:
                yield one, artist


def same_points(points: object, x: torch.Tensor, y: torch.Tensor) -> bool:
    """Tell whether an artist has exactly the points (x, y), in any order."""
    due = torch.stack([x.detach().double().flatten(), y.detach().double().flatten()], dim=1)
    if not isinstance(points, list) or len(points) != len(due):
        return False
    found = torch.tensor(points, dtype=torch.float64).reshape(-1, 2)
    # Rounding must not change the order: sort by x, which differ by far more.
    found, due = (both[both[:, 0].argsort()] for both in (found, due))
    return torch.allclose(found, due, rtol=1e-4, atol=1e-5)


def find(axes: list[dict[str, Any]], x: torch.Tensor, y: torch.Tensor, style: str) -> dict[str, Any] | None:
    """Return the axes that show the points (x, y) as "line", as "dots" alone, or as "any" of them."""
    for one, artist in artists(axes):
        if not same_points(artist.get("points"), x, y) or artist["kind"] not in ("line", "points"):
            continue
        if style == "any" or (artist["line"] if style == "line" else artist["dots"] and not artist["line"]):
            return one
    for one in axes:
        if any(same_points(gathered(one, x, y, kind), x, y) for kind in ("line", "dots") if style in ("any", kind)):
            return one
    return None


def gathered(one: dict[str, Any], x: torch.Tensor, y: torch.Tensor, style: str) -> list[list[float]]:
    """Return those of the points (x, y) that artists of `one` show together: a curve in two colours, dots in a loop."""
    due = list(zip(x.detach().flatten().tolist(), y.detach().flatten().tolist(), strict=True))
    found: dict[int, list[float]] = {}
    for artist in one["artists"]:
        for piece in artist.get("segments") or [artist.get("points") or []]:
            # A line of one point joins nothing.
            joined = artist["line"] and len(piece) > 1
            if not artist["visible"] or not (joined if style == "line" else artist["dots"] and not joined):
                continue
            places = [next((n for n, point in enumerate(due) if beside(point, shown)), None) for shown in piece]
            if None not in places:
                found.update(zip(places, piece, strict=True))
    return list(found.values())


def beside(one: tuple[float, float], other: list[float]) -> bool:
    """Tell whether two points are one, but for rounding."""
    return all(abs(a - b) <= 1e-5 + 1e-4 * abs(a) for a, b in zip(one, other, strict=True))


def several(draw: Draw, size: int) -> torch.Tensor:
    """Return different numbers in no order, at least 0.1 apart."""
    spread = torch.arange(size) * 0.2 + draw.uniform(size, low=0.0, high=0.1)
    return (spread - draw.number(0.0, 2.0))[draw.uniform(size).argsort()]


def judge_fit(axes: list[dict[str, Any]], x: torch.Tensor, y: torch.Tensor, prediction: torch.Tensor) -> None:
    """Fail unless the data are dots and the prediction is a line, in one pair of axes."""
    data, fitted = find(axes, x, y, "dots"), find(axes, x, prediction, "line")
    what = f"{x.numel()} (x, y)"
    if data is None and find(axes, x, y, "any"):
        fail(
            "The data are joined by a line. They are measured points: scatter, or a marker without a line.",
            "数据点被连成了线。它们是测量值：请用 scatter，或者只画标记不画线。",
            mistake="data_joined",
        )
    if data is None:
        swapped = find(axes, y, x, "any")
        fail(
            f"No artist shows the {what} of the data as points.",
            f"图中没有把 {what} 数据画成点。",
            mistake="axes_swapped" if swapped else None,
        )
    if fitted is None and find(axes, x, prediction, "any"):
        fail(
            "The prediction is drawn as points. It is a line: plot(x, prediction).",
            "预测被画成了点。它应当是一条线：plot(x, prediction)。",
            mistake="prediction_dotted",
        )
    expect(
        fitted,
        f"No line passes through the {x.numel()} points (x, prediction).",
        f"图中没有一条经过 {x.numel()} 个 (x, prediction) 的线。",
    )
    expect(data is fitted, "Data and prediction lie in different axes.", "数据和预测画在了不同的坐标轴里。")


@check(zh="plot_fit：数据是点，预测是线")
def test_fit(student: Student, draw: Draw) -> None:
    """plot_fit shows the data as points and the prediction as a line."""
    size = draw.integer(7, 12)
    x = several(draw, size)
    y, prediction = draw.normal(size, std=2.0), draw.number(1.0, 3.0) * x - draw.number(4.0, 6.0)
    judge_fit(look_at(student, "plot_fit", x, y, prediction), x, y, prediction)


@check(zh="plot_fit：有图例，两个坐标轴都有标签", needs=("test_fit",))
def test_fit_is_named(student: Student, draw: Draw) -> None:
    """plot_fit has a legend that names both, and labels on both axes."""
    x = several(draw, 6)
    y, prediction = draw.normal(6, std=2.0), 2 * x - 5
    one = find(look_at(student, "plot_fit", x, y, prediction), x, y, "dots") or {}
    expect(
        one.get("has_legend"),
        "There is no legend: nobody can tell what is data and what is prediction.",
        "没有图例：看不出哪个是数据，哪个是预测。",
        mistake="no_legend",
    )
    names = [name for name in one.get("legend", []) if name.strip()]
    expect(
        len(set(names)) >= 2,
        f"The legend names {len(names)} thing(s): {', '.join(names) or '(nothing)'}. Data and prediction are two.",
        f"图例里只有 {len(names)} 项：{'、'.join(names) or '（空）'}。数据和预测应当各有一项。",
        mistake="legend_without_labels",
    )
    judge_labels(one, "plot_fit")


def judge_labels(one: dict[str, Any], function: str, mistake: str = "no_labels") -> None:
    """Fail where an axis has no label."""
    for key in ("x", "y"):
        expect(
            str(one.get(key) or "").strip(),
            f"{function}: the {key} axis has no label.",
            f"{function}：{key} 轴没有标签。",
            mistake=mistake,
        )


@check(zh="plot_pass_probability：概率是一条曲线，坐标轴标签是 Hours 和 Probability of Pass，有网格")
def test_probability(student: Student, draw: Draw) -> None:
    """plot_pass_probability has the curve, the labels Hours and Probability of Pass, and a grid."""
    hours = torch.linspace(0.0, draw.number(6.0, 9.5), draw.integer(20, 40))
    probability = torch.sigmoid(draw.number(0.8, 2.0) * (hours - draw.number(2.0, 3.0)))
    axes = look_at(student, "plot_pass_probability", hours, probability)
    one = find(axes, hours, probability, "line")
    if one is None:
        dotted, swapped = find(axes, hours, probability, "any"), find(axes, probability, hours, "any")
        fail(
            f"No line passes through the {len(hours)} points (hours, probability).",
            f"图中没有一条经过 {len(hours)} 个 (hours, probability) 的曲线。",
            mistake="curve_dotted" if dotted else "curve_swapped" if swapped else None,
        )
    for key, due in (("x", "Hours"), ("y", "Probability of Pass")):
        got = str(one[key]).strip()
        expect(
            got == due,
            f'The label of the {key} axis is "{got[:60]}"; "{due}" is due.',
            f"{key} 轴的标签是“{got[:60]}”，应当是“{due}”。",
            mistake="labels_exchanged" if got in ("Hours", "Probability of Pass") else "other_labels",
        )
    expect(one["grid"], "There is no grid: axes.grid().", "没有网格：axes.grid()。", mistake="no_grid")


def stretches(one: dict[str, Any], low: float, high: float) -> Iterator[tuple[Artist, list[list[float]]]]:
    """Yield the straight pieces of the lines in `one`, those of axhline from `low` to `high`."""
    for artist in one["artists"]:
        if not artist["visible"] or not artist["line"]:
            continue
        for points in artist.get("segments") or [artist["points"]]:
            across = artist["axes"][0]
            yield artist, [[low + (high - low) * x if across else x, y] for x, y in points]


@check(zh="plot_pass_probability：0.5 处有一条横线，和曲线一样宽", needs=("test_probability",))
def test_half(student: Student, draw: Draw) -> None:
    """plot_pass_probability has a line at 0.5 that is as wide as the curve."""
    hours = torch.linspace(draw.number(0.0, 1.0), draw.number(6.0, 9.5), 30)
    probability = torch.sigmoid(1.5 * (hours - draw.number(2.0, 3.0)))
    one = find(look_at(student, "plot_pass_probability", hours, probability), hours, probability, "line")
    low, high = hours[0].item(), hours[-1].item()
    level, upright, widest = False, False, 0.0
    for artist, points in stretches(one or {"artists": []}, low, high):
        upright |= artist["axes"][1] and all(abs(x - 0.5) < 1e-3 for x, _ in points)
        if len(points) < 2 or artist["axes"][1] or any(abs(y - 0.5) > 1e-3 for _, y in points):
            continue
        xs = [x for x, _ in points]
        level, widest = True, max(widest, (min(max(xs), high) - max(min(xs), low)) / (high - low))
    expect(
        level,
        "No horizontal line lies at 0.5, where passing becomes likelier than failing.",
        "在 0.5 处没有横线，看不出从哪里起通过比不通过更可能。",
        mistake="upright_half" if upright else "no_half",
    )
    expect(
        widest > 0.9,
        f"The line at 0.5 covers {max(widest, 0):.0%} of the hours, {low:.3g} to {high:.3g}.",
        f"0.5 处的横线只覆盖了 {low:.3g} 到 {high:.3g} 小时的 {max(widest, 0):.0%}。",
        mistake="half_too_short",
    )


def sweep(draw: Draw, size: int, best: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return weights, unequally spaced, and losses that are least at index `best`."""
    weights = torch.arange(size) * 0.3 + draw.uniform(size, low=0.0, high=0.1) + draw.number(-3.0, 3.0)
    bend, floor = draw.number(0.5, 3.0), draw.number(1.0, 4.0)
    return weights, bend * (weights - weights[best]) ** 2 + floor


def marks(one: dict[str, Any], w: float, loss: float, width: tuple[float, float]) -> Iterator[bool]:
    """Yield for every artist but the curve whether it stands at (w, loss), or on one of the two."""
    near = 0.02 * width[0], 0.01 * width[1]

    def at(x: float, y: float) -> bool:
        return abs(x - w) < near[0] and abs(y - loss) < near[1]

    for artist in one["artists"]:
        if not artist["visible"]:
            continue
        if artist["kind"] in ("note", "patch"):
            yield any(at(x, y) for x, y in artist["points"])
            # A text or a span may stand above or beside the minimum.
            yield any(abs(x - w) < near[0] for x, _ in artist["points"])
            continue
        points = artist.get("marked") or artist.get("points", [])
        yield artist["dots"] and 0 < len(points) <= 2 and any(at(x, y) for x, y in points)
        for piece in artist.get("segments") or [artist.get("points", [])]:
            if artist["line"] and 2 <= len(piece) <= 4:
                upright = not artist["axes"][0] and all(abs(x - w) < near[0] for x, _ in piece)
                level = not artist["axes"][1] and all(abs(y - loss) < near[1] for _, y in piece)
                # Two lines that lead from the axes to the minimum.
                straight = all(a == c or b == d for (a, b), (c, d) in pairwise(piece))
                yield upright or level or (straight and any(at(x, y) for x, y in piece))


@check(zh="plot_loss_sweep：画出损失随 w 的变化，两个坐标轴都有标签")
def test_sweep(student: Student, draw: Draw) -> None:
    """plot_loss_sweep shows the loss over the weight, with labels on both axes."""
    weights, losses = sweep(draw, draw.integer(9, 15), 4)
    axes = look_at(student, "plot_loss_sweep", weights, losses)
    one = find(axes, weights, losses, "any")
    if one is None:
        swapped = find(axes, losses, weights, "any")
        index = find(axes, torch.arange(len(losses)), losses, "any")
        fail(
            f"No artist shows the {len(weights)} points (w, loss).",
            f"图中没有 {len(weights)} 个 (w, loss) 点。",
            mistake="sweep_swapped" if swapped else "over_the_index" if index else None,
        )
    judge_labels(one, "plot_loss_sweep", "sweep_without_labels")


@check(zh="plot_loss_sweep：标出损失最小的地方，无论它在哪里", needs=("test_sweep",), weight=2)
def test_minimum(student: Student, draw: Draw) -> None:
    """plot_loss_sweep marks the minimum, wherever it lies."""
    for best in (draw.integer(3, 8), 0, 11):
        weights, losses = sweep(draw, 12, best)
        one = find(look_at(student, "plot_loss_sweep", weights, losses), weights, losses, "any")
        w, loss = weights[best].item(), losses[best].item()
        width = (weights.max() - weights.min()).item(), (losses.max() - losses.min()).item()
        if any(marks(one or {"artists": []}, w, loss, width)):
            continue
        top = int(losses.argmax())
        wrong = any(marks(one or {"artists": []}, weights[top].item(), losses[top].item(), width))
        by_index = any(marks(one or {"artists": []}, float(best), loss, width))
        named = "marks_the_maximum" if wrong else "marks_the_index" if by_index else None
        fail(
            f"The least loss is {loss:.4g}, at w = {w:.4g}, and no artist marks it: no dot, line or annotation is there.",
            f"损失在 w = {w:.4g} 处最小，为 {loss:.4g}，但图上没有任何东西标出它：那里没有点、线或注释。",
            mistake=named or ("no_mark" if one and len(one["artists"]) == 1 else None),
        )


@check(
    zh="接受 (n, 1) 的列、需要梯度的张量和 float64，并且不改动它们",
    needs=("test_fit", "test_probability", "test_sweep"),
    weight=2,
)
def test_tensors(student: Student, draw: Draw) -> None:
    """Columns, tensors that require grad and float64 are accepted and left alone."""
    size = draw.integer(5, 9)
    column, flat = several(draw, size).reshape(-1, 1), several(draw, size)
    for x, en, zh in (
        (column, "columns of shape (n, 1)", "形状为 (n, 1) 的列"),
        (flat.double().requires_grad_(), "float64 tensors that require grad", "需要梯度的 float64 张量"),
    ):
        y = draw.normal(*x.shape, std=2.0, dtype=x.dtype)
        other = 2 * x - 5  # carries a graph where x does
        try:
            judge_fit(look_at(student, "plot_fit", x, y.requires_grad_(x.requires_grad), other), x, y, other)
            low, steps = draw.number(0.0, 1.0), torch.arange(len(x)).reshape(x.shape)
            hours = (low + 0.5 * steps.to(x.dtype)).requires_grad_(x.requires_grad)
            chance = torch.sigmoid(2 * hours - 3)
            found = find(look_at(student, "plot_pass_probability", hours, chance), hours, chance, "line")
            expect(found, f"With {en} the probability is not drawn.", f"输入是{zh}时，没有画出概率曲线。")
            weights = hours.detach().flatten().requires_grad_(x.requires_grad)
            losses = (weights - low) ** 2 + 1
            found = find(look_at(student, "plot_loss_sweep", weights, losses), weights, losses, "any")
            expect(found, f"With {en} the loss is not drawn.", f"输入是{zh}时，没有画出损失。")
        except LearnerError as error:
            named = "graph_kept" if "requires grad" in str(error) else None
            fail(f"With {en} your code raised {error}", f"输入是{zh}时，你的代码报错：{error}", mistake=named)


@check(zh="不打开窗口，不在 pyplot 里留下图，每次都是新图", needs=("test_fit", "test_probability", "test_sweep"))
def test_nothing_left(student: Student, draw: Draw) -> None:
    """No window opens, no figure stays in pyplot, and every call makes a figure of its own."""
    hours = torch.linspace(0.0, 6.0, 10)
    chance, losses = torch.sigmoid(hours - 3), (hours - draw.number(1.0, 5.0)) ** 2
    for function, args in (
        ("plot_fit", (hours, draw.normal(10), 2 * hours)),
        ("plot_pass_probability", (hours, chance)),
        ("plot_loss_sweep", (hours, losses)),
    ):
        places = list(range(len(args)))
        reply = student.run(draw_and_look, function, list(args), [places, places])
        expect(
            not reply["shown"],
            f"{function} calls show(), which opens a window and waits until somebody closes it.",
            f"{function} 调用了 show()，这会打开窗口，并一直等到有人把它关掉。",
            mistake="shows",
        )
        expect(
            not any(figure["same"] for figure in reply["figures"]),
            f"The second call of {function} draws into the figure of the first, not into one of its own.",
            f"第二次调用 {function} 时，画进了第一次的图，而不是自己的新图。",
            mistake="draws_into_current",
        )
        expect(
            not reply["left"],
            f"After two calls of {function}, pyplot still holds {reply['left']} of their figures. Take "
            "matplotlib.figure.Figure(), or close each with plt.close(figure) before you return it.",
            f"调用两次 {function} 之后，pyplot 里还留着其中的 {reply['left']} 个图。请用 matplotlib.figure.Figure()，"
            "或者在返回之前 plt.close(figure)。",
            mistake="left_open",
        )
        counts = [sum(len(axes["artists"]) for axes in figure.get("axes") or []) for figure in reply["figures"]]
        expect(
            counts[0] == counts[1],
            f"The second figure of {function} holds {counts[1]} artists, the first {counts[0]}: they share their axes.",
            f"{function} 的第二个图里有 {counts[1]} 个图元，第一个有 {counts[0]} 个：它们共用了坐标轴。",
        )
