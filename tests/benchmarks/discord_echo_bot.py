"""The measure of Discord's figures: the library's own bare echo bot, as its docs show it.

`python -m tests.benchmarks.discord_echo_bot API_URL GATEWAY_URL TOKEN [defers]`: with "defers" an
interaction is acknowledged first and answered then.
"""

import logging
import sys
import warnings

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Button(discord.ui.View):
    """One button that outlives restarts."""

    def __init__(self, *, defers):
        super().__init__(timeout=None)
        self._defers = defers

    @discord.ui.button(label="x", custom_id="x")
    async def pressed(self, interaction, _button):
        text = f"x {interaction.id}"
        if self._defers:
            await interaction.response.defer()
            await interaction.edit_original_response(content=text, view=self)
        else:
            await interaction.response.edit_message(content=text, view=self)


class Echo(discord.Client):
    """Says what it is told, with a button under it."""

    def __init__(self, *, defers):
        super().__init__(intents=discord.Intents(dm_messages=True))
        self.defers = defers
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self):
        self.button = Button(defers=self.defers)
        self.add_view(self.button)
        self.tree.add_command(lines)
        await self.tree.sync()

    async def on_message(self, message):
        if message.author != self.user:
            await message.channel.send(message.content, view=self.button)


@app_commands.command(description="Lines near you")
async def lines(interaction: discord.Interaction, place: str) -> None:
    bot = interaction.client
    if bot.defers:
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(content=place, view=bot.button)
    else:
        await interaction.response.send_message(place, view=bot.button, ephemeral=True)


def main():
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    api_url, gateway_url, token, *defers = sys.argv[1:]
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    Echo(defers=bool(defers)).run(token, log_handler=None)


if __name__ == "__main__":
    main()
