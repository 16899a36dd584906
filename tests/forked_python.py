"""A stand-in for `python` that has imported the frameworks before, for tests that start programs.

To import both takes four seconds of CPU, and most programs of the cookbook do little besides. One
process imports them, and each program runs in a fork of it, with the environment, the folder and
the streams of the command that asked for it, whose signals it gets and whose code it gives. What a
program is told by `sys` is what Python would tell it. Where there is no fork, `PYTHON` is Python.

`python -I -S tests/forked_python.py SOCKET [-m MODULE | PROGRAM] ...` is the command.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[1])
READY = b"ready\n"


def ask(address, arguments):
    """Let the process behind a socket run a program; return its code."""
    with socket.socket(socket.AF_UNIX) as asked:
        asked.connect(address)
        command = {"arguments": arguments, "folder": str(Path.cwd()), "environment": {**os.environ}}
        told = json.dumps(command).encode()
        socket.send_fds(asked, [len(told).to_bytes(4, "big")], [0, 1, 2])
        asked.sendall(told)
        said = asked.makefile()
        program = int(said.readline())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda number, _: os.kill(program, number))
        return int(said.readline())


def serve(address, modules):
    """Import modules, then run what is asked for until the asker's end of standard input."""
    for module in modules:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        os.write(1, READY)
        while 0 not in select.select([listening, 0], [], [])[0]:
            asked, _ = listening.accept()
            if not os.fork():
                listening.close()
                _run(asked)
            asked.close()
            _reap()
    _reap(0)


def _reap(how=os.WNOHANG):
    """Take leave of the programs that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, how)[0]:
            pass


def _run(asked):
    """Run the program that was asked for, tell its code, and end."""
    length, streams, _, _ = socket.recv_fds(asked, 4, 3)
    told = json.loads(asked.makefile("rb").read(int.from_bytes(length, "big")))
    program = os.fork()
    if program:

        def end_with_the_asker():
            if not asked.recv(1):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(program, signal.SIGKILL)

        for stream in streams:
            os.close(stream)
        asked.sendall(b"%d\n" % program)
        threading.Thread(target=end_with_the_asker, daemon=True).start()
        _, status = os.waitpid(program, 0)
        with contextlib.suppress(OSError):
            asked.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    asked.close()
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    os.environ.clear()
    # A kernel would end because it is no child of Jupyter's.
    os.environ.update({k: v for k, v in told["environment"].items() if k != "JPY_PARENT_PID"})
    os.chdir(told["folder"])
    _become(told["arguments"])


def _become(arguments):
    """Run a module or a program as Python would, to its end."""
    paths = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    sys.path[1:1] = [path for path in paths if path not in sys.path[1:]]
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        sys.path[0] = str(Path.cwd())
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path[0] = str(Path(arguments[0]).resolve().parent)
        runpy.run_path(arguments[0], run_name="__main__")
    sys.exit()


@contextlib.contextmanager
def python(*modules):
    """Yield the beginning of a command that runs programs in forks which know the modules."""
    if not hasattr(os, "fork"):
        yield [sys.executable]
        return
    known = {k: v for k, v in os.environ.items() if not k.startswith("AI302_")}
    with tempfile.TemporaryDirectory() as folder:
        address = str(Path(folder, "socket"))
        command = [sys.executable, "-m", "tests.forked_python", address, *modules]
        with subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=known
        ) as server:
            assert server.stdout.readline() == READY
            yield [sys.executable, "-I", "-S", str(Path(__file__).resolve()), address]
            server.stdin.close()


if __name__ == "__main__":
    if sys.flags.isolated:
        sys.exit(ask(sys.argv[1], sys.argv[2:]))
    serve(sys.argv[1], sys.argv[2:])
