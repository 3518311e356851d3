"""A further language is data alone: nothing but files is added to a copy of the package."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import messaging
import segmentation

KEY = "en_IE"
LANGUAGE = f'\n[{KEY}]\ntag = "en-IE"\nname = "English of Ireland"\n'
ASKED = """
from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.channels import Channel
from messaging.composition import Recipient, compose
from messaging.council import demonstration_council
from messaging.languages import LANGUAGES
from messaging.letters import LetterPress
from messaging.parity import SAMPLE_ADDRESS, parity, sample_date, sample_recipients
from messaging.variants import Arm, ChoiceReason, select_variant
from segmentation.segments import Segment

assert "en_IE" in LANGUAGES
council = demonstration_council()
campaign = load_campaign("ptb-offer")
choice = select_variant(
    campaign, Channel.LETTER, "en_IE", Segment.PIONEER, arm=Arm.TAILORED, objected=False
)
assert choice.reason is ChoiceReason.TAILORED, choice.reason
(_, children), *_ = sample_recipients(campaign)
message = compose(
    choice.variant,
    Recipient("Ali Sample", "en_IE", SAMPLE_ADDRESS, children),
    council,
    dated=sample_date(council),
)
assert "2 September 2024" in message.dated_text
assert 1 <= LetterPress().render(message).pages <= 2
report = parity(campaign, council, languages=["en_IE"])
assert ("en_IE", "sms", "settler") in report.compared
assert not report.differences, report.differences[:1]
print("written")
"""


def test_a_fifth_language_is_added_by_files_alone(tmp_path):
    """Its words are English: what is tested is that no code has to know of it."""
    for package in (messaging, segmentation):
        source = Path(package.__file__).parent
        shutil.copytree(
            source,
            tmp_path / source.name,
            ignore=shutil.ignore_patterns("__pycache__", "typing_tools", "evidence"),
        )
    add_language(tmp_path / "messaging")
    done = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "written\n"


def add_language(package):
    listed = package / "copy" / "languages.toml"
    listed.write_text(listed.read_text(encoding="utf-8") + LANGUAGE, encoding="utf-8")
    for english in [*package.glob("copy/**/en_GB.toml"), *package.glob("lexicon/en_GB.toml")]:
        shutil.copy(english, english.with_name(f"{KEY}.toml"))
    council = package / "demonstration" / "council.toml"
    council.write_text(with_texts(council.read_text(encoding="utf-8")), encoding="utf-8")


def with_texts(document):
    """The council's texts once more in the new language, each after the last of its others."""
    lines, english = [], ""
    for line in document.splitlines():
        lines.append(line)
        if line.startswith("en_GB = "):
            english = line.removeprefix("en_GB = ")
        elif line.startswith("ur = "):
            lines.append(f"{KEY} = {english}")
    whole = "\n".join(lines)
    return re.sub(r'(en_GB = ("[^"]*")[^{}\n]*ur = "[^"]*")( ?})', rf"\1, {KEY} = \2\3", whole)
