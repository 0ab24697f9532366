"""Live visuals: Python checks and computes, JavaScript draws, in a notebook, a slide or a page."""

from course_lib.widgets.beam_tree import BeamTree
from course_lib.widgets.error_lab import ErrorLab
from course_lib.widgets.heatmap import AttentionHeatmap
from course_lib.widgets.heatmap_live import LiveHeatmap
from course_lib.widgets.mechanism_lab import MechanismLab
from course_lib.widgets.probability_tree import ProbabilityTree

__all__ = [
    "AttentionHeatmap",
    "BeamTree",
    "ErrorLab",
    "LiveHeatmap",
    "MechanismLab",
    "ProbabilityTree",
]
