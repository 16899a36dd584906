"""The server's program, which polls tasks without a pause: tests wait for nothing."""

import sys

from core_302 import PollPolicy
from mcp_302.__main__ import main

sys.exit(main(polling=PollPolicy(first_wait=0.0)))
