"""Take every picture of docs/pictures anew: `python -m tests.pictures`. Needs chromium."""

import asyncio
import sys
import tempfile
from pathlib import Path

from bot.crisis.ages import Ages
from bot.crisis.detect import Detector
from bot.crisis.wording import read_wordings
from bot.voice import read_voices
from directory.reading import load
from tests.pictures.chromium import program, screenshot
from tests.pictures.exchange import RECORD, read_pictures, recorded
from tests.pictures.looks import page
from tests.stage import Books

HEAD = (
    "# What each picture shows, as a hash of its exchange; `python -m tests.pictures` writes it.\n"
)


def main() -> int:
    if program() is None:
        print("chromium is not here; on Debian: apt install chromium", file=sys.stderr)
        return 2
    books = Books(
        directory=load(),
        detector=Detector.load(),
        ages=Ages.load(),
        wordings=read_wordings(),
        voices=read_voices(),
    )
    hashes = [f'{picture.name} = "{_taken(picture, books)}"\n' for picture in read_pictures()]
    RECORD.write_text(HEAD + "".join(hashes), encoding="utf-8")
    return 0


def _taken(picture, books: Books) -> str:
    with tempfile.TemporaryDirectory() as folder:
        exchange = asyncio.run(recorded(picture, Path(folder), books))
    picture.file.parent.mkdir(parents=True, exist_ok=True)
    picture.file.write_bytes(screenshot(page(picture.platform, exchange)))
    print(picture.file)
    return exchange.hash


if __name__ == "__main__":
    sys.exit(main())
