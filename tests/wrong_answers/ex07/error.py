"""Exercise 07, task 4: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

from difflib import SequenceMatcher
from functools import cache

import numpy as np
import torch

from course_lib.reference.probability import greedy
from wrong_answers import Right, Wrong

EOS = "<eos>"


def write(next_word, gold, position, word, max_length):
    said = [*gold[:position], word]
    while said[-1] != EOS and len(said) < max_length:
        row = next_word(tuple(said))
        said.append(max(row, key=row.get))
    return tuple(said)


def write_step_by_step(next_word, gold, position, word, max_length):
    said = ()
    for t in range(max_length):
        row = next_word(said)
        words, p = list(row), np.array(list(row.values()))
        said += (gold[t] if t < position else word if t == position else words[p.argmax()],)
        if said[-1] == EOS:
            break
    return said


def write_recursive(next_word, gold, position, word, max_length):
    def go_on(said):
        if said[-1] == EOS or len(said) >= max_length:
            return said
        row = next_word(said)
        return go_on((*said, sorted(row.items(), key=lambda item: item[1])[-1][0]))

    return go_on((*gold[:position], word))


def no_word(next_word, gold, position, word, max_length):
    said = gold[:position]
    while said[-1:] != (EOS,) and len(said) < max_length:
        row = next_word(said)
        said += (max(row, key=row.get),)
    return said


def gold_goes_on(next_word, gold, position, word, max_length):
    return (*gold[:position], word, *gold[position + 1 :])[:max_length]


def puts_in(next_word, gold, position, word, max_length):
    return write(next_word, gold, position + 1, word, max_length)


def reads_gold(next_word, gold, position, word, max_length):
    said = no_word(next_word, gold, position + 1, word, max_length)
    return (*said[:position], word, *said[position + 1 :])


def own_before(next_word, gold, position, word, max_length):
    said = ()
    while len(said) < position:
        row = next_word(said)
        said += (max(row, key=row.get),)
    return write(next_word, said, position, word, max_length)


def only_rest(next_word, gold, position, word, max_length):
    return write(next_word, gold, position, word, max_length)[position + 1 :]


def one_more(next_word, gold, position, word, max_length):
    return write(next_word, gold, position, word, max_length + 1)


def courses_greedy(next_word, gold, position, word, max_length):
    return greedy(lambda prefix: next_word((*gold[:position], word, *prefix)), max_length)[0]


def common(one, other):
    @cache
    def best(i, j):
        if i == len(one) or j == len(other):
            return 0
        if one[i] == other[j]:
            return 1 + best(i + 1, j + 1)
        return max(best(i + 1, j), best(i, j + 1))

    return best(0, 0)


def judge(written, gold, position):
    after, wanted = written[position + 1 :], gold[position + 1 :]
    return after == wanted, after == gold[position:], common(wanted, after) / len(wanted)


def judge_numbers(written, gold, position):
    after, wanted = list(written[position + 1 :]), list(gold[position + 1 :])
    row = [0] * (len(after) + 1)
    for word in wanted:
        row, before = [0], row
        for j, said in enumerate(after):
            row.append(before[j] + 1 if word == said else max(row[j], before[j + 1]))
    return [int(after == wanted), int(after == list(gold[position:])), row[-1] / len(wanted)]


def judge_tensor(written, gold, position):
    right, after_all, share = judge(written, gold, position)
    return torch.tensor(right), np.bool_(after_all), torch.tensor(share, dtype=torch.float64)


def with_share(share):
    def rest(written, gold, position):
        after, wanted = written[position + 1 :], gold[position + 1 :]
        return *judge(written, gold, position)[:2], share(after, wanted)

    return rest


def occurs(after, wanted):
    return sum(word in after for word in wanted) / len(wanted)


def at_position(after, wanted):
    return sum(a == w for a, w in zip(after, wanted, strict=False)) / len(wanted)


def by_written(after, wanted):
    return common(wanted, after) / len(after) if after else 0.0


def first_match(after, wanted):
    at = found = 0
    for word in wanted:
        for j in range(at, len(after)):
            if after[j] == word:
                at, found = j + 1, found + 1
                break
    return found / len(wanted)


def longest_run_first(after, wanted):
    blocks = SequenceMatcher(None, after, wanted, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(wanted)


def words_between(written, gold, position):
    right, _, share = judge(written, gold, position)
    lost = gold[position:]
    return right, common(lost, written[position + 1 :]) == len(lost), share


def from_error(written, gold, position):
    after, wanted = written[position:], gold[position:]
    before = gold[position - 1 :] if position else gold[:0]
    return after == wanted, after == before, common(wanted, after) / len(wanted)


def swapped(written, gold, position):
    right, after_all, share = judge(written, gold, position)
    return after_all, right, share


def whole(written, gold, position):
    return written == gold, written == gold, judge(written, gold, position)[2]


def one_flag(written, gold, position):
    return judge(written, gold, position)[0]


def writes(name, function, says, loses=frozenset({0})):
    return Wrong(name, "ex07.4", (function, judge), says, set(loses))


def judges(name, function, says, loses):
    return Wrong(name, "ex07.4", (write, function), says, loses)


ANSWERS = [
    Right("loop, recursion kept", "ex07.4", (write, judge)),
    Right("step by step, rows of numbers", "ex07.4", (write_step_by_step, judge_numbers)),
    Right("recursive, tensors", "ex07.4", (write_recursive, judge_tensor)),
    writes("no word", no_word, "The wrong word is not there"),
    writes("gold goes on", gold_goes_on, "the gold goes on"),
    writes("puts in", puts_in, "put in after the gold one"),
    writes("reads gold", reads_gold, "the model read the gold one"),
    writes("own words before", own_before, "the model's own words"),
    writes("only the rest", only_rest, "This is the rest"),
    writes("one more", one_more, "one token too many"),
    writes("course's greedy", courses_greedy, "write it yourself"),
    judges("from the error", from_error, "one word too early", {1, 2}),
    judges("swapped", swapped, "are swapped", {1}),
    judges("whole sentences", whole, "or the whole sentences", {1}),
    judges("words between", words_between, "Another word stands between", {1}),
    judges("longest run first", with_share(longest_run_first), "longest unbroken run", {2}),
    judges("occurs", with_share(occurs), "The words that occur", {2}),
    judges("at position", with_share(at_position), "The words at their position", {2}),
    judges("by what was written", with_share(by_written), "Divide by the length of the gold", {2}),
    judges("first match", with_share(first_match), "found late bars", {2}),
    judges("one flag", one_flag, "(right, after_all, in_order)", {1, 2}),
]
