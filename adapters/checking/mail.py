"""Mail to the team: whether it leaves. The server is asked, and nothing is sent."""

from adapters.checking.finding import Finding, missing, well, wrong
from bot.settings import Settings


async def mail(found: Settings) -> list[Finding]:
    """Return what the mail server says of us and of each address of the team."""
    if found.mail is None:
        return [missing("SMTP_URL", "unset: no mail to the team, nobody is answered by mail")]
    from adapters.mail.probing import faults_of  # noqa: PLC0415 - only where it is asked

    faults = await faults_of(found.mail, found.team.mails)
    return [
        wrong(name, fault) if fault else well(name, "the server takes it")
        for name, fault in faults.items()
    ]
