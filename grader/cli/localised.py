"""Commands whose help comes from the catalog, in the language of the reader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from grader.cli.app import App
from grader.model import LANGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.texts import Catalog

_Decorated = TypeVar("_Decorated", bound="Callable[..., Any] | click.Command")


class LocalCommand(click.Command):
    """A command that finds its help under `help.<name>` and `help_option.<parameter>`.

    A command of a group within the group of all is named `<group>_<name>` there.
    """

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_texts(ctx).say(f"help.{_key(ctx)}"))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        with formatter.section(_texts(ctx).say("help.options")):
            formatter.write_dl(list(_option_rows(self, ctx)))


class LocalGroup(click.Group):
    """A group of commands, with its help from the catalog."""

    command_class = LocalCommand

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of a learner's way, not of the alphabet."""
        del ctx
        return list(self.commands)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the commands are for."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_texts(ctx).say(f"help.{_key(ctx)}"))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        texts = _texts(ctx)
        prefix = "" if ctx.parent is None else f"{_key(ctx)}_"
        with formatter.section(texts.say("help.commands")):
            formatter.write_dl([(name, texts.say(f"help.short_{prefix}{name}")) for name in self.commands])
        with formatter.section(texts.say("help.options")):
            formatter.write_dl(list(_option_rows(self, ctx)))


def shared_options(command: _Decorated) -> _Decorated:
    """Add --course and --lang, which every command takes, before its name or after it."""
    course = click.option(
        "--course",
        metavar="DIR",
        type=click.Path(path_type=Path),
        expose_value=False,
        callback=_remember_course,
    )
    # Eager, so that `--lang zh --help` is in Chinese.
    lang = click.option(
        "--lang",
        type=click.Choice(LANGS),
        expose_value=False,
        is_eager=True,
        callback=_remember_lang,
    )
    return course(lang(command))


def _remember_course(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(App).course_option = value


def _remember_lang(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(App).lang_option = value


def _key(ctx: click.Context) -> str:
    """Return the name under which the catalog knows the command: "grader", "check", "warm_stop"."""
    names = ctx.command_path.split()
    return "_".join(names[1:] or names)


def _texts(ctx: click.Context) -> Catalog:
    return ctx.ensure_object(App).texts


def _option_rows(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, str]]:
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is None or not isinstance(param, click.Option):
            continue
        name = param.opts[-1].removeprefix("--").replace("-", "_")
        yield record[0], _texts(ctx).say(f"help_option.{name}")
