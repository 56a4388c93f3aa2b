"""Bad data is refused by file and line, all faults at once."""

import shutil
from pathlib import Path

import pytest

import directory
from directory.errors import DirectoryError
from directory.reading import load

DATA = Path(directory.__file__).parent / "data"


@pytest.fixture
def room(tmp_path):
    shutil.copytree(DATA, tmp_path / "data")
    for file in (tmp_path / "data" / "countries").glob("*.toml"):
        if file.stem not in {"DE", "CA"}:
            file.unlink()
    return tmp_path / "data"


def faults(room):
    with pytest.raises(DirectoryError) as caught:
        load(room)
    return caught.value.faults


def change(room, name, old, new):
    file = room / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    changed = file.read_text(encoding="utf-8")
    return changed[: changed.index(new)].count("\n") + 1


GERMANY = "countries/DE.toml"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "crisis_line"', 'kind = "crisisline"', "kind 'crisisline' is not one of"),
        ('hours = "24/7"', 'hours = "whenever"', "need a timezone"),
        ('hours = "Mo-Sa 14:00-20:00"', 'hours = "Mo-Sa 14"', "are not OSM opening_hours"),
        ('timezone = "Europe/Berlin"\nlanguages', 'timezone = "Berlin"\nlanguages', "Berlin"),
        ('cost = "free"', 'cost = "gratis"', "cost 'gratis' is not one of"),
        ('audience = ["anyone"]', 'audience = ["all"]', "audience 'all' is not one of"),
        ('"findahelpline-2023"', '"nobody-2023"', "no source is called 'nobody-2023'"),
        ('serves = "Anyone in Germany"', 'servs = "x"', "nothing is called 'servs' here"),
        ('value = "116 123"', 'value = "call us"', "'call us' cannot be dialled"),
        ('id = "de-muslimisches-seelsorgetelefon-mutes"', 'id = "de-telefonseelsorge"', "is taken"),
        ('number = "110"', 'number = "one"', "'one' cannot be dialled"),
        ('code = "DE"', 'code = "UK"', "code 'UK' does not belong in DE.toml"),
    ],
)
def test_a_fault_is_told_with_its_file(room, old, new, told):
    change(room, GERMANY, old, new)
    found = [fault for fault in faults(room) if told in fault]
    assert found
    assert found[0].startswith("DE.toml:")


def test_a_fault_is_told_with_its_line(room):
    line = change(room, GERMANY, 'cost = "free"', 'cost = "gratis"')
    assert faults(room)[0].startswith(f"DE.toml:{line}: cost 'gratis'")


def test_what_is_not_toml_is_told_with_its_line(room):
    line = change(room, GERMANY, 'cost = "free"', "cost = free")
    assert faults(room)[0].startswith(f"DE.toml:{line}: this is not TOML")


def test_a_superseded_number_fails_in_the_country_it_is_dead_in(room):
    change(room, "countries/CA.toml", 'value = "988"', 'value = "1-833-456-4566"')
    assert any("is superseded in CA" in fault for fault in faults(room))


def test_the_same_digits_may_be_alive_elsewhere(room):
    assert "116123" in (room / "superseded.toml").read_text(encoding="utf-8").replace(" ", "")
    assert load(room).countries["DE"].services[0].contacts[0].dial == "116123"


def test_every_fault_is_told_at_once(room):
    change(room, GERMANY, 'cost = "free"', 'cost = "gratis"')
    change(room, GERMANY, 'value = "116 123"', 'value = "call us"')
    change(room, "international.toml", "facts = ", "fact = ")
    change(room, "guide/panic.toml", "title = ", "titel = ")
    assert {fault.partition(":")[0] for fault in faults(room)} == {
        "DE.toml", "international.toml", "panic.toml",
    }  # fmt: skip


def test_a_lost_file_is_a_fault(room):
    (room / "sources.toml").unlink()
    assert any(fault.startswith("sources.toml:1: cannot be read") for fault in faults(room))
