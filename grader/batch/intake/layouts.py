"""Whose is what: recognises the services' downloads by the names in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from grader.batch.intake import limits
from grader.batch.intake.gradescope import submitters
from grader.batch.intake.naming import METADATA, archive_stem, is_noise
from grader.batch.intake.nodes import Kind, UnreadableError
from grader.batch.intake.wording import shown, text
from grader.batch.records import Unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from grader.batch.intake.naming import Names
    from grader.batch.intake.nodes import Node
    from grader.model import Text

# "Full Name_123_assignsubmission_file_", which a file's own name follows unless each student has a folder;
# a group without a number of its own has none. Moodle takes the underscores out of names.
_MOODLE = re.compile(
    r"(?P<name>.+?)(?:_(?P<id>[0-9]+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL
)
# "lastfirst_LATE_123_4567_ex3.py"; the numbers are the user and the file. The name is never seen when grading
# is anonymous, and what was typed into Canvas has no number of its own.
_CANVAS = re.compile(
    r"(?:(?P<name>\w+?)_(?:LATE_)?(?P<user>[0-9]+)|(?:LATE_)?anon_(?P<anon>[A-Za-z0-9]+))"
    r"_(?:(?P<serial>[0-9]+)_(?P<file>.+)|(?P<typed>text|link)\.html)",
    re.DOTALL,
)
_GRADESCOPE = re.compile(r"submission_([0-9]+)")
_SUBMISSIONS = "-submissions"
_SUBMITTED = "submitted"
# What the folder of an nbgrader course has beside the work of the students.
_NBGRADER = frozenset({"nbgrader_config.py", "gradebook.db", "source", "release", "autograded", "feedback"})
_NEVER_A_STUDENT = frozenset({"__pycache__", "__macosx"})
_MOST_WRAPPERS = 3


class Piece(NamedTuple):
    """A folder or file of a student's.

    `called` is the file's name without what the service put before it, `at` its path;
    of two files, the one with the larger `serial` was handed in later.
    """

    node: Node
    called: str
    at: tuple[str, ...]
    serial: int = 0


class Owner(NamedTuple):
    """A student as the download knows them; `id` is raw, and `key` tells two of the same id apart."""

    key: str
    id: str
    name: str = ""
    email: str = ""
    ids: tuple[tuple[str, str], ...] = ()


class Roster:
    """Who has what, in the order in which it was found."""

    def __init__(self, layout: str) -> None:
        self.layout = layout
        self.pieces: dict[Owner, list[Piece]] = {}
        self.unread: list[Unread] = []
        self._owners: dict[str, Owner] = {}

    def give(self, owner: Owner, *pieces: Piece) -> None:
        """Note that `pieces` are of `owner`, who is one person however often they come."""
        owner = self._owners.setdefault(owner.key, owner)
        self.pieces.setdefault(owner, []).extend(pieces)

    def leave(self, at: tuple[str, ...], reason: Text) -> None:
        """Note that what lies at `at` is nobody's work."""
        self.unread.append(Unread(shown(at), reason))


class _Place(NamedTuple):
    """A folder that may be the top of a download; `name` is its own, `entries` what is no noise."""

    at: tuple[str, ...]
    name: str
    entries: tuple[Node, ...]
    names: Names
    is_archive: bool

    def inside(self, folder: Node) -> _Place:
        """Return the place that is `folder` in this one."""
        entries = tuple(node for node in _peek(folder) if not _is_nobodys(node, self.names))
        return self._replace(at=(*self.at, folder.name), name=folder.name, entries=entries)

    def folders(self) -> list[Node]:
        """Return the folders in it."""
        return [node for node in self.entries if node.kind is Kind.FOLDER]

    def piece(self, node: Node, called: str = "", serial: int = 0) -> Piece:
        """Return `node` as a piece of somebody's."""
        return Piece(node, called or node.name, (*self.at, node.name), serial)


def recognise(root: Node, *, at: tuple[str, ...], name: str, names: Names, is_archive: bool) -> Roster:
    """Return who has what in `root`, called `name`, and in whose download.

    A folder around a service's download is looked through; around plain folders, only in an
    archive, where it is what was packed. Raises UnreadableError where the folder cannot be read.
    """
    entries = tuple(node for node in root.children() if not _is_nobodys(node, names))
    place = outermost = _Place(at, name, entries, names, is_archive)
    for _ in range(_MOST_WRAPPERS):
        for recogniser in _RECOGNISERS:
            roster = recogniser(place)
            if roster is not None:
                return roster
        if len(place.entries) != 1 or place.entries[0].kind is not Kind.FOLDER:
            break
        place = place.inside(place.entries[0])
    if is_archive:
        outermost = _unwrapped(outermost)
    return _plain(outermost)


def _peek(folder: Node) -> Sequence[Node]:
    # A folder that cannot be read is told of when its student is walked.
    try:
        return folder.children()
    except UnreadableError:
        return ()


def _is_nobodys(node: Node, names: Names) -> bool:
    if node.kind is not Kind.FOLDER:
        return is_noise(node.name)
    if node.name.startswith("."):
        return not any(names.of_file(child.name) for child in _peek(node))
    return node.name.casefold() in _NEVER_A_STUDENT


def _unwrapped(place: _Place) -> _Place:
    if len(place.entries) != 1 or place.entries[0].kind is not Kind.FOLDER:
        return place
    inner = place.inside(place.entries[0])
    has_work = any(place.names.of_file(node.name) for node in inner.entries)
    folders = inner.folders()
    is_class = len(folders) > 1 or (len(folders) == 1 and inner.name == place.name)
    return inner if is_class and not has_work else place


def _plain(place: _Place) -> Roster:
    roster = Roster("plain")
    archives = [node for node in place.entries if node.kind is Kind.FILE and archive_stem(node.name)]
    # Archives beside folders are more likely what the folders came from.
    if archives and not place.folders():
        for node in archives:
            stem = archive_stem(node.name) or node.name
            roster.give(Owner(stem, stem), place.piece(node))
        return _rest(roster, place, [node for node in place.entries if node not in archives])
    return _rest(roster, place, place.entries)


def _rest(roster: Roster, place: _Place, nodes: Iterable[Node]) -> Roster:
    """Give each folder to the student it is named for; a file without a student is unread."""
    for node in nodes:
        if node.kind is Kind.FOLDER:
            roster.give(Owner(f"folder {node.name}", node.name), place.piece(node))
        else:
            reason = text("intake.link") if node.kind is Kind.LINK else text("intake.nobodys")
            roster.leave((*place.at, node.name), reason)
    return roster


def _moodle(place: _Place) -> Roster | None:
    matches = [(node, _MOODLE.fullmatch(node.name)) for node in place.entries]
    if not any(match for _, match in matches):
        return None
    roster = Roster("moodle")
    for node, match in matches:
        if match is None or node.kind in {Kind.LINK, Kind.OTHER}:
            _rest(roster, place, [node])
            continue
        name, number = match["name"], match["id"] or ""
        ids = (("moodle", number),) if number else ()
        owner = Owner(number or f"name {name}", f"{name}_{number}" if number else name, name, ids=ids)
        if match["kind"] == "file":
            roster.give(owner, place.piece(node, match["file"] or ""))
        else:
            roster.give(owner)
            roster.leave((*place.at, node.name), text("intake.typed"))
    return roster


def _canvas(place: _Place) -> Roster | None:
    files = [(node, _CANVAS.fullmatch(node.name)) for node in place.entries if node.kind is Kind.FILE]
    found = [(node, match) for node, match in files if match]
    # "notes_1_2_x.txt" beside the folders of a class is not Canvas.
    if not found or len(found) * 2 < len(place.entries):
        return None
    roster = Roster("canvas")
    for node, match in found:
        user = match["user"] or ""
        if user:
            owner = Owner(user, f"{match['name']}_{user}", match["name"], ids=(("canvas", user),))
        else:
            owner = Owner(f"anon {match['anon']}", f"anon_{match['anon']}")
        if match["typed"]:
            roster.give(owner)
            roster.leave((*place.at, node.name), text("intake.typed"))
        else:
            roster.give(owner, place.piece(node, match["file"], int(match["serial"][:18])))
    taken = {id(node) for node, _ in found}
    return _rest(roster, place, [node for node in place.entries if id(node) not in taken])


def _gradescope(place: _Place) -> Roster | None:
    metadata = next((node for node in place.entries if node.name == METADATA and node.kind is Kind.FILE), None)
    if metadata is None:
        return None
    roster = Roster("gradescope")
    folders = {node.name: node for node in place.folders()}
    known = set()
    for someone in submitters(metadata.read(limits.MAX_METADATA_BYTES)):
        number = _GRADESCOPE.fullmatch(someone.submission)
        # The email and the school's number are one person's; a name can be another's too.
        key = someone.sid or someone.email or f"{someone.submission} {someone.name}"
        ids = {"gradescope": number[1] if number else someone.submission, "sid": someone.sid}
        own = tuple((service, value) for service, value in ids.items() if value)
        owner = Owner(key, someone.sid or someone.email or someone.submission, someone.name, someone.email, own)
        folder = folders.get(someone.submission)
        known.add(someone.submission)
        roster.give(owner, *([place.piece(folder, serial=int(number[1][:18]) if number else 0)] if folder else []))
    for node in place.entries:
        number = _GRADESCOPE.fullmatch(node.name)
        if number and node.kind is Kind.FOLDER and node.name not in known:
            roster.give(Owner(node.name, node.name, ids=(("gradescope", number[1]),)), place.piece(node))
        elif node is not metadata and node.name not in known:
            _rest(roster, place, [node])
    return roster


def _classroom(place: _Place) -> Roster | None:
    folders = place.folders()
    prefix = _prefix(place, folders)
    if not prefix:
        return None
    roster = Roster("classroom")
    for node in folders:
        username = node.name.removeprefix(prefix)
        if node.name.startswith(prefix) and username:
            roster.give(Owner(username, username, ids=(("github", username),)), place.piece(node))
        else:
            _rest(roster, place, [node])
    return _rest(roster, place, [node for node in place.entries if node.kind is not Kind.FOLDER])


def _prefix(place: _Place, folders: Sequence[Node]) -> str:
    prefix = f"{place.name.removesuffix(_SUBMISSIONS)}-"
    if place.name.endswith(_SUBMISSIONS) and any(node.name.startswith(prefix) for node in folders):
        return prefix
    words = [node.name.split("-") for node in folders]
    if len(words) < 2 or not all(any(child.name == ".git" for child in _peek(node)) for node in folders):  # noqa: PLR2004 - one has nothing in common
        return ""
    shared = 0
    while all(len(each) > shared + 1 and each[shared] == words[0][shared] for each in words):
        shared += 1
    return "-".join([*words[0][:shared], ""]) if shared else ""


def _nbgrader(place: _Place) -> Roster | None:
    if place.name == _SUBMITTED and _holds_assignments(place):
        return _rest(Roster("nbgrader"), place, place.entries)
    submitted = next((node for node in place.folders() if node.name == _SUBMITTED), None)
    others = [node for node in place.entries if node is not submitted]
    if submitted is None or (others and not any(node.name in _NBGRADER for node in others)):
        return None
    inner = place.inside(submitted)
    if not _holds_assignments(inner):
        return None
    roster = _rest(Roster("nbgrader"), inner, inner.entries)
    for node in others:
        roster.leave((*place.at, node.name), text("intake.outside", folder=_SUBMITTED))
    return roster


def _holds_assignments(place: _Place) -> bool:
    """Return whether the students' folders hold folders, as nbgrader's do: one for each assignment."""
    students = place.folders()
    return bool(students) and all(
        any(child.kind is Kind.FOLDER for child in _peek(node)) for node in students[:_MOST_WRAPPERS]
    )


_RECOGNISERS: tuple[Callable[[_Place], Roster | None], ...] = (_gradescope, _moodle, _canvas, _nbgrader, _classroom)
