"""Every measure against its definition, worked by hand or by another route."""

import json
import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st

from course_lib import metrics

tokens = st.lists(st.sampled_from("abcd"), max_size=6).map(tuple)
corpora = st.lists(st.tuples(tokens, tokens), min_size=1, max_size=6)


def words(*lines: str) -> list[tuple[str, ...]]:
    return [tuple(line.split()) for line in lines]


# One number a sentence


def test_exact_match():
    found = metrics.exact_match([("a", "b"), ["a"], ()], [["a", "b"], ("b",), ()])
    assert found.tolist() == [True, False, True]
    assert not metrics.exact_match(words("a", "a b", ""), words("a b", "a", "a")).any()


def test_valid_asks_the_task():
    def is_valid(source, hypothesis):
        return len(hypothesis) == 2 * len(source)

    found = metrics.valid(words("a", "a b", "a b"), words("x y", "x", "w x y z"), is_valid)
    assert found.tolist() == [True, False, True]


def test_token_accuracy_by_hand():
    hypotheses = words("a b c", "a", "x b", "a b c d", "b a")
    references = words("a x c", "a b", "a b", "a b c", "a b")
    found = metrics.token_accuracy(hypotheses, references)
    assert found == pytest.approx([2 / 3, 1 / 2, 1 / 2, 1, 0])
    assert metrics.token_accuracy([(), ("a",)], [(), ()]).tolist() == [1, 0]


def test_accuracy_by_position_counts_the_references_that_reach_it():
    hypotheses = words("a b c", "a", "x b")
    references = words("a x c", "a b", "a b")
    found = metrics.accuracy_by_position(hypotheses, references)
    assert found == pytest.approx([2 / 3, 1 / 3, 1])


@given(corpus=corpora)
def test_position_and_sentence_count_the_same_tokens(corpus):
    """Weighted by their counts, both accuracies hold the same number of right tokens."""
    hypotheses, references = zip(*corpus, strict=True)
    lengths = np.array([len(reference) for reference in references])
    reached = [(lengths > t).sum() for t in range(lengths.max())]
    by_position = metrics.accuracy_by_position(hypotheses, references) @ np.array(reached, float)
    by_sentence = metrics.token_accuracy(hypotheses, references) @ lengths
    assert by_position == pytest.approx(by_sentence)


def test_repetition_by_hand():
    hypotheses = words("a b a b a", "a a", "x y", "x x", "")
    references = words("a b c d e", "a a", "a b", "a b", "a")
    # a twice and b once too often; as often as asked; wrong, not repeated; wrong and repeated
    assert metrics.repetition(hypotheses, references) == pytest.approx([3 / 5, 0, 0, 1 / 2, 0])
    # bigrams ab ba ab ba: one ab and one ba too often
    assert metrics.repetition(hypotheses[:1], references[:1], n=2) == pytest.approx([2 / 4])


def test_omission_by_hand():
    hypotheses = words("c a", "a", "", "b a")
    references = words("a b c", "a a", "a", "a b")
    assert metrics.omission(hypotheses, references) == pytest.approx([1 / 3, 1 / 2, 1, 0])
    assert metrics.omission(hypotheses[3:], references[3:], n=2).tolist() == [1]


@given(corpus=corpora, n=st.integers(1, 3))
def test_a_copy_of_the_reference_repeats_and_omits_nothing(corpus, n):
    hypotheses, references = zip(*corpus, strict=True)
    assert not metrics.repetition(references, references, n).any()
    assert not metrics.omission(references, references, n).any()
    for share in (
        metrics.repetition(hypotheses, references, n),
        metrics.omission(hypotheses, references, n),
    ):
        assert ((share >= 0) & (share <= 1)).all()


@given(corpus=corpora)
def test_writing_it_twice_repeats_half_and_omits_nothing(corpus):
    references = [reference for _, reference in corpus if reference] or [("a",)]
    twice = [reference * 2 for reference in references]
    assert metrics.repetition(twice, references) == pytest.approx(0.5)
    assert not metrics.omission(twice, references).any()


# A corpus against its references


@given(corpus=corpora)
def test_bleu_and_chrf_are_sacrebleus(corpus):
    hypotheses, references = zip(*corpus, strict=True)
    lines = [" ".join(hypothesis) for hypothesis in hypotheses]
    expected = [" ".join(reference) for reference in references]
    single = [[reference] for reference in references]
    bleu = sacrebleu.corpus_bleu(lines, [expected], tokenize="none", force=True).score
    assert metrics.bleu(hypotheses, single) == pytest.approx(bleu)
    chrf = sacrebleu.corpus_chrf(lines, [expected]).score
    assert metrics.chrf(hypotheses, single) == pytest.approx(chrf)


def test_bleu_and_chrf_are_those_of_the_command_line(tmp_path):
    """What `sacrebleu` prints for the same words in files, two references each."""
    hypotheses = words("the cat sat on a mat .", "don't buy $5 fish , please", "a b c d e f g")
    first = words("the cat sat on the mat .", "do not buy $5 fish", "a b c d e f")
    second = words("a cat was on the mat", "don't buy the fish , please !", "b c d e f g h")
    files = {"hypotheses": hypotheses, "first": first, "second": second}
    for name, sentences in files.items():
        (tmp_path / name).write_text("".join(" ".join(line) + "\n" for line in sentences))
    command = [sys.executable, "-m", "sacrebleu", "first", "second", "-i", "hypotheses"]
    command += ["--metrics", "bleu", "chrf", "--tokenize", "none", "--force", "--width", "9"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    printed = [report["score"] for report in json.loads(done.stdout)]
    references = [list(both) for both in zip(first, second, strict=True)]
    ours = [metrics.bleu(hypotheses, references), metrics.chrf(hypotheses, references)]
    assert ours == pytest.approx(printed, abs=1e-8)


def test_bleu_by_hand():
    """4 of 5 words, 3 of 4 bigrams, 2 of 3, 1 of 2; the hypothesis is not too short."""
    hypothesis, reference = words("a b c d x", "a b c d e")
    expected = 100 * math.exp(sum(map(math.log, (4 / 5, 3 / 4, 2 / 3, 1 / 2))) / 4)
    assert metrics.bleu([hypothesis], [[reference]]) == pytest.approx(expected)


def test_bleu_takes_words_as_they_are():
    """sacrebleu's own tokenizer would split don't and $5, and find matches inside."""
    hypothesis, reference = words("it costs $5 don't you know", "it costs $6 don't you know")
    line, other = " ".join(hypothesis), " ".join(reference)
    split = sacrebleu.corpus_bleu([line], [[other]], force=True).score
    assert metrics.bleu([hypothesis], [[reference]]) != pytest.approx(split)


def test_bleu_with_several_references_each():
    hypotheses = words("a b c d e", "p q r s t")
    references = [words("v w x y z", "a b c d e"), words("p q r s t")]
    assert metrics.bleu(hypotheses, references) == pytest.approx(100)
    assert metrics.bleu(hypotheses, [references[0][:1], references[1]]) < 99
    assert metrics.chrf(hypotheses, references) == pytest.approx(100)


def test_a_hundred_tokenized_lines_warn_about_nothing(caplog, capsys):
    lines = [("我", "喜欢", "猫", "们", ".")] * 120
    assert metrics.bleu(lines, [[line] for line in lines]) == pytest.approx(100)
    assert metrics.chrf(lines, [[line] for line in lines]) == pytest.approx(100)
    assert not caplog.records
    assert capsys.readouterr() == ("", "")


# Alignment

WEIGHTS = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4], [0.1, 0.6, 0.3], [0.2, 0.2, 0.6]])


def test_argmax_links():
    assert metrics.argmax_links(WEIGHTS) == {(0, 0), (2, 1), (1, 2), (2, 3)}
    assert metrics.argmax_links(WEIGHTS, target_length=2) == {(0, 0), (2, 1)}


def test_alignment_accuracy_by_hand():
    """Three linked tokens of which two are hit; token 1 may be either of two words."""
    gold = {(0, 0), (1, 1), (2, 1), (0, 2)}
    assert metrics.alignment_accuracy([WEIGHTS], [gold]) == pytest.approx(2 / 3)
    assert metrics.alignment_accuracy([WEIGHTS] * 2, [gold, {(2, 3)}]) == pytest.approx(3 / 4)


def test_alignment_error_rate_by_hand():
    """A of 4 links meets 2 of 3 sure ones and 3 of the possible ones: 1 - (2 + 3) / (4 + 3)."""
    predicted = metrics.argmax_links(WEIGHTS)
    sure, possible = {(0, 0), (1, 2), (0, 3)}, {(0, 0), (2, 1), (2, 2)}
    found = metrics.alignment_error_rate([predicted], [sure], [possible])
    assert found == pytest.approx(1 - 5 / 7)


links = st.frozensets(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6)


@given(predicted=links.filter(len), sure=links.filter(len), extra=links)
def test_alignment_error_rate_is_a_mean_of_precision_and_recall(predicted, sure, extra):
    """Weighted by |A| and |S|; with S = P it is 1 - F1. Perfect for S, and for all of P."""
    possible = sure | extra
    recall = len(predicted & sure) / len(sure)
    precision = len(predicted & possible) / len(predicted)
    mean = (recall * len(sure) + precision * len(predicted)) / (len(sure) + len(predicted))
    rate = metrics.alignment_error_rate([predicted], [sure], [possible])
    assert rate == pytest.approx(1 - mean)
    assert 0 <= rate <= 1
    assert metrics.alignment_error_rate([sure], [sure], [possible]) == 0
    assert metrics.alignment_error_rate([possible], [sure], [possible]) == 0
    assert rate <= metrics.alignment_error_rate([predicted], [sure])


def test_alignment_error_rate_pools_the_corpus():
    right, wrong = {(0, 0)}, {(0, 0), (1, 1), (2, 2)}
    rate = metrics.alignment_error_rate([right, wrong], [right, {(3, 3)}])
    assert rate == pytest.approx(1 - 2 / 6)


# Likelihood and search


def test_cross_entropy_by_hand():
    """A uniform choice among 8, for 5 tokens in two sentences: 3 bits, perplexity 8."""
    found = metrics.cross_entropy([-3 * math.log(8), -2 * math.log(8)], [3, 2])
    assert found.nats_per_token == pytest.approx(math.log(8))
    assert found.bits_per_token == pytest.approx(3)
    assert found.perplexity == pytest.approx(8)


def test_cross_entropy_weighs_tokens_not_sentences():
    assert metrics.cross_entropy([-1.0, -9.0], [1, 9]).nats_per_token == pytest.approx(1.0)
    assert metrics.cross_entropy([-4.0, 0.0], [1, 3]).nats_per_token == pytest.approx(1.0)


def test_search_errors():
    found = metrics.search_errors([-2.0, -1.0, -1.0 - 1e-9], [-1.5, -1.0, -1.0])
    assert found.tolist() == [True, False, False]


# Summaries


def test_mean_and_spread():
    found = metrics.mean_and_spread([0.5, 0.7, 0.9])
    assert (found.mean, found.spread) == (pytest.approx(0.7), pytest.approx(0.2))
    assert (found.low, found.high, found.n) == (0.5, 0.9, 3)
    assert str(found) == "0.700 ± 0.200 (3 seeds, 0.500 to 0.900)"


def test_an_experiment_is_run_once_a_seed():
    asked: list[int] = []
    found = metrics.over_seeds(lambda seed: asked.append(seed) or seed / 10, iter((2, 9, 4)))
    assert asked == [2, 9, 4]
    assert found == metrics.mean_and_spread([0.2, 0.9, 0.4])


def test_by_length():
    found = metrics.by_length([1, 0, 1, 1], [1, 10, 11, 30], edges=[10, 20, 25, 30])
    assert found == {(1, 10): 0.5, (11, 20): 1.0, (26, 30): 1.0}


# Bad input

ONE: Any = [("a",)]
TWO: Any = [("a",), ("b",)]
PAIRED = {
    "exact_match": metrics.exact_match,
    "token_accuracy": metrics.token_accuracy,
    "accuracy_by_position": metrics.accuracy_by_position,
    "repetition": metrics.repetition,
    "omission": metrics.omission,
    "bleu": metrics.bleu,
    "chrf": metrics.chrf,
}


@pytest.mark.parametrize("measure", PAIRED.values(), ids=PAIRED)
def test_unequal_or_empty_lists(measure):
    with pytest.raises(ValueError, match=r"hypotheses has 2 items and references has 1.*dropped"):
        measure(TWO, ONE)
    with pytest.raises(ValueError, match=r"hypotheses is empty.*at least one"):
        measure([], [])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metrics.valid(TWO, ONE, lambda *_: True), "sources has 2 items and hyp"),
        (lambda: metrics.repetition(ONE, ONE, n=0), "n is 0.*at least 1"),
        (lambda: metrics.bleu(ONE, [[("a b",)]]), "'a b' among .*without spaces"),
        (lambda: metrics.bleu([(5, 7)], [[("a",)]]), "5 among .*Decode ids"),  # pyright: ignore
        (lambda: metrics.argmax_links(np.ones((1, 2, 3))), r"shape \(1, 2, 3\).*\(T, S\)"),
        (lambda: metrics.alignment_accuracy([WEIGHTS], [{(3, 0)}]), r"links\[0\] has \(3, 0\)"),
        (lambda: metrics.alignment_accuracy([WEIGHTS], [{(0, 4)}]), r"4 target tokens"),
        (lambda: metrics.alignment_accuracy([WEIGHTS], [set()]), "links are empty"),
        (lambda: metrics.alignment_accuracy([WEIGHTS], []), "weights has 1 .* links has 0"),
        (lambda: metrics.alignment_error_rate([set()], [set()]), "no link at all"),
        (lambda: metrics.cross_entropy([-1.0], [0]), r"lengths\[0\] is 0.*eos counts"),
        (lambda: metrics.cross_entropy([-1.0, 0.5], [1, 1]), r"log_probs\[1\] is 0.5.*0 or less"),
        (lambda: metrics.cross_entropy([math.nan], [1]), r"log_probs\[0\] is nan"),
        (lambda: metrics.search_errors([math.nan], [-1.0]), "nan"),
        (lambda: metrics.search_errors([-1.0], []), "found has 1 items and best has 0"),
        (lambda: metrics.mean_and_spread([0.5]), r"\[0.5\].*at least 2 seeds"),
        (lambda: metrics.mean_and_spread([0.5, math.inf]), r"values\[1\] is not finite"),
        (lambda: metrics.over_seeds(float, [3]), r"\[3.0\].*at least 2 seeds"),
        (lambda: metrics.over_seeds(float, [3, 5, 3]), r"\[3, 5, 3\]; a seed comes twice"),
        (lambda: metrics.argmax_links(np.array([[0.5, math.nan]])), "weights has a nan"),
        (lambda: metrics.by_length([1.0], [12], [10]), "12, but the bands .* to 10; add an edge"),
        (lambda: metrics.by_length([1.0], [0], [10]), "run from 0"),
        (lambda: metrics.by_length([1.0], [2], [10, 10]), r"edges is \[10, 10\]"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_single_reference_needs_brackets():
    with pytest.raises(TypeError, match=r"references\[0\] is \('a',\).*\[reference\]"):
        metrics.bleu(ONE, ONE)
