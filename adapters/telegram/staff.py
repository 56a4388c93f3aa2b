"""What the team does in its group, as the staff desk reads it: who it was, in which topic."""

from dataclasses import dataclass

from telegram import Message, Update

from adapters.telegram.calls import Lanes
from adapters.telegram.rooms import Rooms
from bot.messages import StaffEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One update of a staff group. `callback_id` is set for a press, which is acknowledged."""

    event: StaffEvent
    callback_id: str | None = None


def heard(update: Update, rooms: Rooms, lanes: Lanes) -> Heard | None:
    """Return what an update of a staff group says to us, or None where it is of no such group."""
    query = update.callback_query
    message = query.message if query else update.message or update.edited_message
    if message is None or message.chat.id not in rooms or not isinstance(message, Message):
        return None
    by = query.from_user if query else message.from_user
    if by is None or by.is_bot:
        return None
    topic = message.message_thread_id if message.is_topic_message else None
    event = StaffEvent(
        room=rooms.address(message.chat.id),
        staff=f"telegram:{by.id}",
        update_id=str(update.update_id),
        message_id=str(message.message_id),
        topic=str(topic) if topic is not None else None,
        text="" if query else message.text or message.caption or "",
        token=query.data if query else None,
        replies_to=None if query else _answered(message, lanes),
        edited=update.edited_message is not None,
        attached=query is None and bool(message.effective_attachment),
    )
    return Heard(event=event, callback_id=query.id if query else None)


def _answered(message: Message, lanes: Lanes) -> str | None:
    """Return the message of ours that was answered; a topic's own beginning is none."""
    answered = message.reply_to_message
    if answered is None or answered.forum_topic_created is not None or answered.from_user is None:
        return None
    ours = answered.from_user.id == lanes.fast.id
    return str(answered.message_id) if ours else None
