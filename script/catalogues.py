"""The message catalogues: what `script/translations` does.

Words stand in the code and the templates in English. Each other language has one file,
``parentportal/translations/<language>/LC_MESSAGES/messages.po``, which a translator fills.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
PORTAL = ROOT / "parentportal"
TRANSLATIONS = PORTAL / "translations"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {
    "templates/**.html": {"extensions": "jinja2.ext.do", "trimmed": "true", "silent": "false"}
}
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2), "_l": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
COUNTED = "num"
"""The placeholder of a number, which a plural form may say in a word ("no letters")."""

PLURALS = {
    "cy": (6, "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n==3 ? 3 : n==6 ? 4 : 5)"),
    "pl": (3, "(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2)"),
    "ur": (2, "(n != 1)"),
}
"""How each language counts (Unicode CLDR, "Language Plural Rules", whole numbers).

Welsh has six forms there: zero, one, two, few (3), many (6), other.
"""


def path_of(language: str) -> Path:
    """Where a language's catalogue stands."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def extracted() -> Catalog:
    """Gather every message of the code and the templates."""
    template = Catalog(project="parentportal", fuzzy=False)
    for filename, line, message, comments, context in extract_from_dir(
        PORTAL, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        template.add(message, None, [(filename, line)], auto_comments=comments, context=context)
    return template


def read(language: str) -> Catalog:
    """Read a language's catalogue, an empty one where there is none; its plural rule is ours."""
    path = path_of(language)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    else:
        catalog = Catalog(locale=language, project="parentportal", fuzzy=False)
    count, expression = PLURALS[language]
    catalog.mime_headers = [("Plural-Forms", f"nplurals={count}; plural={expression};")]
    return catalog


def update() -> None:
    """Bring new messages into every catalogue and drop those that nobody shows any more."""
    template = extracted()
    for language in PLURALS:
        catalog = read(language)
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalog.header_comment = f"# {language}: translations of the portal's words."
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(
                file, catalog, 100, sort_by_file=True, ignore_obsolete=True, include_lineno=False
            )
        empty = sum(not _texts(message) for message in catalog if message.id)
        print(f"{language}: {len(catalog)} messages, {empty} to translate")


def compile_all() -> None:
    """Write what the running service reads."""
    for language in PLURALS:
        if path_of(language).exists():
            with path_of(language).with_suffix(".mo").open("wb") as file:
                write_mo(file, read(language))


def check() -> list[str]:
    """List what is wrong with the catalogues, one line each; empty when all are complete."""
    template = extracted()
    found = []
    for language, plurals in PLURALS.items():
        if not path_of(language).exists():
            found.append(f"{language}: there is no catalogue")
            continue
        with path_of(language).open("rb") as file:
            written = read_po(file, locale=language)
        if (written.num_plurals, written.plural_expr) != plurals:
            found.append(f"{language}: the plural rule is not CLDR's: {written.plural_forms}")
        found += [
            f"{language}: {wrong}: {message.id}"
            for message in template
            if message.id
            for wrong in faults(written.get(message.id, message.context), written.num_plurals)
        ]
    return found


def faults(message: Message | None, plurals: int) -> list[str]:
    """Say what is wrong with one translation."""
    if message is None:
        return ["not in the catalogue (run script/translations update)"]
    if message.fuzzy:
        return ["fuzzy"]
    texts = _texts(message)
    if len(texts) < (plurals if message.pluralizable else 1):
        return ["not translated"]
    english = message.id if isinstance(message.id, str) else message.id[-1]
    wanted = set(PLACEHOLDER.findall(english))
    free = {COUNTED} if message.pluralizable else set()
    return [
        f"placeholders {sorted(there)}, not {sorted(wanted)}"
        for there in map(set, map(PLACEHOLDER.findall, texts))
        if there - wanted or wanted - there - free
    ]


def _texts(message: Message) -> list[str]:
    strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return [text for text in strings if text]


def main(arguments: list[str]) -> int:
    """Do what is asked: extract, update, compile or check."""
    match arguments:
        case ["extract"]:
            write_po(sys.stdout.buffer, extracted(), width=100, sort_by_file=True)
        case ["update"]:
            update()
        case ["compile"]:
            compile_all()
        case ["check"]:
            found = check()
            print("\n".join(found) or "Every catalogue is complete.")
            return 1 if found else 0
        case _:
            print("script/translations extract | update | compile | check", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
