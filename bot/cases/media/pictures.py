"""Pictures made anew from their points alone, so that nothing that is told in a file goes along."""

import logging
import struct
from io import BytesIO
from typing import Final

from PIL import Image

from bot.errors import Unfit

KINDS: Final = ("JPEG", "PNG", "WEBP")
"""The formats that are read, and no other decoder is tried."""

MAX_POINTS: Final = 50_000_000
"""Points of a picture that is decoded: a phone's largest, and 200 MB. More is a bomb."""

LONG_SIDE: Final = 2_048
"""Points of the longer side of what goes on."""

QUALITY: Final = 85

ORIENTATION: Final = 0x0112
"""Where a file tells how the camera was held. CIPA DC-008 (Exif), 4.6.4."""

TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets a picture upright, by what its file tells of how the camera was held."""

logging.getLogger("PIL").setLevel(logging.CRITICAL + 1)  # It logs what it finds in a file.
Image.MAX_IMAGE_PIXELS = None  # We count ourselves: the library warns first and refuses twice that.


def picture(content: bytes) -> bytes:
    """Return a picture as a JPEG with nothing in it but its points, the right side up.

    Raises:
        Unfit: it is no picture of these formats, or too large to be decoded.
    """
    try:
        _hold_webp(content)
        return _made_anew(content)
    except Unfit:
        raise
    except Exception as error:
        raise Unfit("it cannot be decoded") from error


def _made_anew(content: bytes) -> bytes:
    with Image.open(BytesIO(content), formats=KINDS) as opened:
        if opened.width * opened.height > MAX_POINTS:
            raise Unfit("it has too many points")
        opened.draft("RGB", (LONG_SIDE, LONG_SIDE))
        turn = TURNS.get(_orientation(opened))
        opened.thumbnail((LONG_SIDE, LONG_SIDE))
        clear = opened.has_transparency_data
        points = opened.convert("RGBA" if clear else "RGB")
        if turn is not None:
            points = points.transpose(turn)
    # A new picture: the old one carries what its file told, and its encoder would write it again.
    made = Image.new("RGB", points.size, "white")
    made.paste(points, mask=points if clear else None)
    written = BytesIO()
    made.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def _orientation(opened: Image.Image) -> int:
    """Return how the camera was held, 0 where what is told of it cannot be read."""
    try:
        told = opened.getexif().get(ORIENTATION)
    except Exception:  # noqa: BLE001 - whatever stands there, the points can be seen
        return 0
    return told if isinstance(told, int) else 0


def _hold_webp(content: bytes) -> None:
    """Refuse a bomb before the decoder is asked: this one makes room for all points at once."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return
    match content[12:16]:
        case b"VP8X":
            width = 1 + int.from_bytes(content[24:27], "little")
            height = 1 + int.from_bytes(content[27:30], "little")
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", content, 21)
            width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case _:
            width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", content, 26))
    if width * height > MAX_POINTS:
        raise Unfit("it has too many points")
