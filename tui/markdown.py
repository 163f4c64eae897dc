"""Read the Markdown of a task into blocks of styled text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.blocks import Line, Paragraph, Run, Table, plain_text
from tui.code import code_blocks, python_lines, session_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.tree import SyntaxTreeNode

    from tui.blocks import Block, Runs, Tokens

# A line end inside of a paragraph is a space, but not between Chinese, nor beside a mark as wide as a character.
_CHINESE = re.compile(r"[\u2e80-\u303e\u3041-\ua4cf\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60‘’“”—…]")
_WIDE_MARK = re.compile(r"[\u3001-\u303f\uff01-\uff60]")
_BULLETS = ("• ", "◦ ", "▪ ")
_PYTHON = frozenset({"py", "python", "python3"})
_SESSION = frozenset({"pycon", "doctest", "python-repl"})
_INLINE: dict[str, Tokens] = {"strong": ("strong",), "em": ("emphasis",), "s": ("struck",), "link": ("link",)}
# Deeper than this nothing is read: each level takes a few frames of the stack.
_MOST_LEVELS = 80
# Deeper than this nothing is set in: it would leave no room for the text.
_DEEPEST = 8


def markdown_blocks(text: str, *, before: Runs = (), style: Tokens = ()) -> list[Block]:
    """Return the blocks of `text` upon `style`, `before` standing in front of every row."""
    # Imported here: the program paints its frame before it reads a task.
    from markdown_it import MarkdownIt  # noqa: PLC0415
    from markdown_it.tree import SyntaxTreeNode  # noqa: PLC0415

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _MOST_LEVELS}).enable(["table", "strikethrough"])
    return _Reader(style).blocks(SyntaxTreeNode(parser.parse(text)).children, before, before)


class _Reader:
    """Walks the tree; what stands before the rows of a block grows with the depth."""

    def __init__(self, style: Tokens) -> None:
        self._style = style
        self._depth = 0
        self._bullets = 0

    def blocks(self, nodes: Sequence[SyntaxTreeNode], first: Runs, rest: Runs, *, tight: bool = False) -> list[Block]:
        """Return the blocks of `nodes`; `first` stands before the first row of all, `rest` before the others."""
        blocks: list[Block] = []
        for node in nodes:
            if blocks and not tight:
                blocks.append(Paragraph(first=rest))
            blocks += self._block(node, rest if blocks else first, rest)
        return blocks

    def _block(self, node: SyntaxTreeNode, first: Runs, rest: Runs) -> list[Block]:
        match node.type:
            case "heading":
                style = ("heading", "h1") if node.tag == "h1" else ("heading",)
                return [Paragraph(_inline(node.children, (*self._style, *style)), first, rest)]
            case "paragraph":
                return [Paragraph(_inline(node.children, self._style), first, rest)]
            case "bullet_list" | "ordered_list":
                return self._items(node, first, rest)
            case "blockquote":
                bar = (Run("▌ ", ("rule",)),)
                return self._nested(node.children, (*first, *bar), (*rest, *bar))
            case "fence" | "code_block":
                return code_blocks(_code(node), rest)
            case "hr":
                return [Line(first)]
            case "table":
                return [_table(node, first)]
            case _:
                # HTML, and what a later parser may bring: shown as it was written.
                return [Paragraph((Run(node.content.strip("\n")),), first, rest)] if node.content else []

    def _nested(self, nodes: Sequence[SyntaxTreeNode], first: Runs, rest: Runs, *, tight: bool = False) -> list[Block]:
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                first = rest = ()
            return self.blocks(nodes, first, rest, tight=tight)
        finally:
            self._depth -= 1

    def _items(self, node: SyntaxTreeNode, first: Runs, rest: Runs) -> list[Block]:
        tight = all(child.hidden for item in node.children for child in item.children if child.type == "paragraph")
        ordered = node.type == "ordered_list"
        number = int(node.attrs.get("start", 1)) if ordered else 0
        widest = len(f"{number + len(node.children) - 1}. ")
        bullet = _BULLETS[self._bullets % len(_BULLETS)]
        self._bullets += not ordered
        blocks: list[Block] = []
        for index, item in enumerate(node.children):
            mark = f"{number + index}. ".rjust(widest) if ordered else bullet
            if blocks and not tight:
                blocks.append(Paragraph(first=rest))
            before = rest if blocks else first
            beside = (*rest, Run(" " * len(mark)))
            blocks += self._nested(item.children, (*before, Run(mark, ("bullet",))), beside, tight=tight) or [
                Paragraph(first=(*before, Run(mark, ("bullet",))))
            ]
        self._bullets -= not ordered
        return blocks


def _inline(nodes: Sequence[SyntaxTreeNode], style: Tokens) -> Runs:
    runs: list[Run] = []
    for node in nodes:
        match node.type:
            case "text":
                runs.append(Run(node.content, style))
            case "code_inline":
                runs.append(Run(node.content, (*style, "code")))
            case "softbreak":
                runs.append(Run("\n", style))
            case "hardbreak":
                runs.append(Run("\v", style))
            case "image":
                runs.append(Run(node.content, (*style, "emphasis")))
            case "inline":
                runs += _inline(node.children, style)
            case kind if node.children:
                runs += _inline(node.children, (*style, *_INLINE.get(kind, ())))
            case _:
                runs.append(Run(node.content, style))
    return _joined(runs) if runs and nodes[0].type == "inline" else tuple(runs)


def _joined(runs: list[Run]) -> Runs:
    """Return `runs` with the ends of source lines made spaces, or nothing between Chinese."""
    text = plain_text(runs)
    joined: list[Run] = []
    at = 0
    for run in runs:
        shown = run.text
        if shown == "\n":
            shown = "" if _close(text[at - 1 : at], text[at + 1 : at + 2]) else " "
        elif shown == "\v":
            shown = "\n"
        joined.append(Run(shown, run.style))
        at += len(run.text)
    return tuple(joined)


def _close(before: str, after: str) -> bool:
    if _WIDE_MARK.match(before) or _WIDE_MARK.match(after):
        return True
    return bool(_CHINESE.match(before) and _CHINESE.match(after))


def _code(node: SyntaxTreeNode) -> list[Runs]:
    source = node.content.rstrip("\n")
    language = node.info.split()[0].lower() if node.type == "fence" and node.info.strip() else ""
    if language in _SESSION or source.startswith(">>> "):
        return session_lines(source)
    if language in _PYTHON:
        return python_lines(source)
    return [(Run(line),) for line in source.split("\n")]


def _table(node: SyntaxTreeNode, first: Runs) -> Table:
    records = [
        tuple(_inline(cell.children, ()) for cell in record.children)
        for section in node.children
        for record in section.children
    ]
    return Table(records[0], tuple(records[1:]), first)
