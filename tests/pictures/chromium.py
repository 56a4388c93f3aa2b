"""A page as a picture, by Debian's chromium without a window."""

import io
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

WINDOW = (600, 2400)
"""Larger than any page; what is left over is transparent and cut off."""

SCALE = 2
COLOURS = 128
"""Enough for text on plain grounds; the files are a third as large."""


def program() -> str | None:
    """Return the browser's path, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def screenshot(page: str) -> bytes:
    """Return a page as PNG, cut to what it shows."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.png"
        source.write_text(page, encoding="utf-8")
        subprocess.run(
            _command(source, target, folder), check=True, capture_output=True, timeout=60
        )
        with Image.open(target) as whole:
            return _as_png(whole.convert("RGBA"))


def _command(source: Path, target: Path, folder: str) -> list[str]:
    return [
        program(),
        "--headless=new",
        # Root has no sandbox, and the page is our own.
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--hide-scrollbars",
        "--default-background-color=00000000",
        f"--force-device-scale-factor={SCALE}",
        f"--window-size={WINDOW[0]},{WINDOW[1]}",
        f"--user-data-dir={folder}/profile",
        f"--screenshot={target}",
        source.as_uri(),
    ]


def _as_png(whole: Image.Image) -> bytes:
    cut = whole.crop(whole.getchannel("A").getbbox())
    ground = Image.new("RGB", cut.size, "white")
    ground.paste(cut, mask=cut.getchannel("A"))
    written = io.BytesIO()
    ground.quantize(COLOURS).save(written, format="PNG", optimize=True)
    return written.getvalue()
