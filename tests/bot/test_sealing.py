import stat

import pytest

from bot.errors import SettingsError
from bot.sealing import Keys, key_beside
from tests.key import KEY

NEW = "bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5MTI="


def test_an_address_has_one_name_under_one_key():
    keys = Keys([KEY])
    assert keys.pseudonyms("console:ana") == keys.pseudonyms("console:ana")
    assert keys.pseudonyms("console:ana") != keys.pseudonyms("console:bob")
    assert b"ana" not in keys.pseudonyms("console:ana")[0]


def test_rotation_keeps_what_was_known_and_sealed():
    old, both = Keys([KEY]), Keys([NEW, KEY])
    assert old.pseudonyms("a")[0] in both.pseudonyms("a")
    assert both.pseudonyms("a")[0] == Keys([NEW]).pseudonyms("a")[0]
    assert both.open(old.seal("words")) == "words"


@pytest.mark.parametrize("keys", [[], ["short"], [KEY, "!"]])
def test_a_bad_key_is_told_with_its_mend_and_not_itself(keys):
    with pytest.raises(SettingsError) as caught:
        Keys(keys)
    assert "SECRET_KEYS" in str(caught.value)
    assert "short" not in str(caught.value).replace("short key", "")


def test_the_key_beside_the_database_is_private_and_stays(tmp_path):
    database = tmp_path / "data" / "x.sqlite3"
    key = key_beside(database)
    assert key == key_beside(database)
    file = tmp_path / "data" / "x.sqlite3.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_garbled_key_file_is_told(tmp_path):
    (tmp_path / "x.sqlite3.key").write_text("nonsense")
    with pytest.raises(SettingsError, match="holds no key"):
        key_beside(tmp_path / "x.sqlite3")
