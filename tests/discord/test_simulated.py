"""The adapter in `simcord`, a model of Discord that others wrote: who sees what, and may what."""

from contextlib import asynccontextmanager

import discord
import pytest
import simcord

from adapters.discord.calls import Lanes
from adapters.discord.commands import write_commands
from adapters.discord.listening import Listener
from adapters.discord.showing import WRITE
from bot.profile import profiles
from bot.settings import DiscordSettings
from tests.stage import Stage

pytestmark = pytest.mark.platforms


@asynccontextmanager
async def simulated(tmp_path, books):
    """The bot on one server, a channel in it, and Alice, who is a member."""
    stage = await Stage.open(tmp_path, books)
    settings = DiscordSettings(token="x" * 30, shards=(0,), shard_count=1)
    listener = Listener(
        stage.app, stage.staff_desk, settings, suggestions=books.suggestions, hints=()
    )
    async with simcord.run(listener) as env:
        listener.lanes = Lanes(listener.http, listener.http)
        known = profiles(books.voices, books.wordings)
        await write_commands(listener.lanes, listener.application_id, known)
        guild = env.create_guild()
        channel = guild.create_text_channel("load-in")
        alice = guild.add_member(env.create_user("alice"))
        yield env, channel, alice
    await stage.close()


def custom_ids(message):
    return [part["custom_id"] for row in message.components for part in row["components"]]


async def test_a_talk_with_a_person_goes_on_in_private(tmp_path, books):
    async with simulated(tmp_path, books) as (_env, channel, alice):
        result = await alice.slash(channel, "talk")
        assert result.response.ephemeral
        assert result.response.content == "I wrote to you in our private messages."
        assert "These people do answer." in alice.user.dm_channel.history()[0].content


async def test_a_manager_puts_a_poster_up(tmp_path, books):
    async with simulated(tmp_path, books) as (env, channel, alice):
        managers = channel.guild.create_role(
            "Managers", permissions=discord.Permissions(manage_guild=True)
        )
        mona = channel.guild.add_member(env.create_user("mona"), roles=[managers])
        result = await mona.slash(channel, "stagedoor settings")
        await mona.click(result.response, custom_id="room:poster")
        (poster,) = channel.history(viewer=alice)
        assert poster.content.startswith("I answer in private, whatever it is")
        assert "stagedoor settings" in mona.available_commands(channel)
        assert "stagedoor settings" not in alice.available_commands(channel)


async def test_a_command_on_a_server_is_answered_for_its_sender_alone(tmp_path, books):
    async with simulated(tmp_path, books) as (env, channel, alice):
        bob = channel.guild.add_member(env.create_user("bob"))
        for command, given in (("lines", {"place": "Hamburg"}), ("crisis", {}), ("guide", {})):
            result = await alice.slash(channel, command, **given)
            assert result.acknowledged
            assert result.response.ephemeral
        assert channel.history(viewer=bob) == []


async def test_a_place_is_completed_while_it_is_typed(tmp_path, books):
    async with simulated(tmp_path, books) as (_env, channel, alice):
        choices = await alice.autocomplete(channel, "lines", "place", "ham")
        assert choices[0] == {"name": "Hamburg, Germany", "value": "Hamburg, Germany"}
        assert len(choices) <= 25


async def test_a_press_changes_the_answer_in_place(tmp_path, books):
    async with simulated(tmp_path, books) as (_env, channel, alice):
        result = await alice.slash(channel, "lines", place="Hamburg")
        assert "menu" in custom_ids(result.response)
        pressed = await alice.click(result.response, custom_id="menu")
        assert pressed.response.id == result.response.id
        assert pressed.response.content.startswith("What would help?")


async def test_words_are_written_into_a_field_where_nobody_else_reads_them(tmp_path, books):
    async with simulated(tmp_path, books) as (_env, channel, alice):
        result = await alice.slash(channel, "guide")
        opened = await alice.click(result.response, custom_id=WRITE)
        answered = await alice.submit_modal(opened, {WRITE: "quiero morir, estoy en Alemania"})
        said = [answered.response, *answered.followups]
        assert any("112" in message.content for message in said if message)
        assert all(message.ephemeral for message in said if message)


async def test_words_written_directly_are_answered_and_the_card_is_pinned(tmp_path, books):
    async with simulated(tmp_path, books) as (_env, _channel, alice):
        await alice.send_dm("i want to die, i'm in Germany")
        talk = alice.user.dm_channel
        (card,) = talk.pinned_messages()
        assert card.content.startswith("112")
