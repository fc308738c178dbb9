import random

from spool.killed_writer import kill_rounds


def test_a_killed_writer_has_lost_nothing_that_it_acknowledged(tmp_path):
    assert kill_rounds(tmp_path, rounds=4, chance=random.Random(7)) > 20
