"""Every file of our distributions is there as it was built, and belongs to no other one.

Given the folder of the built wheels, then the modules that must not be found, then `--`, then the
distributions that are installed.
"""

import hashlib
import sys
import zipfile
from collections import Counter
from importlib.metadata import distribution, distributions
from importlib.util import find_spec
from pathlib import Path

wheels, *more = sys.argv[1:]
absent, ours = more[: more.index("--")], more[more.index("--") + 1 :]

for name in ours:
    installed = distribution(name)
    (wheel,) = Path(wheels).glob(f"{name.replace('-', '_')}-{installed.version}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for file in archive.infolist():
            if ".dist-info/" not in file.filename:
                there = Path(str(installed.locate_file(file.filename)))
                built = hashlib.sha256(archive.read(file)).digest()
                assert hashlib.sha256(there.read_bytes()).digest() == built, there

owners = Counter(str(file) for one in distributions() for file in one.files or ())
shared = [str(f) for name in ours for f in distribution(name).files or () if owners[str(f)] > 1]
assert shared == [], shared
found = [name for name in absent if find_spec(name)]
assert found == [], found
