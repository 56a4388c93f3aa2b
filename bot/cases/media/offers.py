"""Pictures and voice messages that wait for a yes: what the platform finds them by, sealed."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from bot.messages import Media, MediaKind
from bot.sealing import Keys
from bot.tables import media_offer

STAYS: Final = timedelta(hours=1)
"""How long an offer waits for its person."""


class Offers:
    """Reads and writes offers on one connection."""

    def __init__(self, connection: Connection, keys: Keys, *, now: datetime):
        self._connection = connection
        self._keys = keys
        self._now = now

    def add(self, case_id: int, key: str, *, source: str, media: Sequence[Media]) -> None:
        """Keep what one message offered; the same message offers nothing twice."""
        known = select(media_offer.c.source).where(media_offer.c.case_id == case_id)
        sources = set(self._connection.execute(known).scalars())
        for number, one in enumerate(media, start=1):
            named = f"{source}|{number}"
            if named not in sources:
                values = {"case_id": case_id, "source": named, "offer": key}
                sealed = self._keys.seal(as_json(one))
                self._connection.execute(
                    insert(media_offer).values(**values, media=sealed, offered_at=self._now)
                )

    def of(self, case_id: int, key: str) -> list[tuple[str, Media]]:
        """Return what waits under one question, with the source of each, in the order it came."""
        rows = self._connection.execute(
            select(media_offer)
            .where(*_asked(case_id, key), media_offer.c.offered_at > self._now - STAYS)
            .order_by(media_offer.c.offered_at, media_offer.c.source)
        )
        return [(row.source, from_json(self._keys.open(row.media))) for row in rows]

    def drop(self, case_id: int, key: str) -> None:
        """Erase what was decided."""
        self._connection.execute(delete(media_offer).where(*_asked(case_id, key)))

    def drop_case(self, case_id: int) -> None:
        """Erase all that waits in a case."""
        self._connection.execute(delete(media_offer).where(media_offer.c.case_id == case_id))


def drop_old(connection: Connection, *, now: datetime) -> None:
    """Erase what nobody decided within an hour."""
    connection.execute(delete(media_offer).where(media_offer.c.offered_at <= now - STAYS))


def as_json(media: Media) -> str:
    """Return the form that is sealed."""
    return json.dumps({"kind": media.kind, "reference": media.reference})


def from_json(kept: str) -> Media:
    """Return what was sealed."""
    told = json.loads(kept)
    return Media(kind=MediaKind(told["kind"]), reference=told["reference"])


def _asked(case_id: int, key: str) -> tuple[ColumnElement[bool], ...]:
    return (media_offer.c.case_id == case_id, media_offer.c.offer == key)
