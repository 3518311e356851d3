"""A council's logo and signature: SVG from outside, read strictly and kept as text.

A drawing is of shapes in flat colours and nothing else. What could run, fetch, or hang a press is
refused with its name: scripts, references, fonts, gradients, entities. What only a drawing program
reads (its own names, metadata) is left out of the text that is kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any, Self
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

LARGEST = 200_000
"""Bytes of the file."""
MOST_SHAPES = 5_000
DEEPEST = 20
"""Groups within groups: the press would run out of stack at some hundreds."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SVG = "http://www.w3.org/2000/svg"
_SHAPES = frozenset(
    {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
)
_LEFT_OUT = frozenset({"title", "desc", "metadata", "defs"})
_GEOMETRY = _names("d points x y x1 y1 x2 y2 cx cy r rx ry width height transform")
_PROPERTIES = _names(
    """
    fill fill-rule fill-opacity stroke stroke-width stroke-linecap stroke-linejoin
    stroke-miterlimit stroke-dasharray stroke-opacity opacity
    """
)
_MEANINGLESS = _names(
    """
    id class version baseProfile enable-background preserveAspectRatio shape-rendering
    role space lang
    """
)
_VALUE = re.compile(r"[\w\s.,#%()+\-]*", re.ASCII)
_FILE = re.compile(r"[\w-]+\.svg", re.ASCII)
_NUMBERS = re.compile(r"[\s,]+")
_WIDEST, _NARROWEST = 20.0, 0.1  # width to height; beyond, it is a line and no drawing


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing that is safe to set.

    Attributes:
        svg: its text, of shapes alone.
        aspect: its width, its height being 1.
    """

    svg: str
    aspect: float

    def __str__(self) -> str:
        return self.svg

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an SVG file's text; what was read once reads the same again.

        Raises:
            ValueError: with what is wrong, in words that follow the setting's name.
        """
        if len(text.encode()) > LARGEST:
            raise ValueError(f"must be a drawing of at most {LARGEST // 1000} kB")
        reading = _Reading()
        reading.read(text)
        return cls("".join(reading.pieces), reading.aspect)


def with_drawings(
    document: Any, folder: Traversable, problems: list[tuple[str, str]], place: str = ""
) -> Any:
    """The document with the text of every `{ file = "name.svg" }` in the place of that table.

    Args:
        document: of TOML's types.
        folder: where the files lie; no name leads out of it.
        problems: gets a (place, reason) for each file that cannot be read.
        place: where the document itself stands.
    """
    if not isinstance(document, Mapping):
        return document
    if set(document) == {"file"}:
        try:
            return _read_file(folder, document["file"])
        except ValueError as wrong:
            problems.append((f"{place}.file", str(wrong)))
            return None
    return {
        name: with_drawings(value, folder, problems, f"{place}.{name}" if place else str(name))
        for name, value in document.items()
    }


def _read_file(folder: Traversable, name: object) -> str:
    if not isinstance(name, str) or not _FILE.fullmatch(name):
        raise ValueError("must be the name of an SVG file in the same folder, such as logo.svg")
    try:
        with folder.joinpath(name).open("rb") as stream:
            raw = stream.read(LARGEST + 1)
        return raw.decode()
    except OSError as wrong:
        raise ValueError(f"cannot be read: {wrong.strerror}") from wrong
    except UnicodeDecodeError as wrong:
        raise ValueError("is not in UTF-8") from wrong


class _Reading:
    """One pass over a file, which writes down what stays."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.aspect = 0.0
        self._open: list[str] = []
        self._skipping = 0
        self._shapes = 0

    def read(self, text: str) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _refuse_document_type
        parser.ProcessingInstructionHandler = _refuse_instruction
        parser.SkippedEntityHandler = _refuse_entity
        try:
            parser.Parse(text.removeprefix("\ufeff").encode(), True)  # noqa: FBT003 -- expat's own
        except expat.ExpatError as wrong:
            raise ValueError(f"is no SVG drawing: {expat.ErrorString(wrong.code)}") from wrong
        if not self._shapes:
            raise ValueError("has no shape in it")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        namespace, _, element = name.rpartition(" ")
        if len(self._open) >= DEEPEST:
            raise ValueError(f"has more than {DEEPEST} groups within each other")
        self._open.append(element)
        if self._skipping or (namespace and namespace != _SVG) or element in _LEFT_OUT:
            self._skipping += 1
            _refuse_dangerous(element, namespace)
            return
        if element not in _SHAPES or not namespace:
            raise ValueError(f"has an element that cannot be printed safely: {element}")
        if (element == "svg") != (len(self._open) == 1):
            raise ValueError("must be one svg element with shapes in it")
        if element == "svg":
            self._begin(attributes)
            return
        if element != "g":
            self._shapes += 1
            if self._shapes > MOST_SHAPES:
                raise ValueError(f"has more than {MOST_SHAPES} shapes")
        kept = "".join(
            f" {name}={quoteattr(value)}"
            for name, value in attributes.items()
            if _is_kept(name, value)
        )
        self.pieces.append(f"<{element}{kept}>")

    def _begin(self, attributes: Mapping[str, str]) -> None:
        box = attributes.get("viewBox")
        if box is None:
            box = f"0 0 {_length(attributes, 'width')} {_length(attributes, 'height')}"
        try:
            left, top, width, height = (float(part) for part in _NUMBERS.split(box.strip()))
        except ValueError as wrong:
            raise ValueError("has no viewBox of four numbers") from wrong
        if not (0 < width < float("inf") and 0 < height < float("inf")):
            raise ValueError("has no viewBox of four numbers")
        self.aspect = width / height
        if not _NARROWEST <= self.aspect <= _WIDEST:
            raise ValueError("is far too wide or far too tall")
        style = "".join(
            f" {name}={quoteattr(value)}"
            for name, value in attributes.items()
            if name in _PROPERTIES and _is_kept(name, value)
        )
        numbers = f"{left:g} {top:g} {width:g} {height:g}"
        self.pieces.append(f'<svg xmlns="{_SVG}" viewBox="{numbers}"{style}>')

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        if self._skipping:
            self._skipping -= 1
        else:
            self.pieces.append(f"</{element}>")


def _is_kept(name: str, value: str) -> bool:
    """Whether an attribute belongs to the drawing; a drawing program's own do not.

    Raises:
        ValueError: it could do more than draw.
    """
    plain = name.rpartition(" ")[2]
    if plain.casefold() in {"href", "src"} or plain.casefold().startswith("on"):
        raise ValueError(f"has an attribute that could fetch or run something: {plain}")
    if plain != name or plain in _MEANINGLESS or plain.startswith(("data-", "aria-")):
        return False
    if plain not in _GEOMETRY | _PROPERTIES | {"style"}:
        raise ValueError(f"has an attribute that cannot be printed safely: {plain}")
    if plain == "style":
        for declaration in value.split(";"):
            prop, _, setting = (part.strip() for part in declaration.partition(":"))
            if prop and prop not in _PROPERTIES and not prop.startswith(("-inkscape", "font")):
                raise ValueError(f"has a style that cannot be printed safely: {prop}")
            _check_value(prop or plain, setting)
    else:
        _check_value(plain, value)
    return True


def _check_value(name: str, value: str) -> None:
    if "url" in value.casefold():
        raise ValueError(f"must have flat colours: {name} refers to something else")
    if not _VALUE.fullmatch(value):
        raise ValueError(f"has a value that cannot be printed safely, in {name}")


def _refuse_dangerous(element: str, namespace: str) -> None:
    """What is left out may be metadata, not something that runs or a colour that runs out."""
    if namespace in {"", _SVG} and element not in _LEFT_OUT:
        raise ValueError(f"has an element that cannot be printed safely: {element}")


def _length(attributes: Mapping[str, str], name: str) -> str:
    return attributes.get(name, "").removesuffix("px").removesuffix("pt").removesuffix("mm")


def _refuse_document_type(
    _name: str, _system: str | None, _public: str | None, inside: int
) -> None:
    if inside:
        raise ValueError("must not declare entities")


def _refuse_instruction(target: str, _rest: str) -> None:
    raise ValueError(f"must not have instructions to other programs: {target}")


def _refuse_entity(name: str, _is_parameter: int) -> None:
    raise ValueError(f"must not use entities: {name}")
