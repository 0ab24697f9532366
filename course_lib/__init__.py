"""The helper package of the Seq2Seq course.

One notation holds in every notebook, slide, docstring and figure:

    x_1..x_S      source tokens            B  batch size
    y_1..y_T      target tokens, y_T = eos S  source length
    h_i           encoder states           T  target length, eos counted
    s_t           decoder states           V  vocabulary size
    e_{t,i}       attention scores         E  embedding size
    alpha_{t,i}   attention weights        H  hidden size
    c or c_t      fixed context, or the    K  beam width
                  context of step t

Tensors are (B, time, features). Masks are boolean, True = real token. Logarithms are natural
(nats) unless a name says bits.

Importing this package loads nothing heavy: import the module you need.
"""

__version__ = "0.2.0"
