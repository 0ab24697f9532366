"""Live visuals: Python checks and computes, JavaScript draws, in a notebook, a slide or a page."""

from course_lib.widgets.heatmap import AttentionHeatmap

__all__ = ["AttentionHeatmap"]
