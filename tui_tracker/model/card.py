"""The card of a model version: one readable page of Markdown with all that is known of it.

`card` makes the page of the facts that `read_card` collects, and touches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from logger.store import registry
from logger.store.registry import ModelVersion, RegistryEvent
from tui_tracker.model import formats
from tui_tracker.model.card_facts import MOST_EVENTS, CardFacts, read_card
from tui_tracker.model.cells import fit, width_of
from tui_tracker.model.markdown import code, fenced, line, prose, table
from tui_tracker.model.promotion import Comparison
from tui_tracker.model.sparkline import BARS, sparkline
from tui_tracker.model.text import clean

__all__ = ["CardFacts", "card", "read_card"]

MOST_FILES = 50
_CURVE_WIDTH = 40
_EVENT_HEADINGS = ("when", "who", "what", "change", "why")
_WIDEST_NAME = 32


def card(facts: CardFacts, *, bars: str = BARS) -> str:
    """The page, in Markdown; `bars` are the characters that curves are drawn with, from low to high."""
    sections = (
        _head(facts),
        _lineage(facts),
        _data(facts),
        _metrics(facts),
        _curves(facts, bars),
        _params(facts),
        _environment(facts),
        _files(facts),
        _history(facts),
    )
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _head(facts: CardFacts) -> list[str]:
    version = facts.version
    stage = "no stage" if version.stage == registry.NO_STAGE else line(version.stage)
    aliases = ", ".join(code(alias) for alias in version.aliases)
    lines = [
        f"# {line(version.model)} v{version.version}",
        "",
        f"**{stage}**{f' · {aliases}' if aliases else ''}",
    ]
    for text in (facts.model_description, version.description):
        if text.strip():
            lines += ["", prose(text)]
    if version.tags:
        lines += ["", *_pairs(version.tags.items())]
    return lines


def _lineage(facts: CardFacts) -> list[str]:
    version, run = facts.version, facts.run
    told = [("registered", f"{formats.moment(version.created)} by {line(version.user) or 'nobody known'}")]
    if run is None:
        told += [("source", code(version.source) or "not recorded")]
        return ["## Lineage", "", *_items(told)]
    told += [
        ("run", f"{line(run.name)} ({code(run.uid)})"),
        ("experiment", line(run.experiment)),
        ("status", line(run.status.lower())),
        ("started", formats.moment(run.started)),
        ("lasted", formats.duration(None if run.ended is None else run.ended - run.started)),
        ("artifact", code(version.path) or code(version.source)),
        ("note", line(run.note)),
    ]
    return ["## Lineage", "", *_items(told), *_pairs(facts.tags.items())]


def _data(facts: CardFacts) -> list[str]:
    if not facts.inputs:
        return []
    rows = [
        (
            line(found.name),
            line(found.context),
            code(found.path),
            formats.count(found.files),
            formats.size(found.size),
            code(found.sha256[:16]),
        )
        for found in facts.inputs
    ]
    return ["## Data", "", *table(("name", "context", "path", "files", "size", "sha256"), rows, (3, 4))]


def _metrics(facts: CardFacts) -> list[str]:
    if not facts.metrics:
        return []
    if facts.comparison is not None and facts.current is not None:
        return _against(facts, facts.comparison, facts.current)
    rows = [
        (
            code(metric.key),
            *map(formats.number, (metric.last, metric.min, metric.max)),
            formats.count(metric.n),
        )
        for metric in facts.metrics
    ]
    return ["## Metrics", "", *table(("metric", "last", "min", "max", "points"), rows, (1, 2, 3, 4))]


def _against(facts: CardFacts, comparison: Comparison, current: ModelVersion) -> list[str]:
    ranges = {metric.key: metric for metric in facts.metrics}
    rows = []
    for metric in comparison.metrics:
        own = ranges.get(metric.name)
        rows.append(
            (
                code(metric.name),
                formats.number(metric.candidate) or "-",
                formats.number(metric.holder) or "-",
                formats.signed(metric.delta) or "-",
                metric.verdict or "",
                formats.number(own.min) if own else "",
                formats.number(own.max) if own else "",
            )
        )
    headings = ("metric", f"v{facts.version.version}", f"v{current.version}", "delta", "", "min", "max")
    better, worse = comparison.count("better"), comparison.count("worse")
    remark = f"Against v{current.version}, which is in Production: {better} better, {worse} worse."
    return ["## Metrics", "", remark, "", *table(headings, rows, (1, 2, 3, 5, 6))]


def _curves(facts: CardFacts, bars: str) -> list[str]:
    drawn = {clean(key): values for key, values in facts.curves.items()}
    if not drawn:
        return []
    margin = min(max(map(width_of, drawn)), _WIDEST_NAME)
    lines = []
    for key, values in drawn.items():
        ends = f"{formats.number(values[0])} → {formats.number(values[-1])}"
        lines.append(
            f"{fit(key, margin)}  {fit(sparkline(values, _CURVE_WIDTH, bars), _CURVE_WIDTH)}  {ends}"
        )
    return ["## Curves", "", *fenced(lines)]


def _params(facts: CardFacts) -> list[str]:
    if not facts.params:
        return []
    if facts.comparison is None or facts.current is None:
        rows = [(code(key), code(value)) for key, value in facts.params.items()]
        return ["## Params", "", *table(("param", "value"), rows)]
    others = {param.name: param.holder for param in facts.comparison.params}
    differing = []
    for key in sorted({*facts.params, *others}):
        other = (code(others[key] or "") or "-") if key in others else "same"
        differing.append((code(key), code(facts.params.get(key, "")) or "-", other))
    headings = ("param", f"v{facts.version.version}", f"v{facts.current.version}")
    return ["## Params", "", *table(headings, differing)]


def _environment(facts: CardFacts) -> list[str]:
    run = facts.run
    if run is None:
        return []
    state = {None: "", False: " (clean)", True: " (with changes that are in no commit)"}[run.git_dirty]
    told = [
        ("command", code(run.source)),
        ("commit", f"{code(run.git_commit)}{state}" if run.git_commit else ""),
        ("host", line(run.host)),
        ("user", line(run.user)),
    ]
    lines = _items(told)
    return ["## Environment", "", *lines] if lines else []


def _files(facts: CardFacts) -> list[str]:
    version = facts.version
    if not facts.files and not version.sha256:
        return []
    rows = [
        (code(file.path), formats.size(file.size), code(file.sha256)) for file in facts.files[:MOST_FILES]
    ]
    lines = ["## Files", "", *(table(("path", "size", "sha256"), rows, (1,)) if rows else [])]
    if len(facts.files) > MOST_FILES:
        lines += ["", f"and {formats.count(len(facts.files) - MOST_FILES)} more"]
    lines += ["", f"{formats.size(version.size)} in all, sha256 {code(version.sha256)}"]
    if facts.problems:
        lines += ["", f"**Not as registered:** {line('; '.join(facts.problems))}"]
    return lines


def _history(facts: CardFacts) -> list[str]:
    shown = facts.events[:MOST_EVENTS]
    lines = ["## History", "", *table(_EVENT_HEADINGS, map(_event_row, shown))]
    if len(facts.events) > MOST_EVENTS:
        lines += ["", "and more before"]
    for event in shown:
        past = event.details.get("history")
        if event.action == "import" and isinstance(past, list):
            told = [found for found in map(_past_event, past[:MOST_EVENTS]) if found is not None]
            lines += [
                "",
                f"Before, as {line(event.after.removeprefix('from '))}:",
                "",
                *table(_EVENT_HEADINGS, map(_event_row, told)),
            ]
    return lines


def _event_row(event: RegistryEvent) -> tuple[str, ...]:
    who = f"{event.user}@{event.host}" if event.host else event.user
    return (
        formats.moment(event.time),
        *map(line, (who, event.action, event.change, _why(event))),
    )


def _past_event(told: object) -> RegistryEvent | None:
    """An event as the store that it came from had it; None for what is none."""
    if not isinstance(told, dict):
        return None
    time = told.get("time")
    texts = [
        told.get(key) for key in ("user", "host", "model", "action", "before", "after", "reason", "detail")
    ]
    if not isinstance(time, (int, float)) or not all(isinstance(text, str) for text in texts):
        return None
    user, host, model, *rest = map(str, texts)
    return RegistryEvent(0, float(time), user, host, model, None, *rest)


def _why(event: RegistryEvent) -> str:
    override = event.details.get("override")
    return f"{event.reason} (gates overridden: {override})" if override else event.reason


def _items(told: Iterable[tuple[str, str]]) -> list[str]:
    return [f"- {name}: {text}" for name, text in told if text]


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [f"- {code(key)} = {code(value)}" for key, value in pairs]
