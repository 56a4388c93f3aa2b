"""Which platforms a process runs, from what is named and what is configured."""

import pytest

from adapters.running import plan
from bot.errors import SettingsError
from bot.settings import read_settings
from tests.telegram.peer import TOKEN

pytestmark = pytest.mark.platforms

POLLED = {"TELEGRAM_TOKEN": TOKEN}
PUSHED = POLLED | {"TELEGRAM_WEBHOOK_URL": "https://bot.example/hook"}


def planned(environment, *named):
    made = plan(read_settings(environment), named)
    return [*(kind.name for kind in made.kinds), *(["web"] if made.web else [])]


@pytest.mark.parametrize(
    ("environment", "named", "runs"),
    [
        (POLLED, [], ["telegram"]),
        (POLLED, ["telegram"], ["telegram"]),
        (POLLED, ["web"], ["web"]),
        (POLLED, ["web", "telegram"], ["telegram", "web"]),
        (POLLED | {"PORT": "80"}, [], ["telegram", "web"]),
        (POLLED | {"PORT": "80"}, ["telegram"], ["telegram"]),
        (PUSHED, [], ["telegram", "web"]),
        (PUSHED, ["telegram"], ["telegram", "web"]),
        (PUSHED, ["web"], ["telegram", "web"]),
        ({}, ["web"], ["web"]),
    ],
)
def test_what_runs(environment, named, runs):
    assert planned(environment, *named) == runs


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        ([], "no platform is configured"),
        (["telegram"], "TELEGRAM_TOKEN: missing"),
        (["web", "telgram"], "'telgram' is nothing to run; give telegram, discord, web"),
    ],
)
def test_what_is_missing_is_told(named, fault):
    with pytest.raises(SettingsError, match=fault):
        planned({}, *named)
