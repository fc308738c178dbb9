"""What customers upload: short screen recordings, and one that was cut off by a bad line."""

from collections.abc import Sequence
from pathlib import Path

from trivet.demo.ffmpeg import record

NOTES = (220, 330, 440)  # Hz, one for each recording
SECONDS = 2


def make(directory: Path) -> Sequence[bytes]:
    """The broken one first. Takes half a second."""
    whole = [record(directory / f"recording-{note}.mp4", SECONDS, note) for note in NOTES]
    return [whole[0][: len(whole[0]) // 3], *whole]
