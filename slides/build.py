"""Build every lecture deck: slides/NN_name.md -> HTML, PDF and handout in slides/build.

A deck is plain Marp Markdown. What it quotes stands between tags that name a published result,

    <span data-result="ch01.greedy_miss_rate">44.8 %</span>    a number of a notebook
    <div data-result="ch01.bits">...</div>                     a table
    ![w:900 ...](figures/ch01.tree.png)                        a figure
    <div data-visual="ch00.attention"></div>                   a live visual

and so also shows in an editor's preview. The build compares each with the executed notebooks:
`--refresh` writes the new values into the deck, without it a stale value is an error.
A visual may open otherwise than in its notebook: data-state='{"context": "fixed"}'.
slides/theme.css is the look of the decks, slides/visuals/NAME.css that of one visual in a slide.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a script, from any folder

from slides.deck.command import main

if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # how --watch ends
        sys.exit(130)
