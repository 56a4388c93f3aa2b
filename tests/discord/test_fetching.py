"""Pictures and voice messages on Discord: read by their message, fetched from the service alone."""

import pytest

from bot.errors import Unfit
from bot.messages import MediaKind
from tests.cases import files
from tests.discord.driver import DiscordDriver

pytestmark = pytest.mark.cases

LIMIT = 10_000_000


class Fetching(DiscordDriver):
    """The adapter in hand, with what it read last."""

    def platform_of(self, settings):
        self.adapter = super().platform_of(settings)
        return self.adapter

    async def handle(self, incoming, send):
        self.read = incoming
        await super().handle(incoming, send)

    async def sends(self, *attachments, text=""):
        number = self.peer.says(self.chat, text, attachments=attachments)
        await self.settled(number)
        return number

    async def fetch(self, media):
        return await self.adapter.fetch(self.read.address, media.reference, LIMIT)


@pytest.fixture
async def bot(tmp_path, books):
    driver = await Fetching.open(tmp_path, books)
    yield driver
    await driver.close()


@pytest.fixture
def peer(bot):
    return bot.peer


def picture(peer, name="gate.jpg", **more):
    url = f"http://127.0.0.1:{peer.port}/attachments/{name}"
    told = {"filename": name, "content_type": "image/jpeg", "url": url, "proxy_url": url}
    return told | more


def voice(**more):
    told = {"filename": "voice-message.ogg", "content_type": "audio/ogg", "waveform": "AAAA"}
    return told | {"duration_secs": 3.5} | more


async def test_what_the_team_may_get_is_read_with_its_size(bot, peer):
    await bot.sends(picture(peer), voice(), {"filename": "rider.pdf"})
    assert [media.kind for media in bot.read.media] == [
        MediaKind.PICTURE,
        MediaKind.VOICE,
        MediaKind.OTHER,
    ]
    assert [media.size for media in bot.read.media] == [1000] * 3
    assert bot.read.media[1].seconds == 3.5
    assert not any("gate" in media.reference for media in bot.read.media)


async def test_words_beside_a_picture_are_its_text(bot, peer):
    await bot.sends(picture(peer), text="our van")
    assert (bot.read.text, bot.read.attachment, len(bot.read.media)) == ("our van", None, 1)


async def test_other_files_are_nothing_for_the_team(bot):
    await bot.sends({"filename": "rider.pdf"}, {"filename": "a.mp3", "content_type": "audio/mpeg"})
    assert bot.read.media == ()


async def test_an_edit_offers_nothing_again(bot, peer):
    number = await bot.sends(picture(peer), text="our wan")
    peer.edits(bot.chat, number, "our van")
    await bot.settled(number)
    assert (bot.read.text, bot.read.media) == ("our van", ())


async def test_a_file_is_fetched_from_the_service(bot, peer):
    peer.files["gate.jpg"] = files.photo()
    await bot.sends(picture(peer))
    assert await bot.fetch(bot.read.media[0]) == files.photo()


async def test_what_is_gone_is_told(bot, peer):
    await bot.sends(picture(peer))
    with pytest.raises(Unfit):
        await bot.fetch(bot.read.media[0])
    number = await bot.sends(picture(peer))
    peer.remove(next(one for one in peer._all() if one.id == number))
    with pytest.raises(Unfit):
        await bot.fetch(bot.read.media[0])


async def test_what_is_larger_than_it_may_be_is_not_read_to_its_end(bot, peer):
    peer.files["gate.jpg"] = bytes(LIMIT + 1)
    await bot.sends(picture(peer))
    with pytest.raises(Unfit):
        await bot.fetch(bot.read.media[0])


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/attachments/x", "https://example.org/x", "file:///etc/passwd"]
)
async def test_no_other_host_is_asked(bot, peer, url):
    """Seen red with the address taken as it is told."""
    await bot.sends(picture(peer, url=url, proxy_url=url))
    with pytest.raises(Unfit):
        await bot.fetch(bot.read.media[0])
