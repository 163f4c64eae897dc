"""Python source in colours, and two versions of it side by side as one diff."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from tui.blocks import Paragraph, Run, plain_text, styled, without_beginning

if TYPE_CHECKING:
    from tui.blocks import Block, Runs, Tokens

# Beyond this a source is shown without colours: nobody reads it, and a lexer must not keep the keys waiting.
_LONGEST_COLOURED = 40_000
# Beyond this many lines only the beginning is compared.
_LONGEST_COMPARED = 2_000
_CONTEXT = 3
# Stands before a row that goes on with a line too long for the width.
_CONTINUED = "↳ "
_PROMPTS = (">>> ", "... ")


def python_lines(source: str) -> list[Runs]:
    """Return the lines of `source`, coloured as Python whether it is valid or not."""
    if len(source) > _LONGEST_COLOURED:
        return [(Run(line),) for line in source.split("\n")]
    # Imported here: it costs milliseconds that the first paint of the program needs.
    from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]  # noqa: PLC0415

    lines: list[list[Run]] = [[]]
    for _, kind, value in PythonLexer().get_tokens_unprocessed(source):
        style = _style(str(kind))
        for index, part in enumerate(value.split("\n")):
            if index:
                lines.append([])
            if part:
                lines[-1].append(Run(part, style))
    return [tuple(line) for line in lines]


def session_lines(source: str) -> list[Runs]:
    """Return the lines of an interactive session: what stands behind a prompt is Python, the rest is output."""
    lines: list[Runs] = []
    for line in source.split("\n"):
        prompt = next((prompt for prompt in _PROMPTS if line.startswith(prompt)), "")
        if prompt:
            lines.append((Run(prompt, ("faint",)), *python_lines(line.removeprefix(prompt))[0]))
        else:
            lines.append((Run(line),))
    return lines


def code_blocks(lines: list[Runs], before: Runs = ()) -> list[Block]:
    """Return `lines` upon the background of code, `before` standing in front of each."""
    fill: Tokens = ("code-block",)
    return [_line(styled(line, *fill), (*before, Run(" ", fill)), fill) for line in lines]


def diff_blocks(mine: str, reference: str, mine_name: str, reference_name: str) -> list[Block]:
    """Return what has to change in `mine` to make it `reference`; nothing where they are equal."""
    theirs = reference.splitlines()[:_LONGEST_COMPARED]
    changes = list(unified_diff(mine.splitlines()[:_LONGEST_COMPARED], theirs, n=_CONTEXT, lineterm=""))
    if not changes:
        return []
    blocks: list[Block] = [
        Paragraph((Run(f"− {mine_name}", ("bad", "strong")),)),
        Paragraph((Run(f"+ {reference_name}", ("good", "strong")),)),
        Paragraph(),
    ]
    # The first two lines are the header that stands above already.
    for number, line in enumerate(changes[2:]):
        if not line.startswith("@@"):
            blocks.append(_changed(line))
        elif number:
            blocks.append(Paragraph((Run("⋯", ("faint",)),)))
    return blocks


def _changed(line: str) -> Paragraph:
    kind: Tokens = {"+": ("diff-add",), "-": ("diff-remove",)}.get(line[:1], ("code-block",))
    mark = {"+": "+ ", "-": "− "}.get(line[:1], "  ")
    return _line((Run(line[1:], kind),), (), kind, mark=mark)


def _line(runs: Runs, margin: Runs, fill: Tokens, *, mark: str = "") -> Paragraph:
    """Return a line of code whose further rows are set in as it is itself."""
    text = plain_text(runs)
    indent = len(text) - len(text.lstrip(" "))
    first = Run(mark, fill), Run(" " * indent, fill)
    rest = Run(" " * (len(mark) + indent), fill), Run(_CONTINUED, fill)
    return Paragraph(without_beginning(runs, indent), first, rest, margin, fill)


def _style(kind: str) -> Tokens:
    """Return our style for a token of pygments, whose kinds read "Token.Name.Builtin"."""
    for prefix, style in _STYLES:
        if kind.startswith(prefix):
            return style
    return ()


# The first that fits counts.
_STYLES: tuple[tuple[str, Tokens], ...] = (
    ("Token.Comment", ("syntax-comment",)),
    ("Token.Keyword.Constant", ("syntax-number",)),
    ("Token.Keyword", ("syntax-keyword",)),
    ("Token.Operator.Word", ("syntax-keyword",)),
    ("Token.Literal.String", ("syntax-string",)),
    ("Token.Literal.Number", ("syntax-number",)),
    ("Token.Name.Builtin", ("syntax-builtin",)),
    ("Token.Name.Exception", ("syntax-builtin",)),
    ("Token.Name.Decorator", ("syntax-builtin",)),
    ("Token.Name.Function", ("syntax-name",)),
    ("Token.Name.Class", ("syntax-name",)),
)
