"""The desk every message passes first: it decides, from memory alone, whether a card goes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.crisis.card import ANY_PHONE, Card, Phone, card_choices, crisis_card, written_ways
from bot.crisis.detect import Assessment, Detector
from bot.crisis.gates import HARD, Kind
from bot.crisis.memory import Memory, Remembered
from bot.crisis.wording import PUBLISHED, Wording
from bot.messages import Incoming, Reply, token_chosen, typed_form
from directory.model import Directory, Place
from directory.places import place_by_code
from directory.sentences import named_in

STICKY: Final = timedelta(minutes=30)
"""After a card, distress counts as danger for this long. DESIGN section 4."""

COMMANDS: Final = ("/crisis", "/start crisis")
"""The command, and what a link from outside sends."""

MAX_PLACES: Final = 2
"""Namesakes shown on one card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the desk answers: one reply, and the card it came from unless it is a way on from one.

    `calm` is the person saying they are OK: the next signal counts afresh.
    """

    reply: Reply
    card: Card | None = None
    calm: bool = False


class Desk:
    """Detector, wording, directory and memory, all in place before the first message."""

    def __init__(
        self,
        *,
        directory: Directory,
        detector: Detector,
        wordings: Mapping[str, Wording],
        memory: Memory,
    ):
        self.memory = memory
        self.wordings = wordings
        self.sunk: frozenset[str] = frozenset()
        """Lines reported wrong today, as the last turn found them; a card never asks for them."""
        self._directory = directory
        self._detector = detector
        self._help_now = _typed_forms(wordings)

    def assess(self, incoming: Incoming) -> Assessment:
        """Return how much danger the words signal; a press says nothing by itself."""
        remembered = self.memory.of(incoming.address)
        return self._detector.assess(incoming.text, remembered.language or incoming.language_hint)

    def answer(self, incoming: Incoming, assessment: Assessment, now: datetime) -> Answer | None:
        """Return what to say at once, or None where the conversation goes its own way."""
        remembered = self.memory.of(incoming.address)
        if assessment.level >= HARD or _counts_as_danger(assessment, remembered, now):
            level = max(assessment.level, HARD)
            return self._card_answer(incoming, remembered, assessment, level=level, now=now)
        request = self._request(incoming, remembered)
        if request is None:
            return None
        return self.answer_request(
            request,
            language=self._language(incoming, remembered),
            places=self._places(incoming.text, remembered),
            now=now,
            phone=self._phone(remembered.sim),
        )

    def answer_request(
        self,
        request: str,
        *,
        language: str,
        places: Sequence[Place],
        now: datetime,
        phone: Phone = ANY_PHONE,
    ) -> Answer | None:
        """Return what a crisis token asks for, or None where it is not one.

        The place a token carries ("crisis.text:DE") comes before the `places` known otherwise.
        """
        verb, _, code = request.partition(":")
        place = place_by_code(self._directory, code) if code else None
        if place is not None and place.code in {known.code for known in places}:
            place = None  # Known more exactly, with its clock.
        known = (place,) if place else tuple(places)
        wording = self.wordings[language]
        if verb == "crisis":
            card = self.card(
                level=HARD,
                kind=Kind.NONE,
                language=language,
                places=known,
                now=now,
                phone=phone,
            )
            return Answer(reply=card.reply, card=card)
        if verb == "crisis.text":
            text = written_ways(self._directory, wording, places=known, now=now, phone=phone)
        elif verb in ("crisis.breathe", "crisis.tell", "crisis.ok"):
            text = wording.say(f"after.{verb.removeprefix('crisis.')}")
        else:
            return None
        reply = Reply(text=text, choices=card_choices(wording, known), urgent=True)
        return Answer(reply=reply, calm=verb == "crisis.ok")

    def card(
        self,
        *,
        level: int,
        kind: Kind,
        language: str,
        places: Sequence[Place],
        now: datetime,
        phone: Phone = ANY_PHONE,
    ) -> Card:
        """Return a card in a published language."""
        return crisis_card(
            self._directory,
            self.wordings[language],
            level=level,
            kind=kind,
            places=places,
            now=now,
            phone=phone,
        )

    def refined(
        self, card: Card, place_code: str, remembered: Remembered, now: datetime
    ) -> Card | None:
        """Return a placeless card again with the place's numbers; None where nothing is new."""
        place = self._place(place_code, remembered)
        if place is None or card.places:
            return None
        return self.card(
            level=card.level,
            kind=card.kind,
            language=card.language,
            places=(place,),
            now=now,
            phone=self._phone(remembered.sim),
        )

    def apology(self, incoming: Incoming) -> Reply:
        """Return the fixed words for a turn that failed, with the way to urgent help."""
        remembered = self.memory.of(incoming.address)
        wording = self.wordings[self._language(incoming, remembered)]
        urgent = wording.say("apology.urgent", rule=wording.say("emergency.rule"))
        return Reply(text=f"{wording.say('apology.text')}\n\n{urgent}")

    def room_line(self, incoming: Incoming) -> Reply:
        """Return the one neutral line a room gets, whatever was said in it."""
        wording = self.wordings[published(incoming.language_hint) or PUBLISHED[0]]
        return Reply(text=wording.say("room.line", link=incoming.private_link or ""))

    def _card_answer(
        self,
        incoming: Incoming,
        remembered: Remembered,
        assessment: Assessment,
        *,
        level: int,
        now: datetime,
    ) -> Answer:
        language = assessment.language or ""
        if language not in self.wordings:
            language = self._language(incoming, remembered)
        card = self.card(
            level=level,
            kind=assessment.kind,
            language=language,
            places=self._places(incoming.text, remembered),
            now=now,
            phone=self._phone(remembered.sim),
        )
        return Answer(reply=card.reply, card=card)

    def _places(self, text: str, remembered: Remembered) -> tuple[Place, ...]:
        """Return the place named in the words, else the one remembered, else none at all."""
        named = named_in(self._directory, text) if text else ()
        if named:
            return named[:MAX_PLACES]
        code = remembered.place_code
        place = self._place(code, remembered) if code else None
        return (place,) if place else ()

    def _place(self, code: str, remembered: Remembered) -> Place | None:
        place = place_by_code(self._directory, code)
        if place is None or code != remembered.place_code:
            return place
        return replace(place, timezone=remembered.timezone or place.timezone)

    def _phone(self, sim: str | None) -> Phone:
        return Phone(sim=sim, sunk=self.sunk)

    def _request(self, incoming: Incoming, remembered: Remembered) -> str | None:
        """Return the crisis token a press, a command, a typed label or a typed number means."""
        if incoming.token is not None:
            return incoming.token if incoming.token.startswith("crisis") else None
        typed = typed_form(incoming.text)
        if typed.startswith(COMMANDS) or typed in self._help_now:
            return "crisis"
        token = token_chosen(remembered.offered, incoming.text)
        return token if token is not None and token.startswith("crisis") else None

    def _language(self, incoming: Incoming, remembered: Remembered) -> str:
        spoken = self._help_now.get(typed_form(incoming.text), ()) if incoming.text else ()
        after_card = remembered.card.language if remembered.card and remembered.sticky else None
        known = (after_card, remembered.language, published(incoming.language_hint))
        preferred = [language for language in known if language and language in self.wordings]
        # "SOS" is every language's; "ayuda ya" is Spanish whatever the phone is set to.
        if spoken and not set(preferred) & set(spoken):
            return spoken[0]
        return next(iter(preferred), PUBLISHED[0])


def published(language_hint: str | None) -> str | None:
    """Return the published language a platform's hint ("es-419") asks for, or None."""
    language = (language_hint or "").replace("_", "-").partition("-")[0].lower()
    return language if language in PUBLISHED else None


def _counts_as_danger(assessment: Assessment, remembered: Remembered, now: datetime) -> bool:
    return (
        assessment.level > 0
        and remembered.sticky
        and remembered.card_sent_at is not None
        and now - remembered.card_sent_at <= STICKY
    )


def _typed_forms(wordings: Mapping[str, Wording]) -> dict[str, tuple[str, ...]]:
    """Return what may be typed for "I need help now", with the languages each form belongs to."""
    languages: dict[str, tuple[str, ...]] = {}
    for wording in wordings.values():
        for form in {*wording.help_now, wording.say("choices.crisis")}:
            key = typed_form(form)
            languages[key] = (*languages.get(key, ()), wording.language)
    return languages
