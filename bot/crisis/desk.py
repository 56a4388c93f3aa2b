"""The desk every message passes first: it decides, from memory alone, whether a card goes out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.crisis.ages import Ages
from bot.crisis.card import ANYBODY, Card, Person, crisis_card
from bot.crisis.detect import Assessment, Detector
from bot.crisis.gates import HARD, Kind
from bot.crisis.memory import Memory, Remembered
from bot.crisis.shown import Scene
from bot.crisis.ways import Answer, Asked, way_on
from bot.crisis.wording import LANGUAGES, Wording, spoken
from bot.messages import Incoming, Reply, token_chosen, token_labelled, typed_form
from directory.downs import Downs
from directory.model import Directory, Place
from directory.places import place_by_code
from directory.sentences import named_in

STICKY: Final = timedelta(minutes=30)
"""After a card, distress counts as danger for this long. DESIGN section 4."""

COMMANDS: Final = ("/crisis", "/start crisis")
"""The command, and what a link from outside sends."""

STAY: Final = "crisis.stay"
"""Asks the team: said to be done once it is written down, and so no business of memory alone."""

MAX_PLACES: Final = 2
"""Namesakes shown on one card."""


class Desk:
    """Detector, wording, directory and memory, all in place before the first message."""

    def __init__(
        self,
        *,
        directory: Directory,
        detector: Detector,
        ages: Ages,
        wordings: Mapping[str, Wording],
        memory: Memory,
    ):
        self.memory = memory
        self.wordings = wordings
        self.sunk: frozenset[str] = frozenset()
        """Lines reported wrong today, as the last turn found them; a card never asks for them."""
        self.stay = False
        """Whether somebody of the team is there to stay with people, as the last turn found it."""
        self.downs = Downs()
        """Lines the team has taken down, as they were last read."""
        self._directory = directory
        self._detector = detector
        self._ages = ages
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
        if request is None or request.startswith(STAY):
            return None
        return self.answer_request(
            request,
            language=self.language(incoming),
            places=self._places(incoming.text, remembered),
            now=now,
            person=self._person(remembered, incoming.text),
            message_id=incoming.message_id or remembered.card_message_id,
        )

    def answer_request(
        self,
        request: str,
        *,
        language: str,
        places: Sequence[Place],
        now: datetime,
        person: Person = ANYBODY,
        message_id: str | None = None,
    ) -> Answer | None:
        """Return what a crisis token asks for, or None where it is not one.

        The place a token carries ("crisis.text:DE:worry") comes before the `places` known
        otherwise. `message_id` is the message pressed, or the last card.
        """
        verb, code, kind, more = (*request.split(":", 3), "", "", "")[:4]
        place = place_by_code(self._directory, code) if code else None
        if place is not None and place.code in {known.code for known in places}:
            place = None  # Known more exactly, with its clock.
        asked = Asked(
            scene=self._scene(language, now),
            places=(place,) if place else tuple(places),
            person=person,
            kind=Kind(kind) if kind in set(Kind) else Kind.NONE,
            more=more,
        )
        if verb == "crisis" or (verb == "crisis.pin" and message_id is None):
            card = crisis_card(
                asked.scene, level=HARD, kind=asked.kind, places=asked.places, person=person
            )
            reply = replace(card.reply, pin=True) if verb == "crisis.pin" else card.reply
            return Answer(reply=reply, card=card)
        if verb == "crisis.pin":
            return Answer(reply=asked.reply(asked.say("after.pinned")), pins=message_id)
        return way_on(verb.removeprefix("crisis."), asked) if verb != "crisis." else None

    def card(
        self,
        *,
        level: int,
        kind: Kind,
        language: str,
        places: Sequence[Place],
        now: datetime,
        person: Person = ANYBODY,
    ) -> Card:
        """Return a card in one of `LANGUAGES`."""
        scene = self._scene(language, now)
        return crisis_card(scene, level=level, kind=kind, places=places, person=person)

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
            person=self._person(remembered),
        )

    def once_more(self, remembered: Remembered, language: str, now: datetime) -> Reply:
        """Return the card somebody had, with what is open now; `language` where none is known."""
        card = remembered.card
        place = self._place(remembered.place_code, remembered) if remembered.place_code else None
        return self.card(
            level=card.level if card else HARD,
            kind=card.kind if card else Kind.NONE,
            language=card.language if card else language,
            places=(place,) if place else (card.places if card else ()),
            now=now,
            person=self._person(remembered),
        ).reply

    def language(self, incoming: Incoming) -> str:
        """Return the language to answer somebody's danger in, where their words do not tell it."""
        remembered = self.memory.of(incoming.address)
        asked = self._help_now.get(typed_form(incoming.text), ()) if incoming.text else ()
        after_card = remembered.card.language if remembered.card and remembered.sticky else None
        hinted = spoken(incoming.language_hint)
        known = (after_card, incoming.language, remembered.language, hinted)
        preferred = [language for language in known if language and language in self.wordings]
        # "SOS" is every language's; "ayuda ya" is Spanish whatever the phone is set to.
        if asked and not set(preferred) & set(asked):
            return asked[0]
        return next(iter(preferred), LANGUAGES[0])

    def apology(self, incoming: Incoming) -> Reply:
        """Return the fixed words for a turn that failed, with the way to urgent help."""
        wording = self.wordings[self.language(incoming)]
        urgent = wording.say("apology.urgent", rule=wording.say("emergency.rule"))
        return Reply(text=f"{wording.say('apology.text')}\n\n{urgent}")

    def room_line(self, incoming: Incoming) -> Reply:
        """Return the one neutral line a room gets, whatever was said in it."""
        wording = self.wordings[spoken(incoming.language_hint) or LANGUAGES[0]]
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
            language = self.language(incoming)
        asked = assessment.level < HARD and typed_form(incoming.text or "") in self._help_now
        card = self.card(
            level=level,
            kind=Kind.NONE if asked else assessment.kind,
            language=language,
            places=self._places(incoming.text, remembered),
            now=now,
            person=self._person(remembered, incoming.text),
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

    def _person(self, remembered: Remembered, text: str = "") -> Person:
        young = remembered.young or (bool(text) and self._ages.young(text))
        return Person(sim=remembered.sim, sunk=self.sunk, young=young, stay=self.stay)

    def _scene(self, language: str, now: datetime) -> Scene:
        return Scene(
            directory=self._directory,
            wording=self.wordings[language],
            now=now,
            down=self.downs.at(now),
        )

    def _request(self, incoming: Incoming, remembered: Remembered) -> str | None:
        """Return the crisis token a press, a command, a typed label or a typed number means."""
        if incoming.token is not None:
            return incoming.token if incoming.token.startswith("crisis") else None
        typed = typed_form(incoming.text)
        if typed.startswith(COMMANDS) or typed in self._help_now:
            return "crisis"
        chosen = token_labelled if remembered.talks else token_chosen
        token = chosen(remembered.offered, incoming.text)
        return token if token is not None and token.startswith("crisis") else None


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
