"""A strict Bot API on loopback: what Telegram does, as documented, and the faults it may have.

https://core.telegram.org/bots/api (read 2026-11-23). What we send is held against the official
shapes where `specs/telegram-bot-api.json` is at hand, and against the documented limits always.
"""

import asyncio
import json
import re
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count

from aiohttp import ClientSession, ClientTimeout, web

from tests.telegram import shapes

TOKEN = "123456:" + "A" * 35
ME = {
    "id": 123456,
    "is_bot": True,
    "first_name": "Stage Door",
    "username": "stage_door_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
TAGS = {"b", "strong", "i", "em", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler"}


class Refused(Exception):  # noqa: N818 - a fact
    """The API's answer where it is not a result."""

    def __init__(self, code, description, **parameters):
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


@dataclass
class Call:
    """One request that was made: when, by monotonic seconds, and whether it was carried out."""

    method: str
    asked: dict
    at: float
    done: bool = False


@dataclass
class Upload:
    """A file that was sent along."""

    filename: str
    content: bytes = field(repr=False)


@dataclass
class Fault:
    """What goes wrong with a call: 429, 500, "drop" before, "lost" after, "hang", or refused."""

    kind: str
    retry_after: int = 1
    description: str = ""
    code: int = 400


@dataclass
class Chat:
    """One chat: its messages by id as people see them now, and what is pinned."""

    id: int
    kind: str = "private"
    messages: dict = field(default_factory=dict)
    pinned: list = field(default_factory=list)
    order: list = field(default_factory=list)
    removed: set = field(default_factory=set)


class Peer:
    """The service. `says` and its like put updates in; `calls` and `chats` tell what came out."""

    def __init__(self):
        self.calls = []
        self.chats = {}
        self.away = False
        self.faults = {}
        self.pending = deque()
        self.webhook = None
        self.profile = {}
        self.pushes = []
        self.acknowledged = []
        self.push_after = 0.05
        self.behind = []
        self.doubled = False
        self.expired = set()
        self.misshapen = []
        self.push_failed = None
        self.shown = []
        self.gone = set()
        self.last = None
        self._update_ids = count(1000)
        self._message_ids = count(1)
        self._arrived = asyncio.Event()
        self._turn = count()
        self._poll = None
        self._pusher = None
        self._closing = False

    async def __aenter__(self):
        server = web.Application(client_max_size=10_000_000)
        self.routes(server.router)
        self._runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_):
        self._closing = True
        self._arrived.set()
        if self._pusher:
            self._pusher.cancel()
            await asyncio.wait([self._pusher])
        await self._runner.cleanup()

    def routes(self, router):
        router.add_route("*", "/bot{token}/{method}", self._serve)

    # What people do.

    def says(self, chat_id, text=None, *, kind="private", date=None, language="en", **more):
        """Put in a message; `more` holds any of its other fields."""
        message = self._message(chat_id, kind=kind, date=date, language=language)
        if text is not None:
            message["text"] = text
            if text.startswith("/"):
                length = len(text.split()[0])
                message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        message |= more
        return self.put({"message": message})

    def edits(self, chat_id, text=None, **more):
        message = self._message(chat_id) | {"edit_date": int(time.time())} | more
        if text is not None:
            message["text"] = text
        return self.put({"edited_message": message})

    def presses(self, chat_id, token, *, message_id=None, language="en"):
        chat = self.chat(chat_id)
        message_id = message_id or (chat.order[-1] if chat.order else next(self._message_ids))
        shown = chat.messages.get(message_id, {"text": "long gone"})
        message = self._message(chat_id) | {"message_id": message_id, "text": shown["text"]}
        message["from"] = ME
        return self.put(
            {
                "callback_query": {
                    "id": f"press{next(self._message_ids)}",
                    "from": self._person(chat_id, language),
                    "chat_instance": "1",
                    "message": message,
                    "data": token,
                }
            }
        )

    def put(self, update):
        """Put in an update as it is; return its id."""
        update = {"update_id": next(self._update_ids), **update}
        self.last = update
        self.pending.append(update)
        self._arrived.set()
        return update["update_id"]

    def again(self, update):
        """Deliver an update a second time."""
        self.pending.append(update)
        self._arrived.set()

    def fail(self, method, *faults):
        self.faults.setdefault(method, deque()).extend(faults)

    def chat(self, chat_id):
        kind = "private" if chat_id > 0 else "supergroup"
        return self.chats.setdefault(chat_id, Chat(id=chat_id, kind=kind))

    # What came out.

    def texts(self, chat_id):
        """Return what a person sees in a chat now, oldest first."""
        chat = self.chat(chat_id)
        return [chat.messages[key]["text"] for key in chat.order]

    def buttons(self, chat_id):
        """Return the tokens under the newest message that has any."""
        chat = self.chat(chat_id)
        for key in reversed(chat.order):
            keyboard = chat.messages[key].get("reply_markup", {}).get("inline_keyboard")
            if keyboard:
                buttons = [button for row in keyboard for button in row]
                return [button["callback_data"] for button in buttons if "callback_data" in button]
        return []

    def said(self, chat_id, since=0):
        """Return all that was shown in a chat from the `since`-th message on, with its buttons."""
        return "\n\n".join(
            "\n".join([text, *_labels(markup)])
            for chat, text, markup in self.shown[since:]
            if chat == chat_id
        )

    def waits_for(self, update_id):
        """Return whether an update was not confirmed yet."""
        if self.webhook:
            return (update_id, 200) not in self.pushes
        return any(update["update_id"] == update_id for update in self.pending)

    def made(self, method):
        return [call for call in self.calls if call.method == method]

    async def until(self, holds, *, within=10.0):
        """Wait until something holds, looking often."""
        end = time.monotonic() + within
        while not holds():
            if time.monotonic() > end:
                made = [call.method for call in self.calls[-8:]]
                raise TimeoutError(f"{len(self.shown)} messages shown; last calls: {made}")
            await asyncio.sleep(0.005)

    # The service.

    async def _serve(self, request):
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return self._answer(Refused(401, "Unauthorized"))
        if self.away:
            request.transport.abort()
            return web.Response(status=500)
        asked = await self._asked(request)
        call = Call(method=method, asked=asked, at=time.monotonic())
        self.calls.append(call)
        queue = self.faults.get(method)
        fault = queue.popleft() if queue else None
        try:
            if fault and fault.kind != "lost":
                await self._fault(fault, request)
            self._hold(method, asked)
            result = await self._do(method, asked)
            call.done = True
        except Refused as refused:
            return self._answer(refused)
        if fault and fault.kind == "lost":
            request.transport.abort()
        return web.json_response({"ok": True, "result": result})

    def _hold(self, method, asked):
        try:
            shapes.hold(method, asked)
        except shapes.Misshapen as error:
            self.misshapen.append(str(error))
            raise Refused(400, f"Bad Request: {error}") from error

    async def _fault(self, fault, request):
        match fault.kind:
            case "429":
                raise Refused(
                    429,
                    f"Too Many Requests: retry after {fault.retry_after}",
                    retry_after=fault.retry_after,
                )
            case "500":
                raise Refused(500, "Internal Server Error")
            case "drop":
                request.transport.abort()
                raise Refused(500, "nobody hears this")
            case "hang":
                await asyncio.sleep(3600)
            case "refused":
                raise Refused(fault.code, fault.description)
            case "migrated":
                raise Refused(
                    400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100200300
                )

    async def _asked(self, request):
        if request.content_type == "application/json":
            return await request.json()
        given = dict(await request.post()) | dict(request.query)
        return {
            key: _parsed(value)
            if isinstance(value, str)
            else Upload(filename=value.filename, content=value.file.read())
            for key, value in given.items()
        }

    def _answer(self, refused):
        body = {"ok": False, "error_code": refused.code, "description": refused.description}
        if refused.parameters:
            body["parameters"] = refused.parameters
        return web.json_response(body, status=refused.code)

    async def _do(self, method, asked):
        handler = getattr(self, f"_on_{_snake(method)}", None)
        if handler is None:
            raise Refused(404, f"Not Found: {method}")
        result = handler(asked)
        return await result if asyncio.iscoroutine(result) else result

    def _on_get_me(self, _asked):
        return ME

    async def _on_get_updates(self, asked):
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        # The newest poll counts: an older one still open is ended.
        self._poll = poll = object()
        self._arrived.set()
        offset = int(asked.get("offset") or 0)
        self.pending = deque(u for u in self.pending if u["update_id"] >= offset)
        end = time.monotonic() + float(asked.get("timeout") or 0)
        while not self.pending and time.monotonic() < end and not self._closing:
            self._arrived.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(end - time.monotonic()):
                    await self._arrived.wait()
            if self._poll is not poll:
                raise Refused(409, "Conflict: terminated by other getUpdates request")
        return list(self.pending)[: int(asked.get("limit") or 100)]

    def _on_set_webhook(self, asked):
        self.webhook = asked
        self._pusher = self._pusher or asyncio.create_task(self._push())
        return True

    def _on_delete_webhook(self, asked):
        if asked.get("drop_pending_updates"):
            raise Refused(400, "these are somebody's words")
        self.webhook = None
        return True

    def _on_get_webhook_info(self, _asked):
        told = {"url": (self.webhook or {}).get("url", ""), "has_custom_certificate": False}
        told["pending_update_count"] = len(self.pending)
        if self.push_failed:
            failed = {"last_error_date": int(time.time()), "last_error_message": self.push_failed}
            return told | failed
        return told

    def _on_send_message(self, asked):
        chat = self._known(asked["chat_id"])
        text = self._text(asked)
        message = self._message(chat.id, kind=chat.kind) | {"text": text, "from": ME}
        markup = self._markup(asked)
        chat.messages[message["message_id"]] = message | (
            {"reply_markup": markup} if markup else {}
        )
        chat.order.append(message["message_id"])
        self.shown.append((chat.id, text, markup))
        return message

    def _on_edit_message_text(self, asked):
        chat = self._known(asked["chat_id"])
        message = chat.messages.get(int(asked["message_id"]))
        if message is None:
            raise Refused(400, "Bad Request: message to edit not found")
        text, markup = self._text(asked), self._markup(asked)
        if markup and "inline_keyboard" not in markup:
            raise Refused(400, "Bad Request: inline keyboard expected")
        if (text, markup) == (message["text"], message.get("reply_markup")):
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply "
                "markup are exactly the same",
            )
        message["text"] = text
        message.pop("reply_markup", None)
        if markup:
            message["reply_markup"] = markup
        self.shown.append((chat.id, text, markup))
        return {key: value for key, value in message.items() if key != "reply_markup"}

    def _on_answer_callback_query(self, asked):
        if asked["callback_query_id"] in self.expired or "*" in self.expired:
            raise Refused(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            )
        self.acknowledged.append(asked["callback_query_id"])
        return True

    def _on_pin_chat_message(self, asked):
        chat = self._known(asked["chat_id"])
        if not asked.get("disable_notification"):
            raise Refused(400, "a card is pinned silently")
        if int(asked["message_id"]) not in chat.messages:
            raise Refused(400, "Bad Request: message to pin not found")
        chat.pinned.append(int(asked["message_id"]))
        return True

    def _on_unpin_chat_message(self, asked):
        chat = self._known(asked["chat_id"])
        if int(asked["message_id"]) not in chat.pinned:
            raise Refused(400, "Bad Request: message to unpin not found")
        chat.pinned.remove(int(asked["message_id"]))
        return True

    def _on_delete_messages(self, asked):
        chat = self._known(asked["chat_id"])
        if not 1 <= len(asked["message_ids"]) <= 100:
            raise Refused(400, "Bad Request: message_ids: 1-100 identifiers")
        gone = {int(message) for message in asked["message_ids"]}
        chat.order = [message for message in chat.order if message not in gone]
        chat.messages = {key: one for key, one in chat.messages.items() if key not in gone}
        chat.pinned = [message for message in chat.pinned if message not in gone]
        chat.removed |= gone
        return True

    def _profile(self, asked, kind):
        return self.profile.get((kind, asked.get("language_code") or ""))

    def _on_get_my_commands(self, asked):
        return self._profile(asked, _commands_of(asked)) or []

    def _on_set_my_commands(self, asked):
        for command in asked["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
            self._length(command["description"], 256)
        self.profile[_commands_of(asked), asked.get("language_code") or ""] = asked["commands"]
        return True

    def _on_get_my_description(self, asked):
        return {"description": self._profile(asked, "description") or ""}

    def _on_set_my_description(self, asked):
        return self._set(asked, "description", 512)

    def _on_get_my_short_description(self, asked):
        return {"short_description": self._profile(asked, "short_description") or ""}

    def _on_set_my_short_description(self, asked):
        return self._set(asked, "short_description", 120)

    def _on_get_my_name(self, asked):
        return {"name": self._profile(asked, "name") or ME["first_name"]}

    def _on_set_my_name(self, asked):
        return self._set(asked, "name", 64)

    def _set(self, asked, kind, limit):
        self._length(asked[kind], limit)
        self.profile[kind, asked.get("language_code") or ""] = asked[kind]
        return True

    def _known(self, chat_id):
        if int(chat_id) in self.gone:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        return self.chat(int(chat_id))

    def _length(self, text, limit):
        if not 0 < len(text.encode("utf-16-le")) // 2 <= limit:
            raise Refused(400, "Bad Request: text is empty or too long")

    def _text(self, asked):
        text = asked["text"]
        if asked.get("parse_mode") == "HTML":
            text = _Plain.of(text)
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise Refused(400, "Bad Request: message is too long")
        return text

    def _markup(self, asked):
        markup = asked.get("reply_markup")
        buttons = [b for row in (markup or {}).get("inline_keyboard", ()) for b in row]
        for button in buttons:
            copied = button.get("copy_text", {}).get("text", "")
            told = len(button.get("callback_data", "").encode())
            if not (0 < told <= 64 or 0 < len(copied) <= 256) or not button["text"]:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        if len(buttons) > 100:
            raise Refused(400, "Bad Request: reply markup is too long")
        return markup

    async def _push(self):
        """Push each update until it is answered with 200: one of a chat after the other.

        So does the service's own code (github.com/tdlib/telegram-bot-api, `webhook_queue_id`).
        """
        async with ClientSession(timeout=ClientTimeout(total=90)) as session:
            running = {}
            while not self._closing:
                for update in [u for u in self.pending if self.webhook]:
                    chat = _chat_of(update)
                    if chat not in running and len(running) < 40:
                        self.pending.remove(update)
                        task = asyncio.create_task(self._push_one(session, update))
                        running[chat] = task
                        task.add_done_callback(lambda _, chat=chat: self._pushed(running, chat))
                self._arrived.clear()
                try:
                    async with asyncio.timeout(0.05):
                        await self._arrived.wait()
                except TimeoutError:
                    continue

    def _pushed(self, running, chat):
        del running[chat]
        self._arrived.set()

    async def _push_one(self, session, update):
        while self.webhook and not self._closing:
            urls = self.behind if self.doubled else [self._next_url()]
            answers = await asyncio.gather(*(self._post(session, url, update) for url in urls))
            if 200 in answers:
                return
            await asyncio.sleep(self.push_after)

    def _next_url(self):
        """Return the webhook, or the next of the processes a router in front of it would choose."""
        if not self.behind:
            return self.webhook["url"]
        return self.behind[next(self._turn) % len(self.behind)]

    async def _post(self, session, url, update):
        """Return the status of one push, or None where there was no answer."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
        try:
            async with session.post(url, json=update, headers=headers) as answer:
                self.pushes.append((update["update_id"], answer.status))
                return answer.status
        except Exception:  # noqa: BLE001 - pushed again, whatever it was
            return None

    def _message(self, chat_id, *, kind="private", date=None, language="en"):
        return {
            "message_id": next(self._message_ids),
            "date": int(date or time.time()),
            "chat": {"id": chat_id, "type": kind if chat_id > 0 else "supergroup", "title": "x"},
            "from": self._person(abs(chat_id), language),
        }

    def _person(self, person, language):
        return {
            "id": person,
            "is_bot": False,
            "first_name": "Ana",
            "language_code": language,
        }


class _Plain(HTMLParser):
    """Reads Telegram's HTML; what it does not know is refused as the service refuses it."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []
        self.text = []

    @classmethod
    def of(cls, text):
        if re.search(r"&(?!lt;|gt;|amp;|quot;|#\d+;)", text):
            raise Refused(400, "Bad Request: can't parse entities: unsupported entity")
        reader = cls()
        reader.feed(text)
        reader.close()
        if reader.open:
            raise Refused(400, "Bad Request: can't parse entities: unclosed tag")
        return "".join(reader.text)

    def handle_starttag(self, tag, _attributes):
        if tag not in TAGS:
            raise Refused(400, f"Bad Request: can't parse entities: unsupported start tag {tag}")
        self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise Refused(400, "Bad Request: can't parse entities: unexpected end tag")

    def handle_data(self, data):
        self.text.append(data)


def _chat_of(update):
    told = update.get("message") or update.get("edited_message") or update.get("callback_query")
    chat = (told or {}).get("chat") or (told or {}).get("message", {}).get("chat")
    return chat["id"] if isinstance(chat, dict) else update["update_id"]


def _labels(markup):
    rows = (markup or {}).get("inline_keyboard") or (markup or {}).get("keyboard") or ()
    return [button["text"] for row in rows for button in row]


def _commands_of(asked):
    """Return what a menu of commands is kept under: one group's, or everybody's."""
    scope = asked.get("scope") or {}
    return f"commands of {scope['chat_id']}" if scope.get("type") == "chat" else "commands"


def _snake(name):
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def _parsed(value):
    """Return a form value as JSON means it; plain text stays text."""
    try:
        read = json.loads(value)
    except ValueError:
        return value
    return read if isinstance(read, dict | list | bool) else value
