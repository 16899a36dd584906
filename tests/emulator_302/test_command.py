"""`python -m emulator_302` says what a program needs to use it, and ends when it is told to."""

import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

import emulator_302
from core_302 import Client, ImageRequest, Settings


@contextmanager
def emulator(*options):
    """Run the command as a shell runs it in the background: with Ctrl-C ignored."""
    command = [sys.executable, "-m", "emulator_302", "--port", "0", *options]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # which the child inherits
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        try:
            said = ""
            while "Stop: Ctrl-C" not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
            yield process, said
        finally:
            process.kill()


def test_the_variables_that_it_prints_are_all_that_a_program_needs():
    with emulator() as (_, said):
        variables = dict(re.findall(r"export (\w+)=(\S+)", said))
        with Client(Settings.from_env(variables)) as client:
            made = client.generate_image(
                ImageRequest(prompt="a lighthouse", model="302ai-flux-schnell-t2i")
            )
            assert client.download(made.images[0].link).width == 1024


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_it_ends_by_either_signal_and_says_so(name):
    with emulator() as (process, _):
        process.send_signal(getattr(signal, name))
        rest, _ = process.communicate(timeout=60)
    assert rest.endswith("Stopped.\n")
    assert process.returncode == 0


def test_it_begins_as_its_options_say(tmp_path):
    script = tmp_path / "script.json"
    script.write_text('{"scripts": [{"when": "refund", "answers": ["Refunded."]}]}')
    options = ["--script", str(script), "--strict", "--balance", "2", "--seed", "1"]
    with emulator(*options) as (_, said):
        gateway = emulator_302.connect(re.search(r"http://127\S+:\d+", said)[0])
        assert (gateway.strict, gateway.balance) == (True, 2)
        assert len(gateway.leftovers()) == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--script", "nowhere.json"], "Cannot read the file: [Errno 2]"),
        (["--script", __file__], "Cannot start: "),
        (["--upstream", "http://127.0.0.1:9"], "Cannot start: --upstream, --mode and --file-host"),
        (["--mode", "all"], "Cannot start: --upstream, --mode and --file-host need --record DIR"),
        (["--file-host", "a.example"], "Cannot start: --upstream, --mode and --file-host need"),
        (["--record", "a", "--replay", "b"], "Cannot start: --record and --replay are for two"),
        (["--record", "a"], "Cannot start: --record needs --upstream, such as https://"),
        (["--host", "192.0.2.1"], "Cannot listen on 192.0.2.1, port 8302"),
        (["--port", "70000"], "Cannot listen on 127.0.0.1, port 70000"),
    ],
)
def test_what_it_cannot_begin_with_is_said_in_a_line(options, says):
    command = [sys.executable, "-m", "emulator_302", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(says)
    assert len(done.stderr.splitlines()) == 1
