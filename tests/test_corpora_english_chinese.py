"""The grammar: exact p*, the best translation, links, the garden path, and clean language."""

import re
from collections import Counter
from itertools import pairwise
from math import exp, isclose, log

import numpy as np
import pytest

from course_lib.corpora import EnglishChinese
from course_lib.corpora.dice import Dice
from course_lib.corpora.parse import clauses, parse, spoken
from course_lib.corpora.speak import LENGTHS, MOST_CLAUSES, Speaker
from course_lib.corpora.translate import translate
from course_lib.corpora.words import TIMES
from course_lib.data import Pair

TASK = EnglishChinese()


def sample(n: int, seed: int, clauses: int | None = None) -> list[Pair]:
    rng = np.random.default_rng(seed)
    return [TASK.sample(rng, clauses) for _ in range(n)]


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return sample(800, 0)


def greedy(src: tuple[str, ...]) -> tuple[str, ...]:
    said: tuple[str, ...] = ()
    while True:
        following = TASK.next_word_distribution(src, said)
        token = max(following, key=lambda word: following[word])
        if token == "<eos>":
            return said
        said += (token,)


@pytest.mark.parametrize(
    ("english", "chinese", "ways"),
    [
        ("I like cats", "我 喜欢 猫", 1),
        ("I like cats .", "我 喜欢 猫 。", 1),
        ("I love you", "我 爱 你", 1),
        ("I love you .", "我 爱 你 。", 1),
        ("Tom loves playing football .", "汤姆 喜欢 踢 足球 。", 2),
        ("Tom plays football in the park every day .", "汤姆 每天 在 公园 踢 足球 。", 6),
        ("they are playing basketball .", "他们 正在 打 篮球 。", 3),
        (
            "Tom wants to sleep because he is tired .",
            "因为 汤姆 很 累 ， 所以 他 想 睡觉 。",
            12,
        ),
        ("she did not go to school by bus yesterday .", "她 昨天 没 坐 公交车 去 学校 。", 8),
        ("do you have a dog ?", "你 有 狗 吗 ？", 1),
        ("Anna bought two cakes .", "安娜 买 了 两 个 蛋糕 。", 1),
        ("this book is interesting .", "这 本 书 很 有趣 。", 2),
    ],
)
def test_sentences_of_the_course(english: str, chinese: str, ways: int):
    src = tuple(english.split())
    assert TASK.best_translation(src) == tuple(chinese.split())
    assert TASK.count(src) == ways


def test_p_star_sums_to_one_and_agrees_with_itself(pairs):
    listed = 0
    for pair in pairs:
        if TASK.count(pair.src) > 3000:
            continue
        listed += 1
        ways = TASK.translations(pair.src)
        assert isclose(sum(ways.values()), 1, abs_tol=1e-9)
        assert len(ways) == TASK.count(pair.src)  # no two derivations of one translation
        assert TASK.best_translation(pair.src) == max(ways, key=lambda tgt: ways[tgt])
        assert TASK.log_prob(pair.src, pair.tgt) == pytest.approx(log(ways[pair.tgt]))
        nats, length = TASK.choices(pair.src).entropy()
        assert nats == pytest.approx(-sum(p * log(p) for p in ways.values()), abs=1e-9)
        assert length == pytest.approx(sum(p * len(tgt) for tgt, p in ways.items()))
    assert listed > 700


def test_the_best_translation_beats_the_second_best_by_a_clear_margin(pairs):
    for pair in pairs[:400]:
        if 1 < TASK.count(pair.src) <= 3000:
            first, second = sorted(TASK.translations(pair.src).values())[:-3:-1]
            assert first > 1.1 * second


def test_long_sentences_have_exact_functions_too():
    for pair in sample(20, 1, clauses=8):
        if TASK.count(pair.src) > TASK.most:
            with pytest.raises(ValueError, match="more than the 100,000"):
                TASK.translations(pair.src)
        best = TASK.best_translation(pair.src)
        assert TASK.is_valid(pair.src, pair.tgt) and TASK.is_valid(pair.src, best)
        assert TASK.log_prob(pair.src, best) >= TASK.log_prob(pair.src, pair.tgt)
        total = 0.0
        for t in range(len(pair.tgt) + 1):
            following = TASK.next_word_distribution(pair.src, pair.tgt[:t])
            assert isclose(sum(following.values()), 1, abs_tol=1e-9)
            total += log(following[(*pair.tgt, "<eos>")[t]])
        assert total == pytest.approx(TASK.log_prob(pair.src, pair.tgt))


def test_targets_are_drawn_from_p_star():
    src = tuple("Tom is singing in the park because he is happy .".split())
    node, ways = TASK.choices(src), TASK.translations(src)
    dice, n = Dice(np.random.default_rng(2)), 20_000
    seen: Counter[tuple[str, ...]] = Counter()
    for _ in range(n):
        said = []
        node.draw(dice.uniform, said)
        seen[tuple(word.token for word in said)] += 1
    chi_square = sum((seen[tgt] - n * p) ** 2 / (n * p) for tgt, p in ways.items())
    freedom = len(ways) - 1
    assert set(seen) <= set(ways)
    assert abs(chi_square - freedom) < 4 * (2 * freedom) ** 0.5


def test_samples_lose_as_much_as_the_floor_says(pairs):
    nats = -sum(TASK.log_prob(pair.src, pair.tgt) for pair in pairs)
    tokens = sum(len(pair.tgt) + 1 for pair in pairs)
    assert nats / tokens == pytest.approx(TASK.floor(pairs), rel=0.08)
    assert 0.14 < TASK.floor(pairs) < 0.20


def test_greedy_misses_the_best_translation_in_a_fair_share_of_sentences(pairs):
    missed = [pair for pair in pairs[:400] if greedy(pair.src) != TASK.best_translation(pair.src)]
    assert 0.25 < len(missed) / 400 < 0.45
    for pair in missed:
        assert TASK.log_prob(pair.src, greedy(pair.src)) < TASK.log_prob(
            pair.src, TASK.best_translation(pair.src)
        )


@pytest.mark.parametrize(
    ("english", "prefix", "first", "other"),
    [
        ("Tom swims every day .", "汤姆", "每天", "天天"),
        ("Tom is swimming .", "汤姆", "正在", "在"),
        ("Tom likes cats because cats are cute .", "", "因为", "由于"),
    ],
)
def test_garden_paths_open_with_45_against_55(english, prefix, first, other):
    src = tuple(english.split())
    following = TASK.next_word_distribution(src, prefix.split())
    assert following == pytest.approx({first: 0.45, other: 0.55})
    assert TASK.best_translation(src)[len(prefix.split())] == first
    assert greedy(src)[len(prefix.split())] == other


def test_links_cover_every_chinese_word_and_all_but_function_words(pairs):
    for pair in pairs:
        assert TASK.links(pair.src, pair.tgt) == pair.links
        linked = {i for i, _ in pair.links}
        assert {t for _, t in pair.links} == set(range(len(pair.tgt)))
        assert linked <= set(range(len(pair.src)))
        assert {pair.src[i] for i in set(range(len(pair.src))) - linked} <= TASK.unlinked


def test_links_follow_the_name_when_it_changes_places():
    src = tuple("Tom wants to sing because he is happy .".split())
    tgt = tuple("因为 汤姆 很 高兴 ， 所以 他 想 唱歌 。".split())
    assert {(0, 1), (5, 6), (4, 0), (7, 3), (3, 8), (8, 9)} <= TASK.links(src, tgt)


def test_without_ambiguity_there_is_one_translation_and_it_is_the_best(pairs):
    plain = EnglishChinese(ambiguous=False)
    for pair in pairs[:500]:
        assert plain.translations(pair.src) == {TASK.best_translation(pair.src): 1.0}
    one = plain.sample(np.random.default_rng(3))
    assert plain.translations(one.src) == {one.tgt: 1.0}
    assert plain.floor(pairs[:50]) == 0


def test_reading_gives_back_what_was_meant_and_nothing_else():
    rng = np.random.default_rng(4)
    read: set[tuple[str, ...]] = set()
    for _ in range(800):
        dice = Dice(rng)
        meaning = Speaker(dice).sentence(dice.weighted(LENGTHS))
        src, _ = translate(meaning)
        assert parse(src) == meaning
        for unit in meaning.units:
            for clause in filter(None, (unit.first, unit.second)):
                words = spoken(clause)
                if words not in read:
                    assert clauses(words, meaning.end == "?") == [clause]
                    read.add(words)


def test_length_grows_with_the_clauses():
    means = [np.mean([len(p.src) for p in sample(60, 5, n)]) for n in (1, 2, 4, 6, 12)]
    assert means == sorted(means) and means[0] < 9 and means[3] > 35
    for wrong in (0, MOST_CLAUSES + 1):
        with pytest.raises(ValueError, match=f"clauses is {wrong}; it must be 1 to 12"):
            TASK.sample(np.random.default_rng(0), wrong)


def test_sampling_is_repeatable_and_varied():
    assert sample(50, 6) == sample(50, 6)
    assert len({pair.src for pair in sample(2000, 7)}) > 1800


def test_english_is_clean(pairs):
    one = r"(?:he|she|Tom|Peter|Mary|Anna|my (?:father|mother|brother|sister|friend))"
    for text in (" ".join(pair.src) for pair in pairs):
        assert not re.search(r"\ba [aeiou]|\ban [^aeiou]", text)
        assert not re.search(
            rf"(?:^|, and |, but ){one} (?:like|love|want|have|play|eat|are)\b", text
        )
        assert not re.search(r"\b(?:I|you|we|they) (?:likes|loves|wants|has|plays|eats|is)\b", text)
        assert not re.search(r"\b(\w+) \1\b", text)
        assert not re.search(r"(?:yesterday|last week).*(?:is|are|am) \w+ing", text)


def test_but_is_a_contrast_and_never_comes_twice_in_a_row():
    contrasts = 0
    for pair in sample(150, 8, clauses=4):
        meaning = parse(pair.src)
        assert ("but", "but") not in pairwise(meaning.joints)
        said = [unit.second if unit.link == "so" else unit.first for unit in meaning.units]
        for joint, (one, other) in zip(meaning.joints, pairwise(said), strict=True):
            assert one is not None and other is not None
            negated = [getattr(clause, "negated", False) for clause in (one, other)]
            assert joint == "but" or negated != [False, True]
            contrasts += joint == "but" and negated[0] != negated[1]
        people = [getattr(clause, "subject", None) for clause in said]
        assert len(set(people)) == len(people)
    assert contrasts > 30


def test_no_time_is_said_twice():
    for text in (" ".join(pair.src) for pair in sample(150, 9, clauses=5)):
        for time in TIMES:
            assert text.count(" ".join(time.english)) <= 1


def test_chinese_is_clean(pairs):
    for text in (" ".join(pair.tgt) for pair in pairs):
        assert not re.search(
            r"踢 (?:篮球|网球)|打 足球|二 |不 有|没 了|呢 [^。]|很 喜欢 .* 吗", text + " 。"
        )
        assert not re.search(r" (\S+) \1 ", f" {text} ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Tom like cats .", "'like' at position 1 does not fit; here the grammar has 'likes'"),
        ("Tom has an cat", "'an' at position 2 does not fit; here the grammar has 'a'"),
        ("I like zebras", "'zebras' at position 2 is not of the task"),
        ("I like catss", "'catss' at position 2 is not of the task; near words are cats, cat"),
        ("I like cats , and Tom reads dogs", "'Tom reads dogs', from position 5"),
        ("I like cats because", "a clause is missing at the end"),
        ("because I like cats", "a clause is missing at position 0"),
        ("", "src is empty"),
    ],
)
def test_sentences_outside_the_grammar_are_refused_by_name(text: str, message: str):
    with pytest.raises(ValueError, match=re.escape(message)):
        TASK.translations(tuple(text.split()))


def test_wrong_translations_are_not_valid():
    src = tuple("Tom has two dogs .".split())
    assert TASK.is_valid(src, "汤姆 有 两 只 狗 。".split())
    for wrong in ("汤姆 有 二 只 狗 。", "汤姆 有 两 本 狗 。", "汤姆 有 两 只 狗", "", "汤姆"):
        assert not TASK.is_valid(src, wrong.split())
        assert exp(TASK.log_prob(src, wrong.split())) == 0
