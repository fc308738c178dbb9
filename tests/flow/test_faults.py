"""A few rounds of what `python -m bench faults` does a hundred times."""

from pathlib import Path

import pytest

from bench import faults


@pytest.mark.parametrize(("harm", "rounds"), [(faults.kill_server, 3), (faults.kill_engine, 3)])
def test_every_acknowledged_span_is_there_exactly_once(harm, rounds: int, tmp_path: Path):
    verdict = faults.under_fire(rounds, harm, tmp_path / "data")
    assert verdict.acknowledged > 50, "the test sent too little to mean anything"
    assert (verdict.lost, verdict.doubled) == (0, 0), verdict
