"""What every platform adapter is."""

from typing import Protocol


class Platform(Protocol):
    """A place where people write to us, served until it is told to stop."""

    name: str
    """As in addresses and settings: "telegram", "discord", "console"."""

    async def serve(self) -> None:
        """Take messages and answer them until there are no more, or this is cancelled."""
