import gc
from pathlib import Path

import pytest

from bot.crisis import compiled
from bot.crisis.ages import Ages
from bot.crisis.compiled import Compiled
from bot.crisis.compiling import compiled_from_files
from bot.crisis.detect import Detector
from bot.crisis.lexicon import LexiconError, digest
from bot.crisis.wording import read_wordings
from bot.schema import upgrade_schema
from bot.store import open_store
from bot.voice import read_voices
from directory.reading import load
from tests.databases import fresh_database, postgres_server
from tests.stage import Books, Stage


def pytest_addoption(parser):
    parser.addoption(
        "--update-transcripts", action="store_true", help="write what the bot answers now"
    )


def pytest_sessionstart(session):
    """Compile the lexicons once for all the processes the tests start, where they changed."""
    del session
    ready = Path(compiled.__file__).parent / compiled.COMPILED
    if not (ready.exists() and made_from(ready.read_bytes()) == digest()):
        ready.write_bytes(compiled_from_files().to_bytes())


def made_from(content):
    try:
        return Compiled.from_bytes(content).digest
    except LexiconError:  # Of another version of this program.
        return None


@pytest.fixture(scope="session")
def directory():
    return load()


@pytest.fixture(scope="session")
def detector():
    return Detector.load()


@pytest.fixture(scope="session")
def ages():
    return Ages.load()


@pytest.fixture(scope="session")
def wordings():
    return read_wordings()


@pytest.fixture(scope="session")
def voices():
    return read_voices()


@pytest.fixture(scope="session")
def books(directory, detector, ages, wordings, voices):
    books = Books(
        directory=directory, detector=detector, ages=ages, wordings=wordings, voices=voices
    )
    # They stay to the end: to look through them again takes 0.2 s of each full collection.
    gc.collect()
    gc.freeze()
    return books


@pytest.fixture
async def stage(tmp_path, books):
    stage = await Stage.open(tmp_path, books)
    yield stage
    await stage.close()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    with postgres_server(tmp_path_factory.mktemp("postgres")) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database(request, tmp_path):
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite3'}"
    return await fresh_database(request.getfixturevalue("postgres"))


@pytest.fixture
async def store(database):
    store = open_store(database)
    await store.run(upgrade_schema)
    yield store
    await store.close()
