"""The kinds of question, by name."""

from collections.abc import Mapping

from webapp.facts.kinds.address import AddressKind
from webapp.facts.kinds.amount import AmountKind
from webapp.facts.kinds.bank import BankKind
from webapp.facts.kinds.base import KindHandler
from webapp.facts.kinds.choice import ChoiceKind, ChoicesKind
from webapp.facts.kinds.date import DateKind
from webapp.facts.kinds.lists import FileKind, PeopleKind, PersonKind
from webapp.facts.kinds.mail import MailKind
from webapp.facts.kinds.name import NameKind
from webapp.facts.kinds.number import NumberKind
from webapp.facts.kinds.phone import PhoneKind
from webapp.facts.kinds.text import TextKind
from webapp.facts.rules import Fact

KINDS: Mapping[str, KindHandler] = {
    "text": TextKind(),
    "name": NameKind(),
    "date": DateKind(),
    "address": AddressKind(),
    "phone": PhoneKind(),
    "mail": MailKind(),
    "choice": ChoiceKind("choose-one"),
    "choices": ChoicesKind(),
    "yesno": ChoiceKind("choose-one"),
    "number": NumberKind(),
    "amount": AmountKind(),
    "bank": BankKind(),
    "people": PeopleKind(),
    "person": PersonKind(),
    "file": FileKind(),
}


def handler_of(fact: Fact) -> KindHandler:
    """Return what handles a fact's kind."""
    return KINDS[fact.define.kind]
