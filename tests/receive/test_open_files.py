"""How many connections a process takes, by the files that it may have open."""

import subprocess
import sys

import pytest

ROOM = """
import resource, sys
soft, hard, wanted = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
from trivet.receive.open_files import room_for
print(room_for(wanted), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("limits", "wanted", "room", "soft_after"),
    [
        ((1024, 1024), 500, 500, 1024),
        ((300, 2000), 1000, 1000, 1256),
        ((300, 1000), 10_000, 744, 1000),
        ((100, 100), 10_000, 50, 100),
    ],
)
def test_as_many_as_fit_beside_what_the_server_needs(limits, wanted, room, soft_after):
    command = [sys.executable, "-c", ROOM, *map(str, (*limits, wanted))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.stdout.split() == [str(room), str(soft_after), str(limits[1])], done.stderr
    assert ("max_connections" in done.stderr) == (room < wanted)
