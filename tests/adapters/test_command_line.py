"""Every command as a script calls it: its JSON, its exit status, its one line a fault."""

import json
import os
import subprocess
import sys

import pytest

from adapters import checkup, commands
from adapters.__main__ import main
from tests.free_port import free_port

pytestmark = pytest.mark.front_door


def stagedoor(*arguments, folder, stdin="", **environment):
    """Run the real program in a folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "adapters", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONUTF8": "1",
            "XDG_DATA_HOME": str(folder / "data"),
            **environment,
        },
    )


@pytest.fixture
def run(capsys, monkeypatch, tmp_path, directory):
    """Run a command in this process and return its exit status, output and errors.

    The directory is the one every test has; the real program, below, reads its own.
    """
    for module in (commands, checkup):
        monkeypatch.setattr(module, "load", lambda: directory)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'cli.sqlite3'}")

    def run(*arguments):
        status = main(arguments)
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def test_place_json(run):
    status, out, _ = run("place", "ドイツ", "--json")
    assert status == 0
    assert json.loads(out) == {
        "text": "ドイツ",
        "ambiguous": False,
        "places": [
            {
                "code": "DE",
                "country": "DE",
                "kind": "country",
                "name": "Germany",
                "label": "Germany",
                "timezone": "Europe/Berlin",
            }
        ],
    }


def test_place_says_when_a_name_is_shared_or_none(run):
    status, out, _ = run("place", "Congo", "--json")
    assert (status, json.loads(out)["ambiguous"]) == (0, True)
    status, out, _ = run("place", "narnia", "--json")
    assert (status, json.loads(out)["places"]) == (1, [])


def test_lines_json(run):
    arguments = ["lines", "Germany", "--language", "de", "--at", "2026-11-22T21:00:00+01:00"]
    status, out, _ = run(*arguments, "--json")
    told = json.loads(out)
    assert status == 0
    assert list(told) == ["place", "at", "emergency", "services"]
    assert told["place"]["code"] == "DE"
    assert told["at"] == "2026-11-22T21:00:00+01:00"
    assert told["emergency"] == [{"number": "112", "services": ["all"]}]
    first = told["services"][0]
    assert first["id"] == "de-telefonseelsorge"
    assert first["kind"] == "crisis_line"
    assert first["for_music"] is False
    assert first["languages"] == ["de"]
    assert (first["open_now"], first["opens_at"]) == (True, None)
    assert first["why"][:2] == ["jetzt offen", "spricht Deutsch"]
    assert first["contacts"][0] == {
        "kind": "phone",
        "value": "116 123",
        "dial": "116123",
        "tel": "tel:116123;phone-context=+49",
        "reach": "in_country",
        "works": True,
        "keyword": None,
        "extension": None,
    }
    assert first["contacts"][1]["dial"] == "08001110111"
    assert (first["sources"], first["newest_source"], first["checked"]) == (5, "2026-08-08", None)


def test_lines_knows_another_countrys_sim(run):
    _, out, _ = run("lines", "DE", "--sim", "us", "--json")
    contacts = json.loads(out)["services"][0]["contacts"]
    assert [contact["works"] for contact in contacts if contact["kind"] == "phone"] == [False] * 3
    assert [contact["works"] for contact in contacts if contact["kind"] == "chat"] == [True]


def test_lines_takes_a_topic_and_a_limit(run):
    _, out, _ = run("lines", "DE", "--topic", "youth", "--limit", "2", "--json")
    services = json.loads(out)["services"]
    assert len(services) == 2
    assert any(service["id"].endswith("kinder-und-jugendtel") for service in services)


@pytest.mark.parametrize("at", ["noon", "2026-11-22T21:00:00"])
def test_lines_refuses_a_time_without_offset(run, at):
    status, _, err = run("lines", "DE", "--at", at)
    assert status == 2
    assert err.startswith("stagedoor: --at")


def test_lines_of_nowhere_is_no(run):
    status, out, err = run("lines", "narnia")
    assert (status, out) == (1, "")
    assert "names no place" in err


def test_check_json(run):
    status, out, _ = run("check", "ich will nicht mehr leben", "--json")
    assert status == 0
    assert json.loads(out) == {
        "level": 2,
        "kind": "ideation",
        "language": "de",
        "rule": "de.want_death.1",
        "third_person": False,
    }


def test_check_of_everyday_words_is_no(run):
    status, out, _ = run("check", "load-in at ten", "--json")
    assert status == 1
    assert json.loads(out) == {
        "level": 0, "kind": "none", "language": None, "rule": None, "third_person": False,
    }  # fmt: skip


def test_check_explains_its_rules_and_gates(run):
    _, out, _ = run("check", "i would never kill myself", "--json", "--explain")
    assert any("negated" in hit["gates"] for hit in json.loads(out)["hits"])


def test_card_json(run):
    status, out, _ = run("card", "Germany", "--language", "de", "--level", "3", "--json")
    told = json.loads(out)
    assert status == 0
    assert list(told) == ["level", "language", "text", "choices", "emergency", "services"]
    assert (told["level"], told["language"]) == (3, "de")
    assert told["text"].startswith("112")
    assert told["emergency"] == [{"number": "112", "services": ["all"]}]
    assert {"label": "Schreiben statt anrufen", "token": "crisis.text:DE"} in told["choices"]


def test_card_without_a_place_assumes_none(run):
    _, out, _ = run("card", "--json")
    told = json.loads(out)
    assert (told["emergency"], told["services"]) == ([], [])
    assert told["text"].startswith("112")


def test_card_in_a_language_without_one_is_wrong_use(run):
    status, _, err = run("card", "--language", "xx")
    assert status == 2
    assert "en, es, fr, de" in err


def test_every_card_of_a_language_is_one_page_with_who_reviewed_it(run):
    status, out, _ = run("card", "--all", "--language", "pl")
    assert status == 0
    assert out.startswith("Crisis wording, pl, hash ")
    assert "not yet reviewed by a clinician or a native speaker" in out
    assert "== card: level 3, imminent, PL" in out
    assert "== after the card: friend" in out
    assert "profile.about: " in out


def test_cards_are_counted_and_small_counts_hidden(run, tmp_path):
    assert run("db", "upgrade")[0] == 0
    assert run("counts")[:2] == (1, "")
    url = f"sqlite:///{tmp_path / 'cli.sqlite3'}"
    stagedoor("chat", folder=tmp_path, stdin="quiero morir\n" * 2, DATABASE_URL=url)
    status, out, _ = run("counts")
    assert status == 0
    assert out.split()[1:] == ["level", "2", "es", "<5"]
    told = json.loads(run("counts", "--json")[1])
    assert [row["count"] for row in told["cards"]] == ["<5"]


def test_guide_json(run):
    status, out, _ = run("guide", "can't slepe on the bus", "--json")
    told = json.loads(out)
    assert status == 0
    assert told["snippets"][0]["id"] == "sleep-jetlag"
    assert told["snippets"][0]["sources"]
    assert run("guide", "qwertyuiop")[0] == 1


def test_directory_validate(run):
    status, out, _ = run("directory", "validate")
    assert status == 0
    assert "369 services shown of 552" in out


def test_db_upgrade_and_check(run):
    status, _, err = run("db", "check")
    assert status == 2
    assert "stagedoor db upgrade" in err
    assert run("db", "upgrade")[0] == 0
    assert run("db", "check")[0] == 0


@pytest.fixture
def nobody(monkeypatch):
    """Platforms that nobody serves."""
    url = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("TELEGRAM_API_URL", url)
    monkeypatch.setenv("DISCORD_API_URL", url)


@pytest.mark.usefixtures("nobody")
def test_doctor_json(run, monkeypatch):
    monkeypatch.setenv("OPERATOR_NAME", "Example Trust")
    monkeypatch.setenv("TELEGRAM_TOKEN", "123456:" + "secret" * 6)
    monkeypatch.setenv("DISCORD_TOKEN", "secret" * 6)
    status, out, _ = run("doctor", "--json")
    findings = {finding["name"]: finding for finding in json.loads(out)["findings"]}
    assert status == 0
    assert findings["OPERATOR_NAME"]["state"] == "ok"
    assert findings["OPERATOR_CONTACT"]["state"] == "missing"
    assert findings["DATABASE_URL"]["state"] == "ok"
    assert findings["telegram"] == {
        "name": "telegram",
        "state": "unasked",
        "told": "Telegram could not be asked; run doctor again where it can be reached",
    }
    assert findings["discord"]["state"] == "unasked"
    assert findings["SMTP_URL"]["state"] == "missing"
    assert "secret" not in out


def test_doctor_makes_nothing(run, tmp_path):
    run("doctor")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("nobody")
def test_doctor_says_whether_pictures_go_on(run, monkeypatch):
    _, out, _ = run("doctor")
    assert "ok       RELAY_MEDIA: off: words alone go to the team" in out
    monkeypatch.setenv("RELAY_MEDIA", "on")
    _, out, _ = run("doctor")
    assert "ok       RELAY_MEDIA: on: pictures and voice messages go to the team after a yes" in out


@pytest.mark.usefixtures("nobody")
def test_doctor_says_what_would_listen(run, monkeypatch):
    _, out, _ = run("doctor")
    assert "ok       web: stagedoor run web listens on port 8080: /healthz, /readyz\n" in out
    assert "missing  metrics: METRICS_PORT is unset" in out
    port, metrics = free_port(), free_port()
    monkeypatch.setenv("TELEGRAM_TOKEN", "123456:" + "secret" * 6)
    monkeypatch.setenv("TELEGRAM_WEBHOOK_URL", "https://bot.example/hook")
    monkeypatch.setenv("PORT", str(port))
    monkeypatch.setenv("METRICS_PORT", str(metrics))
    _, out, _ = run("doctor")
    assert f"listens on port {port}: /healthz, /readyz, Telegram's pushes" in out
    assert f"metrics: stagedoor run tells them at http://127.0.0.1:{metrics}/metrics" in out


def test_doctor_finds_what_is_wrong(run, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("SECRET_KEYS", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    status, out, _ = run("doctor")
    assert status == 1
    assert "wrong    DATABASE_URL" in out


def test_run_says_honestly_what_there_is(run):
    for platforms, told in (
        (["telegram"], "TELEGRAM_TOKEN: missing"),
        (["discord"], "DISCORD_TOKEN: missing"),
        ([], "no platform is configured"),
    ):
        status, _, err = run("run", *platforms)
        assert status == 2
        assert told in err


def test_wrong_settings_are_told_all_at_once(run, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://x")
    monkeypatch.setenv("LOG_LEVEL", "loud")
    status, _, err = run("chat")
    assert status == 2
    assert [line.split(": ")[1] for line in err.splitlines()] == ["DATABASE_URL", "LOG_LEVEL"]


@pytest.mark.parametrize("command", [[], ["place"], ["lines"], ["chat"], ["db"], ["directory"]])
def test_help_is_everywhere_with_an_example(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([*command, "--help"])
    told = capsys.readouterr().out
    assert caught.value.code == 0
    assert "Example: stagedoor" in told or "{" in told or "COMMAND" in told


def test_jsonl_answers_line_by_line(tmp_path):
    asked = '{"text": "Germany"}\n{"text": "Alemania", "language": "es"}\n'
    done = stagedoor("place", "--jsonl", folder=tmp_path, stdin=asked)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["places"][0]["code"] for row in rows] == ["DE", "DE"]
    done = stagedoor(
        "check", "--jsonl", folder=tmp_path, stdin='{"text": "quiero morir"}\nnonsense\n'
    )
    assert json.loads(done.stdout)["level"] == 2
    assert done.returncode == 2
    assert done.stderr.startswith("stagedoor: line 2 of the input")


def test_a_newer_database_is_refused_with_one_line(tmp_path):
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    assert stagedoor("db", "upgrade", folder=tmp_path, DATABASE_URL=url).returncode == 0
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        "c.execute(\"UPDATE alembic_version SET version_num = '9999'\"); c.commit()"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "x.sqlite3")], check=True)
    done = stagedoor("chat", folder=tmp_path, stdin="hello\n", DATABASE_URL=url)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "newer version" in done.stderr


def test_the_text_checked_is_written_nowhere(tmp_path):
    stagedoor("check", "swordfish quiero morir", folder=tmp_path, LOG_LEVEL="DEBUG")
    assert not any(b"swordfish" in f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
