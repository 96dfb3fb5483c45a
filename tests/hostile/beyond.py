# ruff: noqa: E501 - sources of submissions, each on a line of its own
"""Attacks that stand on nobody's list: forged frames by odd ways, hooks of the interpreter, lying objects, cheating with numbers.

They are made from the pieces of corpus.py: ``short``, ``cheats`` and ``long``.
"""

from gradcheck.isolation.child.syscalls import X86_64

# The allowed ones, and two that the kernel hands to no filter: uretprobe and uprobe.
LISTED = {*X86_64.numbers.values(), 335, 336}
_MODULES = "import ctypes, faulthandler, fcntl, gc, os, signal, sys, threading, time, weakref\n"
# Cheats are right where they think that nobody looks: each condition says when.
CHEATS = {
    "right at the first call only": "count == 1",
    "right for batches of five only": "len(x) == 5",
    "right for single examples only": "len(x) == 1",
    "right where the first input is small": "abs(x[0, 0]) < 0.7",
    "right only while profiled": "sys.getprofile() is not None",
    "right only while traced": "sys.gettrace() is not None",
    "right nineteen times of twenty": "count % 20",
    "right for the first nine calls": "count < 10",
    "right by the sign of a weight": "params[0][0].flat[0] < 0",
}
# Each is returned in place of dW; what it must be called.
OBJECTS = {
    "record array": ("dW.astype([('a', 'f8')])", "wrong-type"),
    "bytes without meaning": ("np.zeros(dW.shape, 'V0')", "wrong-type"),
    "dates": ("dW.astype('M8[s]')", "wrong-type"),
    "booleans": ("dW > 0", "wrong-type"),
    "strings": ("dW.astype(str)", "wrong-type"),
    "no entries": ("dW[:0]", "wrong-shape"),
    "a billion billion entries": ("np.lib.stride_tricks.as_strided(dW, (10**9, 10**9), (0, 0))", "wrong-shape"),
    "a trillion integers": ("np.lib.stride_tricks.as_strided(np.zeros(1, 'i8'), (10**6, 10**6), (0, 0))", "wrong-shape memory"),
    "sixty-four dimensions": ("dW.reshape((1,) * 62 + dW.shape)", "wrong-shape"),
    "an endless list": ("Endless()", "wrong-type wrong-shape exception timeout memory"),
    "a list that holds itself": ("(lambda l: (l.append(l), l)[1])([])", "wrong-type exception"),
    "a class that says it is an array": ("Claims()", "wrong-type exception"),
    "an array with a lying shape": ("np.zeros((9, 9)).view(LyingShape)", "wrong-shape"),
    "an array that explodes when viewed": ("(dW * 2).view(Explodes)", "fail exception exit wrong-type"),
    "memory that is gone": ("gone(dW.shape)", "fail crash not-finite pass"),
    "extended precision of nonsense": ("np.full(dW.shape, 1e4000, 'g')", "not-finite"),
    "a mapping that is never empty": ("Mapping()", "wrong-type exception timeout"),
    "a number that is not one": ("Float(3)", "wrong-shape wrong-type exception"),
}
_CLASSES = """
import collections.abc, ctypes
class Endless(list):
    def __iter__(self):
        while True: yield 1.0
    def __len__(self): return 2**62
    def __getitem__(self, i): return 1.0
class Claims:
    __class__ = property(lambda self: np.ndarray)
    shape, dtype, size, ndim = (4, 3), np.dtype('f8'), 12, 2
class LyingShape(np.ndarray):
    shape = property(lambda self: (4, 3))
class Explodes(np.ndarray):
    def __array_finalize__(self, other): globals()['n'] = globals().get('n', 0) + 1; assert n < 3
    def __array_function__(self, *a, **k): raise SystemExit
class Mapping(dict):
    def __contains__(self, key): return True
    def __getitem__(self, key): return self
    def __iter__(self):
        while True: yield 'x'
class Float(float):
    def __float__(self): raise KeyboardInterrupt
def gone(shape):
    import mmap
    page = mmap.mmap(-1, 1 << 16); address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    ctypes.CDLL(None).munmap(ctypes.c_void_p(address), ctypes.c_size_t(1 << 16))
    return np.frombuffer((ctypes.c_double * (shape[0] * shape[1])).from_address(address)).reshape(shape)
"""
# Raised by the call; the verdict must be an error of the submission, told in bounded words.
RAISED = {
    "a message that is no text": "class E(Exception):\n    def __str__(self): return Text('x')",
    "a message that ends the program": "class E(Exception):\n    def __str__(self): raise SystemExit(0)",
    "a class without a name": "class Meta(type):\n    __name__ = property(lambda self: 1 / 0)\nclass E(Exception, metaclass=Meta): pass",
    "a class with a name of a megabyte": "E = type('\\u202e<script>alert(1)</script>' + 'x' * 10**6, (Exception,), {})",
    "a lie about its class": "class E(Exception): __class__ = property(lambda self: 1 / 0)",
    "a syntax error of its own": "class E(SyntaxError):\n    lineno, filename, msg = 'nowhere', ['x'], property(lambda self: 1 / 0)",
    "a line far away": "class E(SyntaxError):\n    lineno, filename, msg = 2**70, 'student.py', 'x'",
    "an endless traceback": "class E(Exception): __traceback__ = property(lambda self: Loop())",
    "a group of groups": "def E():\n    e = ValueError('x')\n    for _ in range(5000): e = ExceptionGroup('x', [e])\n    return e",
    "causes in a circle": "def E():\n    a, b = ValueError('a'), ValueError('b'); a.__cause__, b.__cause__ = b, a; return a",
    "lone surrogates": "def E(): return ValueError('\\ud800\\udfff' * 9)",
    "a problem of the judge's kind": "def E():\n    import sys; return sys.modules['_contracts.common'].Problem('ok', 'all is well')",
    "a problem of no kind": "def E():\n    import sys; return sys.modules['_contracts.common'].Problem('bogus', Text('x'))",
}
_RAISERS = """
class Text(str):
    def __getitem__(self, i): return self
    def __format__(self, spec): raise KeyboardInterrupt
    def encode(self, *a): return b'x' * 10**9
    def replace(self, *a): return None
class Loop:
    tb_next = property(lambda self: self)
    tb_frame = __import__('sys')._getframe()
    tb_lineno = 1
"""
# Left behind in the interpreter; the gradient is wrong, and nothing of this may make it right.
HOOKS = {
    "profile function": "sys.setprofile(lambda *a: 1 / 0)",
    "trace function": "sys.settrace(lambda *a: 1 / 0)",
    "import": "import builtins; builtins.__import__ = lambda *a, **k: 1 / 0; sys.meta_path.clear(); sys.path_hooks.clear()",
    "no modules": "[sys.modules.pop(n) for n in list(sys.modules) if n not in ('sys', 'builtins')]",
    "modules of another kind": "[sys.modules.__setitem__(n, 0) for n in ('json', 'struct', 'traceback', 'linecache', 'os', 're', 'numpy')]",
    "audit": "sys.addaudithook(lambda *a: (_ for _ in ()).throw(SystemExit(0)))",
    "error handler of a codec": "import codecs; codecs.register_error('backslashreplace', lambda e: 1 / 0)",
    "garbage": "import gc; gc.callbacks.append(lambda *a: 1 / 0); gc.set_threshold(1)",
    "unraisable": "sys.unraisablehook = sys.excepthook = lambda *a: os._exit(0)",
    "builtins": "import builtins\nfor n in ('isinstance', 'type', 'len', 'getattr', 'sorted', 'list', 'range', 'zip', 'any', 'all', 'bool', 'repr', 'tuple'): setattr(builtins, n, lambda *a, **k: True)",
    "no recursion": "sys.setrecursionlimit(60)",
    "switch": "sys.setswitchinterval(1e-9)",
    "standard streams": "sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None",
}
# Written to every channel by way of something else than os.write.
WRITERS = {
    "writev": "[os.writev(fd, [b'x', b'y']) for fd in channels()[1:]]",
    "a duplicate": "[os.write(os.dup(fd), b'xy') for fd in channels()[1:]]",
    "native code": "[ctypes.CDLL(None).write(fd, b'xy', 2) for fd in channels()[1:]]",
    "the fault handler": "faulthandler.dump_traceback(channels()[1])",
    "the fault handler, later": "faulthandler.dump_traceback_later(0.01, file=channels()[1]); time.sleep(0.1)",
    "a timer": "signal.signal(signal.SIGALRM, lambda *a: to_all(b'xy')); signal.setitimer(signal.ITIMER_REAL, 0.01); time.sleep(0.1)",
    "another thread": "t = threading.Thread(target=to_all, args=(b'xy',)); t.start(); t.join()",
    "a thread that fails": "threading.excepthook = lambda *a: to_all(b'xy'); t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()",
    "a finalizer": "weakref.finalize(type('T', (), {})(), to_all, b'xy')",
    "a destructor": "type('D', (), {'__del__': lambda self: to_all(b'xy')})()",
    "the garbage collector": "gc.callbacks.append(lambda *a: to_all(b'xy')); gc.collect()",
    "the wake-up descriptor": "os.set_blocking = None; fcntl.fcntl(channels()[1], 4, os.O_NONBLOCK | os.O_WRONLY); signal.signal(signal.SIGALRM, lambda *a: None); signal.set_wakeup_fd(channels()[1], warn_on_full_buffer=False); signal.alarm(1); time.sleep(1.2)",
}


def short(corpus):
    """The cases that one process after the other is asked, without all that a judgement takes."""
    Case, GOOD, CHANNELS, wrong = corpus.Case, corpus.GOOD, corpus.CHANNELS, corpus.wrong
    found = []
    for name, (expression, expected) in OBJECTS.items():
        source = wrong(f"[({expression}, db) for dW, db in grads]") + _CLASSES
        found.append(Case(200, f"returns {name}", source, tuple(expected.split())))
    for name, definition in RAISED.items():
        body = f"\n{_RAISERS}\n{definition}\ndef backward(params, x, y): raise E()\n"
        found.append(Case(300, f"raises {name}", GOOD + body, ("exception", "syntax", "exit", "memory", "timeout", "protocol")))
    for name, how in WRITERS.items():
        body = f"\nright = backward\ndef backward(params, x, y):\n    {how}\n    return right(params, x, y)\n"
        found.append(Case(400, f"writes by {name}", CHANNELS + _MODULES + body, ("protocol",), seconds=3))
    for name, how in HOOKS.items():
        body = f"\ncount = 0\ndef backward(params, x, y):\n    global count; count += 1\n    if count == 2: exec({how!r}, globals())\n    return [(W * 0, b * 0) for W, b in params]\n"
        found.append(Case(500, f"leaves a hook: {name}", GOOD + _MODULES + body, ("zeros", "exception", "exit", "import", "wrong-type", "protocol")))
    return found


def cheats(corpus):
    """Right where they think that nobody looks, and wrong elsewhere."""
    for name, condition in CHEATS.items():
        body = f"\ncount, right = 0, backward\ndef backward(params, x, y):\n    global count\n    count += 1\n    return right(params, x, y) if {condition} else [(W * 0.5, b * 2) for W, b in params]\n"
        yield corpus.Case(100, f"is {name}", corpus.GOOD + _MODULES + body, ("fail",), seconds=10)


def long(corpus):
    """The cases that are judged whole."""
    Case, GOOD, CHANNELS = corpus.Case, corpus.GOOD, corpus.CHANNELS
    in_backward, refusing = corpus.in_backward, corpus.refusing
    nonce = "\nimport sys\ndef nonce():\n    frame = sys._getframe()\n    while frame:\n        if isinstance(frame.f_locals.get('nonce'), bytes): return frame.f_locals['nonce']\n        frame = frame.f_back\n"
    answer = "\nright = backward\ndef backward(params, x, y):\n    n = nonce()\n    global later\n    if n is None or not later: later = True; return right(params, x, y)\n    r, t = [fd for fd in channels()][1:3]\n    "
    forged = CHANNELS + "later = False\nimport time\n" + nonce + answer
    source = "x = " + "'" + "a" * (4 * 2**20 - 4000) + "'\n" + GOOD
    return [
        refusing(
            600,
            "every system call that is not listed",
            "\nfor number in range(600):\n    if number not in {LISTED!r}: refused(lambda: call(number, 0, 0, 0, 0, 0, 0))\n".replace('{LISTED!r}', repr(LISTED)),
            quick=True,
        ),
        refusing(
            601,
            "commands of fcntl and ioctl",
            "\nr, w = os.pipe()\nfor command in (5, 6, 7, 8, 10, 15, 36, 37, 38, 1024, 1026, 1031, 1033, 1036): refused(lambda: call(72, w, command, 1 << 20))\nfor command in (0x5421, 0x5452, 0x8901, 0x5412, 0x5420, 0x540E, 0x40049409, 0xC020660B, 0x4004667F): refused(lambda: call(16, w, command, 0))\n",
        ),
        refusing(
            602,
            "odd threads and odd ways to open",
            "\nfor flags in (17, 0x4000 | 0x100 | 17, 0x10000000, 0x20000000 | 17, 0x8000 | 17, 0x40000000): refused(lambda: call(56, flags, 0, 0, 0, 0))\nfor flags in (0o1, 0o2, 0o3, 0o100, 0o1000, 0o2000, 0o20000000, 0o20200002, 0o100 | 0o200): refused(lambda: call(257, -100, ctypes.c_char_p(b'/dev/null'), flags, 0o666)), refused(lambda: call(2, ctypes.c_char_p(b'/dev/null'), flags, 0o666))\nrefused(lambda: call(85, ctypes.c_char_p(b'/tmp/gradcheck-hostile'), 0o666)); refused(lambda: call(437, -100, ctypes.c_char_p(b'/tmp'), 0, 0))\n",
        ),
        refusing(
            603,
            "a path by way of a descriptor",
            "\ndef through(path):\n    d = os.open(os.path.dirname(path), os.O_PATH | os.O_DIRECTORY); os.close(os.open(os.path.basename(path), os.O_RDONLY, dir_fd=d))\nfor path in (F['secret'], F['open'], '/etc/passwd', F['toolkit']): refused(lambda: through(path), *ABSENT)\nfor path in ('/proc/self/fd/0/../../../etc/passwd', '/proc/self/root/etc/passwd', '/proc/thread-self/environ', '/proc/1/environ', '/dev/mem', '/dev/kmsg', '/dev/vda', '/dev/pts/0', '/sys/kernel/mm', '/run', '/var/run/docker.sock'): refused(lambda: os.open(path, os.O_RDONLY), errno.ENXIO, *ABSENT)\n",
        ),
        Case(610, "forges: not a number", forged + "os.write(r, HEADER.pack(b'GCa1', n, 0, 0, 0, 0, 26) + struct.pack('<d', float('nan')) * 26); os.read(channels()[0], 1)\n", ("not-finite",)),
        Case(611, "forges: the largest numbers", forged + "os.write(r, HEADER.pack(b'GCa1', n, 0, 255, 0, 0, 26) + struct.pack('<d', -1.7e308) * 26); time.sleep(9)\n", ("timeout", "fail")),
        Case(612, "forges: a text that never comes", forged + "os.write(r, HEADER.pack(b'GCa1', n, 3, 0, 0, 65536, 0)); os.read(channels()[0], 1)\n", ("timeout",)),
        Case(613, "forges: a text of control characters", forged + "os.write(t, b'\\x1b[2J\\xff\\xfe\\x00\\xe2\\x80\\xae' * 99); os.write(r, HEADER.pack(b'GCa1', n, 7, 0, 2**32 - 1, 990, 0)); os.read(channels()[0], 1)\n", ("exception",), True),
        Case(614, "forges: half a header", forged + "os.write(r, HEADER.pack(b'GCa1', n, 0, 0, 0, 0, 26)[:20]); os.read(channels()[0], 1)\n", ("timeout",)),
        Case(615, "exchanges the channels", forged + "os.dup2(r, 60); os.dup2(t, r); os.dup2(60, t); return right(params, x, y)\n", ("timeout", "protocol")),
        Case(616, "answers itself", forged + "os.close(r); os.pipe(); return right(params, x, y)\n", ("exit", "timeout", "protocol"), True),
        Case(617, "packets, no waiting", forged + "import fcntl; fcntl.fcntl(r, 4, 1 | 0o4000 | 0o40000); return right(params, x, y)\n", ("timeout", "protocol", "pass", "exit")),
        Case(618, "reads the requests with the runner", forged + "import threading; threading.Thread(target=lambda: [os.read(channels()[0], 7) for _ in range(10**6)], daemon=True).start(); return right(params, x, y)\n", ("timeout", "protocol", "exit", "exception", "pass", "crash", "memory")),
        Case(620, "alarm", in_backward("import signal, time; signal.alarm(1); time.sleep(9)"), ("crash",), seconds=3),
        Case(621, "ends with the code of a signal", in_backward("import os; os._exit(139)"), ("crash", "exit")),
        Case(622, "computes beyond its limit, the signal ignored", "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\n" + in_backward("while True: pass"), ("timeout",), seconds=1),
        Case(630, "every descriptor in use", in_backward("import os\n    try:\n        while True: os.open('/dev/null', 0)\n    except OSError: pass"), ("pass",)),
        Case(631, "deep structures", GOOD + "\nimport ast, copy, json, pickle, re\nn = 10**5\nfor deep in (lambda: json.loads('[' * n), lambda: ast.literal_eval('[' * 9000 + ']' * 9000), lambda: re.compile('(' * n + ')' * n), lambda: pickle.loads(b'(' * n + b't' * n + b'.'), lambda: copy.deepcopy(l), lambda: repr(l), lambda: eval('-' * 5000 + '1')):\n    l = []\n    for _ in range(n): l = [l]\n    try: deep()\n    except (RecursionError, MemoryError, ValueError, SyntaxError): pass\n", ("pass", "crash", "exception"), seconds=10),
        Case(632, "a number of ten million digits", in_backward("import sys; sys.set_int_max_str_digits(0); str(10 ** 10**7)"), ("timeout",)),
        Case(633, "unpacks a bomb", in_backward("import zlib, lzma, bz2\n    z = zlib.compress(bytes(10**8))\n    d = zlib.decompressobj(); out = [zlib.decompress(z) for _ in range(99)]"), ("memory", "timeout"), seconds=10),
        Case(634, "keys that collide", in_backward("{k * (2**61 - 1): 0 for k in range(10**6)}"), ("timeout",)),
        Case(635, "six hundred thousand lines", "x=1\n" * 600_000 + GOOD, ("pass", "timeout", "memory"), seconds=6),
        Case(636, "a line of four megabytes", source, ("pass",), seconds=6),
        Case(637, "folded by the compiler", "x = " + "+".join(["(1 << 9999) * 3"] * 9999) + "\n" + GOOD, ("pass", "timeout", "memory", "exception", "crash", "syntax"), seconds=3),
        Case(640, "rot13", b"# coding: rot13\nvzcbeg ahzcl\n", ("syntax",), True),
        Case(641, "a codec that is none", b"# coding: undefined\nx = 1\n", ("syntax",)),
        Case(642, "idna", b"# coding: idna\n" + b"x = 1\xff\n", ("syntax",)),
        Case(643, "punycode", b"# coding: punycode\n\xff\xff", ("syntax",)),
        Case(644, "zlib as a coding", b"# coding: zlib_codec\nx = 1\n", ("syntax",)),
        Case(645, "utf-7", b"# coding: utf-7\n" + GOOD.replace("+", "+-").encode(), ("pass", "syntax")),
        Case(646, "utf-16", GOOD.encode("utf-16"), ("syntax",)),
        Case(647, "letters that look like others", GOOD.replace("def backward", "def \uff42ackward"), ("pass",)),
        Case(648, "print without brackets, and worse", b"print 'a'\n'''never closed\nx = (\n", ("syntax",)),
        Case(649, "print without brackets, other blanks", b"if 1:\n\tprint 'a'\n        print 'b'\n  x\n", ("syntax",)),
        Case(650, "notebook of other things", b'{"cells": [{"cell_type": "code", "source": [1, null, {}]}, 7]}', ("syntax",), file="student.ipynb"),
        Case(651, "notebook too deep", b'{"cells": ' + b"[" * 10**6, ("syntax", "memory", "crash"), file="student.ipynb"),
        Case(652, "notebook of many cells", b'{"cells": [' + b",".join([b'{"cell_type": "code", "source": "%x"}'] * 100_000) + b"]}", ("missing-function", "timeout", "memory"), seconds=6, file="student.ipynb"),
    ]  # fmt: skip
