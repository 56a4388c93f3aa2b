"""The pictures of docs/pictures show what is said today, and a browser can take them."""

import io
import re

import pytest
from PIL import Image

from tests.pictures.chromium import SCALE, program, screenshot
from tests.pictures.exchange import KEPT, read_pictures, read_record, recorded
from tests.pictures.looks import page

PICTURES = read_pictures()
LARGEST_BYTES = 150_000
README = KEPT.parent.parent / "README.md"

each_picture = pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)


@pytest.mark.browser
@each_picture
async def test_a_kept_picture_shows_what_is_said_today(picture, tmp_path, books):
    """Seen red with a word of the card changed; `python -m tests.pictures` takes them anew."""
    exchange = await recorded(picture, tmp_path, books)
    assert read_record()[picture.name] == exchange.hash


@pytest.mark.browser
@pytest.mark.skipif(program() is None, reason="no chromium here: apt install chromium")
@each_picture
async def test_a_picture_can_be_taken(picture, tmp_path, books):
    exchange = await recorded(picture, tmp_path, books)
    taken = screenshot(page(picture.platform, exchange))
    width, height = Image.open(io.BytesIO(taken)).size
    assert width in (420 * SCALE, 560 * SCALE)
    assert height > width / 2
    assert len(taken) < LARGEST_BYTES


@each_picture
async def test_every_word_and_button_is_on_the_page(picture, tmp_path, books):
    exchange = await recorded(picture, tmp_path, books)
    shown = re.sub(r"<[^>]+>", "", page(picture.platform, exchange))
    for one in exchange.said:
        for words in one.text.split() if one.reply is None else one.reply.text.split():
            assert words in shown
        for choice in one.reply.choices if one.reply else ():
            assert choice.label in shown


@each_picture
def test_a_picture_is_small_and_told_in_words_beside_it(picture):
    assert picture.file.stat().st_size < LARGEST_BYTES
    alt = re.search(
        rf'alt="([^"]+)"[^>]*src="docs/pictures/{picture.name}\.png"', README.read_text()
    )
    assert alt, f"README shows no {picture.name}, or not in words"
    assert len(alt[1]) > 60


def test_no_picture_is_left_over():
    names = {picture.name for picture in PICTURES}
    assert {file.stem for file in KEPT.glob("*.png")} == names
    assert set(read_record()) == names
