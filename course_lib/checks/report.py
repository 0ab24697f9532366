"""The result of a check: points by property and what to say about each, as text and as HTML."""

import html
from dataclasses import dataclass, replace

SAME = "The same as above."
BORDER = {True: "#2e9e5b", False: "#c9822a"}  # readable on white and on black; words say it too


@dataclass(frozen=True)
class Finding:
    """One property: its points; where it failed also the complaint, the mistake and the input."""

    name: str
    points: float
    max_points: float
    complaint: str = ""
    mistake: str = ""
    shown_input: str = ""
    hint: str = ""

    @property
    def passed(self) -> bool:
        """Whether the property held in every case tried."""
        return not self.complaint


@dataclass(frozen=True)
class Report:
    """What a check found, in the order of its properties. Shows itself in a notebook.

    cases is how many inputs were tried; a report claims no more than that.
    """

    task_id: str
    title: str
    findings: tuple[Finding, ...]
    cases: int
    note: str = ""
    footer: str = ""

    @property
    def points(self) -> float:
        """Points earned."""
        return float(sum(f.points for f in self.findings))

    @property
    def max_points(self) -> float:
        """Points that can be earned."""
        return float(sum(f.max_points for f in self.findings))

    @property
    def solved(self) -> bool:
        """Whether every property holds."""
        return all(f.passed for f in self.findings)

    @property
    def headline(self) -> str:
        """Task and points in one line."""
        return f"{self.title}: {self.points:g} of {self.max_points:g} points"

    @property
    def claim(self) -> str:
        """What was tried, and no more."""
        if not self.cases:
            return ""
        tried = f"{self.cases} input{'s' * (self.cases != 1)} tried"
        return f"{tried}. That is evidence, not a proof." if self.solved else f"{tried}."

    def __str__(self) -> str:
        lines = [self.headline, *([self.note] if self.note else [])]
        for finding in self._told():
            lines.append(f"  {finding.points:g}/{finding.max_points:g}  {finding.name}")
            for text in (finding.mistake, finding.complaint, finding.shown_input, finding.hint):
                lines.extend(f"        {line}" for line in text.splitlines())
        return "\n".join([*lines, *filter(None, (self.claim, self.footer))])

    def _told(self) -> list[Finding]:
        """Return the findings as they are shown: what was said above is not said again."""
        told, said = [], set()
        for finding in self.findings:
            shown = finding
            if finding.complaint and finding.complaint in said:  # the same error, word by word
                shown = Finding(finding.name, finding.points, finding.max_points, SAME)
            elif finding.mistake and finding.mistake in said:
                shown = replace(finding, mistake="The same mistake as above.")
            said |= {finding.complaint, finding.mistake}
            told.append(shown)
        return told

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        colour = BORDER[self.solved]
        told = self._told()
        first = next((f for f in told if not f.passed), None)
        note = f"<p style='margin:.3em 0'>{escape(self.note)}</p>" if self.note else ""
        last = " ".join(escape(text) for text in (self.claim, self.footer) if text)
        return (
            f"<div style='border-left:4px solid {colour};padding:.2em 0 .2em .9em;max-width:52em'>"
            f"<strong>{escape(self.headline)}</strong>{note}"
            f"{''.join(_html(f, f is first) for f in told)}"
            f"<div style='margin-top:.5em;opacity:.75'>{last}</div></div>"
        )


def _html(finding: Finding, unfolded: bool) -> str:
    points = f"{finding.points:g} / {finding.max_points:g}"
    head = f"<div style='margin-top:.4em'><code>{points}</code>&ensp;{escape(finding.name)}"
    if finding.passed:
        return f"{head}</div>"
    says = "".join(
        f"<div style='margin:.2em 0 .2em 1.6em'>{text}</div>"
        for text in (
            f"<strong>{escape(finding.mistake)}</strong>" if finding.mistake else "",
            escape(finding.complaint).replace("\n", "<br>"),
            _input(finding.shown_input, unfolded) if finding.shown_input else "",
            f"<em>{escape(finding.hint)}</em>" if finding.hint else "",
        )
        if text
    )
    return f"{head}</div>{says}"


def _input(text: str, unfolded: bool) -> str:
    pre = "<pre style='margin:.3em 0;font-size:.92em;white-space:pre-wrap;background:none'>"
    fold = "<details open>" if unfolded else "<details>"
    return f"{fold}<summary>The input</summary>{pre}{escape(text)}</pre></details>"


def escape(text: str) -> str:
    """Return text that stays text in HTML, and out of the hands of MathJax."""
    return html.escape(text).replace("$", "&#36;")
