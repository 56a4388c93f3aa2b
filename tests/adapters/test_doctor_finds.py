"""`stagedoor doctor` against both strict peers: what is planted is found, and the mend is named."""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import insert, text

from adapters import assembly
from adapters.checking import database as checking
from adapters.checkup import checkup
from adapters.telegram import probing
from bot.schema import upgrade_schema
from bot.sealing import Keys
from bot.store import open_store
from bot.tables import staff
from tests.databases import fresh_database
from tests.discord.calls import ROUTES
from tests.discord.peer import APPLICATION_ID, Peer
from tests.discord.peer import TOKEN as DISCORD_TOKEN
from tests.discord.records import FORUM
from tests.free_port import free_port
from tests.key import KEY
from tests.stage import NOON
from tests.telegram.forum import Forum
from tests.telegram.peer import TOKEN, Fault

pytestmark = pytest.mark.staff

ROOT = Path(__file__).parents[2]
GROUP = -1001234500
GUILD = 7 << 22
VIEW, THREADS = 1 << 10, 1 << 35
ALL = VIEW | THREADS | 1 << 6 | 1 << 11 | 1 << 16 | 1 << 34 | 1 << 38
"""https://docs.discord.com/developers/topics/permissions (read 2026-11-25)."""

OTHER_KEY = "bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5MTI="
SECRETS = (TOKEN, DISCORD_TOKEN, KEY, OTHER_KEY)


@dataclass
class Desk:
    """An operator's desk where all is well until something is planted."""

    folder: Path
    patch: pytest.MonkeyPatch
    telegram: Forum
    discord: Peer
    page: Callable[[int], None]

    @property
    def file(self):
        return self.folder / "desk.sqlite3"

    def set(self, **settings):
        for name, value in settings.items():
            self.patch.delenv(name, raising=False)
            if value is not None:
                self.patch.setenv(name, str(value))

    async def work(self, work, url=None):
        store = open_store(url or f"sqlite:///{self.file}")
        try:
            return await store.run(work)
        finally:
            await store.close()


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_told):
        pass


@pytest.fixture
def page():
    server = HTTPServer(("127.0.0.1", 0), Page)
    server.status = 200
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def desk(tmp_path, monkeypatch, page):
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    async with Forum() as telegram, Peer() as discord:
        desk = Desk(
            folder=tmp_path, patch=monkeypatch, telegram=telegram, discord=discord, page=page
        )
        desk.set(
            DATABASE_URL=f"sqlite:///{desk.file}",
            SECRET_KEYS=KEY,
            OPERATOR_NAME="Example Trust",
            OPERATOR_CONTACT="help@example.org",
            TELEGRAM_TOKEN=TOKEN,
            TELEGRAM_API_URL=telegram.url,
            DISCORD_TOKEN=DISCORD_TOKEN,
            DISCORD_API_URL=discord.api_url,
            DISCORD_GATEWAY_URL=discord.gateway_url,
            STAFF_ADDRESSES=f"telegram:{GROUP}",
            STAFF_HOURS="24/7",
        )
        await desk.work(upgrade_schema)
        yield desk
        assert telegram.misshapen == discord.misshapen == []
        sent = [call for call in telegram.calls if not call.method.startswith("get")]
        assert sent == [call for call in discord.calls if not call.route.startswith("GET")] == []


def of(findings, name):
    """Return findings of one thing, or of all whose name begins so where it ends in a colon."""
    if name.endswith(":"):
        return [finding for finding in findings if finding.name.startswith(name)]
    return [finding for finding in findings if finding.name == name]


@pytest.mark.usefixtures("desk")
async def test_where_all_is_well_nothing_is_wrong():
    findings = await checkup()
    assert [finding for finding in findings if finding.state in ("wrong", "unasked")] == []
    (room,) = of(findings, f"telegram:{GROUP}")
    assert (room.state, room.told) == ("ok", "topics can be opened")
    (clock,) = of(findings, "clock")
    assert clock.told == "agrees with Telegram and Discord"


def token_unknown(desk):
    desk.set(TELEGRAM_TOKEN="654321:" + "B" * 35)


def pushed_elsewhere(desk):
    desk.telegram.webhook = {"url": "https://old.example/hook"}


def pushed_to_another_address(desk):
    pushed_elsewhere(desk)
    desk.set(TELEGRAM_WEBHOOK_URL="https://new.example/hook")


def push_fails(desk):
    desk.telegram.webhook = {"url": "https://new.example/hook"}
    desk.telegram.push_failed = "Wrong response from the webhook: 502 Bad Gateway"
    desk.set(TELEGRAM_WEBHOOK_URL="https://new.example/hook")


def pushed_without_tls(desk):
    desk.set(TELEGRAM_WEBHOOK_URL="http://new.example/hook")


def not_in_the_group(desk):
    desk.telegram.outsides.add(GROUP)


def no_topics(desk):
    desk.telegram.plain.add(GROUP)


def no_right(desk):
    desk.telegram.powerless.add(GROUP)


def no_right_to_delete(desk):
    desk.telegram.keeping.add(GROUP)


def privacy_mode(desk):
    desk.telegram.lowly.add(GROUP)


def discord_token_unknown(desk):
    desk.set(DISCORD_TOKEN="C" * 26 + "." + "B" * 6 + "." + "C" * 38)


def commands_go_elsewhere(desk):
    desk.discord.profile["interactions_endpoint_url"] = "https://old.example/interactions"


def too_few_shards(desk):
    desk.discord.shards = 8
    desk.set(DISCORD_SHARDS="0,1/2")


def no_starts_left(desk):
    def exhausted(peer, _call):
        starts = {"total": 1000, "remaining": 0, "reset_after": 7_200_000, "max_concurrency": 1}
        return {"url": peer.gateway_url, "shards": 1, "session_start_limit": starts}

    desk.patch.setitem(ROUTES, "GET /gateway/bot", exhausted)


def staff_channel(desk, kind=FORUM, *, allow=ALL, deny_everybody=True):
    """Make a staff channel whose own rules give us these rights."""
    channel = desk.discord.staff_channel(GUILD, kind)
    hidden = {"id": str(GUILD), "type": 0, "allow": "0", "deny": str(VIEW)}
    ours = {"id": str(APPLICATION_ID), "type": 1, "allow": str(allow), "deny": "0"}
    channel.overwrites = [*([hidden] if deny_everybody else []), ours]
    desk.discord.permissions = VIEW
    desk.set(STAFF_ADDRESSES=f"discord:{channel.id}")
    return channel


def not_in_the_channel(desk):
    staff_channel(desk).ours = False


def a_voice_channel(desk):
    staff_channel(desk, kind=2)


def no_right_to_threads(desk):
    staff_channel(desk, allow=ALL & ~THREADS)


def everybody_sees_the_channel(desk):
    staff_channel(desk, deny_everybody=False)


def shards_share_a_file(desk):
    desk.set(DISCORD_SHARDS="0/2")


def unreachable_database(desk):
    desk.set(DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/none")


def file_is_a_folder(desk):
    desk.set(DATABASE_URL=f"sqlite:///{desk.folder}")


def no_folder_for_the_file(desk):
    desk.set(DATABASE_URL=f"sqlite:///{desk.file}/there/bot.sqlite3")


async def too_new_a_schema(desk):
    await desk.work(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))


async def other_keys(desk):
    row = {"key": b"k" * 32, "name": Keys([OTHER_KEY]).seal("Sam"), "on_shift": False}
    await desk.work(lambda c: c.execute(insert(staff).values(**row, changed_at=NOON)))


def key_file_left_behind(desk):
    desk.set(SECRET_KEYS=None)


def disk_full(desk):
    used = type(shutil.disk_usage("/"))(10**9, 10**9 - 10**6, 10**6)
    desk.patch.setattr(checking.shutil, "disk_usage", lambda _path: used)


def file_far_away(desk):
    mounts = desk.folder / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nnas:/x {desk.folder} nfs4 rw 0 0\n")
    desk.patch.setattr(checking, "MOUNTS", mounts)


def clock_wrong(desk, *, minutes):
    off = assembly.clock() + timedelta(minutes=minutes)
    desk.patch.setattr(assembly, "clock", lambda: off)


def nameless(desk, *, name):
    desk.set(**{name: None})


def hours_without_zone(desk):
    desk.set(STAFF_HOURS="Mo-Fr 09:00-17:00")


def hours_long_past(desk):
    desk.set(STAFF_HOURS="2020 Mo-Fr 09:00-17:00", STAFF_TIMEZONE="Europe/Berlin")


def room_without_a_token(desk):
    desk.set(TELEGRAM_TOKEN=None)


def page_gone(desk):
    desk.page.status = 404
    desk.set(PRIVACY_URL=f"http://127.0.0.1:{desk.page.server_port}/privacy")


def page_without_tls(desk):
    desk.set(TERMS_URL=f"http://127.0.0.1:{desk.page.server_port}/terms")


def nobody_to_stay(desk):
    desk.set(STAY_WITH_ME="on", STAFF_ADDRESSES=None)


def web_port_taken(desk):
    desk.set(PORT=desk.page.server_port)


def metrics_port_taken(desk):
    desk.set(METRICS_PORT=desk.page.server_port)


PLANTED = {
    "a token Telegram does not know": (token_unknown, "TELEGRAM_TOKEN", "BotFather"),
    "a webhook while we poll": (pushed_elsewhere, "telegram", "set TELEGRAM_WEBHOOK_URL"),
    "a webhook elsewhere": (pushed_to_another_address, "TELEGRAM_WEBHOOK_URL", "mend the address"),
    "pushes that fail": (push_fails, "TELEGRAM_WEBHOOK_URL", "pass this address on to PORT"),
    "pushes without TLS": (pushed_without_tls, "TELEGRAM_WEBHOOK_URL", "give https://"),
    "not in the staff group": (not_in_the_group, f"telegram:{GROUP}", "add it there"),
    "a group without topics": (no_topics, f"telegram:{GROUP}", "turn them on"),
    "no right to topics": (no_right, f"telegram:{GROUP}", "give it that right"),
    "no right to delete": (no_right_to_delete, f"telegram:{GROUP}", "erased cases stay there"),
    "privacy mode": (privacy_mode, f"telegram:{GROUP}", "privacy mode keeps notes from it"),
    "a token Discord does not know": (discord_token_unknown, "DISCORD_TOKEN", "reset it"),
    "commands handed elsewhere": (commands_go_elsewhere, "discord", "clear Interactions Endpoint"),
    "not in the staff channel": (not_in_the_channel, "discord:", "let it view it"),
    "a channel of voices": (a_voice_channel, "discord:", "this is no text channel"),
    "no right to threads": (no_right_to_threads, "discord:", "Create Public Threads"),
    "cases for all to see": (everybody_sees_the_channel, "discord:", "deny View Channel"),
    "too few shards": (too_few_shards, "DISCORD_SHARDS", "give it 0/8"),
    "no connection left to begin": (no_starts_left, "discord", "stop it, and wait"),
    "shards on an SQLite file": (shards_share_a_file, "DISCORD_SHARDS", "set DATABASE_URL"),
    "a database nobody serves": (unreachable_database, "DATABASE_URL", "is it running"),
    "a folder for a file": (file_is_a_folder, "DATABASE_URL", "read and write it"),
    "no folder for the file": (no_folder_for_the_file, "DATABASE_URL", "give sqlite:///PATH"),
    "a newer schema": (too_new_a_schema, "DATABASE_URL", "install that version"),
    "keys that open nothing": (other_keys, "SECRET_KEYS", "give the keys that sealed it"),
    "a key file left behind": (key_file_left_behind, "SECRET_KEYS", "bring it back"),
    "a full disk": (disk_full, "disk", "make room"),
    "a file on a network": (file_far_away, "DATABASE_URL", "put it on a disk here"),
    "a clock that is slow": (partial(clock_wrong, minutes=-10), "clock", "NTP"),
    "a clock that is fast": (partial(clock_wrong, minutes=1), "clock", "NTP"),
    "no name": (partial(nameless, name="OPERATOR_NAME"), "OPERATOR_NAME", "set it"),
    "no contact": (partial(nameless, name="OPERATOR_CONTACT"), "OPERATOR_CONTACT", "set it"),
    "hours without a zone": (hours_without_zone, "STAFF_HOURS", "STAFF_TIMEZONE is needed"),
    "hours that never come": (hours_long_past, "STAFF_HOURS", "give Mo-Fr"),
    "a room without a token": (room_without_a_token, "STAFF_ADDRESSES", "TELEGRAM_TOKEN: set it"),
    "a privacy page that is gone": (page_gone, "PRIVACY_URL", "put the page there"),
    "a page without TLS": (page_without_tls, "TERMS_URL", "give https://"),
    "nobody to stay": (nobody_to_stay, "STAY_WITH_ME", "set STAFF_ADDRESSES"),
    "a port taken": (web_port_taken, "PORT", "give another"),
    "a metrics port taken": (metrics_port_taken, "METRICS_PORT", "give another"),
}  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED)
async def test_what_is_planted_is_found_and_the_mend_named(desk, planted):
    plant, name, mend = PLANTED[planted]
    done = plant(desk)
    if asyncio.iscoroutine(done):
        await done
    findings = await checkup()
    told = [finding.told for finding in of(findings, name) if finding.state == "wrong"]
    assert any(mend in one for one in told), findings
    everything = " ".join(finding.told for finding in findings)
    assert not [secret for secret in SECRETS if secret in everything]


async def test_a_staff_channel_that_is_set_up_well_is_said_to_be(desk):
    channel = staff_channel(desk)
    (told,) = of(await checkup(), f"discord:{channel.id}")
    assert (told.state, told.told) == ("ok", "posts can be made")


async def test_who_cannot_be_reached_could_not_be_asked(desk):
    nobody = f"http://127.0.0.1:{free_port()}"
    desk.set(TELEGRAM_API_URL=nobody, DISCORD_API_URL=nobody, PRIVACY_URL=nobody)
    findings = await checkup()
    asked = ("telegram", f"telegram:{GROUP}", "discord", "PRIVACY_URL", "clock")
    assert [of(findings, name)[0].state for name in asked] == ["unasked"] * len(asked)
    assert all("could not be" in of(findings, name)[0].told for name in asked)
    assert [finding for finding in findings if finding.state == "wrong"] == []


async def test_a_platform_that_hangs_is_not_waited_for(desk):
    """Seen red without the time limit."""
    desk.patch.setattr(probing, "PATIENCE", 0.2)
    desk.telegram.fail("getMe", Fault("hang"))
    async with asyncio.timeout(5):
        (finding,) = of(await checkup(), "telegram")
    assert finding.state == "unasked"


async def test_the_exit_status_says_whether_anything_is_wrong(desk):
    assert await status() == 0
    not_in_the_group(desk)
    assert await status() == 1


async def status():
    """Return the exit status of the real program."""
    doctor = (sys.executable, "-m", "adapters", "doctor", "--json")
    process = await asyncio.create_subprocess_exec(
        *doctor, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL
    )
    return await process.wait()


@pytest.mark.postgres
async def test_an_older_schema_is_found_on_postgresql(desk, postgres):
    desk.set(DATABASE_URL=await fresh_database(postgres))
    (finding,) = of(await checkup(), "DATABASE_URL")
    assert finding.state == "wrong"
    assert finding.told.endswith("run: stagedoor db upgrade")
