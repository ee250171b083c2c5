"""Which way a metric is better, guessed from its name.

The name is taken apart at punctuation and capitals and read from its end, where the noun stands: `val/loss`
and `valLoss` are losses, `loss/accuracy` is an accuracy, `neg_mean_squared_error` is better when higher.
A name that says nothing has no direction, and then nothing is called better.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

Direction = Literal["lower", "higher"]

_LOWER = re.compile(
    r"""
    loss(es)? | errors? | err | perplexity | ppl | mae | r?mse | r?msle | s?mape | nll | b?ce | kld? | cer
    | wer | fid | lpips | cost | regret | brier | ece | hinge | fpr | fnr | time | duration | latency
    | seconds | secs | false | penalty | divergence | violations?
    | \w+ ( loss | error | perplexity | rmse )           # written without a break: valloss
    """,
    re.VERBOSE,
)
_HIGHER = re.compile(
    r"""
    acc | accuracy | auc | auroc | aucpr | auprc | m?ap | f1 | f2 | fbeta | scores? | precision | recall | r2
    | bleu | rouge | meteor | cider | psnr | ssim | m?iou | dice | jaccard | rewards? | returns? | kappa | mcc
    | sensitivity | specificity | tpr | tnr | ndcg | mrr | hits | gini | elbo | likelihood | loglik | success
    | wins? | throughput | speed | correlation | pearson | spearman
    | \w+ ( accuracy | precision | recall | score )      # trainaccuracy
    """,
    re.VERBOSE,
)
_NEGATIONS = frozenset(("neg", "negative", "minus"))
_TIME_UNIT = re.compile("s|secs?|seconds?|ms|us|ns|min|minutes?|h|hours?")
_BREAK = re.compile(r"[^0-9A-Za-z]+")
_WORD = re.compile(r"[A-Z]?[a-z]+\d*|[A-Z]+(?=[A-Z][a-z])|[A-Z]+\d*|\d+")


@lru_cache(maxsize=4096)
def direction_of(name: str) -> Direction | None:
    """Whether lower or higher values of the metric are better; None where its name does not tell."""
    chunks = [chunk for chunk in _BREAK.split(name) if chunk]
    lowered = [chunk.lower() for chunk in chunks]
    if "per" in lowered:
        return _rate_direction(lowered)
    for chunk in reversed(chunks):
        found = _chunk_direction(chunk)
        if found is not None:
            negated = "false" not in lowered and not _NEGATIONS.isdisjoint(lowered)
            return _opposite(found) if negated else found
    return None


def _rate_direction(words: Sequence[str]) -> Direction | None:
    """`tokens_per_second` is a speed, `ms_per_step` a cost."""
    place = len(words) - 1 - words[::-1].index("per")
    before, after = words[:place], words[place + 1 :]
    if before and _TIME_UNIT.fullmatch(before[-1]):
        return "lower"
    return "higher" if after and _TIME_UNIT.fullmatch(after[0]) else None


def _chunk_direction(chunk: str) -> Direction | None:
    """The direction of `RMSE`, `valLoss`, `bleu4`; None where no part of it is known."""
    for word in (chunk, *reversed(_WORD.findall(chunk))):
        lowered = word.lower()
        for form in (lowered, lowered.rstrip("0123456789")):
            if _LOWER.fullmatch(form):
                return "lower"
            if _HIGHER.fullmatch(form):
                return "higher"
    return None


def _opposite(direction: Direction) -> Direction:
    return "higher" if direction == "lower" else "lower"
