"""Archives of a class and of a student, honest, broken and hostile."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.batch.intake import limits
from grader.batch.intake.archives import OF_A_STUDENT, ArchiveNode, Bounds, open_archive
from grader.batch.intake.nodes import Kind, UnreadableError
from grader.batch.intake.reading import IntakeError
from grader.texts import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.batch.intake.conftest import Class, OneHandin

PACKINGS = {"zip": "", "tar": "", "tar.gz": "gz", "tgz": "gz", "tar.bz2": "bz2", "tar.xz": "xz"}
ESCAPES = ["../ex4.py", "/ex4.py", "ada/../../ex4.py", "C:/ex4.py", "c:ex4.py"]


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive of `files`."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def tarred(files: Mapping[str, bytes | tarfile.TarInfo], packing: str = "") -> bytes:
    """Return a tar archive of `files`; an entry instead of bytes is written as it is."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=f"w:{packing}") as archive:
        for name, data in files.items():
            entry = data if isinstance(data, tarfile.TarInfo) else tarfile.TarInfo(name)
            content = b"" if isinstance(data, tarfile.TarInfo) else data
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def packed(files: Mapping[str, bytes], suffix: str) -> bytes:
    """Return an archive of `files` of the kind that `suffix` says."""
    return zipped(files) if suffix == "zip" else tarred(files, PACKINGS[suffix])


def leaves(node: ArchiveNode, path: str = "") -> Iterator[tuple[str, ArchiveNode]]:
    """Yield all that is no folder, with its path."""
    for child in node.children():
        if child.kind is Kind.FOLDER:
            yield from leaves(child, f"{path}{child.name}/")
        else:
            yield f"{path}{child.name}", child


def opened(data: bytes, bounds: Bounds = OF_A_STUDENT) -> tuple[dict[str, ArchiveNode], dict[str, str]]:
    """Return what lies in an archive, and why the rest does not."""
    result = open_archive(io.BytesIO(data), at=("a",), bounds=bounds)
    return dict(leaves(result.root)), {line.file: line.reason.en for line in result.unread}


def refusal(data: bytes, bounds: Bounds = OF_A_STUDENT) -> str:
    """Return why an archive is not opened."""
    with pytest.raises(UnreadableError) as caught:
        opened(data, bounds)
    return caught.value.reason.en


@pytest.mark.parametrize("suffix", PACKINGS)
@pytest.mark.parametrize("top", ["", "class/", "./"])
def test_an_archive_of_a_class(klass: Class, one: OneHandin, tmp_path: Path, suffix: str, top: str) -> None:
    """An archive is read as the folder that was packed, with or without that folder around it."""
    files = {f"{top}ada/ex3.py": b"x = 1\n", f"{top}bob/deep/ex4.py": b"", f"{top}bob/pic.png": b"png"}
    file = tmp_path / f"class.{suffix}"
    file.write_bytes(packed(files, suffix))
    intake = klass.read(path=file)
    assert (intake.layout, [student.id for student in intake.students]) == ("plain", ["ada", "bob"])
    handin = one(intake)
    assert (handin.source.data, handin.file) == (
        b"x = 1\n",
        f"class.{suffix}/{top.strip('./')}/ada/ex3.py".replace("//", "/"),
    )
    assert [line.file.rsplit("/", 1)[1] for line in intake.unread] == ["pic.png"]
    assert [each.sha256 for each in intake.handins] == [each.sha256 for each in intake.handins]


@pytest.mark.parametrize("suffix", PACKINGS)
def test_an_archive_of_a_student(klass: Class, one: OneHandin, suffix: str) -> None:
    """A student's folder may hold their files as an archive; an archive in that one stays closed."""
    inner = packed(
        {"work/ex3.py": b"import extra\n", "work/extra.py": b"", "deep.zip": zipped({"ex4.py": b""})}, suffix
    )
    klass.put(f"ada/hw.{suffix}", inner)
    intake = klass.read()
    handin = one(intake)
    assert (handin.file, handin.source.data) == (f"ada/hw.{suffix}/work/ex3.py", b"import extra\n")
    assert [file.name for file in handin.beside] == ["extra.py"]
    assert [(line.file, line.reason.en) for line in intake.unread] == [
        (f"ada/hw.{suffix}/deep.zip", "an archive in a student's archive is not opened")
    ]


def test_archives_instead_of_folders(klass: Class) -> None:
    """A folder of archives alone has a student for each; one beside folders is nobody's."""
    klass.put("ada.zip", zipped({"ex3.py": b""}))
    klass.put("bob.tar.gz", tarred({"ex4.py": b""}, "gz"))
    assert [(each.student, each.exercise) for each in klass.read().handins] == [("ada", "ex3"), ("bob", "ex4")]
    klass.put("cleo/ex3.py")
    intake = klass.read()
    assert [student.id for student in intake.students] == ["cleo"]
    assert [line.file for line in intake.unread] == ["ada.zip", "bob.tar.gz"]


def test_the_bytes_decide_what_an_archive_is(klass: Class, one: OneHandin) -> None:
    """A tar archive that is called a zip is read as what it is."""
    klass.put("ada/hw.zip", tarred({"ex3.py": b"x = 1\n"}, "xz"))
    assert one(klass.read()).source.data == b"x = 1\n"


@pytest.mark.parametrize("path", [*ESCAPES, "..\\..\\ex4.py", "ada\\..\\..\\ex4.py"])
def test_nothing_escapes_a_zip(path: str) -> None:
    """A member whose path leads out is told of and has no place in the tree."""
    found, unread = opened(zipped({path: b"", "ex3.py": b""}))
    assert list(found) == ["ex3.py"]
    assert list(unread.values()) == ["its path leads out of the archive"]


@pytest.mark.parametrize("path", ESCAPES)
def test_nothing_escapes_a_tar(path: str) -> None:
    """A member whose path leads out is told of and has no place in the tree."""
    found, unread = opened(tarred({path: b"", "ex3.py": b""}))
    assert list(found) == ["ex3.py"]
    assert list(unread.values()) == ["its path leads out of the archive"]


def test_links_and_devices_in_a_tar(klass: Class, one: OneHandin) -> None:
    """Links of both kinds and devices are never read."""
    entries: dict[str, tarfile.TarInfo] = {}
    for name, kind in [
        ("ex3.py", tarfile.SYMTYPE),
        ("ex4.py", tarfile.LNKTYPE),
        ("ex5.py", tarfile.CHRTYPE),
        ("ex6.py", tarfile.FIFOTYPE),
        ("folder", tarfile.SYMTYPE),
    ]:
        entries[name] = tarfile.TarInfo(name)
        entries[name].type = kind
        entries[name].linkname = "/etc/passwd"
    klass.put("ada/hw.tar", tarred(entries))
    intake = klass.read()
    faults = {each.exercise: each.fault.en for each in intake.handins if each.fault}
    link, device = "a symbolic link is not followed", "it is not a regular file"
    assert faults == {"ex3": link, "ex4": link, "ex5": device, "ex6": device}
    assert [line.file for line in intake.unread] == ["ada/hw.tar/folder"]


def test_links_in_a_zip(klass: Class, one: OneHandin) -> None:
    """A link in a zip archive is known by its attributes, and its target is not taken for code."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        entry = zipfile.ZipInfo("ex3.py")
        entry.create_system = 3
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    klass.put("ada/hw.zip", made.getvalue())
    handin = one(klass.read())
    assert handin.fault is not None
    assert (handin.fault.en, handin.source.data) == ("a symbolic link is not followed", b"")


def test_encrypted_members() -> None:
    """A member with the flag of encryption is unread, and says why."""
    data = bytearray(zipped({"ex3.py": b"x = 1\n"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    found, unread = opened(bytes(data))
    assert (found, unread) == ({}, {"a/ex3.py": "it is encrypted"})


def test_members_of_one_name(klass: Class, one: OneHandin) -> None:
    """Of two members with one name the later is graded, as an unpacker would leave it, and that is said."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo("ex3.py"), "old")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(zipfile.ZipInfo("ex3.py"), "new")
    klass.put("ada/hw.zip", made.getvalue())
    handin = one(klass.read())
    assert handin.source.data == b"new"
    assert handin.notes[0].en.startswith("The latest of 2 versions")


def test_names_of_other_systems() -> None:
    """Backslashes part folders in a zip archive, and UTF-8 is read where no flag announces it."""
    data = zipped({"work\\ex3.py": b"", "李雷/ex4.py": b""})
    plain = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        at = data.index(signature, data.index("李雷".encode()) - 60)
        plain[at + offset] &= ~0x8
    assert set(opened(bytes(plain))[0]) == {"work/ex3.py", "李雷/ex4.py"}


def test_a_zip_bomb() -> None:
    """A member that unpacks to a thousand times its size is unread; so is an archive of too many."""
    data = zipped({"ex3.py": bytes(2 << 20), "ex4.py": b"# fine\n" * 1000})
    found, unread = opened(data)
    assert (list(found), unread) == (["ex4.py"], {"a/ex3.py": "it unpacks to more than 200 times its size"})
    many = zipped({f"{nth}": b"" for nth in range(20)})
    assert refusal(many, Bounds(members=10, unpacked_bytes=1 << 20)) == "it has more than 10 members"
    large = zipped({f"{nth}.py": bytes(1 << 20) for nth in range(3)})
    assert refusal(large, Bounds(members=10, unpacked_bytes=2 << 20)) == "it unpacks to more than 2 MiB"


def test_a_directory_that_is_too_large_is_not_read() -> None:
    """What announces millions of members is refused before they are counted."""
    data = bytearray(zipped({"ex3.py": b""}))
    struct.pack_into("<L", data, data.rindex(b"PK\x05\x06") + 12, 1 << 30)
    assert refusal(bytes(data)) == f"it has more than {limits.MAX_NESTED_MEMBERS} members"


def test_a_size_that_is_a_lie(klass: Class, one: OneHandin) -> None:
    """A member that unpacks to more than it announces is a fault, not code."""
    data = bytearray(zipped({"ex3.py": b"#" * (3 << 20)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<L", data, data.index(signature) + offset, 100)
    klass.put("ada/hw.zip", bytes(data))
    handin = one(klass.read())
    assert handin.fault is not None
    assert handin.fault.en == "it is broken in its archive"


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz"])
def test_a_tar_bomb(packing: str) -> None:
    """An archive that unpacks to more than the limit is refused while it is unpacked."""
    bomb = tarred({"zeros.bin": bytes(8 << 20)}, packing)
    assert refusal(bomb) == "it unpacks to more than 200 times its size"
    assert refusal(bomb, Bounds(10, 1 << 20, 1 << 40)) == "it unpacks to more than 1 MiB"
    assert list(opened(bomb, Bounds(10, 1 << 40, 1 << 40))[0]) == ["zeros.bin"]
    many = tarred({f"{nth}": b"" for nth in range(20)}, packing)
    assert refusal(many, Bounds(10, 1 << 40)) == "it has more than 10 members"


def test_a_tar_with_an_endless_name() -> None:
    """A header that announces a name of gigabytes is refused before it is read."""
    entry = tarfile.TarInfo("././@LongLink")
    entry.type, entry.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    data = tarred({"ex3.py": b""})
    assert refusal(entry.tobuf(tarfile.GNU_FORMAT) + data) == "the archive is broken"


@pytest.mark.parametrize("packing", ["", "gz"])
def test_a_tar_that_is_damaged_in_the_middle(packing: str) -> None:
    """A damaged header is not taken for the end: nothing behind it is lost without a word."""
    data = bytearray(tarred({"ex3.py": b"x = 1\n", "ex4.py": b"y = 2\n"}))
    data[1024 + 10] ^= 1
    assert refusal(gzip.compress(data) if packing else bytes(data)) == "the archive is broken"


def test_headers_that_say_too_much() -> None:
    """Extended headers are parsed by the record: there may not be megabytes of them for each member."""
    entry = tarfile.TarInfo("pax")
    entry.type, entry.size = tarfile.XHDTYPE, 60 << 20
    record = b"11 a=bcdef\n"
    data = entry.tobuf(tarfile.GNU_FORMAT) + record * (entry.size // len(record) + 1)
    assert refusal(gzip.compress(data, 1)) == "the archive is broken"


def test_deep_folders_in_an_archive() -> None:
    """A member too deep is unread."""
    found, unread = opened(zipped({"d/" * limits.MAX_DEPTH + "ex3.py": b"", "ex4.py": b""}))
    assert (list(found), list(unread.values())) == (["ex4.py"], ["it lies more than 32 folders deep"])


@pytest.mark.parametrize("suffix", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
def test_a_broken_archive_has_a_reason(klass: Class, tmp_path: Path, suffix: str) -> None:
    """A student's broken archive is unread; a broken one that was given is an error."""
    whole = packed({"ada/ex3.py": b"x = 1\n" * 500, "bob/ex3.py": b""}, suffix)
    for nth, data in enumerate((b"", b"PK\x03\x04", b"nonsense" * 200, whole[: len(whole) // 3])):
        klass.put(f"ada/{nth}.{suffix}", data)
    intake = klass.read()
    assert [student.id for student in intake.students] == ["ada"]
    assert len(intake.unread) == 4
    file = tmp_path / f"class.{suffix}"
    file.write_bytes(b"nonsense" * 200)
    with pytest.raises(IntakeError) as caught:
        klass.read(path=file)
    assert "the archive is broken" in Catalog("en").explain(caught.value)


def test_a_broken_member(klass: Class, one: OneHandin) -> None:
    """A member whose bytes are damaged is a fault of that file alone."""
    data = bytearray(zipped({"ex3.py": b"x = 1\n", "ex4.py": b"y = 2\n"}, zipfile.ZIP_STORED))
    data[data.index(b"x = 1")] = ord("z")
    klass.put("ada/hw.zip", bytes(data))
    intake = klass.read()
    fault = one(intake).fault
    assert fault is not None
    assert fault.en == "it is broken in its archive"
    assert one(intake, exercise="ex4").source.data == b"y = 2\n"


NAMES = st.text(st.sampled_from("ab./\\ex3:\x01\u202e李"), min_size=1, max_size=12)
FILES = st.dictionaries(NAMES, st.binary(max_size=50), max_size=8)


@given(FILES, st.sampled_from(["zip", "tar", "tar.gz"]))
def test_no_member_is_dropped_or_leads_out(files: dict[str, bytes], suffix: str) -> None:
    """Every member is in the tree, under a path that stays in it, or is told of."""
    files = {name: data for name, data in files.items() if not name.endswith(("/", "\\", "/.", "\\.")) and name != "."}
    if not files:
        return
    found = open_archive(io.BytesIO(packed(files, suffix)), at=("a",), bounds=OF_A_STUDENT)
    inside = list(leaves(found.root))
    assert len(inside) + len(found.unread) == len(files)
    assert all(not {"..", ".", ""} & set(path.split("/")) for path, _ in inside)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=300)
@given(st.data(), st.sampled_from(list(PACKINGS)))
def test_damaged_archives_are_judged(data: st.DataObject, suffix: str) -> None:
    """Whatever bytes are changed, an archive is opened or refused with a reason, and so is each member."""
    whole = bytearray(packed({"ex3.py": b"x = 1\n" * 9, "d/ex4.py": b"y", "z.zip": b"PK"}, suffix))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(UnreadableError):
        root = open_archive(io.BytesIO(whole), at=("a",), bounds=OF_A_STUDENT).root
        for _, node in leaves(root):
            with suppress(UnreadableError):
                assert len(node.read(1 << 20)) <= 1 << 20
