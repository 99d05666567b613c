"""The door to the kinds of question for other rooms."""

from webapp.facts.kinds import KINDS, handler_of
from webapp.facts.kinds.choice import keys_of, words_of
from webapp.facts.kinds.lists import name_of

__all__ = ["KINDS", "handler_of", "keys_of", "name_of", "words_of"]
