"""How well danger is told from ordinary talk, how fast, and what peers make of it."""

import importlib
import random
import statistics
import time
import tracemalloc
from collections import defaultdict

from bot.crisis.detect import Detector
from tests.benchmarks.places import SENTENCES
from tests.benchmarks.table import quantile, row
from tests.bot.crisis.test_messages import DANGER, MESSAGES, ORDINARY, TRICKS, TYPICAL, UNSEEN

SECTIONS = {
    "explicit": "≥ 97 %",
    "implicit": "≥ 85 %",
    "means": "all",
    "self_harm": "all",
    "danger": "all",
    "worry": "all",
    "distress": "≤ 10 %",
    "trade": "0",
    "idioms": "0",
    "negated": "0",
    "everyday": "≤ 0.02 %",
}


def figures():
    detector = loaded()
    caught(detector)
    kept(detector)
    times(detector)
    peers()


def loaded():
    tracemalloc.start()
    begun = time.perf_counter()
    detector = Detector.load()
    seconds = time.perf_counter() - begun
    size = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    begun = time.perf_counter()
    Detector.load()
    seconds = time.perf_counter() - begun
    row("danger: load", f"{seconds * 1e3:.0f} ms", "", "18 lexicons, compiled before")
    row("danger: memory", f"{size:.1f} MB", "≤ 15 MB")
    return detector


def caught(detector):
    for messages, name in (
        (MESSAGES, ""),
        (TYPICAL, "unseen, typical: "),
        (UNSEEN, "unseen, hardest: "),
    ):
        caught_of(detector, messages, name)
    lines = SENTENCES.read_text(encoding="utf-8")
    sentences = [line for line in lines.splitlines() if line and line[0] not in "#["]
    hard = [s for s in sentences if detector.assess(s).level >= 2]
    row(
        "danger: everyday sentences, card",
        f"{len(hard)} of {len(sentences)}",
        "≤ 0.02 %",
        "ours, in 18 languages, written for places",
    )


def caught_of(detector, messages, name):
    levels = defaultdict(list)
    for language, sections in messages.items():
        for section, texts in sections.items():
            levels[section] += [(language, detector.assess(text, language).level) for text in texts]
    for section, goal in SECTIONS.items():
        found = levels[section]
        hard = sum(level >= 2 for _, level in found)
        gentle = sum(level >= 1 for _, level in found)
        worst = min(
            messages,
            key=lambda one: sum(level >= 2 for language, level in found if language == one),
        )
        weakest = f"; weakest {worst}" if section in DANGER and hard < len(found) else ""
        row(
            f"danger: {name}{section.replace('_', ' ')}, card",
            f"{hard / len(found):.0%}",
            goal,
            f"{hard} of {len(found)}; quiet line or card {gentle / len(found):.0%}{weakest}",
        )


def kept(detector):
    texts = [(language, text) for language in MESSAGES for text in MESSAGES[language]["explicit"]]
    dice = random.Random(7)
    tricks = {**TRICKS, "a slip": lambda text: slipped(text, dice)}
    for name, trick in tricks.items():
        kept = sum(detector.assess(trick(text), language).level >= 2 for language, text in texts)
        row(f"danger: kept with {name}", f"{kept / len(texts):.0%}", "≥ 95 %")


def slipped(text, dice):
    """Return a text with one letter lost, doubled, or swapped with the next."""
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) >= 4]
    place = dice.choice(long) if long else max(range(len(words)), key=lambda at: len(words[at]))
    word = words[place]
    at = dice.randrange(1, max(len(word) - 1, 2))
    words[place] = dice.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at : at + 1] + word[at:],
            word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
        )
    )
    return " ".join(words)


def times(detector):
    texts = [text for sections in MESSAGES.values() for one in sections.values() for text in one]
    taken = []
    for _ in range(3):
        for text in texts:
            begun = time.perf_counter()
            detector.assess(text)
            taken.append(time.perf_counter() - begun)
    row(
        "danger: a message, p50",
        f"{statistics.median(taken) * 1e6:.0f} µs",
        "≤ 150 µs",
        f"p99 {quantile(taken, 0.99) * 1e6:.0f} µs (goal ≤ 300); {len(texts)} messages",
    )
    long = " ".join(texts)[:4_000]
    taken = []
    for _ in range(50):
        begun = time.perf_counter()
        detector.assess(long)
        taken.append(time.perf_counter() - begun)
    row("danger: 4,000 characters of them", f"{statistics.median(taken) * 1e3:.1f} ms", "≤ 2 ms")


def peers():
    """Ask each peer that is installed (`pip install --group peers`) the same messages."""
    for name, asked in (
        ("cogno-aegis", _aegis),
        ("pantheon-guardrails", _pantheon),
        ("rrt-advocate", _advocate),
        ("ours", _ours),
    ):
        try:
            signals = asked()
        except ImportError:
            row(f"peer: {name}", "not installed", "")
            continue
        shares = {}
        for scope, languages in (("English", ["en"]), ("18 languages", list(MESSAGES))):
            danger = [t for one in languages for s in DANGER for t in MESSAGES[one][s]]
            calm = [t for one in languages for s in ORDINARY for t in MESSAGES[one][s]]
            shares[scope] = (
                f"{sum(map(signals, danger)) / len(danger):.0%} of danger, "
                f"{sum(map(signals, calm)) / len(calm):.0%} of ordinary talk"
            )
        row(
            f"peer: {name}, English",
            shares["English"],
            "",
            f"18 languages: {shares['18 languages']}",
        )


def _aegis():
    guard = importlib.import_module("cogno_aegis.input_guard")
    rules = importlib.import_module("cogno_aegis.safety")
    check = guard.InputGuard(crisis_rules=rules.DEFAULT_CRISIS_RULES)
    return lambda text: not check.check_crisis(text).ok


def _pantheon():
    protocol = importlib.import_module("pantheon_guardrails.crisis").CrisisProtocol()
    return lambda text: protocol.check(text).triggered


def _advocate():
    package = importlib.import_module("rrt_advocate")

    def signals(text):
        level = package.CrisisEngine("x", sentiment_analyzer=None).assess(text).crisis_level
        return level.value in ("high", "critical", "emergency")

    return signals


def _ours():
    detector = Detector.load()
    return lambda text: detector.assess(text).level >= 2
