"""The team: whether cases can open, when it answers, and how its rooms are set up."""

from datetime import datetime

from adapters.checking.finding import Finding, missing, well, wrong
from bot.settings import Settings

TOKENS = {"telegram": "TELEGRAM_TOKEN", "discord": "DISCORD_TOKEN"}
"""What each platform's rooms need."""


def team(found: Settings, now: datetime) -> list[Finding]:
    """Return what the settings alone tell of the team."""
    return [*_rooms(found), *_hours(found, now), *_stay(found), _media(found)]


def _rooms(found: Settings) -> list[Finding]:
    if found.team.mails and not found.team.addresses:
        told = "mail alone: cases need a room to be worked in; add telegram:CHAT or discord:CHANNEL"
        return [wrong("STAFF_ADDRESSES", told)]
    if not found.team.addresses:
        told = "unset: no talks with a team; people are shown who else answers"
        return [missing("STAFF_ADDRESSES", told)]
    there = {"telegram": found.telegram is not None, "discord": found.discord is not None}
    return [
        wrong("STAFF_ADDRESSES", f"{room} needs {TOKENS[platform]}: set it, or take the room out")
        for room in found.team.addresses
        if not there[platform := room.partition(":")[0]]
    ]


def _hours(found: Settings, now: datetime) -> list[Finding]:
    hours = found.team.hours
    if not found.team.addresses:
        return []
    if hours is None:
        return [missing("STAFF_HOURS", "unset: people are promised no time")]
    if not hours.open_at(now) and hours.next_opening(now) is None:
        told = f"{hours.expression!r} never opens again; give Mo-Fr 09:00-13:00,14:00-18:00"
        return [wrong("STAFF_HOURS", told)]
    return [well("STAFF_HOURS", "open now" if hours.open_at(now) else "closed now")]


def _media(found: Settings) -> Finding:
    """Return what becomes of a picture or a voice message in a talk with the team."""
    told = (
        "on: pictures and voice messages go to the team after a yes, made anew without what the "
        "file tells, covered, up to 10 MB and 5 minutes"
        if found.team.media
        else "off: words alone go to the team, and who sends a picture is told so"
    )
    return well("RELAY_MEDIA", told)


def _stay(found: Settings) -> list[Finding]:
    if not found.team.stay or found.team.addresses:
        return []
    told = "on, but there is no team to stay: set STAFF_ADDRESSES, or switch it off"
    return [wrong("STAY_WITH_ME", told)]
