"""A real ffmpeg out of a Python package: renditions, thumbnails, and the recordings that customers upload."""

import asyncio
import subprocess
from pathlib import Path

import imageio_ffmpeg

QUIET = ("-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-threads", "1")


class BadVideo(Exception):
    """ffmpeg cannot read it; what it said."""


async def run(*arguments: str) -> None:
    """One run of the `ffmpeg` that is on the path, to its end."""
    process = await asyncio.create_subprocess_exec("ffmpeg", *QUIET, *arguments, stderr=asyncio.subprocess.PIPE)
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    if process.returncode:
        last = said.decode(errors="replace").strip().splitlines()[-1:]
        raise BadVideo(f"ffmpeg ended with {process.returncode}: {''.join(last)}")


def install(directory: Path) -> Path:
    """A directory with `ffmpeg` in it, under that name."""
    directory.mkdir()
    (directory / "ffmpeg").symlink_to(imageio_ffmpeg.get_ffmpeg_exe())
    return directory


def record(path: Path, seconds: int, note: int) -> bytes:
    """A screen recording: moving test bars, and a tone."""
    picture = f"testsrc2=size=640x360:rate=12:duration={seconds}"
    tone = f"sine=frequency={note}:duration={seconds}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *QUIET, "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone]
    encoding = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "35", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run([*command, *encoding, str(path)], check=True)
    return path.read_bytes()
