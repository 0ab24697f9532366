"""Stand-ins for what the peers import and a benchmark never calls.

JoeyNMT and OpenNMT-py import text processing, servers, plots and loggers on their way to the model.
None of it runs in a training step or a search, so it is not installed.
"""

import sys
import warnings
from unittest.mock import MagicMock

UNUSED = (
    "ahocorasick",
    "ctranslate2",
    "fasttext",
    "importlib_metadata",
    "matplotlib",
    "matplotlib.backends",
    "matplotlib.backends.backend_pdf",
    "matplotlib.figure",
    "matplotlib.pyplot",
    "pyonmttok",
    "rapidfuzz",
    "regex",
    "sentencepiece",
    "spacy",
    "subword_nmt",
    "torch.utils.tensorboard",
)


def put_in_place() -> None:
    """Let the peers be imported without the packages in UNUSED; call it before importing them."""
    for name in UNUSED:
        module = MagicMock(name=name)
        module.__path__ = []
        module.__spec__ = None
        sys.modules.setdefault(name, module)
    # OpenNMT-py 3.5.1 was written for torch 2.2, and names what has moved since.
    warnings.filterwarnings("ignore", r"`torch.cuda.amp", FutureWarning)
