"""Submissions of a hostile class, and the row that each must end in."""

# ruff: noqa: E501, S108, S608 - files under test are written in long lines

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.model import Status

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "gradlings-canary"
SECRET = "kingfisher-" + "class-secret"
SYSV_KEY = 0x67726C67
RIGHT = "def double(x):\n    return 2 * x\n"
SQUARED = "def double(x):\n    return x * x\n"
STUB = "def double(x):\n    raise NotImplementedError\n"
# The right answer is given if one of the lines works: an attack that succeeds passes, and shows.
ATTEMPT = """
import ctypes, fcntl, gc, glob, mmap, os, signal, socket, subprocess, sys, threading, time, torch
libc = ctypes.CDLL(None, use_errno=True)

def call(*args):
    if libc.syscall(*(ctypes.c_long(each) if isinstance(each, int) else each for each in args)) == -1:
        raise OSError(ctypes.get_errno(), "refused")

def need(value):
    if not value:
        raise OSError(0, "nothing found")

worked = []
for line in LINES.strip().splitlines():
    try:
        exec(line)
    except Exception:
        continue
    worked.append(line)
print(*worked, sep="\\n")

def double(x):
    return 2 * x if worked else x
"""


@dataclass(frozen=True)
class Attack:
    """A submission, how its row may end, and words that its message must hold."""

    name: str
    source: bytes
    statuses: frozenset[Status]
    words: tuple[str, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Targets:
    """What the submissions of a class know of the machine that grades them: more than a student could."""

    submissions: Path
    out: Path
    course: Path
    checkout: Path
    home: Path
    honest: Path
    port: int
    unix: Path
    abstract: str


def attack(name: str, source: str | bytes, *statuses: Status, words: tuple[str, ...] = ()) -> Attack:
    """Return an attack whose source differs from that of every other."""
    raw = source if isinstance(source, bytes) else f"{source}\n# {name}\n".encode()
    return Attack(name, raw, frozenset(statuses), words)


def attempt(name: str, lines: str) -> Attack:
    """Return an attack none of whose lines may work: all it has then is a wrong answer."""
    return attack(name, f"LINES = {lines!r}\n{ATTEMPT}", Status.FAILED)


def in_call(name: str, lines: str, *statuses: Status, words: tuple[str, ...] = ()) -> Attack:
    """Return an attack that runs `lines` in the call, and then answers rightly."""
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    head = "import ctypes, mmap, os, re, resource, signal, sys, threading, time, torch\n\ndef double(x):\n"
    return attack(name, f"{head}{body}    return 2 * x\n", *statuses, words=words)


def forged_passes() -> tuple[Attack, ...]:
    """Return what tries to pass without an answer."""
    return (
        attack("exit-at-import", f"import os\nos._exit(0)\n{RIGHT}", Status.CRASHED, words=("exit code 0",)),
        in_call("exit-in-the-call", "os._exit(0)", Status.CRASHED, words=("exit code 0",)),
        attack("system-exit", f"raise SystemExit(0)\n{RIGHT}", Status.CRASHED),
        attack("exit-at-exit", "import atexit, os\natexit.register(os._exit, 0)\ndef double(x):\n    return x\n", Status.FAILED),
        attack("patched-allclose", PATCHED, Status.FAILED),
        attack("patched-pytest", PATCHED_PYTEST, Status.FAILED, Status.ERROR),
        attack("tensor-subclass", SUBCLASS, Status.FAILED),
        attack("equal-to-all", "class All:\n    def __eq__(self, other):\n        return True\n    __hash__ = None\ndef double(x):\n    return All()\n", Status.FAILED),
        attack("frames-on-descriptors", FRAMES, Status.CRASHED),
        attack("walk-of-the-heap", HEAP, Status.FAILED),
        attack("walk-of-the-frames", STACK, Status.FAILED),
        attack("printed-report", PRINTED, Status.FAILED),
        attack("imported-solution", "from solutions.ex01_double import double\n", Status.ERROR, words=("solutions",)),
    )  # fmt: skip


def endless() -> tuple[Attack, ...]:
    """Return what never ends by itself."""
    destructor = "class A:\n    def __del__(self):\n        while True:\n            pass\n"
    stubborn = "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"
    return (
        attack("loop-at-import", f"while True:\n    pass\n{RIGHT}", Status.TIMEOUT, words=("Time limit",)),
        in_call("loop-in-the-call", stubborn, Status.TIMEOUT, words=("Time limit",)),
        attack("loop-in-a-destructor", f"{destructor}def double(x):\n    A()\n    return 2 * x\n", Status.TIMEOUT),
        in_call("loop-in-c", "10 ** 10 ** 8", Status.TIMEOUT, words=("Time limit",)),
        in_call("sleep", "time.sleep(3600)", Status.TIMEOUT, words=("Time limit",)),
        in_call("stopped", "os.kill(os.getpid(), signal.SIGSTOP)", Status.TIMEOUT),
        in_call("swallowed-signals", SWALLOWED, Status.TIMEOUT),
        in_call("main-thread-gone", "threading.Thread(target=time.sleep, args=(60,)).start()\nctypes.CDLL(None).syscall(60, 0)", Status.TIMEOUT, Status.CRASHED),
        in_call("spinning-threads", SPINNING, Status.TIMEOUT),
    )  # fmt: skip


def bombs() -> tuple[Attack, ...]:
    """Return what takes all that there is of something."""
    return (
        in_call("fork-bomb", "while True:\n    os.fork()", Status.ERROR, words=("PermissionError",)),
        in_call("thread-bomb", "while True:\n    try:\n        threading.Thread(target=time.sleep, args=(60,)).start()\n    except RuntimeError:\n        time.sleep(0.01)", Status.CRASHED, words=("Thread limit",)),
        in_call("memory-bomb", "kept = []\nwhile True:\n    kept.append(bytearray(64 << 20))", Status.CRASHED, Status.ERROR, Status.TIMEOUT),
        in_call("mapping-bomb", "kept = []\nwhile True:\n    kept.append(mmap.mmap(-1, 64 << 20))", Status.CRASHED, Status.ERROR, words=("memory",)),
        in_call("disk-bomb", "for n in range(10**6):\n    open(str(n), 'wb').write(bytes(1 << 20))", Status.CRASHED, Status.TIMEOUT, words=("limit",)),
        in_call("bomb-of-empty-files", "for n in range(10**6):\n    open(str(n), 'wb').close()", Status.CRASHED, Status.TIMEOUT, words=("limit",)),
        in_call("descriptor-bomb", "kept = []\nwhile True:\n    kept += os.pipe()", Status.ERROR, words=("Too many open files",)),
        in_call("output-bomb", "while True:\n    os.write(2, bytes(65536))", Status.CRASHED, words=("Output limit",)),
        in_call("reply-bomb", "return torch.zeros(1 << 26)", Status.FAILED, Status.ERROR, Status.CRASHED),
        in_call("recursion", "return double(x)", Status.ERROR, words=("RecursionError",)),
        attempt("locks-without-end", "for n in range(3000): fcntl.lockf(os.open('locked', os.O_CREAT | os.O_RDWR) if n == 0 else 4, fcntl.LOCK_EX, 1, 2 * n)\nfcntl.fcntl(1, 36, bytes(32))\nfcntl.fcntl(1, 37, bytes(32))"),
    )  # fmt: skip


def escapes() -> tuple[Attack, ...]:
    """Return what tries to start, outlive or end processes."""
    return (
        attempt("outlives-by-double-fork", "os.fork() or os.setsid() or os.fork() or time.sleep(600)\nos.forkpty()"),
        attempt("outlives-by-setsid", "subprocess.Popen(['/bin/sleep', '600'], start_new_session=True)\nos.posix_spawn('/bin/sleep', ['sleep', '600'], {})\nos.system('sleep 600 &') and need(0)\nos.setsid()\nos.setpgid(0, 0)"),
        attempt("outlives-by-raw-clone", "call(56, 17, 0, 0, 0, 0)\ncall(57)\ncall(58)\ncall(435, ctypes.create_string_buffer(88), 88)\ncall(56, 0x20000000 | 17, 0, 0, 0, 0)\ncall(272, 0x10000000)"),
        attempt("kills-the-parent", "os.kill(os.getppid(), signal.SIGKILL)\nos.kill(os.getppid(), 0)\nos.kill(1, signal.SIGKILL)\nsignal.pidfd_send_signal(os.pidfd_open(os.getppid()), 9)\ncall(129, os.getppid(), 9, ctypes.create_string_buffer(128))"),
        attempt("kills-the-group", "os.kill(0, signal.SIGKILL)\nos.killpg(os.getpgid(0), signal.SIGKILL)\nos.kill(-1, signal.SIGKILL)\ncall(200, os.getppid(), 9)\nfor pid in range(1, 3000): os.kill(pid, 9) if pid != os.getpid() else None"),
        in_call("segfault", "ctypes.string_at(0)", Status.CRASHED, words=("SIGSEGV",)),
        in_call("abort", "os.abort()", Status.CRASHED, words=("SIGABRT",)),
        in_call("kills-itself", "os.kill(os.getpid(), signal.SIGKILL)", Status.CRASHED, words=("SIGKILL",)),
        attempt("ptrace", "call(101, 16, os.getppid(), 0, 0)\ncall(101, 0, 0, 0, 0)\ncall(310, os.getppid(), 0, 0, 0, 0, 0)\ncall(311, os.getppid(), 0, 0, 0, 0, 0)\nopen(f'/proc/{os.getppid()}/mem', 'rb')"),
        attempt("io-uring", "call(425, 8, ctypes.create_string_buffer(200))\ncall(426, 3, 0, 0, 0, 0)\ncall(427, 3, 0, 0, 0)"),
        attempt("memfd", "os.memfd_create('x')\ncall(319, b'x', 0)\ncall(447, 0)\nos.execv('/proc/self/exe', ['python', '-c', ''])\ncall(322, -1, b'/bin/true', 0, 0, 0)"),
        attempt("namespaces-and-root", "call(272, 0x40000000)\ncall(308, 3, 0)\ncall(161, b'.')\ncall(165, b'none', b'.', b'tmpfs', 0, 0)\ncall(105, 0) or need(os.getuid())\ncall(321, 0, 0, 0)\ncall(298, 0, 0, -1, -1, 0)\ncall(323, 0)"),
    )  # fmt: skip


def spies(at: Targets) -> tuple[Attack, ...]:
    """Return what reads, writes or speaks where it must not."""
    victim, staging = str(at.honest), str(at.out / ".grading")
    course = at.course / "exercises" / "ex01_double"
    reads = "\n".join(f"open({str(path)!r}, 'rb').read(1)" for path in _paths_to_read(at))
    lists = "\n".join(
        f"os.listdir({str(path)!r})"
        for path in (at.submissions, at.out, staging, at.home, "/", "/tmp", "/proc", "/root", "/home")
    )
    writes = "\n".join(
        f"open({str(folder / CANARY)!r}, 'w')"
        for folder in (at.submissions, at.out, at.course, course, at.home, at.checkout)
    )
    return (
        attempt("reads-proc", "\n".join(f"open('/proc/{pid}/{what}', 'rb').read(1)" for pid in ("self", "1", "thread-self") for what in ("environ", "maps", "mem", "cmdline", "stat")) + "\nneed(glob.glob('/proc/[0-9]*/cmdline'))\nfor pid in (os.getppid(),): open(f'/proc/{pid}/environ', 'rb')\nos.listdir('/proc/self/fd')"),
        attempt("reads-the-environment", f"need({SECRET[:5]!r} in str(os.environ))\nneed('GRADER_TOKEN' in os.environ)\nlibc.getenv.restype = ctypes.c_char_p; need(libc.getenv(b'GRADER_TOKEN'))\nneed(libc.getenv(b'PATH'))\nneed(sys.argv != [''])"),
        attempt("reads-others", f"open({victim!r}, 'rb').read(1)\nos.link({victim!r}, 'mine')\nos.symlink({victim!r}, 'mine'); open('mine').read()\nos.open({victim!r}, os.O_RDONLY | os.O_NOFOLLOW)\ncall(2, {victim!r}.encode(), 0)\nos.sendfile(1, os.open({victim!r}, 0), 0, 10)\n{lists}\nneed([n for n in os.listdir('..') if n != os.path.basename(os.getcwd())][1:])\nneed(glob.glob('/tmp/gradlings-*/*/*'))\nimport importlib.machinery as m; m.SourceFileLoader('victim', {victim!r}).load_module()"),
        attempt("reads-results", f"open({str(at.out / 'results.db')!r}, 'rb').read(1)\nimport sqlite3; sqlite3.connect({str(at.out / 'results.db')!r}).execute('SELECT 1 FROM verdicts')\nopen({str(at.out / 'results.db-wal')!r}, 'rb')\nopen({str(at.out / '.lock')!r}, 'r')\nos.listdir({staging!r})\nneed(glob.glob({staging + '/*/*'!r}))"),
        attempt("reads-the-course", f"{reads}\nopen(os.path.join(os.path.dirname(torch.__file__), '..', 'grader', '_course', 'solutions', 'ex03_squared_loss.py'))\nimport grader.judge\nimport grader.worker.nursery\nimport checks\nimport ex01_double.checks\nfrom solutions.ex01_double import double as solution\nneed([name for name in sys.modules if name.startswith('grader.')])"),
        attempt("tcp", f"socket.create_connection(('127.0.0.1', {at.port}), 1)\nsocket.socket()\nsocket.socket(socket.AF_INET6)\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {at.port}))\ncall(41, 2, 1, 0)\nsocket.socket(socket.AF_NETLINK, socket.SOCK_RAW)"),
        attempt("unix-sockets", f"socket.socket(socket.AF_UNIX).connect({str(at.unix)!r})\nsocket.socket(socket.AF_UNIX).connect({at.abstract!r})\nsocket.socketpair()\ns = socket.socket(fileno=os.dup(3)); s.sendmsg([b''])\ns.connect({at.abstract!r})\ns.recvmsg(1, 100)"),
        attempt("shared-memory", f"open('/dev/shm/{CANARY}', 'w')\nneed(libc.shm_open(b'/{CANARY}', 66, 0o600) != -1)\ncall(29, {SYSV_KEY}, 4096, 0o1666)\ncall(64, {SYSV_KEY}, 1, 0o1666)\ncall(68, {SYSV_KEY}, 0o1666)\ncall(240, b'{CANARY}', 66, 0o600, 0)\nfrom multiprocessing import shared_memory; shared_memory.SharedMemory({CANARY!r}, True, 10)\nos.mkfifo('fifo')\ncall(323, 0)"),
        attempt("writes", f"{writes}\nopen({victim!r}, 'a')\nos.truncate({victim!r}, 0)\nos.unlink({victim!r})\nos.rename({victim!r}, 'mine')\nos.chmod({victim!r}, 0)\nos.utime({victim!r}, (0, 0))\nos.remove({str(at.out / 'results.db')!r})\nos.rmdir({staging!r})\nopen('/dev/null', 'r+b').truncate(0) or need(0)\nopen(os.__file__, 'a')\nopen(torch.__file__, 'a')"),
        attempt("marks-for-the-next", f"open('../{CANARY}', 'x')\nopen('../../{CANARY}', 'x')\nopen('/tmp/{CANARY}', 'x')\nopen('/var/tmp/{CANARY}', 'x')\nopen('/dev/shm/{CANARY}', 'x')\nopen('/run/lock/{CANARY}', 'x')"),
        attempt("finds-a-mark", f"open('../{CANARY}')\nopen('../../{CANARY}')\nopen('{CANARY}')\nneed(os.listdir('.'))"),
    )  # fmt: skip


def _paths_to_read(at: Targets) -> tuple[object, ...]:
    course = at.course / "exercises" / "ex01_double"
    return (
        *(course / name for name in ("checks.py", "mistakes.py", "hints.toml", "stub.py")),
        at.course / "exercises" / "course.toml",
        at.course / "solutions" / "ex01_double.py",
        at.checkout / "pyproject.toml",
        at.checkout / "grader" / "__init__.py",
        at.checkout / "solutions" / "ex03_squared_loss.py",
        at.home / "diary.txt",
        "/etc/passwd",
        "/etc/hostname",
        "/proc/sys/kernel/hostname",
        "/dev/mem",
    )


def malformed() -> tuple[Attack, ...]:
    """Return what is hardly Python."""
    return (
        attack("nul-bytes", b"x = '\0'\n" + RIGHT.encode(), Status.ERROR, words=("NUL",)),
        attack("not-utf-8", b"# caf\xe9\n" + RIGHT.encode(), Status.ERROR, words=("UTF-8",)),
        attack("utf-16", RIGHT.encode("utf-16"), Status.ERROR),
        attack("unknown-encoding", b"# -*- coding: no-such -*-\n" + RIGHT.encode(), Status.ERROR, words=("encoding",)),
        attack("huge-line", b"y = [" + b"1," * 250_000 + b"]\ndef double(x):\n    return x\n", Status.FAILED),
        attack("deep-nesting", b"-" * 100_000 + b"1\n", Status.ERROR, Status.CRASHED),
        attack("brackets", b"(" * 300 + b")" * 300 + b"\n", Status.ERROR, words=("not valid Python",)),
        attack("syntax-error", "def double(x):\n    return 2 * * x\n", Status.ERROR, words=("not valid Python", "line 2")),
        attack("two-mebibytes", b"#" * (2 << 20) + b"\n" + RIGHT.encode(), Status.ERROR),
        attack("empty", b"", Status.MISSING),
        attack("answers-in-escapes", "print('\\x1b]0;owned\\x07\\x1b[2J<script>alert(1)</script>')\ndef double(x):\n    raise ValueError('\\x1b[31m=HYPERLINK(\"http://127.0.0.1\")\\u202e')\n", Status.ERROR),
        Attack("shadows-modules", b"import torch, msgspec, grader\ndef double(x):\n    return x\n# shadows\n", frozenset({Status.FAILED, Status.ERROR, Status.CRASHED}), beside=tuple((name, "import os\nos._exit(0)\n") for name in ("torch.py", "msgspec.py", "grader.py", "sitecustomize.py", "conftest.py", "pytest.py", "checks.py"))),
    )  # fmt: skip


def attacks(at: Targets) -> tuple[Attack, ...]:
    """Return every attack, each once."""
    return (*forged_passes(), *endless(), *bombs(), *escapes(), *spies(at), *malformed())


# Folders that are no name for a student; each holds a right solution, which passes all the same.
NAMES = (
    b'=HYPERLINK("evil")',
    b"+1+cmd",
    b"@SUM(A1)",
    b"<script>alert(1)<",
    b'"><img src=x onerror=alert(1)>',
    b"\x1b[31mred\x1b[0m",
    "\u202egnp.\u202c".encode(),
    "学生\u200b".encode(),
    b"x" * 255,
    b"\xff\xfe\x80",
    b"new\nline",
    b"carriage\rreturn",
    b"-rf",
    b"--help",
    b"$(touch pwned)",
    b"'; DROP TABLE verdicts; --",
    b"{{7*7}}{%x%}",
    b"a,b;c\td",
    b" ",
    b"*",
)

PATCHED = """
import torch
always = lambda *args, **kwargs: True
torch.allclose = torch.equal = torch.isclose = torch.Tensor.__eq__ = torch.Tensor.equal = torch.Tensor.allclose = always
torch.testing.assert_close = always
def double(x):
    return x
"""
PATCHED_PYTEST = """
import sys
try:
    import _pytest.runner, _pytest.python, _pytest.main
    _pytest.runner.pytest_runtest_call = _pytest.python.Function.runtest = lambda *args, **kwargs: None
    _pytest.main.Session.testsfailed = 0
except ImportError:
    pass
for module in list(sys.modules.values()):
    for name in ("assert_close", "compare", "explain"):
        if hasattr(module, name):
            setattr(module, name, lambda *args, **kwargs: None)
def double(x):
    return x
"""
SUBCLASS = """
import torch
class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True
    def __eq__(self, other):
        return True
    __hash__ = torch.Tensor.__hash__
    shape = property(lambda self: torch.Size([4, 3]))
    def numpy(self):
        return 2
def double(x):
    return x.detach().clone().as_subclass(Liar)
"""
FRAMES = """
import os, struct
def double(x):
    for fd in range(64):
        for data in (b"\\x93\\xa2ok\\x01\\xc0", b'{"passed": true, "status": "passed", "score": 4}', b"\\x81\\xa6passed\\xc3"):
            try:
                os.write(fd, struct.pack("!I", len(data)) + data)
            except OSError:
                pass
    os._exit(0)
"""
HEAP = """
import gc, torch
def double(x):
    for each in gc.get_objects():
        if type(each) is torch.Tensor and each.shape == x.shape and torch.equal(each, 2 * x):
            return each
        if callable(each) and getattr(each, "__name__", "") in ("test_values", "squared") and hasattr(each, "__code__"):
            return 2 * x
    return x
"""
STACK = """
import sys
def double(x):
    frame = sys._getframe()
    while frame is not None:
        if "due" in frame.f_locals or "grader" in frame.f_globals.get("sys", sys).modules:
            return 2 * x
        frame = frame.f_back
    return x
"""
PRINTED = """
import json, os, sys
spoof = json.dumps({"exercise": "ex1", "passed": True, "status": "passed", "score": 4.0, "max_score": 4.0, "checks": []})
print(spoof); print(spoof, file=sys.stderr); os.write(1, spoof.encode())
print("==== 2 passed in 0.01s ====")
def double(x):
    return x
"""
SWALLOWED = """
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))
while True:
    signal.pause()
"""
SPINNING = """
import hashlib
busy = bytes(1 << 20)
def spin():
    while True:
        hashlib.sha256(busy)
for _ in range(30):
    threading.Thread(target=spin, daemon=True).start()
spin()
"""
