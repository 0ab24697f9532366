import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from course_lib import diagrams
from course_lib.plots import INK
from course_lib.reference.attention import attend, bilinear_scores
from course_lib.reference.probability import softmax
from course_lib.reference.recurrent import minimal_model

MODEL = minimal_model()
STATES = MODEL.encode([2, 5, 7, 11])
SCORES = bilinear_scores(STATES, STATES[-1], MODEL.w_att)
CONTEXT, WEIGHTS = attend(SCORES, STATES)
LOGITS, STATE, _ = MODEL.step(1, STATES[-1], STATES)
PROBS = softmax(LOGITS)
SRC, TGT = "Tom loves playing football .".split(), "汤姆 喜欢 踢 足球 。".split()


def two_decimals(values):
    return {f"{v:.2f}".replace("-", "\N{MINUS SIGN}") for v in np.ravel(values)}


DRAWN = {
    "wirings": (diagrams.wirings, {"many to one", "many to many, in step", "encoder", "decoder"}),
    "encoder_decoder": (
        lambda: diagrams.encoder_decoder(SRC, TGT, "$h_5, C_5$"),
        {*SRC, *TGT, "<bos>", "<eos>", "$h_5, C_5$", "$s_6$"},
    ),
    "lstm_cell": (diagrams.lstm_cell, {"f", "i", "g", "o", "$C$", "$C'$", "$h'$"}),
    "encode": (lambda: diagrams.encode(["a", "b", "c", "d"], STATES), two_decimals(STATES)),
    "compress": (
        lambda: diagrams.compress(STATES),
        {*two_decimals(STATES), "24 numbers", "6 numbers"},
    ),
    "score": (
        lambda: diagrams.score(STATES, STATES[-1], SCORES),
        two_decimals(SCORES) | two_decimals(STATES),
    ),
    "mix": (
        lambda: diagrams.mix(STATES, WEIGHTS),
        {f"{w:.3f} ×" for w in WEIGHTS} | two_decimals(CONTEXT) | two_decimals(STATES),
    ),
    "decode": (
        lambda: diagrams.decode(STATE, PROBS),
        {f"{PROBS.max():.3f}", "0", "19"} | two_decimals(STATE),
    ),
}


@pytest.fixture(params=DRAWN)
def drawn(request):
    draw, expected = DRAWN[request.param]
    fig = draw()
    yield fig, expected
    plt.close(fig)


def texts(fig):
    return [t for ax in fig.axes for t in ax.texts if t.get_text()]


def test_what_is_given_is_printed(drawn):
    fig, expected = drawn
    assert expected <= {t.get_text() for t in texts(fig)}


def test_no_word_leaves_the_picture_and_none_covers_another(drawn):
    fig, _ = drawn
    renderer = fig.canvas.get_renderer()
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts(fig)]
    for name, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0, name
        assert box.x1 <= fig.bbox.x1 and box.y1 <= fig.bbox.y1, name
    for k, (name, box) in enumerate(boxes):
        for other, rest in boxes[k + 1 :]:
            wide = min(box.x1, rest.x1) - max(box.x0, rest.x0)
            high = min(box.y1, rest.y1) - max(box.y0, rest.y0)
            assert wide <= 1 or high <= 1, f"{name!r} covers {other!r}"


def test_a_picture_fits_the_page_and_a_slide(drawn):
    fig, _ = drawn
    width, height = fig.get_size_inches()
    assert width <= 11.5 and height <= 5.5


@pytest.mark.parametrize("value", [-1.0, -0.5, 0.0, 0.5, 1.0])
def test_numbers_stay_readable_on_their_colour(value):
    def luminance(colour):
        linear = [c / 12.92 if c <= 0.04 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return float(np.dot([0.2126, 0.7152, 0.0722], linear))

    background = luminance(diagrams.SIGNED((value + 1) / 2))
    assert (background + 0.05) / (luminance(INK) + 0.05) >= 4.5
