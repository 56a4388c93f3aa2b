"""Files on the strict peer: those people send, which it hands out, and those it is sent.

https://core.telegram.org/bots/api#getfile, #sendphoto and #sendvoice (read 2026-11-25).
"""

from itertools import count

from aiohttp import web

from tests.telegram.forum import Forum
from tests.telegram.peer import ME, TOKEN, Refused

MOST_GIVEN = 20_000_000
MOST_PHOTO = 10_000_000
MOST_CAPTION = 1024


class Files(Forum):
    """A peer with files. `sends` puts one into a chat; `uploads` are what we sent, in order.

    `lost` ids are known no more; `broken` says what the next downloads answer instead of a file.
    """

    def __init__(self):
        super().__init__()
        self.files = {}
        self.lost = set()
        self.broken = []
        self.uploads = []
        self._file_ids = count(1)

    def routes(self, router):
        router.add_get("/file/bot{token}/{path:.*}", self._download)
        super().routes(router)

    def sends(self, chat, content, *, kind="photo", caption=None, **more):
        """Let a person send a file; `more` holds any other of its fields."""
        file_id = f"file{next(self._file_ids)}"
        self.files[file_id] = content
        album = more.pop("album", None)
        told = {"file_id": file_id, "file_unique_id": file_id, "file_size": len(content)} | more
        if kind == "photo":
            thumb = {"file_id": "thumb", "file_unique_id": "t", "width": 1, "height": 1}
            told = [thumb, told | {"width": 9, "height": 9}]
        elif kind in ("voice", "audio"):
            told = {"duration": 3} | told
        words = {"caption": caption} if caption else {}
        together = {"media_group_id": album} if album else {}
        return self.says(chat, date=self.at, **{kind: told}, **words, **together)

    at = None

    async def _download(self, request):
        if request.match_info["token"] != TOKEN:
            return web.Response(status=401)
        if self.broken:
            return web.Response(status=self.broken.pop(0))
        content = self.files.get(request.match_info["path"].removeprefix("photos/"))
        return web.Response(body=content) if content is not None else web.Response(status=404)

    def _on_get_file(self, asked):
        file_id = asked["file_id"]
        if file_id in self.lost or file_id not in self.files:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(self.files[file_id])
        if size > MOST_GIVEN:
            raise Refused(400, "Bad Request: file is too big")
        named = {"file_id": file_id, "file_unique_id": file_id, "file_size": size}
        return named | {"file_path": f"photos/{file_id}"}

    def _on_send_photo(self, asked):
        if len(asked["photo"].content) > MOST_PHOTO:
            raise Refused(413, "Request Entity Too Large")
        if not asked["photo"].content.startswith((b"\xff\xd8\xff", b"\x89PNG")):
            raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
        size = {"file_id": "up", "file_unique_id": "u", "width": 1, "height": 1}
        return self._uploaded(asked, "photo", [size])

    def _on_send_voice(self, asked):
        if not asked["voice"].content.startswith(b"OggS"):
            raise Refused(400, "Bad Request: VOICE_FORBIDDEN")
        return self._uploaded(
            asked, "voice", {"file_id": "up", "file_unique_id": "u", "duration": 1}
        )

    def _uploaded(self, asked, kind, told):
        if len(asked.get("caption", "")) > MOST_CAPTION:
            raise Refused(400, "Bad Request: message caption is too long")
        plain = {key: value for key, value in asked.items() if key not in ("caption", kind)}
        message = self._on_send_message(plain | {"text": asked.get("caption", "")})
        kept = self.chat(int(asked["chat_id"])).messages[message["message_id"]]
        self.uploads.append((kind, asked[kind], asked))
        kept[kind] = told
        shown = {key: value for key, value in message.items() if key != "text"}
        return shown | {kind: told, "caption": asked.get("caption", ""), "from": ME}
