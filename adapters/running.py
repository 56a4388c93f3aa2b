"""What `stagedoor run` runs: the one list of platforms, and the parts a process is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from adapters import assembly
from adapters.health import Health
from adapters.platform import Platform, until_stopped
from adapters.supervisor import Part, Supervisor
from bot.app import App, Parts
from bot.errors import SettingsError
from bot.settings import DEFAULT_PORT, Settings

if TYPE_CHECKING:
    from adapters.heartbeat import Heartbeat
    from adapters.web import Site

Build = Callable[[App, Parts, Settings, "Site | None"], Platform]

WEB: Final = "web"
"""What the web server is called beside the platforms."""

MAIL: Final = "email"
"""What mail to the team is called there, and begins its addresses."""

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A platform: whether it is configured, what is missing where it is not, how it is made.

    `pushed` is whether it is reached through the web server, which is then given to `build`.
    `build` is called for each start; the `App` outlives them all.
    """

    name: str
    configured: Callable[[Settings], bool]
    missing: str
    build: Build
    pushed: Callable[[Settings], bool] = lambda _found: False


KINDS: Final = (
    Kind(
        name="telegram",
        configured=lambda found: found.telegram is not None,
        missing="TELEGRAM_TOKEN: missing; BotFather on Telegram gives one",
        build=assembly.telegram,
        pushed=lambda found: found.pushed,
    ),
    Kind(
        name="discord",
        configured=lambda found: found.discord is not None,
        missing="DISCORD_TOKEN: missing; Discord's developer portal gives one",
        build=assembly.discord,
    ),
)
"""Every platform there is: a new one is listed here and nowhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one process runs: these platforms, and whether the web server."""

    kinds: tuple[Kind, ...]
    web: bool


def plan(found: Settings, named: Sequence[str]) -> Plan:
    """Return what to run: what is named, or all that is configured.

    The web server comes with whatever is pushed to us, and brings it along: that is what it is
    for. Without names it comes where `PORT` is set, too.

    Raises:
        SettingsError: a name is unknown, or what it needs is missing.
    """
    kinds = tuple(kind for kind in KINDS if _wanted(kind, found, named))
    faults = [_unknown(name) for name in named if name not in (WEB, *(k.name for k in KINDS))]
    faults += [kind.missing for kind in kinds if not kind.configured(found)]
    if not named and not kinds:
        faults.append(
            "no platform is configured; set TELEGRAM_TOKEN or DISCORD_TOKEN, "
            "or run stagedoor chat for the whole bot in a terminal"
        )
    if faults:
        raise SettingsError(faults)
    pushed = any(kind.pushed(found) for kind in kinds)
    return Plan(
        kinds=kinds,
        web=pushed or WEB in named or (not named and found.port is not None),
    )


async def run(found: Settings, planned: Plan) -> None:
    """Run it until the process is told to stop."""
    store = await assembly.prepared_store(found)
    try:
        made = assembly.parts(found, store)
        await assembly.learn_outages(made)
        await until_stopped(supervisor(found, planned, made))
    finally:
        await store.close()


def supervisor(found: Settings, planned: Plan, made: Parts) -> Supervisor:
    """Return all parts of the process, kept running."""
    parts: list[Part] = []
    watching = Supervisor(parts)
    health = Health(made.store, watching.states)
    site = _site(found, health) if planned.web else None
    for kind in planned.kinds:
        through = site if kind.pushed(found) else None
        build = partial(kind.build, App(made), made, found, through)
        parts.append(Part(name=kind.name, build=build))
    if made.team.addresses and planned.kinds:
        carriers = {kind.name: watching.carrier(kind.name) for kind in planned.kinds}
        fetchers = {kind.name: watching.fetcher(kind.name) for kind in planned.kinds}
        if made.team.mailed:
            carriers[MAIL] = watching.carrier(MAIL)
            parts.append(Part(name=MAIL, build=lambda: assembly.mailing(found), beside=True))
        rounds = assembly.rounds(made, carriers, fetchers, watching.ailing)
        parts.append(Part(name=rounds.name, build=lambda: rounds, beside=True))
    if site is not None:
        # Its health alone is worth serving where nothing else is asked for.
        parts.append(Part(name=WEB, build=lambda: site, beside=bool(planned.kinds)))
    if found.heartbeat_url is not None:
        heartbeat = _heartbeat(found.heartbeat_url, health, made)
        parts.append(Part(name=heartbeat.name, build=lambda: heartbeat, beside=True))
    if found.metrics_port is not None:
        metrics = _metrics(found.metrics_port, health, made)
        parts.append(Part(name=metrics.name, build=lambda: metrics, beside=True))
    return watching


def _wanted(kind: Kind, found: Settings, named: Sequence[str]) -> bool:
    if kind.name in named:
        return True
    return kind.configured(found) and (not named or (WEB in named and kind.pushed(found)))


def _unknown(name: str) -> str:
    return f"{name!r} is nothing to run; give {', '.join((*(kind.name for kind in KINDS), WEB))}"


def _site(found: Settings, health: Health) -> "Site":
    # Where nothing listens, no web server is loaded: it costs memory and start-up time.
    from adapters.pages import front  # noqa: PLC0415 - see above

    address = urlsplit(found.telegram.webhook_url or "" if found.telegram else "")
    host = "127.0.0.1" if address.hostname in LOOPBACK else None
    return front(health, host=host, port=found.port or DEFAULT_PORT)


def _metrics(port: int, health: Health, made: Parts) -> "Site":
    from adapters.pages import metrics  # noqa: PLC0415 - as above

    return metrics(health, made.measures, made.store, made.clock, port=port)


def _heartbeat(url: str, health: Health, made: Parts) -> "Heartbeat":
    from adapters.heartbeat import Heartbeat  # noqa: PLC0415 - as above

    return Heartbeat(url, health, made.store, made.clock)
