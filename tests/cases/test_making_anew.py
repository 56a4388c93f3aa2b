"""Pictures and voice messages made anew: nothing goes along that tells of anybody."""

from io import BytesIO

import pytest
from PIL import Image

from bot.cases.media.ogg import checksum, voice
from bot.cases.media.pictures import picture
from bot.errors import Unfit
from tests.cases import files
from tests.cases.files import TRACE

pytestmark = pytest.mark.cases


def opened(content):
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_keeps_its_points_alone_and_stands_upright(kind):
    """Seen red with the picture saved as it was opened, its EXIF and comment with it."""
    given = files.photo(kind=kind)
    assert TRACE.encode() in given or kind == "PNG"  # PNG packs what it tells.
    made = picture(given)
    assert TRACE.encode() not in made
    shown = opened(made)
    assert (shown.format, shown.size) == ("JPEG", (40, 60))
    assert dict(shown.getexif()) == {}
    assert not shown.info.keys() - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_large_picture_is_made_smaller():
    assert opened(picture(files.photo((3000, 1500)))).size == (1024, 2048)


def test_what_is_clear_becomes_white():
    made = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(made, "PNG")
    assert opened(picture(made.getvalue())).getpixel((4, 4)) == (255, 255, 255)


def webp_of(width, height):
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + (10).to_bytes(4, "little") + bytes(4) + size
    return b"RIFF" + (4 + len(chunk)).to_bytes(4, "little") + b"WEBP" + chunk


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"swordfish",
        b"GIF89a" + bytes(40),
        files.photo()[:200],
        files.bomb(),
        webp_of(16_384, 16_384),
        b"RIFF\0\0\0\0WEBPVP8X",
    ],
    ids=["nothing", "words", "another kind", "cut off", "bomb", "webp bomb", "cut webp"],
)
def test_what_cannot_be_decoded_is_refused(given):
    """The bombs seen red without the count of points: each took hundreds of megabytes."""
    with pytest.raises(Unfit):
        picture(given)


def test_a_voice_message_keeps_its_sound_alone():
    """Seen red with the page of comments passed on."""
    made = voice(files.voice())
    assert TRACE.encode() not in made
    pages = pages_of(made)
    assert [page[26 + 1 + page[26] :][:8] for page in pages[:2]] == [b"OpusHead", b"OpusTags"]
    for number, page in enumerate(pages):
        assert int.from_bytes(page[18:22], "little") == number
        assert int.from_bytes(page[14:18], "little") == 1
        assert int.from_bytes(page[22:26], "little") == checksum(page[:22] + bytes(4) + page[26:])
    before = [page[26 + 1 + page[26] :] for page in pages_of(files.voice())]
    assert [page[26 + 1 + page[26] :] for page in pages[2:]] == before[2:]
    assert voice(made) == made


def test_comments_over_several_pages_and_what_stands_behind_the_end_are_left_out():
    long = files.tags(padding=1000)
    given = b"".join(
        [
            files.page(0, [files.head()], kind=2),
            files.page(1, [long[:510]], ends=False),
            files.page(2, [long[510:]], kind=1),
            files.page(3, [b"sound"], kind=4, time=960),
            TRACE.encode(),
        ]
    )
    made = voice(given)
    assert TRACE.encode() not in made
    assert len(pages_of(made)) == 3


def pages_of(content):
    return [b"OggS" + part for part in content.split(b"OggS")[1:]]


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"ID3swordfish",
        files.voice()[:-10],
        files.voice(seconds=301),
        files.page(0, [b"\x01vorbis"], kind=2) + files.page(1, [files.tags()]),
        files.page(0, [files.head()], kind=2) + files.page(1, [b"sound"]),
        files.page(0, [files.head()], kind=2) + files.page(1, [files.tags()]),
        files.page(0, [files.head()], kind=2) + files.page(1, [files.tags(), b"sound"]),
        files.voice() + files.voice(),
        files.voice() + files.page(4, [b"x"], stream=5),
        files.page(0, [files.head()[:-1] + b"\1"], kind=2) + files.page(1, [files.tags()]),
    ],
    ids=[
        "nothing", "another container", "cut off", "too long", "another codec", "no comments",
        "no sound", "sound beside comments", "two in a row", "two streams", "many channels",
    ],
)  # fmt: skip
def test_what_is_no_voice_message_is_refused(given):
    with pytest.raises(Unfit):
        voice(given)


def test_a_checksum_is_that_of_the_format():
    """As written down bit by bit in RFC 3533: the polynomial 0x04c11db7, nothing inverted."""
    page, register = files.voice()[:80], 0
    for byte in page:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1) ^ (0x04C11DB7 if register & 0x80000000 else 0)
            register &= 0xFFFFFFFF
    assert checksum(page) == register
