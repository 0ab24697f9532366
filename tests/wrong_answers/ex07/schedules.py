"""Exercise 07, task 1: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math

import numpy as np
import torch

from course_lib.objectives import inverse_sigmoid as course_function
from wrong_answers import Right, Wrong


def linear(step, slope, end):
    return max(end, 1 - slope * step)


def exponential(step, k):
    return k**step


def sigmoid(step, k):
    return 1 / (1 + math.exp(min(step / k - math.log(k), 600)))


def linear_if(step, slope, end):
    share = 1.0
    for _ in range(step):
        share -= slope
    return share if share > end else end


def exponential_loop(step, k):
    return np.prod(np.full(step, k))


def sigmoid_numpy(step, k):
    return k / (k + np.exp(step / k))  # inf below, and a warning, and right


def linear_torch(step, slope, end):
    return torch.clamp(torch.tensor(1 - slope * step, dtype=torch.float64), min=end)


def exponential_log(step, k):
    return math.exp(step * math.log(k))


def sigmoid_torch(step, k):
    return torch.sigmoid(torch.tensor(math.log(k) - step / k, dtype=torch.float64))


def no_end(step, slope, end):
    return 1 - slope * step


def smaller(step, slope, end):
    return min(end, 1 - slope * step)


def late(step, slope, end):
    return max(end, 1 - slope * (step - 1))


def ahead_linear(step, slope, end):
    return max(end, 1 - slope * (step + 1))


def own_linear(step, slope, end):
    return min(1 - end, slope * step)


def swapped(step, k):
    return step**k


def minus_k(step, k):
    return math.exp(-k * step)


def ahead(step, k):
    return k ** (step + 1)


def own_exponential(step, k):
    return 1 - k**step


def overflows(step, k):
    return k / (k + math.exp(step / k))


def rises(step, k):
    return k / (k + math.exp(-step / k))


def own_sigmoid(step, k):
    return 1 - sigmoid(step, k)


def from_half(step, k):
    return 1 / (1 + math.exp(min(600, step / k)))


def zero_late(step, k):
    return 0.0 if step > 1000 else sigmoid(step, k)


def steep(step, k):
    return k / (k + math.exp(min(600, step)))


def courses(step, k):
    return course_function(k)(step)


def wrong(name, says, loses, one=linear, two=exponential, three=sigmoid):
    return Wrong(name, "ex07.1", (one, two, three), says, loses)


ANSWERS = [
    Right("formulas", "ex07.1", (linear, exponential, sigmoid)),
    Right("loops, numpy", "ex07.1", (linear_if, exponential_loop, sigmoid_numpy)),
    Right("torch, logarithms", "ex07.1", (linear_torch, exponential_log, sigmoid_torch)),
    wrong("no end", "It falls on below its end", {0}, one=no_end),
    wrong("the smaller", "the smaller of the two", {0}, one=smaller),
    wrong("late", "one step late", {0}, one=late),
    wrong("ahead, linear", "one step ahead", {0}, one=ahead_linear),
    wrong("own words, linear", "This is the share of own words", {0}, one=own_linear),
    wrong("swapped", "Base and exponent", {1}, two=swapped),
    wrong("minus k", "e to the power of -k i", {1}, two=minus_k),
    wrong("ahead", "one step ahead", {1}, two=ahead),
    wrong("own words", "This is the share of own words", {1}, two=own_exponential),
    wrong("overflows", "too large for a float", {3}, three=overflows),
    wrong("rises", "the exponent has the wrong sign", {2, 3}, three=rises),
    wrong("own words, sigmoid", "rises from near 0 to 1", {2, 3}, three=own_sigmoid),
    wrong("from one half", "starts at one half", {2, 3}, three=from_half),
    wrong("zero from some step on", "0 from some step on", {3}, three=zero_late),
    wrong("steep", "k stretches the curve", {2, 3}, three=steep),
    wrong("course's own", "write it yourself", {2, 3}, three=courses),
]
