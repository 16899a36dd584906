"""Beside 302.AI's own command-line tool: its modules and its command are whole."""

import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

from ai302.api import http_client
from ai302.cli import app

assert http_client.DEFAULT_BASE_URL
assert callable(app.main)
tool = distribution(sys.argv[2])
for file in tool.files or ():
    assert Path(str(tool.locate_file(file))).exists(), file
(command,) = tool.entry_points.select(group="console_scripts")
script = Path(sys.executable).parent / command.name
shown = subprocess.run([script, "--help"], capture_output=True, text=True, check=True)
assert "Usage" in shown.stdout, shown.stdout
