"""The words of the model card, made from its numbers alone.

It is read from the top by people, then by a head of service, then by a sceptical psychologist;
each can stop where they have enough.
"""

from segmentation.evidence import card_accuracy, card_comparison, card_fairness, card_values
from segmentation.evidence.card_fairness import furthest_off
from segmentation.evidence.markdown import filled, in_words, percent, whole
from segmentation.evidence.study import Document


def write(numbers: Document) -> str:
    """Write the whole card as Markdown."""
    parts = [
        f"# Model card: {numbers['tool']}",
        first_line(numbers),
        _people(numbers),
        "## For a head of service",
        _service(numbers),
        "## For a sceptical psychologist",
        _made_of(numbers),
        *card_accuracy.sections(numbers),
        *card_comparison.sections(numbers),
        *card_fairness.sections(numbers),
        *card_values.sections(numbers),
        _unknown(numbers),
        _again(numbers),
    ]
    return filled("\n\n".join(part.strip() for part in parts)) + "\n"


def first_line(numbers: Document) -> str:
    """Say how often the estimate is wrong, in words anybody can use."""
    wrong = in_words(numbers["evidence"]["wrong_in_ten_against_latent"])
    return f"**About {wrong} in ten of these estimates are wrong.**"


def _people(numbers: Document) -> str:
    evidence, asking = numbers["evidence"], numbers["asking"]
    named = whole(evidence["wrong_of_the_named"]["value"])
    unsure, unsure_on_paper = (
        in_words(round(10 * (1 - numbers["forms"][name]["full form"]["coverage"]["value"])))
        for name in ("adaptive", "paper")
    )
    questions = len(numbers["facets"]["paper"])
    return f"""
From {asking["minimum"]} to {asking["maximum"]} answers online, or {questions} on paper, about what
matters to a person, the service estimates which of three broad groups their values come closest to.
The estimate only chooses the wording of letters: offers, amounts, dates and rights are the same for
everybody. Online it is not sure enough for about {unsure} people in ten, on paper for about
{unsure_on_paper} in ten; for them it says nothing, and they get neutral wording. Of those for whom
it does name a group online, about {named} in a hundred are wrong: a person's
values shift between the groups by degrees, and a few answers are a
rough measure of
them. Nobody is "a pioneer" or "a settler" because of it.

("Wrong" is counted against people's values without the noise of single answers. Nobody can see
these, so people are simulated from a model of {numbers["people"]["training"]:,} real respondents:
{percent(evidence["wrong_against_latent"])} wrong online, with the 95% interval in brackets.)"""


def _service(numbers: Document) -> str:
    adaptive, paper = numbers["forms"]["adaptive"], numbers["forms"]["paper"]
    form, latent = adaptive["full form"], adaptive["latent"]
    unassigned, on_paper = (
        100 - whole(each["full form"]["coverage"]["value"]) for each in (adaptive, paper)
    )
    gaps = numbers["groups"]["gaps"]
    accuracy, who = gaps["accuracy"], gaps["unassigned"]
    return f"""
**What it is for.** Choosing between versions of a letter that offer the same terms in different
words, and inviting people to discussion groups in balanced numbers.

**What it must never be used for.** Deciding who is eligible, what is offered, in which order people
are dealt with, or what is thought of a family; telling a person what they are; anything about a
named person outside this service. It knows too little of any one person for that, as the figures
below show.

**How often it is right.** Online it asks {adaptive["items"]["value"]:.1f} questions on average, at
most {adaptive["items asked"]["most"]}. Where it names a group, it names the one the full form of 21
questions would name for {percent(form["accuracy_assigned"])} of people it had never seen. But the
full form errs too. Against people's values themselves it is right for
{percent(latent["accuracy_assigned"])} of those it names a group for. Quote both figures or
neither.

**How often it is unsure, and what happens then.** Online it names no group for {unassigned}% of
people. On paper, where everybody gets the same {len(numbers["facets"]["paper"])} questions, it
names none for {on_paper}%; where it names one, it is the full form's for
{percent(paper["full form"]["accuracy_assigned"])} and right against people's values themselves for
{percent(paper["latent"]["accuracy_assigned"])}. Those without a group get neutral wording, which is
written with as much care, and lose nothing.

**Whether it treats groups alike.** Between men and women, age bands and levels of education, the
largest gap in accuracy is {100 * accuracy["largest"]["value"]:.1f} points, and in who goes
without a
group {100 * who["largest"]["value"]:.1f} points. Chance alone would make gaps of up to
{100 * accuracy["by chance"]:.1f} and {100 * who["by chance"]:.1f} points among so many groups, so
{_verdict(gaps)}. {furthest_off(numbers)} Answers of different ages to a few questions differ
in ways that the other
questions do not explain; see *Items that work differently*.

**What to do before relying on it.** Our questions are worded for this service; that they behave
like the survey's questions, on which the figures rest, has not been shown yet. Run a retest (two
hundred parents, two weeks apart) and a calibration wave (all 21 questions to a random share) in
your own council, and retrain. The parameters are under CC BY-NC-SA 4.0: a commercial deployment
retrains on its own responses."""


def _verdict(gaps: Document) -> str:
    beyond = [
        words
        for name, words in (("accuracy", "accuracy"), ("unassigned", "who goes without a group"))
        if gaps[name]["largest"]["value"] > gaps[name]["by chance"]
    ]
    if not beyond:
        return "neither is beyond chance, though gaps of that size cannot be ruled out"
    return f"the gap in {' and in '.join(beyond)} is beyond chance"


def _made_of(numbers: Document) -> str:
    people = numbers["people"]
    rounds = "; ".join(
        f"round {name}: {each['training']:,} and {each['held out']:,}"
        for name, each in people["by round"].items()
    )
    asking = numbers["asking"]
    return f"""
### What it is made of

**Respondents.** European Social Survey, European Social Survey ERIC, rounds 7 (2014) and 9 (2018),
Great Britain: {people["read"]:,} adults, of whom {people["usable"]:,} answered at least 16
of the 21
portraits and gave no more than 16 identical answers. CC BY-NC-SA 4.0; ESS ERIC has not endorsed
this use. No respondent is in this folder, and no figure is of fewer than ten people.

**Split.** Frozen: held out are those the SHA-256 of whose id begins with an even byte. Training and
held out, {rounds}. Parameters, items, thresholds and stop rule were chosen on the
{people["training"]:,} training respondents, by cross-validation where something could be fitted too
closely. All figures below are of the {people["held out"]:,} held-out ones,
{whole(people["women"])}% women, median age {people["median age"]:.0f}, each counted once; intervals
are 95% bootstrap intervals (2,000 draws of people). Chance raises a calibration error or a largest
gap more often than it lowers it, and raises it once more in the draws; their intervals are
therefore moved so that the middle of the draws lies on the figure, and end at zero. The figures
themselves are left as they are: where the truth is near zero, they and their intervals are still
too high.

**Definition.** Ratings reversed, centred on the person's own mean, averaged to ten values, these to
three composites (settler: security, conformity, tradition; prospector: achievement, power,
hedonism; pioneer: universalism, self-direction, benevolence, stimulation), standardised on
published
norms of Great Britain. The highest names the segment (Schwartz, *Computing scores for the ten human
values*; Rose and Dade, *Using Values Modes*). The borders are cuts through a continuum:
there are no
types in these answers.

**Two truths.** *Against the full form* asks whether a few answers say what all 21 would say. It is
the only truth that can be checked on real people, and it flatters every short form, since
both share
the same answers and their errors. *Against the latent truth* asks whether they say what the answers
would say without the noise of single items. That is known only in simulation: seven factors
and each
item's own noise, fitted to training respondents, {people["simulated"]:,} people made from them. The
model of the answers is a Gaussian, and a segment is a region of its score space: probabilities hold
for any subset of answers, and the stated probability is always of the full form's segment.

**Asking.** Adaptive: the item that is expected to tell most comes next; it stops at a
probability of
{asking["stop"]}, after at least {asking["minimum"]} and at most {asking["maximum"]} items. Below
{numbers["threshold"]} no segment is said. On paper: {len(numbers["facets"]["paper"])} fixed items,
chosen for the latent truth."""


def _unknown(numbers: Document) -> str:
    halves = numbers["halves"]
    return f"""
### What is not known

- **Own wording.** All figures are of the survey's portraits. Ours stand for the same facets
  in other
  words, and have not yet been answered by anybody whose answers to the survey's are known.
- **Parents.** The tool is trained on adults of all ages. {_parents(numbers)} They are
  parents of 2014, not parents of children with special educational needs who are in touch with
  their council.
- **Retest.** Nobody has been asked twice. Halves of the full form agree for
  {percent(halves["respondents"])} of people; how many keep their segment for two weeks is open.
- **Languages.** The respondents answered in English. Welsh, Polish and Urdu are typed only once
  their equivalence is shown.
- **Mode.** The survey's portraits were answered in an interview, face to face. Online, on paper
  and by telephone people answer otherwise, by how much we do not know.
- **Order.** Here all 21 were answered in one order. An adaptive form asks in another, and answers
  may depend on what came before.
- **Years.** 2014 and 2018. Values move slowly, but nobody has looked since.
- **The simulation.** It assumes Gaussian factors and independent noise, and judges
  the tool in the world of the tool's own model. Where its halves agree less
  often than real ones do, or more often, it is wrong in that direction: see *Reliability*.
- **Whether it helps.** That wording by segment works better than neutral wording is a separate
  question; a trial with a neutral arm answers it, not this card."""


def _parents(numbers: Document) -> str:
    for group in numbers["groups"]["groups"].get("parents", {}).values():
        return (
            f"For the {group['people']} held-out parents of round 7 accuracy is "
            f"{percent(group['accuracy'])}."
        )
    return "Held-out parents are too few to tell."


def _again(numbers: Document) -> str:
    return f"""
### Recomputing it

```sh
python -m segmentation evaluate --data FILE            # this card, its figures and figures.json
python -m segmentation evaluate --data FILE --check    # compares with the committed numbers
python -m segmentation targets --data FILE             # the numbers this tool was to reach
```

`figures.json` beside this card holds every number above to four decimals, the tool is
`../{numbers["tool"]}.json`. Seeds are fixed: the same respondents give the same card."""
