import pytest

from bot.settings import Operator
from bot.team import Team
from directory.hours import read_hours
from tests.mail.peer import MailPeer, certificate
from tests.stage import Stage

CARE, LEAD = "email:care@example.org", "email:lead@example.org"
ROOM = "console:room"


@pytest.fixture(scope="session")
def tls(tmp_path_factory):
    """A server's context, and one that trusts it."""
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
async def peer():
    async with MailPeer() as peer:
        yield peer


@pytest.fixture
async def stage(tmp_path, books):
    stage = await Stage.open(
        tmp_path,
        books,
        team=Team(
            steps=((ROOM, CARE), (LEAD,)),
            hours=read_hours("Mo-Fr 09:00-17:00", timezone="Europe/Berlin", country=""),
        ),
        operator=Operator(name="Example Trust", contact="help@example.org"),
    )
    yield stage
    await stage.close()
