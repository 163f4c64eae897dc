"""The line that searches the exercises, above their list."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.rows import Rows

if TYPE_CHECKING:
    from tui.app import GraderApp


class FindLine(Input):
    """Narrows the list with each letter; enter opens what the cursor stands on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("escape", "leave", show=False),
    ]

    def __init__(self, app: GraderApp) -> None:
        super().__init__(
            id="find", placeholder=app.texts.say("tui.find.ask"), select_on_focus=False, value=app.desk.query
        )
        self._app = app
        self.cursor_blink = False

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits."""
        event.stop()
        self._app.desk.query = event.value
        self._app.show_list()
        rows = self._app.main.query_one("#list", Rows)
        if rows.key is None:
            rows.point_at(next((row.key for row in rows.rows if row.key is not None), None))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open the exercise under the cursor; the list is whole again."""
        event.stop()
        key = self._app.main.query_one("#list", Rows).key
        self._end()
        found = next((each for each in self._app.desk.course.exercises if each.id == key), None)
        if found is not None:
            self._app.open_exercise(found)
            self._app.main.go("text")

    def action_move(self, by: int) -> None:
        """Move the cursor of the list."""
        self._app.main.query_one("#list", Rows).action_cursor(by)

    def action_leave(self) -> None:
        """Search no more."""
        self._end()

    def _end(self) -> None:
        self._app.desk.query = ""
        self._app.main.go("list")
        self._app.close_find()
        self._app.show_list()


async def open_find(app: GraderApp) -> None:
    """Give the focus to the line that searches; make it if it is not there."""
    found = next(iter(app.main.query(FindLine)), None)
    if found is None:
        found = FindLine(app)
        await app.main.query_one("#side").mount(found, before=0)
    app.main.set_focus(found)
