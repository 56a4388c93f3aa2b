"""Carries what the core wants done into one talk on Discord."""

import asyncio
import logging
from itertools import count
from typing import Any, Final

from discord import HTTPException

from adapters.discord.calls import ACKNOWLEDGED, Gone, Lanes
from adapters.discord.reading import Asked, Kind
from adapters.discord.showing import Part, components, modal, texts
from bot.errors import Undeliverable
from bot.messages import (
    Document,
    Edit,
    Intent,
    OpenField,
    Pin,
    Post,
    Privately,
    Remove,
    Reply,
    Sent,
    Unpin,
)

NEW_MESSAGE: Final = 4
DEFERRED_MESSAGE: Final = 5
DEFERRED_CHANGE: Final = 6
CHANGE: Final = 7
MODAL: Final = 9
"""https://discord.com/developers/docs/interactions/receiving-and-responding (read 2026-11-25)."""

NO_PREVIEWS: Final = 1 << 2
EPHEMERAL: Final = 1 << 6
"""https://discord.com/developers/docs/resources/message#message-object-message-flags (as above)."""

CALLBACK: Final = "/interactions/{webhook_id}/{webhook_token}/callback?with_response=true"
ANSWERS: Final = "/webhooks/{webhook_id}/{webhook_token}"
ORIGINAL: Final = f"{ANSWERS}/messages/@original"
MESSAGES: Final = "/channels/{channel_id}/messages"
MESSAGE: Final = f"{MESSAGES}/{{message_id}}"
PINNED: Final = f"{MESSAGES}/pins/{{message_id}}"

PROMPTLY: Final = 0.5
"""Seconds an answer may take before its interaction is acknowledged without it."""

ANSWERED_WITHIN: Final = 3.0
"""Seconds the service waits for the first answer to an interaction (as above)."""

MAX_NONCE: Final = 25
"""https://discord.com/developers/docs/resources/message#create-message (read 2026-11-25)."""

log = logging.getLogger(__name__)


class Talk:
    """One talk, for the time one event is answered.

    What answers an interaction in a room is for its sender's eyes only. In direct messages an
    interaction is acknowledged, and answered like words: the message stays, and can be pinned.
    """

    def __init__(
        self,
        lanes: Lanes,
        *,
        user_id: int,
        channel_id: int | None,
        asked: Asked | None,
        update_id: str,
        pressed: str | None = None,
    ):
        self._lanes = lanes
        self._channel_id = channel_id
        self._user_id = user_id
        self._asked = asked
        self._update_id = update_id
        self._pressed = pressed
        self._numbers = count()
        self._answered = asyncio.Event()
        self._answering = False
        self._lost = False
        self._waits_for_first = False
        if asked is None:
            self._answered.set()

    async def acknowledge(self, *, after: float = PROMPTLY) -> None:
        """Tell the service that the interaction arrived, unless its answer comes promptly.

        One that came too late cannot be told; its answer goes the other way there is.
        """
        if self._asked is not None:
            await asyncio.sleep(after)
            await self._acknowledged(self._asked)

    async def carry_out(self, intent: Intent) -> Sent:
        """Do what the core wants done.

        Raises:
            Undeliverable: the person closed their messages to us, or is gone.
            HTTPException: the service refuses what we sent.
        """
        match intent:
            case Reply():
                return await self._reply(intent)
            case Edit():
                return await self._edit(intent)
            case Pin():
                await self._keep("PUT", intent.message_id)
            case Unpin():
                await self._keep("DELETE", intent.message_id)
            case Remove():
                return await self._remove(intent)
            case Post():
                return await self._post(intent.reply)
            case Privately():
                await self._privately(intent)
        return Sent()

    async def open_field(self, field: OpenField) -> Sent:
        """Open a field to write in: the first answer alone can, so a late one opens none."""
        if self._asked is not None and not self._answering:
            data = modal(field.title, token=field.token, text=field.text)
            await self._call_back(self._asked, {"type": MODAL, "data": data})
        return Sent()

    async def _reply(self, reply: Reply) -> Sent:
        *before, last = bodies(reply, writes=self._alone)
        for body in before:
            await self._say(body, urgent=reply.urgent)
        refines = reply.refines and not before and reply.document is None
        sent = await self._say(last, urgent=reply.urgent, refines=refines, file=reply.document)
        return Sent(message_id=sent["id"] if sent else None)

    async def _acknowledged(self, asked: Asked) -> None:
        """Acknowledge the interaction where that has not begun, and wait until it is done."""
        if not self._answering:
            kind = DEFERRED_MESSAGE if asked.kind is Kind.COMMAND else DEFERRED_CHANGE
            self._waits_for_first = kind == DEFERRED_MESSAGE
            body: Part = {"type": kind}
            if asked.alone and kind == DEFERRED_MESSAGE:
                body["data"] = {"flags": EPHEMERAL}
            await self._call_back(asked, body)
        await self._answered.wait()

    async def _say(
        self,
        body: Part,
        *,
        urgent: bool,
        refines: bool = False,
        file: Document | None = None,
    ) -> Any:
        """Send one message where this talk goes on, and return it as the service has it."""
        asked = self._asked
        if asked is None:
            return await self._direct(body, urgent=urgent, file=file)
        if file is not None:
            await self._acknowledged(asked)
        if not self._answering:
            # One request is the answer and the acknowledgement: nothing is faster.
            changes = refines and asked.on_message
            kind = CHANGE if changes else NEW_MESSAGE
            sent = await self._call_back(asked, {"type": kind, "data": self._for_eyes(body)})
            if sent is not None:
                return _message_of(sent)
        await self._answered.wait()
        if self._lost:
            return await self._direct(body, urgent=urgent, file=file)
        try:
            if (refines and asked.on_message) or self._waits_for_first:
                self._waits_for_first = False
                return await self._at(asked, "PATCH", ORIGINAL, body, urgent=urgent, file=file)
            if asked.alone:
                return await self._at(
                    asked,
                    "POST",
                    f"{ANSWERS}?wait=true",
                    self._for_eyes(body),
                    urgent=urgent,
                    file=file,
                )
        except Gone:
            log.info("discord: an answer came too late for its press; it is sent as a message")
        return await self._direct(body, urgent=urgent, file=file)

    async def _direct(self, body: Part, *, urgent: bool, file: Document | None = None) -> Any:
        """Send into the direct messages, opened where they are not."""
        if self._alone or self._channel_id is None:
            recipient: Part = {"recipient_id": str(self._user_id)}
            opened = await self._lanes.call("POST", "/users/@me/channels", recipient, urgent=urgent)
            channel_id = int(opened["id"])
        else:
            channel_id = self._channel_id
        nonce = f"{self._update_id}.{next(self._numbers)}"[-MAX_NONCE:]
        return await self._lanes.call(
            "POST",
            MESSAGES,
            body | {"nonce": nonce, "enforce_nonce": True},
            urgent=urgent,
            file=file,
            channel_id=channel_id,
        )

    async def _edit(self, edit: Edit) -> Sent:
        """Show a reply in place of a message; where that cannot be, under it."""
        parts = texts(edit.reply)
        body = _body(parts[0], components(edit.reply, writes=self._alone))
        if len(parts) == 1:
            try:
                await self._changed(edit.message_id, body, urgent=edit.reply.urgent)
            except (Gone, HTTPException):
                log.info("discord: a message could not be changed; it is sent anew")
            else:
                return Sent(message_id=edit.message_id)
        return await self._reply(edit.reply)

    async def _changed(self, message_id: str, body: Part, *, urgent: bool) -> None:
        asked = self._asked
        if asked is not None and asked.alone:
            await self._acknowledged(asked)
            path = f"{ANSWERS}/messages/{{message_id}}"
            await self._at(asked, "PATCH", path, body, urgent=urgent, message_id=message_id)
        else:
            await self._in_channel("PATCH", MESSAGE, body, urgent=urgent, message_id=message_id)

    async def _keep(self, method: str, message_id: str) -> None:
        """Pin or unpin; where it cannot be, the message is in the talk all the same."""
        if self._alone:
            return
        try:
            await self._in_channel(method, PINNED, message_id=message_id)
        except (Gone, HTTPException, Undeliverable) as error:
            log.info("discord: not pinned or unpinned: %s", type(error).__name__)

    async def _remove(self, remove: Remove) -> Sent:
        """Take our own messages away, the newest first; theirs only they can."""
        removed = False
        for message_id in reversed(remove.message_ids):
            try:
                if self._asked is not None and self._alone:
                    path = f"{ANSWERS}/messages/{{message_id}}"
                    await self._acknowledged(self._asked)
                    await self._at(self._asked, "DELETE", path, message_id=message_id)
                else:
                    await self._in_channel("DELETE", MESSAGE, message_id=message_id)
            except (Gone, HTTPException, Undeliverable):
                continue
            removed = True
        return Sent(removed=removed)

    async def _privately(self, intent: Privately) -> None:
        """Write to them directly; where that is closed, here, for their eyes only."""
        said = [body for reply in intent.replies for body in bodies(reply, writes=False)]
        try:
            for body in said:
                await self._direct(body, urgent=False)
        except Undeliverable:
            for reply in (intent.closed, *intent.replies):
                await self._reply(reply)
        else:
            await self._reply(intent.beside)

    async def _post(self, reply: Reply) -> Sent:
        """Put a message up in the room's channel; where we may not, say so by no message id."""
        try:
            sent = await self._in_channel("POST", MESSAGES, _body("\n".join(texts(reply)), []))
        except (Gone, HTTPException, Undeliverable) as error:
            log.info("discord: a message for a room is refused: %s", type(error).__name__)
            return Sent()
        return Sent(message_id=sent["id"] if sent else None)

    @property
    def _alone(self) -> bool:
        return self._asked is not None and self._asked.alone

    def _for_eyes(self, body: Part) -> Part:
        return body | {"flags": NO_PREVIEWS | EPHEMERAL} if self._alone else body

    async def _call_back(self, asked: Asked, body: Part) -> Any:
        """Answer the interaction for the first time; return None where that may have failed.

        The words go another way then: a person who waits is not left with nothing.
        """
        self._answering = True
        try:
            async with asyncio.timeout(ANSWERED_WITHIN):
                return await self._lanes.call(
                    "POST",
                    CALLBACK,
                    body,
                    urgent=True,
                    webhook_id=asked.id,
                    webhook_token=asked.token,
                )
        except TimeoutError:
            log.info("discord: an interaction was perhaps not acknowledged in time")
        except (Gone, Undeliverable):
            self._lost = True
        except HTTPException as error:
            if error.code == ACKNOWLEDGED:
                return await self._shown_already(asked, body)
            self._lost = True
            log.info("discord: an interaction was not acknowledged: %s", error.status)
        finally:
            self._answered.set()
        return None

    async def _shown_already(self, asked: Asked, body: Part) -> Any:
        """Return an answer like a callback's where that arrived, and only its reply was lost."""
        data = body.get("data")
        wanted = data.get("content") if isinstance(data, dict) else None
        if wanted is None:
            return {}
        try:
            found = await self._at(asked, "GET", ORIGINAL, urgent=True)
        except (Gone, HTTPException, Undeliverable):
            return None
        return {"resource": {"message": found}} if found["content"] == wanted.strip() else None

    async def _at(
        self,
        asked: Asked,
        method: str,
        path: str,
        body: Part | None = None,
        *,
        urgent: bool = False,
        message_id: str = "",
        file: Document | None = None,
    ) -> Any:
        """Call on the interaction's own address, which is open for 15 minutes."""
        return await self._lanes.call(
            method,
            path,
            body,
            urgent=urgent,
            again=urgent or method != "POST",
            webhook_id=asked.application_id,
            webhook_token=asked.token,
            message_id=message_id,
            file=file,
        )

    async def _in_channel(
        self,
        method: str,
        path: str,
        body: Part | None = None,
        *,
        urgent: bool = False,
        message_id: str = "",
    ) -> Any:
        if self._channel_id is None:
            raise Undeliverable("the channel is not known")
        return await self._lanes.call(
            method, path, body, urgent=urgent, channel_id=self._channel_id, message_id=message_id
        )


def bodies(reply: Reply, *, writes: bool) -> list[Part]:
    """Return the messages of a reply, its choices under the last."""
    *before, last = texts(reply)
    return [*(_body(part, []) for part in before), _body(last, components(reply, writes=writes))]


def _body(content: str, rows: list[Part]) -> Part:
    """Return a message: words in `content`, which every reader reads, and nobody is pinged."""
    return {
        "content": content,
        "components": rows,
        "flags": NO_PREVIEWS,
        "allowed_mentions": {"parse": []},
    }


def _message_of(called_back: Any) -> Any:
    """Return the message a first answer made; the service tells it beside the interaction."""
    resource = (called_back or {}).get("resource") or {}
    return resource.get("message")
