"""What else would do as well: baselines in the same harness, fewer people, fewer answers, time."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from segmentation.estimator import SegmentRegionClassifier
from segmentation.evaluation import SEED, figures, mean, measure
from segmentation.evidence.study import (
    Document,
    Study,
    answered,
    asked_adaptively,
    laid_out,
    measured,
)
from segmentation.respondents import BACKGROUND
from segmentation.scoring import (
    SEGMENTS,
    Floats,
    composites,
    likeness,
    standing_weights,
    value_scores,
)
from segmentation.training import Sample, fit

LENGTHS: Final = (6, 8, 10, 12, 16)
SIZES: Final = (100, 200, 400, 800, 1600)
DRAWS: Final = 10
MISSING: Final = (0, 1, 2, 3, 4, 6)
EARLIER, LATER = 7, 9


def baselines(study: Study) -> Document:
    """Fit what is simpler or more usual on the same people, and test it on the same people."""
    training, testing, counts = study.training, study.testing, study.real.counts
    shares = np.bincount(training.segments, minlength=len(SEGMENTS)) / len(training.people)
    facets = study.paper
    seen, unseen = training.ratings_of(facets), testing.ratings_of(facets)
    found = {
        "majority": np.tile(shares, (len(testing.people), 1)),
        "demographics": _demographics()
        .fit(_background(training), training.segments)
        .predict_proba(_background(testing)),
    }
    for name, make in MODELS.items():
        model = make().fit(seen, training.segments)
        found[name] = model.predict_proba(unseen)
    found["region of a Gaussian (ours)"] = study.fixed(study.real, facets).posterior
    return {"sum score": {"accuracy": measured(measure(mean(_sum_score_hits(study), counts)))}} | {
        name: laid_out(figures(posterior, testing.segments, counts))
        for name, posterior in found.items()
    }


def fixed_lengths(study: Study) -> Document:
    """Set the Gaussian beside a multinomial logistic fitted anew for each fixed form."""
    found: Document = {}
    for length in LENGTHS:
        facets = study.chosen[:length]
        model = logistic().fit(study.training.ratings_of(facets), study.training.segments)
        posterior = model.predict_proba(study.testing.ratings_of(facets))
        found[str(length)] = {
            "ours": laid_out(
                figures(
                    study.fixed(study.real, facets).posterior,
                    study.real.truth,
                    study.real.counts,
                )
            ),
            "logistic": laid_out(figures(posterior, study.real.truth, study.real.counts)),
        }
    return found


def learning(study: Study) -> list[Document]:
    """Train on fewer respondents, ten draws of each number, and test on all held-out ones."""
    chance = np.random.default_rng(SEED)
    everyone = len(study.training.people)
    found = []
    for size in (*(size for size in SIZES if size < everyone), everyone):
        scores: dict[str, list[tuple[float, float]]] = {"ours": [], "logistic": []}
        for _ in range(1 if size == everyone else DRAWS):
            some = study.training.take(chance.permutation(everyone)[:size])
            scores["ours"].append(_score(study, _ours(some, study.paper, study)))
            model = logistic().fit(some.ratings_of(study.paper), some.segments)
            scores["logistic"].append(
                _score(study, model.predict_proba(study.testing.ratings_of(study.paper)))
            )
        found.append(
            {"people": size}
            | {
                name: {
                    "accuracy": float(np.mean([hits for hits, _ in each])),
                    "lowest": float(np.min([hits for hits, _ in each])),
                    "highest": float(np.max([hits for hits, _ in each])),
                    "log_loss": float(np.mean([loss for _, loss in each])),
                }
                for name, each in scores.items()
            }
        )
    return found


def missing(study: Study) -> list[Document]:
    """Take answers to the paper form away by chance; the logistic has means put in their place."""
    chance = np.random.default_rng(SEED)
    ratings = study.testing.ratings_of(study.paper)
    model = logistic().fit(study.training.ratings_of(study.paper), study.training.segments)
    places = [study.tool.facets.index(facet) for facet in study.paper]
    found = []
    for number in MISSING:
        ranks = chance.random(ratings.shape).argsort(axis=1).argsort(axis=1)
        left = np.where(ranks < number, np.nan, ratings)
        whole = np.full((len(left), len(study.tool.facets)), np.nan)
        whole[:, places] = left
        found.append(
            {
                "missing": number,
                "ours": laid_out(
                    figures(
                        answered(study.tool, whole).posterior,
                        study.real.truth,
                        study.real.counts,
                    )
                ),
                "logistic": laid_out(
                    figures(model.predict_proba(left), study.real.truth, study.real.counts)
                ),
            }
        )
    return found


def temporal(study: Study) -> Document:
    """Train on one round and test on the other, adaptively, with the shipped rules of asking."""
    later = np.array([person.essround == LATER for person in study.testing.people])
    ratings = study.real.ratings[later]
    truth, counts = study.real.truth[later], study.real.counts[:, later]
    found: Document = {"tested": int(later.sum())}
    hits = {}
    for name, essround in (("trained on round 7", EARLIER), ("trained on round 9", LATER)):
        rows = np.flatnonzero([person.essround == essround for person in study.training.people])
        tool = replace(
            fit(study.training.take(rows), study.instrument),
            refusals=study.tool.refusals,
            asking=study.tool.asking,
        )
        asked = asked_adaptively(tool, ratings)
        hits[essround] = asked.posterior.argmax(axis=1) == truth
        found[name] = {
            "trained": len(rows),
            "items": float(asked.items.mean()),
        } | laid_out(figures(asked.posterior, truth, counts, asked.assigned))
    drop = mean(hits[LATER], counts) - mean(hits[EARLIER], counts)
    found["drop"] = measured(measure(drop))
    return found


def logistic() -> ClassifierMixin:
    """Make a multinomial logistic regression, with means for what was left out."""
    return make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(max_iter=1000))


MODELS: Final[dict[str, Callable[[], ClassifierMixin]]] = {
    "multinomial logistic": logistic,
    "linear discriminant": lambda: make_pipeline(SimpleImputer(), LinearDiscriminantAnalysis()),
    "boosted trees": lambda: HistGradientBoostingClassifier(
        max_iter=150, learning_rate=0.06, max_leaf_nodes=8, random_state=SEED
    ),
}
"""Each as it is usually set; none was tuned on held-out people."""


def _demographics() -> ClassifierMixin:
    age = BACKGROUND.index("agea")
    kinds = [place for place in range(len(BACKGROUND)) if place != age]
    return make_pipeline(
        make_column_transformer(
            (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), [age]),
            (OneHotEncoder(handle_unknown="ignore"), kinds),
        ),
        LogisticRegression(max_iter=1000),
    )


def _background(sample: Sample) -> Floats:
    return np.array([[person.background[name] for name in BACKGROUND] for person in sample.people])


def _sum_score_hits(study: Study) -> NDArray[np.bool_]:
    """Score the paper form as the full form is scored, standardised on training people."""
    seen, unseen = (
        composites(value_scores(side.ratings_of(study.paper), study.paper))
        for side in (study.training, study.testing)
    )
    standing = (unseen - np.nanmean(seen, axis=0)) / np.nanstd(seen, axis=0)
    hits: NDArray[np.bool_] = (
        np.where(np.isnan(standing), 0.0, standing).argmax(axis=1) == study.testing.segments
    )
    return hits


def _ours(some: Sample, facets: tuple[str, ...], study: Study) -> Floats:
    """Fit the Gaussian on some people and give the held-out their posteriors from some facets."""
    scores = standing_weights(study.tool.facets, study.tool.norms)
    model = SegmentRegionClassifier(scores=scores).fit(
        likeness(some.ratings_of(study.tool.facets)), some.segments, sample_weight=some.weights
    )
    kept = np.array([facet in facets for facet in study.tool.facets])
    posterior: Floats = model.predict_proba(likeness(np.where(kept, study.real.ratings, np.nan)))
    return posterior


def _score(study: Study, posterior: Floats) -> tuple[float, float]:
    truth = study.real.truth
    loss = -np.log(posterior[np.arange(len(truth)), truth]).mean()
    return float((posterior.argmax(axis=1) == truth).mean()), float(loss)
