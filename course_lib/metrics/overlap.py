"""Overlap of a corpus with its references: BLEU and chrF, counted by sacrebleu."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from course_lib.metrics.checks import check_pairs

Words = Sequence[str]


def bleu(hypotheses: Sequence[Words], references: Sequence[Sequence[Words]]) -> float:
    """BLEU of the corpus, 0 to 100 (Papineni et al. 2002; sacrebleu's smoothing, "exp").

    references[i] is the list of all references of sentence i, one or more: [[ref]] for a single
    one. The words are taken as they are: they are joined by spaces and sacrebleu is told
    tokenize="none", so that its own tokenizer can't split them again.
    """
    hypothesis_lines, streams = _lines(hypotheses, references)
    metric = BLEU(tokenize="none", force=True)  # force: no warning that text looks tokenized
    return float(metric.corpus_score(hypothesis_lines, streams).score)


def chrf(hypotheses: Sequence[Words], references: Sequence[Sequence[Words]]) -> float:
    """Character n-gram F-score of the corpus, 0 to 100 (chrF2, Popović 2015).

    references as for bleu. Spaces are not counted, so it does not matter how words were split.
    """
    hypothesis_lines, streams = _lines(hypotheses, references)
    return float(CHRF().corpus_score(hypothesis_lines, streams).score)


def _lines(
    hypotheses: Sequence[Words], references: Sequence[Sequence[Words]]
) -> tuple[list[str], list[list[Any]]]:
    """Join words to lines, and turn lists of references round to sacrebleu's streams."""
    check_pairs(hypotheses=hypotheses, references=references)
    for i, alternatives in enumerate(references):
        if isinstance(alternatives, str) or not alternatives or isinstance(alternatives[0], str):
            raise TypeError(
                f"references[{i}] is {alternatives!r}; it must be a list of references, each "
                "a list of words. Put a single one in brackets: [reference]."
            )
    lines = [[_line(reference) for reference in alternatives] for alternatives in references]
    # sacrebleu wants the first references of all sentences, then the second ones, None where there
    # is none; its type hints don't know that None.
    streams: list[list[Any]] = list(map(list, zip_longest(*lines)))
    return [_line(hypothesis) for hypothesis in hypotheses], streams


def _line(words: Words) -> str:
    for word in words:
        if not isinstance(word, str) or not word or any(map(str.isspace, word)):
            raise ValueError(
                f"{word!r} among {list(words)!r} is not a word; BLEU and chrF compare text words "
                "without spaces. Decode ids with the vocabulary first."
            )
    return " ".join(words)
