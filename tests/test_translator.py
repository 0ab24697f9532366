import numpy as np
import pytest

from course_lib.checkpoint import Checkpoint, save_checkpoint
from course_lib.corpora import EnglishChinese
from course_lib.data import Vocab
from course_lib.model import ModelConfig, build, stepper
from course_lib.search import greedy
from course_lib.translator import SHIPPED, Translator, load_translator

TASK = EnglishChinese()


@pytest.fixture(scope="module")
def translator() -> Translator:
    return load_translator()


def test_the_sentences_of_the_course(translator):
    assert translator.translate("I like cats").tgt == ("我", "喜欢", "猫")
    assert translator.translate("I love you").tgt == ("我", "爱", "你")
    football = translator.translate("Tom loves playing football .")
    assert football.tgt == ("汤姆", "喜欢", "踢", "足球", "。")
    assert football.src == ("Tom", "loves", "playing", "football", ".")


def test_a_translation_has_weights_for_every_word_and_a_log_prob(translator):
    said = translator.translate("Tom loves playing football .")
    assert said.weights.shape == (len(said.tgt), len(said.src))
    np.testing.assert_allclose(said.weights.sum(axis=1), 1.0, atol=1e-5)
    exact = TASK.log_prob(said.src, said.tgt)
    assert said.log_prob == pytest.approx(exact, abs=0.7)


def test_new_sentences_of_every_length_are_translated(translator):
    """A band, not the measured share: the JSON beside the checkpoint has that."""
    rng = np.random.default_rng(11)
    valid = [
        TASK.is_valid(pair.src, translator.translate(" ".join(pair.src), width=1).tgt)
        for clauses in (1, 2, 3, 4)
        for pair in (TASK.sample(rng, clauses=clauses) for _ in range(10))
        if len(pair.src) <= translator.longest
    ]
    assert len(valid) > 30 and np.mean(valid) > 0.9


def test_width_one_is_greedy_search(translator):
    text = "my sister does not like that book , but you love eating rice"
    src = TASK.tokenize(text)
    vocabs = translator.checkpoint.src_vocab, translator.checkpoint.tgt_vocab
    step, state = stepper(translator.checkpoint.model, vocabs[0].encode(src))
    best = greedy(step, state, bos=Vocab.bos, eos=Vocab.eos, max_length=60)
    said = translator.translate(text, width=1)
    assert said.tgt == tuple(vocabs[1].decode(best.tokens))
    assert said.log_prob == pytest.approx(best.log_prob)
    assert translator.translate(text, width=5).log_prob >= said.log_prob


def test_the_shipped_vocabulary_is_the_tasks(translator):
    """If not, the grammar changed: run `make checkpoint` again."""
    assert translator.checkpoint.src_vocab == Vocab(TASK.src_tokens)
    assert translator.checkpoint.tgt_vocab == Vocab(TASK.tgt_tokens)


def test_the_shipped_file_is_small():
    assert SHIPPED.stat().st_size < 2.5e6


# Bad input


def test_an_unknown_word_is_named_with_words_near_it(translator):
    with pytest.raises(ValueError, match=r"'catz' is not in the vocabulary; near it: .*cat"):
        translator.translate("I like catz")
    with pytest.raises(ValueError, match=r"'qqq' is not in the vocabulary; 'zzz' is not in the"):
        translator.translate("qqq likes zzz")


@pytest.mark.parametrize("word", ["<eos>", "<img", "猫"])
def test_what_is_no_word_stays_unknown(translator, word):
    with pytest.raises(ValueError, match="is not in the vocabulary"):
        translator.translate(f"I like {word}")


@pytest.mark.parametrize("text", ["", "   \n\t "])
def test_an_empty_sentence_is_an_error(translator, text):
    with pytest.raises(ValueError, match="empty"):
        translator.translate(text)


def test_one_word_is_enough(translator):
    assert len(translator.translate("cats").src) == 1


def test_a_sentence_too_long_is_told_the_limit(translator):
    with pytest.raises(ValueError, match=r"text has 41 words; .* up to 40, so split"):
        translator.translate("cats " * 41)


@pytest.mark.parametrize("width", [0, 10_000])
def test_a_width_that_can_not_be_is_an_error(translator, width):
    with pytest.raises(ValueError, match="width"):
        translator.translate("I like cats", width=width)


def test_a_missing_checkpoint_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.safetensors does not exist"):
        load_translator(tmp_path / "none.safetensors")


def test_a_checkpoint_that_is_no_translator_is_refused(tmp_path):
    vocabs = Vocab(TASK.src_tokens), Vocab(TASK.tgt_tokens)
    config = ModelConfig(embedding_size=2, hidden_size=2, decoder="fixed")
    checkpoint = Checkpoint(build(config, *map(len, vocabs)), config, *vocabs)
    with pytest.raises(ValueError, match="no attention"):
        Translator(checkpoint, longest=40).translate("I like cats", width=1)
    save_checkpoint(tmp_path / "other.safetensors", checkpoint)
    with pytest.raises(ValueError, match=r"other\.safetensors: its notes do not say the 'longest'"):
        load_translator(tmp_path / "other.safetensors")
