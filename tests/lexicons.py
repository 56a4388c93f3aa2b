"""The lexicons as their files have them, read once for all tests."""

from bot.crisis.lexicon import read_lexicons

LEXICONS = read_lexicons()
