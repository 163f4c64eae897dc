"""The entry of a spawned worker: take the channel off the standard streams, then live as any worker."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec

from grader.worker.confine import Confinement, build_ruleset, learner_files, own_folder, python_paths
from grader.worker.frames import Channel
from grader.worker.inside import live, settle, stage, warm_up
from grader.worker.spawn import Setup


def main() -> None:
    """Read the setup from standard input, confine this process and serve."""
    read_fd, write_fd = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    setup = msgspec.msgpack.decode(Channel(read_fd, write_fd, limit_bytes=1 << 20).receive(), type=Setup)
    place = setup.place
    hidden = tuple(Path(path) for path in place.hidden)
    siblings = learner_files(Path(place.folder), hidden) if place.folder else ()
    scratch = Path(setup.scratch)
    warm_up()
    trees, listed = python_paths(hidden)
    device = place.device != "cpu"
    rules = (
        build_ruleset(trees=trees, listed=listed, files=siblings, scratch=scratch, device=device),
        own_folder(scratch, device=device),
    )
    rulesets = [each.fileno() for each in rules if each is not None]
    confinement = Confinement(device=device)
    channel = Channel(read_fd, write_fd, limit_bytes=place.limits.reply_bytes)
    stage().set()
    settle()
    try:
        live(
            channel,
            place,
            confinement=confinement,
            rulesets=rulesets,
            siblings=[str(path) for path in siblings],
            scratch=setup.scratch,
        )
    except BaseException as error:  # noqa: BLE001 - nothing above may see it
        sys.stderr.write(f"worker: {type(error).__name__}: {error}\n")
    os._exit(0)
