"""How many places a machine, or the container in it, bears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.places import MOST, affordable, processors

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1 << 30


def write(system: Path, **files: str) -> Path:
    """Write what a system says of itself; `__` in a name stands for a slash, and return its root."""
    for name, text in files.items():
        file = system / name.replace("__", "/").replace("memory_max", "memory.max")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return system


def test_without_a_container_it_is_the_machine(tmp_path: Path) -> None:
    """Small workers are bounded by a number, large ones by the memory, and there is always room for one."""
    assert affordable(1, system=tmp_path) == MOST
    assert affordable(1 << 60, system=tmp_path) == 1
    assert processors() >= 1


@pytest.mark.parametrize(
    ("outer", "inner", "places"), [("max", f"{3 * GIB}", 3), (f"{2 * GIB}", "max", 2), (f"{2 * GIB}", f"{GIB}", 1)]
)
def test_the_tightest_control_group_counts(tmp_path: Path, outer: str, inner: str, places: int) -> None:
    """A bound of any group around this process binds it."""
    system = write(
        tmp_path,
        proc__self__cgroup="1:name=systemd:/elsewhere\n0::/outer/inner\n",
        sys__fs__cgroup__outer__memory_max=f"{outer}\n",
        sys__fs__cgroup__outer__inner__memory_max=f"{inner}\n",
    )
    assert affordable(GIB // 4, system=system) == min(MOST, 4 * places)


def test_the_group_of_a_container_is_the_outermost_that_it_sees(tmp_path: Path) -> None:
    """In a container the group is called "/", and it has a bound nevertheless."""
    system = write(tmp_path, proc__self__cgroup="0::/\n", sys__fs__cgroup__memory_max=f"{GIB}\n")
    assert affordable(GIB // 2, system=system) == 2


def test_the_first_version_and_nonsense_are_understood(tmp_path: Path) -> None:
    """Version 1 keeps its bound elsewhere; what cannot be read bounds nothing."""
    system = write(tmp_path, proc__self__cgroup="0::/a\n", sys__fs__cgroup__a__memory_max="much")
    (system / "sys/fs/cgroup/memory").mkdir()
    (system / "sys/fs/cgroup/memory/memory.limit_in_bytes").write_bytes(b"%d\n" % GIB)
    assert affordable(GIB // 2, system=system) == 2
