"""What the copy key copies: that which is in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.text_pane import ScrollText, Tab
from tui.view import replay_command

if TYPE_CHECKING:
    from tui.board import Board


def copied(board: Board, what: str = "") -> tuple[str, str]:
    """Return the text to copy and its kind: "path", "command", "message", "output", "hint" or "solution".

    Without `what`, it is what the pane with the focus shows.
    """
    report = board.desk.outcome.report
    path = str(board.desk.file)
    match what or _in_view(board):
        case "command" if report is not None:
            return replay_command(report), "command"
        case "message":
            return board.main.query_one("#message", ScrollText).plain_text, "message"
        case Tab.HINTS | Tab.OUTPUT | Tab.SOLUTION as tab:
            return board.text_pane.plain_text, str(tab)
    return path, "path"


def _in_view(board: Board) -> str:
    pane = board.main.pane
    if pane == "checks":
        return "message"
    tab = board.text_pane.tab
    return str(tab) if pane == "text" and tab is not Tab.TASK else "path"
