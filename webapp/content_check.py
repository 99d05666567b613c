"""The content gate behind `make content`: facts, procedures, texts in all voices, readings and easy Japanese."""

from collections.abc import Iterator, Mapping, Sequence

from webapp.app import Ward, load_ward
from webapp.applications.service_appeal import load_appeal
from webapp.config import ROOT, Settings
from webapp.content_play import find_play_faults
from webapp.drafts.service_samples import find_sample_faults
from webapp.facts.service import find_faults as find_fact_faults
from webapp.kit.clock import today
from webapp.kit.messages import extract_messages
from webapp.learning.rules_faults import find_tutorial_faults
from webapp.learning.service_pack import load_pack
from webapp.notifications.service_staff_mail import load_staff_texts
from webapp.notifications.service_texts import list_message_texts
from webapp.procedures.service import find_faults as find_procedure_faults
from webapp.reading.gates import check_texts, fill_days
from webapp.reading.rules_texts import Text
from webapp.reading.service import load_voices
from webapp.reading.service_messages import load_messages
from webapp.staff.rules_layouts import find_layout_faults
from webapp.staff.service_desk import list_pieces
from webapp.staff.service_layouts import load_layouts
from webapp.staff.service_replies import Reply, find_reply_faults, load_replies
from webapp.staff.service_translations import find_translation_faults, load_seen

Pages = dict[str, dict[str, list[str]]]
CHECKED_VOICES = ("ja", "ja-easy")


def find_content_faults(settings: Settings) -> list[str]:
    """Return every fault in what the town says, each with its place. Raises ContentError for a file that cannot be read."""
    ward = load_ward(settings)
    faults = [*find_fact_faults(ward.dictionary), *find_procedure_faults(ward.catalogue, ward.dictionary)]
    faults += find_sample_faults(ward.samples, ward.dictionary, today())
    for tutorial in ward.tutorials.values():
        faults += find_tutorial_faults(tutorial, ward.catalogue, ward.dictionary, today())
    if not any(fault.startswith("tutorials/") for fault in faults):
        faults += find_play_faults(settings)
    faults += find_reply_faults(get_replies(settings))
    faults += find_voice_faults(ward, settings)
    faults += find_staff_faults(ward, settings)
    faults += [f"{f.page}: {f.rule}: {f.text} ({f.detail})" for f in check_texts(collect_pages(ward, settings))]
    return faults


def find_staff_faults(ward: Ward, settings: Settings) -> list[str]:
    """Return what is wrong with the layouts of exports, and translations whose Japanese text was changed afterwards."""
    layouts = load_layouts(settings.content_dir)
    faults = list(find_layout_faults(layouts, ward.catalogue.procedures, ward.dictionary))
    voices = tuple(load_voices(settings.content_dir))
    seen = load_seen(settings.content_dir)
    return [*faults, *find_translation_faults(seen, list_pieces(ward, voices), voices)]


def find_voice_faults(ward: Ward, settings: Settings) -> list[str]:
    """Return what an offered voice lacks: a content text, or an interface text."""
    voices = load_voices(settings.content_dir)
    offered = [voice.code for voice in voices.values() if voice.offered]
    faults = [
        f"{page}: no text in {code}: {text.voices['ja'][:30]}"
        for page, texts in list_texts(ward)
        for text in texts
        for code in offered
        if code not in text.voices
    ]
    messages = load_messages(ROOT / "translations", voices)
    for message in extract_messages(ROOT):
        for code in offered:
            if message.id and voices[code].lang != "ja" and message.id not in messages[code]:
                faults.append(f"translations/{code}: not translated: {message.id}")
    return faults


def collect_pages(ward: Ward, settings: Settings) -> Pages:
    """Return what each page says in the Japanese voices, for the gates."""
    pages: Pages = {}
    for page, texts in list_texts(ward):
        for code in CHECKED_VOICES:
            words = [text.in_voice(code).words for text in texts if code in text.voices]
            pages.setdefault(page, {})[code] = words
    voices = load_voices(settings.content_dir)
    messages = load_messages(ROOT / "translations", voices)
    found = [str(message.id) for message in extract_messages(ROOT) if message.id]
    for code in CHECKED_VOICES:
        pages["interface"][code] += [fill_days(messages[code].get(one, one)) for one in found]
    return pages


def list_texts(ward: Ward) -> Iterator[tuple[str, list[Text]]]:
    """Yield each page's name with all its texts."""
    yield "interface", list(ward.dictionary.topics.values())
    for key, fact in ward.dictionary.facts.items():
        yield f"facts/{key}", [*fact.words.values(), *fact.options.values()]
    for key, words in ward.dictionary.pages.items():
        yield f"pages/{key}", list(words.values())
    for slug, procedure in ward.catalogue.procedures.items():
        texts = [*procedure.words.values(), *procedure.bring, *procedure.declarations.values()]
        yield f"procedures/{slug}", texts
    for slug, page in ward.pages.items():
        yield f"content/pages/{slug}", [page.title, page.opening, *(t for pair in page.sections for t in pair)]
    for slug, tutorial in ward.tutorials.items():
        yield f"tutorials/{slug}", list(_dig(tutorial))
    if (ward.settings.content_dir / "teaching").is_dir():
        voices = [voice.code for voice in load_voices(ward.settings.content_dir).values()]
        yield "teaching", list(_dig(load_pack(ward.settings.content_dir, voices)))
    for name, table in list_message_texts(ward.messages):
        yield name, list(_dig(table))
    yield from list_reply_texts(ward.settings)
    yield from list_other_texts(ward.catalogue)


def list_reply_texts(settings: Settings) -> Iterator[tuple[str, list[Text]]]:
    """Yield the texts of each template that staff write to residents by, how one can object, and the mail that staff get."""
    for key, reply in get_replies(settings).items():
        yield f"replies/{key}", [reply.title, reply.body]
    appeal = load_appeal(settings.content_dir, list(load_voices(settings.content_dir)))
    if appeal is not None:
        yield "appeal", [appeal.title, *appeal.paragraphs]
    for mail in load_staff_texts(settings.content_dir, list(load_voices(settings.content_dir))).values():
        yield "staff-mail", list(_dig(mail.own))


def get_replies(settings: Settings) -> dict[str, Reply]:
    """Return what staff write to residents again and again. Raises ContentError."""
    return load_replies(settings.content_dir, list(load_voices(settings.content_dir)))


def list_other_texts(catalogue: object) -> Iterator[tuple[str, list[Text]]]:
    """Yield the texts of offices, events, audiences and the router, wherever they lie in the catalogue."""
    for name in ("offices", "events", "audiences", "router"):
        texts = list(_dig(getattr(catalogue, name, None)))
        if texts:
            yield name, texts


def _dig(value: object) -> Iterator[Text]:
    """Yield every text inside nested values."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _dig(one)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            yield from _dig(one)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _dig(getattr(value, name))
