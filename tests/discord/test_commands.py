"""The commands and the description, as the service keeps them."""

import pytest

from adapters.discord.commands import LOCALES, OPTIONS, definitions
from bot.crisis.wording import LANGUAGES, PUBLISHED
from bot.profile import profiles
from tests.discord import limits
from tests.discord.driver import DiscordDriver
from tests.discord.peer import Fault

pytestmark = pytest.mark.platforms

COMMANDS = "/applications/{application_id}/commands"


@pytest.fixture(scope="module")
def commands(voices, wordings):
    return {one["name"]: one for one in definitions(profiles(voices, wordings))}


async def test_commands_are_written_once_and_not_at_every_start(inside, peer):
    """Seen red with a PUT at every start."""
    assert len(peer.made(f"PUT {COMMANDS}")) == 1
    for _ in range(2):
        await inside.restart()
        await peer.until(lambda: len(peer.made("GET /applications/@me")) > 1)
    assert len(peer.made(f"PUT {COMMANDS}")) == 1
    assert len(peer.made("PATCH /applications/@me")) == 1


async def test_a_command_that_changed_is_written(inside, peer):
    """Seen red with names alone compared."""
    peer.commands[1]["options"][0]["description_localizations"]["de"] = "etwas anderes"
    await inside.restart()
    await peer.until(lambda: len(peer.made(f"PUT {COMMANDS}")) == 2)
    told = peer.commands[1]["options"][0]["description_localizations"]
    assert told["de"] == "Eine Stadt oder ein Land"


async def test_a_description_that_changed_is_written(inside, peer):
    peer.profile["description"] = "something else"
    await inside.restart()
    await peer.until(lambda: len(peer.made("PATCH /applications/@me")) == 2)
    assert peer.profile["description"] != "something else"


async def test_a_refused_introduction_stops_nobody(tmp_path, books):
    class Refused(DiscordDriver):
        async def _start(self):
            self.peer.fail(f"PUT {COMMANDS}", Fault("refused", status=403, code=20012))
            self.peer.commands, self.peer.profile = [{"name": "old"}], {"description": "old"}
            await super()._start()

    bot = await Refused.open(tmp_path, books)
    await bot.write("Germany")
    assert "116 123" in bot.said()
    await bot.close()


def test_the_commands_are_those_of_the_promise(commands):
    assert list(commands) == [*OPTIONS, "stagedoor"]
    given = [option["name"] for option in commands["lines"]["options"]]
    assert given == ["place", "language"]
    assert commands["lines"]["options"][0]["autocomplete"]


def test_every_command_has_every_language_and_valid_names(commands):
    limits.commands(list(commands.values()))
    ours = {tag for language in PUBLISHED for tag in LOCALES.get(language, (language,))}
    for command in commands.values():
        assert set(command["name_localizations"]) >= ours
        assert set(command["description_localizations"]) >= ours
    spoken = {tag for language in LANGUAGES for tag in LOCALES.get(language, (language,))}
    assert set(commands["crisis"]["description_localizations"]) == spoken


def test_no_two_commands_have_one_name_in_any_language(commands):
    for locale in limits.LOCALES.split():
        names = [one["name_localizations"].get(locale, one["name"]) for one in commands.values()]
        assert len(set(names)) == len(names), locale


def test_all_but_the_manager_s_are_for_people_everywhere(commands):
    for name, command in commands.items():
        where = (command["integration_types"], command["contexts"])
        assert where == (([0], [0]) if name == "stagedoor" else ([0, 1], [0, 1, 2]))
    assert commands["stagedoor"]["default_member_permissions"] == str(1 << 5)


async def test_the_description_says_what_to_do_if_nobody_answers(inside, books):
    (english, *_) = profiles(books.voices, books.wordings)
    assert inside.peer.profile["description"] == english.description
    assert "112" in english.description
