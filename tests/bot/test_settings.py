import pytest

from bot.errors import SettingsError
from bot.settings import read_settings


def test_nothing_set_is_the_embedded_database():
    settings = read_settings({})
    assert settings.is_sqlite
    assert settings.sqlite_path.name == "stagedoor.sqlite3"
    assert settings.operator.name is None


def test_blank_counts_as_missing():
    assert read_settings({"OPERATOR_NAME": "  ", "DATABASE_URL": ""}).operator.name is None


def test_every_fault_is_told_at_once_with_its_name_and_mend():
    with pytest.raises(SettingsError) as caught:
        read_settings(
            {
                "DATABASE_URL": "mysql://x",
                "PRIVACY_URL": "example",
                "TERMS_URL": "ftp://example.org",
                "LOG_LEVEL": "LOUD",
                "LOG_FORMAT": "xml",
            }
        )
    names = [fault.partition(":")[0] for fault in caught.value.faults]
    assert names == ["DATABASE_URL", "PRIVACY_URL", "TERMS_URL", "LOG_LEVEL", "LOG_FORMAT"]
    assert all("; give" in fault or "not one of" in fault for fault in caught.value.faults)


@pytest.mark.parametrize("url", ["sqlite://x", "sqlite:///", "sqlite:x.db", "x.db"])
def test_a_database_url_that_names_no_file_is_a_fault(url):
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        read_settings({"DATABASE_URL": url})


def test_postgres_needs_keys_that_outlive_the_machine():
    with pytest.raises(SettingsError, match="SECRET_KEYS"):
        read_settings({"DATABASE_URL": "postgres://u:p@h/d"})


def test_a_password_is_never_told():
    with pytest.raises(SettingsError) as caught:
        read_settings({"DATABASE_URL": "postgres://u:swordfish@h/d"})
    assert "swordfish" not in str(caught.value)


def test_discords_shards_are_some_of_how_many():
    settings = read_settings({"DISCORD_TOKEN": "x" * 30, "DISCORD_SHARDS": "0,1/4"}).discord
    assert (settings.shards, settings.shard_count) == ((0, 1), 4)
    for wrong in ("4/4", "0", "0,1", "a/2", "0/"):
        with pytest.raises(SettingsError, match="DISCORD_SHARDS"):
            read_settings({"DISCORD_TOKEN": "x" * 30, "DISCORD_SHARDS": wrong})


def test_discords_addresses_are_untouched_unless_set():
    settings = read_settings({"DISCORD_TOKEN": "x" * 30}).discord
    assert (settings.api_url, settings.gateway_url, settings.shard_count) == (None, None, None)
