"""`python -m emulator_302` says what a program needs to use it, and that is enough."""

import re
import signal
import subprocess
import sys

from core_302 import Client, ImageRequest, Settings


def test_the_variables_that_it_prints_are_all_that_a_program_needs():
    command = [sys.executable, "-m", "emulator_302", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        said = ""
        while "Stop: Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        variables = dict(re.findall(r"export (\w+)=(\S+)", said))
        with Client(Settings.from_env(variables)) as client:
            made = client.generate_image(
                ImageRequest(prompt="a lighthouse", model="302ai-flux-schnell-t2i")
            )
            assert client.download(made.images[0].link).width == 1024
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
    assert "Stopped." in rest
    assert process.returncode == 0
