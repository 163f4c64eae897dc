"""What intake takes in at most: a class, a student and a file may not cost more than this."""

from __future__ import annotations

# Bytes of a Python source: what the judge reads of one.
MAX_SOURCE_BYTES = 1 << 20
# Bytes of a notebook: its outputs hold pictures.
MAX_NOTEBOOK_BYTES = 16 << 20
# Bytes of an archive that a student handed in, and of all that it unpacks to.
MAX_NESTED_BYTES = 16 << 20
MAX_NESTED_UNPACKED_BYTES = 64 << 20
MAX_NESTED_MEMBERS = 2_000
# Bytes that the archive of a class unpacks to, and how many members it has. Of a zip archive
# only code is unpacked, and counted; a tar archive goes by as a whole.
MAX_CLASS_UNPACKED_BYTES = 16 << 30
MAX_CLASS_MEMBERS = 1_000_000
# Bytes of code that are held in memory where an archive can only be read from front to back.
MAX_HELD_BYTES = 512 << 20
# Bytes of a zip's directory, and of a tar's headers, for each member it may have.
ZIP_DIRECTORY_BYTES = 512
TAR_HEADER_BYTES = 4096
# Unpacked bytes for each packed one; text packs to a tenth, a bomb to a thousandth.
MAX_RATIO = 200
# A smaller unpacked size than this is never a bomb, however well it is packed: a file, what
# a student packed, a class of equal stubs.
SMALL_BYTES = 1 << 20
SMALL_NESTED_BYTES = 4 << 20
SMALL_CLASS_BYTES = 64 << 20
# Folders within folders below the one that was given.
MAX_DEPTH = 32
# Files and folders of one student that are looked at, and lines about them in the list of the unread.
MAX_ENTRIES = 20_000
MAX_UNREAD_LINES = 50
# Other files of a student that go along with one.
MAX_BESIDE_FILES = 32
MAX_BESIDE_BYTES = 2 << 20
# Bytes of Gradescope's submission_metadata.yml, which quotes what the tests printed.
MAX_METADATA_BYTES = 64 << 20
# Characters of an id, of a name and of a path as they are shown.
MAX_ID_CHARS = 200
MAX_PATH_CHARS = 1_000
