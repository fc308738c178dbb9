"""Where the browser is: the system's, else the one that npm carries, made ready beside its lock file."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent / "browser"
TOOLS = Path(__file__).parent.parent.parent / ".venv" / "bin"
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


@dataclass(frozen=True)
class Chromium:
    path: str
    environment: dict[str, str] = field(default_factory=dict)


def find_chromium() -> Chromium:
    for name in NAMES:
        if path := shutil.which(name):
            return Chromium(path, dict(os.environ))
    return npm_chromium()


def npm_chromium() -> Chromium:
    """Installs and unpacks once; some 290 MB, under node_modules."""
    environment = {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}"}
    modules, unpacked = HERE / "node_modules", HERE / "node_modules" / ".unpacked"
    if not modules.exists():
        subprocess.run(["npm", "ci", "--silent"], cwd=HERE, env=environment, check=True)
    unpacked.mkdir(exist_ok=True)
    # The package unpacks its libraries only where it believes to be in the cloud that it was made for.
    there = {**environment, "TMPDIR": str(unpacked), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x"}
    told = subprocess.run(["node", "path.js"], cwd=HERE, env=there, check=True, capture_output=True, text=True)
    fonts = unpacked / "fonts.conf"
    fonts.write_text(FONTS.format(fonts=modules / "dejavu-fonts-ttf" / "ttf", cache=unpacked / "fontcache"))
    libraries = str(unpacked / "al2023" / "lib")
    return Chromium(told.stdout.strip(), {**os.environ, "LD_LIBRARY_PATH": libraries, "FONTCONFIG_FILE": str(fonts)})
