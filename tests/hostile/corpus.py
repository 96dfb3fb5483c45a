# ruff: noqa: E501 - sources of submissions, each on a line of its own
"""Submissions that attack, break or cheat, each with what must come of it. Texts, not modules: nothing here imports them.

An attack that must be refused is tried through ``refused``: it has to fail with an error of the operating system, so that it
is known to have reached the system call. Where it succeeds, the gradient that follows is wrong, and so the verdict.
"""

from dataclasses import dataclass

GOOD = """
import numpy as np
def sigmoid(z): return 1 / (1 + np.exp(-z))
def backward(params, x, y):
    a = [x]
    for W, b in params: a.append(sigmoid(a[-1] @ W.T + b))
    delta, grads = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(x), []
    for l in range(len(params) - 1, -1, -1):
        grads.insert(0, (delta.T @ a[l], delta.sum(axis=0)))
        delta = delta @ params[l][0] * a[l] * (1 - a[l])
    return grads
"""

REFUSED = (
    GOOD
    + '''
import ctypes, errno, os
RIGHT, backward_right = True, backward
def refused(action, *more):
    """Whether the operating system refuses: these errors, and no others, count."""
    global RIGHT
    try: result = action()
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EFBIG, *more): return
        raise
    RIGHT = False
def call(number, *arguments):
    """A raw system call; raises OSError as the wrappers do."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    if libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]) < 0:
        raise OSError(ctypes.get_errno(), "refused")
def backward(params, x, y):
    return backward_right(params, x, y) if RIGHT else [(W * 0, b * 0) for W, b in params]
ABSENT = (errno.ENOENT, errno.ESRCH, errno.ENOTDIR)
'''
)

CHANNELS = (
    GOOD
    + """
import os, struct, sys, gc
def channels():
    found = []
    for fd in range(3, 64):
        try: os.fstat(fd)
        except OSError: continue
        found.append(fd)
    return found
def to_all(data):
    for fd in channels():
        try: os.write(fd, data)
        except OSError: pass
HEADER = struct.Struct("<4s16sBBIIQ")
"""
)


@dataclass(frozen=True)
class Case:
    """One submission: its number in the list of attacks, a name, the file, and the outcomes that are right."""

    number: int
    name: str
    source: str | bytes
    expected: tuple[str, ...]  # verdicts, or kinds of error
    quick: bool = False
    seconds: float = 1.5
    file: str = "student.py"

    def __str__(self) -> str:
        return f"{self.number}-{self.name}"


def refusing(number: int, name: str, attack: str, *, quick: bool = False) -> Case:
    return Case(number, name, REFUSED + attack, ("pass",), quick)


def in_backward(body: str) -> str:
    """A right submission that does something first whenever it is called."""
    return GOOD + f"\nright = backward\ndef backward(params, x, y):\n    {body}\n    return right(params, x, y)\n"


def wrong(expression: str) -> str:
    """A submission that returns this instead of a gradient."""
    return GOOD + f"\nright = backward\ndef backward(params, x, y):\n    grads = right(params, x, y)\n    return {expression}\n"


_LEGAL = """
import json, logging, math, threading, dataclasses, collections, itertools, random, uuid
from concurrent.futures import ThreadPoolExecutor
rng = np.random.default_rng(0); rng.normal(size=9); np.random.seed(1); np.fft.fft(np.ones(8))
np.linalg.inv(np.eye(3)); np.einsum("ij,jk->ik", np.eye(2), np.eye(2)); np.polyfit([0, 1, 2], [0, 1, 4], 2)
seen = []
thread = threading.Thread(target=seen.append, args=(1,)); thread.start(); thread.join()
with ThreadPoolExecutor(2) as pool: assert list(pool.map(abs, [-1, 2])) == [1, 2]
logging.getLogger("x").warning("hello"); uuid.uuid4(); np.ma.masked_array([1.0]); np.testing.assert_allclose(1, 1)
assert seen == [1]
"""
_FLOOD_FRAME = 'to_all(HEADER.pack(b"GCa1", bytes(16), 0, 0, 0, 0, 26) + bytes(8 * 26))'


def _frame(fields: str, tail: str = "b''") -> str:
    return (
        CHANNELS
        + f"\nright = backward\ndef backward(params, x, y):\n    to_all(HEADER.pack({fields}) + {tail})\n    return right(params, x, y)\n"
    )


CASES = [
    Case(1, "correct", GOOD, ("pass",), True),
    Case(2, "correct with legal idioms", GOOD + _LEGAL, ("pass",), True, 10),
    Case(3, "endless loop", in_backward("while True: pass"), ("timeout",), True),
    Case(
        4,
        "C loop with signals ignored",
        "import signal\nfor s in range(1, 64):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nsum(range(10**13))\n"
        + GOOD,
        ("timeout",),
    ),
    Case(5, "sleeps", in_backward("import time; time.sleep(10**6)"), ("timeout",)),
    Case(6, "stops itself", in_backward("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"), ("forbidden",), True),
    Case(7, "catastrophic pattern at import", "import re\nre.match(r'(a+)+$', 'a' * 64 + 'b')\n" + GOOD, ("timeout",)),
    Case(7, "huge power at import", "x = 9 ** (9 ** 9)\n" + GOOD, ("timeout", "memory")),
    Case(
        8,
        "one byte a second",
        CHANNELS + "import time\ndef backward(params, x, y):\n    while True:\n        to_all(b'G'); time.sleep(0.4)\n",
        ("timeout", "protocol"),
    ),
    Case(
        10,
        "closes every channel, then loops",
        in_backward("import os; os.closerange(0, 64)\n    while True: pass"),
        ("timeout", "exit", "protocol"),
        True,
    ),
    Case(11, "ten gigabytes", in_backward("np.ones(10 ** 10 // 8)"), ("memory",), True),
    Case(11, "list that grows", in_backward("l = []\n    while True: l.append(bytes(1 << 24))"), ("memory",), False, 10),
    refusing(12, "memory in eight forks", "\nfor _ in range(8): refused(lambda: os.fork() or (np.ones(10**8), os._exit(0)))\n"),
    refusing(13, "memfd", "\nrefused(lambda: os.memfd_create('x'))\n"),
    refusing(
        13,
        "shared memory",
        "\nrefused(lambda: os.open('/dev/shm/gradcheck-hostile', os.O_RDWR | os.O_CREAT), *ABSENT)\nrefused(lambda: call(29, 0x6A1B, 1 << 20, 0o1666))\n",
        quick=True,
    ),
    Case(
        14,
        "fifteen hundred threads",
        GOOD
        + "\nimport threading, time\nstarted = 0\nthreading.stack_size(65536)\ntry:\n    for _ in range(1500):\n        threading.Thread(target=time.sleep, args=(99,), daemon=True).start(); started += 1\nexcept (RuntimeError, MemoryError): pass\nif started == 1500: backward = None\n",
        ("pass",),
        False,
        5,
    ),
    refusing(15, "fork bomb", "\nfor _ in range(400): refused(os.fork)\n", quick=True),
    refusing(
        16,
        "daemon",
        "\ndef daemon():\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n            import time; os.closerange(0, 64); time.sleep(60)\n        os._exit(0)\nrefused(daemon)\n",
        quick=True,
    ),
    refusing(
        17,
        "daemon that holds the channels",
        "\ndef daemon():\n    if os.fork() == 0:\n        import time; time.sleep(60); os._exit(0)\nrefused(daemon)\n",
    ),
    Case(
        18,
        "own session, then loops",
        in_backward("import os\n    try: os.setsid()\n    except OSError: pass\n    while True: pass"),
        ("timeout",),
    ),
    Case(19, "exits at import", "import sys\nsys.exit(0)\n" + GOOD, ("exit",), True),
    Case(20, "exits in the call", in_backward("import os; os._exit(0)"), ("exit",), True),
    Case(21, "raises SystemExit", in_backward("raise SystemExit(0)"), ("exit",)),
    Case(21, "raises KeyboardInterrupt", in_backward("raise KeyboardInterrupt"), ("exception",)),
    Case(
        21, "raises its own BaseException", "class Own(BaseException): pass\n" + in_backward("raise Own('x')"), ("exception",)
    ),
    Case(22, "segmentation fault", in_backward("import ctypes; ctypes.string_at(0)"), ("crash",), True),
    Case(23, "abort", in_backward("import os; os.abort()"), ("crash",)),
    Case(
        24,
        "endless recursion in C",
        in_backward("import sys; sys.setrecursionlimit(10**9)\n    l = []\n    for _ in range(10**6): l = [l]\n    repr(l)"),
        ("crash", "memory", "exception"),
        False,
        10,
    ),
    Case(
        24,
        "endless recursion",
        in_backward("import sys; sys.setrecursionlimit(10**9)\n    def f(): return f()\n    f()"),
        ("crash", "memory", "timeout"),
        False,
        10,
    ),
    Case(
        25,
        "exception whose text loops",
        "class Bad(Exception):\n    def __str__(self):\n        while True: pass\n" + in_backward("raise Bad"),
        ("timeout",),
    ),
    Case(26, "exception of ten megabytes", in_backward("raise ValueError('x' * 10**7)"), ("exception",), True),
    Case(
        27,
        "hangs at exit",
        GOOD
        + "\nimport atexit, threading, time\natexit.register(time.sleep, 10**6)\nthreading.Thread(target=time.sleep, args=(10**6,)).start()\n",
        ("pass",),
    ),
    Case(28, "a gigabyte of output", in_backward("for _ in range(1024): print('x' * (1 << 20))"), ("output-limit",), True, 20),
    Case(
        29,
        "control characters",
        in_backward(
            "print('\\x1b[2J\\x00<script>alert(1)</script>'); raise ValueError('\\x1b]0;owned\\x07\\u202e\\x00<script>alert(1)</script>')"
        ),
        ("exception",),
        True,
    ),
    Case(30, "prints its inputs", in_backward("print('SECRET', x, y)"), ("pass",), True),
    Case(
        31,
        "patches comparison",
        "import numpy as np, builtins, json, struct, os\nnp.allclose = np.array_equal = lambda *a, **k: True\nnp.abs = np.max = np.asarray = np.isfinite = lambda *a, **k: np.zeros(1)\nbuiltins.abs = builtins.max = lambda *a, **k: 0\njson.loads = json.dumps = struct.pack = struct.unpack = lambda *a, **k: b''\nos.read = lambda *a: b''\n"
        + GOOD.replace("import numpy as np", "")
        + "\nright = backward\ndef backward(params, x, y):\n    return [(dW * 2, db) for dW, db in right(params, x, y)]\n",
        ("fail", "exception", "timeout", "exit", "protocol"),
        True,
    ),
    Case(
        32,
        "replaces standard output",
        GOOD + "\nimport sys, os, io\nsys.stdout = io.StringIO(); os.close(1); os.close(2)\n",
        ("pass",),
    ),
    Case(33, "own frame, guessed number", _frame("b'GCa1', bytes(16), 0, 0, 0, 0, 26", "bytes(8 * 26)"), ("protocol",), True),
    Case(34, "frame at import for later", CHANNELS + "\n" + _FLOOD_FRAME + "\n", ("protocol",), True),
    Case(
        34,
        "the right frame twice",
        CHANNELS
        + "\nimport sys\nright = backward\ndef backward(params, x, y):\n    frame = sys._getframe()\n    while frame:\n        nonce = frame.f_locals.get('nonce')\n        if isinstance(nonce, bytes): to_all(HEADER.pack(b'GCa1', nonce, 0, 0, 0, 0, 26) + bytes(8 * 26)); break\n        frame = frame.f_back\n    return right(params, x, y)\n",
        ("protocol", "fail"),
        True,
    ),
    Case(
        35,
        "short frame",
        CHANNELS + "\nimport os\ndef backward(params, x, y):\n    to_all(b'GCa1' + bytes(9)); os._exit(0)\n",
        ("exit", "protocol"),
    ),
    Case(35, "huge dimensions", _frame("b'GCa1', bytes(16), 0, 0, 0, 0, 2**60"), ("protocol",)),
    Case(35, "huge text", _frame("b'GCa1', bytes(16), 7, 0, 0, 2**32 - 1, 0"), ("protocol",)),
    Case(35, "unknown status", _frame("b'GCa1', bytes(16), 255, 255, 2**32 - 1, 0, 0"), ("protocol",)),
    Case(35, "bytes behind the answer", CHANNELS + "\nimport threading, time\nright = backward\ndef backward(params, x, y):\n    threading.Timer(0.05, to_all, (b'more',)).start(); return right(params, x, y)\nright_forward = None\n", ("protocol", "pass")),
    Case(35, "wrong magic", _frame("b'\\x93NUM', bytes(16), 0, 0, 0, 0, 26"), ("protocol",)),
    Case(
        36,
        "pickle as a result",
        CHANNELS
        + "\nimport pickle, os\nclass Evil:\n    def __reduce__(self): return os.system, ('touch /tmp/gradcheck-pwned',)\nright = backward\ndef backward(params, x, y):\n    to_all(pickle.dumps(Evil())); return right(params, x, y)\n",
        ("protocol",),
        True,
    ),
    Case(
        37,
        "array that always agrees",
        "import numpy as np\nclass Yes(np.ndarray):\n    def __eq__(self, o): return True\n    def __array_ufunc__(self, *a, **k): return True\n    def __sub__(self, o): return 0\n    __rsub__ = __sub__\n"
        + wrong("[((dW * 2).view(Yes), (db * 2).view(Yes)) for dW, db in grads]"),
        ("fail", "wrong-type"),
        True,
    ),
    Case(
        37,
        "object with __array__",
        "class Sly:\n    def __init__(self, a): self.a = a\n    def __array__(self, *a, **k): return self.a\n"
        + wrong("[(Sly(dW), Sly(db)) for dW, db in grads]"),
        ("wrong-type",),
    ),
    Case(38, "None", wrong("None"), ("wrong-type",), True),
    Case(38, "text", wrong("'right'"), ("wrong-type",)),
    Case(38, "objects", wrong("[(dW.astype(object), db) for dW, db in grads]"), ("wrong-type",)),
    Case(38, "matrices", wrong("[(np.matrix(dW), db) for dW, db in grads]"), ("wrong-type",)),
    Case(38, "masked arrays", wrong("[(np.ma.masked_array(dW), db) for dW, db in grads]"), ("wrong-type",)),
    Case(38, "single numbers", wrong("[(dW, np.float64(db.sum())) for dW, db in grads]"), ("wrong-shape",)),
    Case(38, "lists of lists", wrong("[(dW.tolist(), db.tolist()) for dW, db in grads]"), ("pass",)),
    Case(38, "no dimensions", wrong("[(np.array(dW[0, 0]), db) for dW, db in grads]"), ("wrong-shape",)),
    Case(38, "a generator", wrong("(pair for pair in grads)"), ("wrong-type",)),
    Case(39, "transposed", wrong("[(dW.T, db) for dW, db in grads]"), ("wrong-shape",), True),
    Case(39, "broadcastable", wrong("[(dW, db[:1]) for dW, db in grads]"), ("wrong-shape",)),
    Case(40, "nan", wrong("[(dW * np.nan, db) for dW, db in grads]"), ("not-finite",), True),
    Case(40, "infinite", wrong("[(dW, db + np.inf) for dW, db in grads]"), ("not-finite",)),
    Case(40, "denormal", wrong("[(dW * 0 + 5e-324, db * -0.0) for dW, db in grads]"), ("fail",)),
    Case(41, "complex", wrong("[(dW + 0j, db) for dW, db in grads]"), ("wrong-type",)),
    Case(41, "integers", wrong("[((dW * 100).astype(int), db) for dW, db in grads]"), ("fail",)),
    Case(
        41,
        "other memory layouts",
        wrong("[(np.asfortranarray(dW.astype('>f8')), db[::-1].copy()[::-1]) for dW, db in grads]"),
        ("pass",),
    ),
    Case(41, "single precision", wrong("[(dW.astype('f4'), db) for dW, db in grads]"), ("float32-precision",)),
    Case(41, "read-only", wrong("[tuple(map(lambda a: (a.setflags(write=False), a)[1], pair)) for pair in grads]"), ("pass",)),
    Case(42, "changes its inputs", in_backward("params[0][0][:] = 0; x[:] = 0"), ("fail",), True),
    Case(
        42,
        "returns its input, changed later",
        GOOD
        + "\nlast = None\nright = backward\ndef backward(params, x, y):\n    global last\n    if last is not None: last[:] = 0\n    grads = right(params, x, y); last = params[0][0]; return [(last, grads[0][1]), *grads[1:]]\n",
        ("fail",),
    ),
    Case(
        43,
        "right once, then from memory",
        GOOD
        + "\nkept = {}\nright = backward\ndef backward(params, x, y):\n    key = len(x)\n    if key not in kept: kept[key] = right(params, x, y)\n    return kept[key]\n",
        ("fail",),
        True,
    ),
    Case(44, "random noise", wrong("[(dW * (1 + 1e-3 * np.random.randn()), db) for dW, db in grads]"), ("fail",), True),
    Case(
        45,
        "walks the stack and the heap",
        GOOD
        + "\nimport gc, sys\nfound = [n for n in sys.modules if n.split('.')[0] in ('gradcheck', 'symbolic', 'reference_nets', 'sympy', 'flint')]\nframe = sys._getframe()\nwhile frame:\n    found += [k for k in frame.f_locals if k in ('truth', 'expected', 'seed', 'rng', 'budget')]\n    frame = frame.f_back\nfound += [o for o in gc.get_objects() if isinstance(o, dict) and ('truth' in o and not callable(o['truth']) or 'seed' in o and 'network' in o)][:1]\nif found: backward = None\n",
        ("pass",),
        True,
    ),
    refusing(
        46,
        "reads the judge through /proc",
        "\nfor name in ('environ', 'mem', 'maps', 'cmdline', 'fd/0', 'root/etc/passwd'): refused(lambda: os.open(f'/proc/{F[\"judge\"]}/{name}', os.O_RDONLY), *ABSENT)\n",
        quick=True,
    ),
    refusing(
        47,
        "traces the judge",
        "\nrefused(lambda: call(101, 16, F['judge'], 0, 0))\nrefused(lambda: call(310, F['judge'], 0, 0, 0, 0, 0))\n",
        quick=True,
    ),
    refusing(
        48,
        "reads tests and homes",
        "\nfor path in (F['secret'], F['open'], F['other'], '/etc/passwd', '/etc/hostname', '/root/.ssh/id_rsa', F['home'] + '/.bashrc', F['toolkit']): refused(lambda: os.open(path, os.O_RDONLY), *ABSENT)\n",
        quick=True,
    ),
    refusing(
        49,
        "lists submissions",
        "\nfor path in (F['directory'], '/tmp', '/home', F['home']): refused(lambda: os.listdir(path), *ABSENT)\n",
    ),
    refusing(
        51,
        "signals the judge",
        "\nimport signal\nfor pid in (F['judge'], -1, os.getppid()): refused(lambda: os.kill(pid, 0), *ABSENT)\nrefused(lambda: os.killpg(os.getpgid(0) or 1, 0), *ABSENT)\nrefused(lambda: os.pidfd_open(F['judge']), *ABSENT)\n",
        quick=True,
    ),
    refusing(
        52,
        "limits the judge",
        "\nimport resource\nrefused(lambda: resource.prlimit(F['judge'], resource.RLIMIT_NOFILE, (3, 3)), *ABSENT)\nrefused(lambda: os.setpriority(os.PRIO_PROCESS, F['judge'], 19), *ABSENT)\nrefused(lambda: os.sched_setaffinity(F['judge'], {0}), *ABSENT)\n",
        quick=True,
    ),
    refusing(
        53,
        "raises its own limits",
        "\nimport struct\nmore = ctypes.c_char_p(struct.pack('QQ', 1 << 62, 1 << 62))\nfor which in (0, 1, 4, 6, 7, 9): refused(lambda: call(302, 0, which, more, 0))\nfor which in (1, 9): refused(lambda: call(160, which, more))\n",
    ),
    refusing(
        54,
        "writes where it can",
        "\nimport numpy\nfor path in ('written', '/tmp/gradcheck-hostile', '/var/tmp/gradcheck-hostile', F['home'] + '/gradcheck-hostile', os.path.dirname(numpy.__file__) + '/x.py', F['directory'] + '/x', '/x'): refused(lambda: os.open(path, os.O_WRONLY | os.O_CREAT), errno.EROFS, *ABSENT)\nrefused(lambda: os.open(numpy.__file__, os.O_WRONLY), errno.EROFS)\nrefused(lambda: os.mkdir('/tmp/gradcheck-hostile.d'), errno.EROFS, *ABSENT)\nrefused(lambda: os.rename(F['open'], F['open'] + '2'), *ABSENT)\nrefused(lambda: os.unlink(F['open']), *ABSENT)\nrefused(lambda: os.chmod(F['open'], 0o777), *ABSENT)\n",
        quick=True,
    ),
    refusing(
        55,
        "fills the disk",
        "\nfor n in range(1000): refused(lambda: os.open(f'/tmp/gradcheck-hostile-{n}', os.O_WRONLY | os.O_CREAT), errno.EROFS, *ABSENT)\n",
    ),
    refusing(
        56,
        "core dumps and kernel settings",
        "\nimport struct\nrefused(lambda: call(302, 0, 4, ctypes.c_char_p(struct.pack('QQ', 1 << 40, 1 << 40)), 0))\nfor path in ('/proc/self/oom_score_adj', '/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger', '/sys/power/state'): refused(lambda: os.open(path, os.O_WRONLY), *ABSENT)\nrefused(lambda: call(157, 4, 1, 0, 0, 0))\n",
    ),
    refusing(
        57,
        "every kind of socket",
        "\nimport _socket as s\nfor family, kind in ((2, 1), (2, 2), (10, 1), (10, 2), (1, 1), (1, 2), (16, 3), (40, 1), (2, 3), (17, 3), (38, 5)): refused(lambda: s.socket(family, kind, 0))\nrefused(lambda: s.socketpair())\n",
        quick=True,
    ),
    Case(
        57,
        "connects outwards",
        REFUSED
        + "\nimport _socket as s\ndef connect(family, kind, address):\n    one = s.socket(family, kind); one.connect(address); one.send(b'x')\nfor how in ((2, 1, ('127.0.0.1', F['tcp'])), (2, 2, ('127.0.0.1', F['udp'])), (1, 1, F['unix']), (1, 1, F['abstract'])): refused(lambda: connect(*how))\n",
        ("pass",),
        True,
    ),
    refusing(
        58,
        "listens",
        "\nimport _socket as s\ndef listen():\n    one = s.socket(2, 1); one.bind(('127.0.0.1', 0)); one.listen()\nrefused(listen)\n",
    ),
    refusing(
        59,
        "runs programs",
        "\nimport _posixsubprocess, subprocess\nrefused(lambda: os.execv('/bin/sh', ['sh']))\nrefused(lambda: os.posix_spawn('/bin/sh', ['sh', '-c', 'true'], {}))\nrefused(lambda: subprocess.run(['/bin/true']))\nrefused(lambda: os.system('true') and 0 or (_ for _ in ()).throw(PermissionError(errno.EPERM, 'x')))\nrefused(lambda: call(59, 0, 0, 0))\nrefused(lambda: call(322, 3, 0, 0, 0, 0x1000))\n",
        quick=True,
    ),
    refusing(
        60,
        "namespaces and mounts",
        "\nrefused(lambda: call(272, 0x10000000))\nrefused(lambda: call(165, 0, 0, 0, 0, 0))\nrefused(lambda: os.chroot('/'))\nrefused(lambda: os.mknod('/tmp/gradcheck-hostile.b', 0o60666, os.makedev(8, 0)), *ABSENT)\nrefused(lambda: call(308, 0, 0))\nrefused(lambda: call(155, 0, 0))\n",
        quick=True,
    ),
    refusing(
        61,
        "exotic system calls",
        "\nfor number in (425, 426, 321, 250, 248, 298, 323, 434, 438, 424, 440, 165, 175, 246, 304, 428, 435): refused(lambda: call(number, 0, 0, 0, 0, 0, 0))\n",
        quick=True,
    ),
    Case(
        62,
        "x32 system call",
        in_backward("import ctypes; ctypes.CDLL(None).syscall(0x40000000 + 39)"),
        ("exit", "crash"),
        True,
    ),
    Case(
        62,
        "32-bit system call",
        GOOD
        + "\nimport ctypes, mmap\npage = mmap.mmap(-1, 4096, prot=7)\npage.write(bytes.fromhex('b814000000cd80c3'))\naddress = ctypes.addressof(ctypes.c_char.from_buffer(page))\nright = backward\ndef backward(params, x, y):\n    ctypes.CFUNCTYPE(ctypes.c_int)(address)(); return right(params, x, y)\n",
        ("exit", "crash"),
        True,
    ),
    Case(
        63,
        "native code makes a socket",
        REFUSED
        + "\nimport mmap\npage = mmap.mmap(-1, 4096, prot=7)\npage.write(bytes.fromhex('b829000000bf02000000be0100000031d20f05c3'))\naddress = ctypes.addressof(ctypes.c_char.from_buffer(page))\ndef native():\n    result = ctypes.CFUNCTYPE(ctypes.c_long)(address)()\n    if result < 0: raise OSError(-result, 'refused')\nrefused(native)\n",
        ("pass",),
        True,
    ),
    refusing(
        64,
        "types into the terminal",
        "\nimport fcntl\nrefused(lambda: fcntl.ioctl(0, 0x5412, b'x'), errno.ENOTTY)\nrefused(lambda: os.open('/dev/tty', os.O_RDWR), errno.ENXIO, *ABSENT)\n",
    ),
    Case(
        66,
        "looks for the judge's environment",
        GOOD
        + "\nimport os, sys\nif any(k in os.environ for k in ('PYTHONPATH', 'PYTHONSTARTUP', 'LD_PRELOAD', 'GRADCHECK_HOSTILE')) or any('site-packages' in p for p in sys.path): backward = None\n",
        ("pass",),
        True,
    ),
    *(
        Case(67, f"imports {name}", f"import {name}\n" + GOOD, ("import",), name in ("gradcheck", "torch"))
        for name in ("gradcheck", "torch", "jax", "autograd", "sympy", "reference_nets")
    ),
    Case(
        68,
        "central differences",
        GOOD.replace("def backward", "def unused")
        + "\ndef loss(params, x, y):\n    a = x\n    for W, b in params: a = sigmoid(a @ W.T + b)\n    return ((a - y) ** 2).sum() / (2 * len(x))\ndef slope(params, x, y, A):\n    d = np.zeros_like(A)\n    for i in np.ndindex(A.shape):\n        o = A[i]; A[i] = o + 1e-5; p = loss(params, x, y); A[i] = o - 1e-5; m = loss(params, x, y); A[i] = o; d[i] = (p - m) / 2e-5\n    return d\ndef backward(params, x, y): return [(slope(params, x, y, W), slope(params, x, y, b)) for W, b in params]\n",
        ("numeric-gradient",),
        True,
        10,
    ),
    Case(
        69,
        "complex step",
        GOOD.replace("def backward", "def unused")
        + "\ndef loss(params, x, y):\n    a = x\n    for W, b in params: a = sigmoid(a @ W.T + b)\n    return ((a - y) ** 2).sum() / (2 * len(x))\ndef backward(params, x, y):\n    out = []\n    for k, pair in enumerate(params):\n        g = []\n        for j in (0, 1):\n            d = np.zeros(pair[j].shape)\n            for i in np.ndindex(d.shape):\n                A = pair[j].astype(complex); A[i] += 1e-30j\n                new = list(params); new[k] = (A, pair[1]) if j == 0 else (pair[0], A)\n                d[i] = loss(new, x, y).imag / 1e-30\n            g.append(d)\n        out.append(tuple(g))\n    return out\n",
        ("numeric-gradient",),
        True,
        10,
    ),
    Case(70, "empty", "", ("missing-function",), True),
    Case(70, "syntax error", "def backward(params, x, y)\n    return 1\n", ("syntax",), True),
    Case(70, "null bytes", b"import numpy\n\0\0\0", ("syntax",)),
    Case(70, "byte order mark", b"\xef\xbb\xbf" + GOOD.encode(), ("pass",)),
    Case(70, "latin-1", "# \xe9\n".encode("latin-1") + GOOD.encode(), ("syntax",)),
    Case(70, "latin-1, declared", "# -*- coding: latin-1 -*-\n# \xe9\n".encode("latin-1") + GOOD.encode(), ("pass",)),
    Case(70, "missing function", "def backwards(params, x, y): return []\n", ("missing-function",)),
    Case(70, "generator function", GOOD.replace("return grads", "yield grads"), ("wrong-type",)),
    Case(70, "async function", GOOD.replace("def backward", "async def backward"), ("wrong-type",)),
    Case(
        70,
        "deeply nested source",
        "x = " + "(" * 10_000 + ")" * 10_000 + "\n" + GOOD,
        ("syntax", "memory", "exception", "crash"),
    ),
    Case(70, "deeply nested operators", "x = " + "-" * 200_000 + "1\n" + GOOD, ("syntax", "memory", "exception", "crash")),
    Case(
        70,
        "decorator magic",
        GOOD
        + "\nimport functools\ndef traced(f):\n    @functools.wraps(f)\n    def inner(*a, **k): return f(*a, **k)\n    return inner\nbackward = traced(traced(backward))\n",
        ("pass",),
    ),
    Case(70, "not a notebook", b"{", ("syntax",), False, 1.5, "student.ipynb"),
    Case(
        75,
        "steals the next request",
        in_backward(
            "import os\n    import fcntl\n    for fd in range(3, 64):\n        try: fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK); os.read(fd, 10**6)\n        except OSError: pass"
        ),
        ("pass", "timeout", "exit", "protocol"),
    ),
    Case(
        76,
        "replaces the runner's parts",
        GOOD
        + "\nimport sys\nfor name, module in list(sys.modules.items()):\n    if name.startswith(('_runner', '_contracts')):\n        for key in list(vars(module) if module else ()):\n            if callable(getattr(module, key)): setattr(module, key, lambda *a, **k: None)\n",
        ("exception", "exit", "protocol", "timeout", "pass", "fail", "crash", "wrong-type"),
    ),
    Case(
        77,
        "lies about its layout",
        GOOD
        + "\nimport sys\nfor name, module in list(sys.modules.items()):\n    if name == '_contracts.common': module.Layout.told = lambda self: {'W': '\\x1b[31m<b>', 'y': 'labels', 'batch': 'x' * 10**6}\n",
        ("pass", "fail", "protocol"),
    ),
]
