"""Staff groups with topics, as strict as the rest of the peer.

https://core.telegram.org/bots/api#createforumtopic and the methods after it (read 2026-11-25).
"""

from dataclasses import dataclass, field

from tests.telegram.peer import ME, Peer, Refused


@dataclass
class Topic:
    """One topic of a group: its name, whether it is closed, and the messages in it."""

    name: str
    closed: bool = False
    order: list = field(default_factory=list)


class Forum(Peer):
    """A peer whose groups have topics; `plain` ones have none, in `powerless` we may make none.

    In `lowly` ones we are no administrator, in `outsides` no member, in `keeping` may not delete.
    """

    def __init__(self):
        super().__init__()
        self.topics = {}
        self.plain = set()
        self.powerless = set()
        self.outsides = set()
        self.lowly = set()
        self.keeping = set()
        self.moved = {}
        self.reactions = []
        self.a_minute = None

    # What the team does.

    def staff_says(self, who, group, topic, text, *, reply_to=None, edits=None):
        """Let somebody of the team write; without `reply_to` as clients do it, under the root."""
        message = self._message(group) | {"text": text, "from": _member(who)}
        if edits is not None:
            message |= {"message_id": edits, "edit_date": message["date"]}
        if topic is not None:
            root = {"message_id": topic, "date": message["date"], "chat": message["chat"]}
            created = {"forum_topic_created": {"name": "x", "icon_color": 7322096}, "from": ME}
            message |= {"message_thread_id": topic, "is_topic_message": True}
            message["reply_to_message"] = root | created
        if reply_to is not None:
            shown = self.chat(group).messages[reply_to]
            message["reply_to_message"] = {k: v for k, v in shown.items() if k != "reply_markup"}
        if text.startswith("/"):
            length = len(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        kind = "message" if edits is None else "edited_message"
        return self.put({kind: message}), message["message_id"]

    def staff_presses(self, who, group, token):
        """Let somebody of the team press the newest button of that token."""
        for key in reversed(self.chat(group).order):
            shown = self.chat(group).messages[key]
            rows = shown.get("reply_markup", {}).get("inline_keyboard", ())
            if any(button.get("callback_data") == token for row in rows for button in row):
                break
        else:
            raise AssertionError(f"nobody can press {token}")
        query = {
            "id": f"press{next(self._message_ids)}",
            "from": _member(who),
            "chat_instance": "1",
            "message": {k: v for k, v in shown.items() if k != "reply_markup"},
            "data": token,
        }
        return self.put({"callback_query": query})

    def topic(self, group, number=-1):
        """Return a group's topic by its place in the order they were opened in."""
        return [thread for chat, thread in self.topics if chat == group][number]

    def in_topic(self, group, thread):
        """Return what stands in a topic now."""
        chat = self.chat(group)
        order = self.topics[group, thread].order
        return [chat.messages[key]["text"] for key in order if key in chat.messages]

    # The service.

    def _on_send_message(self, asked):
        group, thread = int(asked["chat_id"]), asked.get("message_thread_id")
        self._known(group)
        if thread is not None and (group, int(thread)) not in self.topics:
            raise Refused(400, "Bad Request: message thread not found")
        if group < 0 and self.a_minute is not None:
            if self.a_minute == 0:
                raise Refused(429, "Too Many Requests: retry after 1", retry_after=1)
            self.a_minute -= 1
        message = super()._on_send_message(asked)
        if thread is not None:
            kept = self.chat(group).messages[message["message_id"]]
            kept |= {"message_thread_id": int(thread), "is_topic_message": True}
            self.topics[group, int(thread)].order.append(message["message_id"])
        return message

    def _on_create_forum_topic(self, asked):
        group = int(asked["chat_id"])
        self._known(group)
        if group in self.plain:
            raise Refused(400, "Bad Request: the chat is not a forum")
        if group in self.powerless:
            raise Refused(400, "Bad Request: not enough rights to create a topic")
        if not 0 < len(asked["name"]) <= 128:
            raise Refused(400, "Bad Request: topic name is invalid")
        thread = next(self._message_ids)
        self.topics[group, thread] = Topic(name=asked["name"])
        return {"message_thread_id": thread, "name": asked["name"], "icon_color": 7322096}

    def _on_edit_forum_topic(self, asked):
        topic = self._topic(asked)
        if topic.name == asked["name"]:
            raise Refused(400, "Bad Request: TOPIC_NOT_MODIFIED")
        topic.name = asked["name"]
        return True

    def _on_close_forum_topic(self, asked):
        return self._turn(asked, closed=True)

    def _on_reopen_forum_topic(self, asked):
        return self._turn(asked, closed=False)

    def _on_delete_forum_topic(self, asked):
        self._topic(asked)
        self.remove_topic(int(asked["chat_id"]), int(asked["message_thread_id"]))
        return True

    def remove_topic(self, group, thread):
        """Take a topic away, as an administrator may, with all that stands in it."""
        chat = self.chat(group)
        for key in self.topics.pop((group, thread)).order:
            chat.messages.pop(key, None)
            chat.order = [message for message in chat.order if message != key]

    def _on_set_message_reaction(self, asked):
        self._known(asked["chat_id"])
        self.reactions.append(int(asked["message_id"]))
        return True

    def _on_get_chat(self, asked):
        group = int(asked["chat_id"])
        self._known(group)
        return {
            "id": group, "type": "supergroup", "title": "x", "accent_color_id": 0,
            "max_reaction_count": 11, "is_forum": group not in self.plain,
            "accepted_gift_types": {
                "unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False,
                "premium_subscription": False, "gifts_from_channels": False,
            },
        }  # fmt: skip

    def _on_get_chat_member(self, asked):
        group = int(asked["chat_id"])
        if group in self.outsides:
            raise Refused(403, "Forbidden: bot is not a member of the supergroup chat")
        if group in self.lowly:
            return {"status": "member", "user": ME}
        rights = dict.fromkeys(
            (
                "can_be_edited", "is_anonymous", "can_manage_chat", "can_manage_video_chats",
                "can_restrict_members", "can_promote_members",
                "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
                "can_delete_stories", "can_pin_messages",
            ),
            False,
        )  # fmt: skip
        rights["can_manage_topics"] = group not in self.powerless
        rights["can_delete_messages"] = group not in self.keeping
        return {"status": "administrator", "user": ME, **rights}

    def _known(self, chat_id):
        if int(chat_id) in self.moved:
            raise Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.moved[int(chat_id)],
            )
        return super()._known(chat_id)

    def _topic(self, asked):
        self._known(asked["chat_id"])
        topic = self.topics.get((int(asked["chat_id"]), int(asked["message_thread_id"])))
        if topic is None:
            raise Refused(400, "Bad Request: message thread not found")
        return topic

    def _turn(self, asked, *, closed):
        topic = self._topic(asked)
        if topic.closed is closed:
            raise Refused(400, "Bad Request: TOPIC_NOT_MODIFIED")
        topic.closed = closed
        return True


def _member(who):
    return {"id": who, "is_bot": False, "first_name": f"Member{who}", "username": f"member{who}"}
