"""Pictures and voice messages made for the tests, with more in them than anybody may see."""

import struct
from io import BytesIO

from PIL import Image

from bot.cases.media.ogg import checksum

TRACE = "swordfish"
"""Stands in every place of a file that tells of it, and nowhere in what staff get."""

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


def photo(size=(60, 40), *, kind="JPEG"):
    """Return a picture that tells where it was taken and by what, and lies on its side."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MAKER] = TRACE
    exif.get_ifd(GPS)[2] = (53.0, 33.0, 7.0)
    exif.get_ifd(GPS)[29] = TRACE
    made = BytesIO()
    told = {"exif": exif, "xmp": f"<x>{TRACE}</x>".encode()}
    if kind == "JPEG":
        told["comment"] = TRACE.encode()
    profile = b"\0" * 36 + b"acsp" + TRACE.encode() + b"\0" * 100
    Image.new("RGB", size, "teal").save(made, kind, icc_profile=profile, **told)
    return made.getvalue()


def bomb():
    """Return a small file with more points than a phone has."""
    made = BytesIO()
    Image.new("1", (20_000, 20_000)).save(made, "PNG")
    return made.getvalue()


def head(channels=1):
    return b"OpusHead" + struct.pack("<BBHIhB", 1, channels, 312, 48_000, 0, 0)


def tags(comment=f"ARTIST={TRACE}", *, padding=0):
    told = comment.encode()
    vendor = f"{TRACE} 1.0".encode()
    return (
        b"OpusTags"
        + struct.pack("<I", len(vendor))
        + vendor
        + struct.pack("<II", 1, len(told))
        + told
        + bytes(padding)
    )


def page(number, packets, *, kind=0, time=0, stream=77, ends=True):
    """Return one page; without `ends` its last packet goes on in the next."""
    lengths = b"".join(bytes([255] * (len(one) // 255) + [len(one) % 255]) for one in packets)
    content = b"".join(packets)
    if not ends:
        lengths = lengths[:-1]
    whole = struct.pack("<4sBBqIIIB", b"OggS", 0, kind, time, stream, number, 0, len(lengths))
    whole += lengths + content
    return whole[:22] + struct.pack("<I", checksum(whole)) + whole[26:]


def voice(*, seconds=3, comment=f"ARTIST={TRACE}"):
    """Return a voice message: what plays it, what tells of it, and two pages of sound."""
    sound = [bytes([120, number]) * 40 for number in range(4)]
    return b"".join(
        [
            page(0, [head()], kind=2),
            page(1, [tags(comment)]),
            page(2, sound[:2], time=960),
            page(3, sound[2:], kind=4, time=seconds * 48_000),
        ]
    )
