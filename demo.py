"""The main job on real input: an untouched stub, a common wrong answer, a right answer.

Run by `make demo`; exits 0 only if the three verdicts are the ones they should be.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

WRONG = '''"""A first try, as most people write it."""


def squared_loss(y_hat, y):
    return (y_hat - y) ** 2 / 2
'''
ROOT = Path(__file__).parent
GRADER = (sys.executable, "-m", "grader", "--lang", "en")


def grade(file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Grade `file` as exercise 3 with the installed command."""
    return subprocess.run(
        [*GRADER, "check", "ex3", str(file), "--seed", "7", *options], capture_output=True, text=True, check=False
    )


def main() -> int:
    """Grade three files, show the reports, and compare the verdicts with the ones due."""
    wanted = [
        ("the untouched stub", "not_started", None, 1),
        ("a common wrong answer", "failed", "no_reshape", 1),
        ("a right answer", "passed", None, 0),
    ]
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "ex03_squared_loss.py"
        sources = [
            (ROOT / "exercises" / "ex03_squared_loss" / "stub.py").read_text(encoding="utf-8"),
            WRONG,
            (ROOT / "solutions" / "ex03_squared_loss.py").read_text(encoding="utf-8"),
        ]
        for source, (what, status, mistake, code) in zip(sources, wanted, strict=True):
            answer.write_text(source, encoding="utf-8")
            print(f"--- grader check ex3: {what}\n")
            shown = grade(answer)
            print(shown.stdout + shown.stderr)
            report = json.loads(grade(answer, "--json").stdout)
            found = report["mistake"] and report["mistake"]["id"]
            if (report["status"], found, shown.returncode) != (status, mistake, code):
                print(f"expected {status}, {mistake}, exit {code}")
                print(f"got      {report['status']}, {found}, exit {shown.returncode}")
                return 1
    print("The three verdicts are the ones they should be.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
