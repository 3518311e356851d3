"""Reading age of English by the Flesch–Kincaid grade, plus five years.

Kincaid, Fishburne, Rogers and Chissom (1975), "Derivation of new readability formulas for Navy
enlisted personnel": grade = 0.39 words a sentence + 11.8 syllables a word − 15.59. A grade is a
school year of the United States, whose pupils are five years older than its number.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

BLOCKS = {"p", "li", "h1", "h2", "h3", "legend", "label", "dt", "dd", "button", "title", "summary"}
BLOCKS |= {"div", "a", "td", "th", "main", "form", "fieldset"} - {"a"}
SILENT = {"script", "style", "header", "footer", "nav"}


def syllables(word: str) -> int:
    """Vowel groups, less a silent ending; a number counts as one."""
    bare = re.sub(r"[^a-z]", "", word.lower())
    if not bare:
        return 1
    count = len(re.findall(r"[aeiouy]+", bare))
    if re.search(r"[^aeiouylr]es?$|[^aeioudt]ed$|[aeiou][lr]es?$", bare) and count > 1:
        count -= 1
    if re.search(r"(?:s|x|z|ch|sh|c|g)es$", bare):
        count += 1
    return max(count, 1)


def reading_age(sentence: str) -> float:
    """In years; a sentence of no words is for everybody."""
    words = re.findall(r"[A-Za-z0-9'’-]+", sentence)
    if not words:
        return 0.0
    return 0.39 * len(words) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59 + 5


def sentences(text: str) -> list[str]:
    """Split at full stops, question marks, exclamation marks and colons."""
    return [part.strip() for part in re.split(r"(?<=[.?!:])\s+", text) if part.strip()]


class Blocks(HTMLParser):
    """Gathers the text of each block of a page's main part.

    What stands under ``data-required`` is left out: the regulations word it, not we; and so is
    what ``lang`` says is not English.
    """

    VOID = frozenset({"input", "br", "img", "link", "meta", "hr", "path"})

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._text = ""

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag in BLOCKS:
            self._end()
        if tag == "br":
            self._text += " "
        if tag not in self.VOID:
            foreign = not (attributes.get("lang") or "en").startswith("en")
            off = tag in SILENT or "data-required" in attributes or foreign
            self._open.append((tag, off))

    def handle_endtag(self, tag):
        if tag in BLOCKS:
            self._end()
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if any(tag == "main" for tag, _ in self._open) and not any(off for _, off in self._open):
            self._text += data

    def _end(self) -> None:
        text = " ".join(self._text.split())
        if text:
            self.texts.append(text)
        self._text = ""


def texts_of(page: str) -> list[str]:
    """The English texts of a page's main part, one a block."""
    blocks = Blocks()
    blocks.feed(page)
    return blocks.texts
