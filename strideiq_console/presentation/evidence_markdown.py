"""The evidence of one execution as a Markdown report, from the same document as the JSON: what, who, when, what it gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from strideiq_console.presentation.age import age_words, duration
from strideiq_console.presentation.evidence_steps import step_lines
from strideiq_console.presentation.markdown import code, literal, table

Facts = Mapping[str, Any]


def markdown(evidence: Facts) -> str:
    """Return the report of a document from :func:`strideiq_console.presentation.evidence.document`, redacted by the caller.

    Redacting comes first because a mark that is escaped for Markdown breaks the shape by which a token is known.
    """
    sections: tuple[tuple[str, list[str]], ...] = (
        ("Steps", _steps(evidence)),
        ("Confirmations", [_consent(one, evidence) for one in evidence["confirmations"]]),
        ("Gates before the merge", _gates(evidence["gates"])),
        ("Staging verified", [_verified(one) for one in evidence["verifications"]]),
        ("Decisions and their reasons", [_said(one) for one in evidence["decisions"]]),
        ("Faults", [_said(one) for one in evidence["faults"]]),
        ("Taken back", [_taken_back(one) for one in evidence["undone"]]),
        ("Each step", [line for n, step in enumerate(evidence["steps"], start=1) for line in step_lines(n, step, time)]),
        ("Audit", _audit(evidence["audit"])),
    )
    parts = [f"# Evidence: {literal(evidence['execution']['title'])}", "", *_head(evidence), ""]
    for title, lines in sections:
        if lines:
            parts += [f"## {title}", "", *(lines if lines[-1] else lines[:-1]), ""]
    return "\n".join(parts).rstrip() + "\n"


def time(text: str | None) -> str:
    """Return a time of the document in UTC, to the second; an en dash for none."""
    return "–" if text is None else f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _head(evidence: Facts) -> list[str]:
    execution, plan = evidence["execution"], evidence["plan"]
    ended = f"{execution['state']}: {execution['reason']}" if execution["reason"] else execution["state"]
    pairs = (
        ("Execution", f"{code(execution['id'])}, {literal(ended)}"),
        ("Runbook", literal(execution["runbook"])),
        ("Inputs", _pairs(plan["inputs"])),
        ("Made for", _pairs(plan["facts"])),
        ("Plan", f"{code(plan['fingerprint'])}, made {time(plan['made'])}"),
        ("Began", time(execution["created"])),
        ("Ended", time(execution["ended"]) if execution["ended"] else "not yet"),
        ("Time", _spent(evidence["clock"], execution["ended"])),
        ("Exported", time(evidence["exported"])),
    )
    notes = [f"- **Warned**: {literal(note)}" for note in plan["notes"]]
    return [*(f"- **{name}**: {words}" for name, words in pairs if words), *notes]


def _pairs(values: Facts) -> str:
    return ", ".join(f"{literal(str(name))} {code(str(value))}" for name, value in values.items())


def _spent(clock: Facts, ended: str | None) -> str:
    spent, so_far = duration(timedelta(seconds=clock["spent_seconds"])), "" if ended else " so far"
    if clock["limit_seconds"] is None:
        return f"{spent}{so_far}"
    limit = age_words(timedelta(seconds=clock["limit_seconds"]))
    return f"{spent}{so_far} of {limit} ({clock['severity']})" + (", over time" if clock["over"] else "")


def _steps(evidence: Facts) -> list[str]:
    rows = []
    for number, step in enumerate(evidence["steps"], start=1):
        took = "" if step["seconds"] is None else duration(timedelta(seconds=step["seconds"]))
        waited = duration(timedelta(seconds=step["waited_seconds"])) if step["waited_seconds"] else ""
        state = f"{step['state']}, found so" if step["adopted"] and step["state"] == "done" else step["state"]
        rows.append((str(number), step["title"], state, time(step["started"]) if step["started"] else "", took, waited))
    return table(("#", "step", "state", "began", "took", "of it waiting"), rows)


def _who(one: Facts) -> str:
    return literal(one["who"]) if one["who"] else "nobody on record"


def _consent(one: Facts, evidence: Facts) -> str:
    begin = f"- {time(one['at'])}, {_who(one)}"
    if one["kind"] == "answered":
        filled = "; ".join(f"{literal(name)}: {literal(value)}" for name, value in one["entry"].items())
        said = (
            f"answered {literal(str(one['answer']))} to “{literal(str(one['question'] or ''))}”" if one["answer"] else "filled in"
        )
        return f"{begin}: {said}" + (f" ({filled})" if filled else "")
    if one["kind"] == "approved":
        same = "" if one["fingerprint"] == evidence["plan"]["fingerprint"] else ", which is **not** the plan above"
        return f"{begin}: approved the plan {code(str(one['fingerprint']))}{same}"
    typed = ""
    if isinstance(one["level"], int) and one["level"] >= 3:
        word = f"the word {code(str(one['word']))}" if one["word"] else f"the word of {literal(one['environment'])}"
        typed = f", by typing {word}" + (f" and the database {code(one['database'])}" if one["database"] else "")
    shown = f", shown {time(one['shown'])}" if one["shown"] else ""
    effects = "; ".join(literal(effect["sentence"]) for effect in one["effects"])
    what = f"confirmed **{literal(one['title'])}** at level {literal(str(one['level']))}{typed}"
    return f"{begin}: {what} (effects {code(str(one['fingerprint']))}{shown}): {effects}"


def _gates(snapshots: Sequence[Facts]) -> list[str]:
    lines: list[str] = []
    for one in snapshots:
        merge = ""
        if one["age_seconds"] is not None:
            age = age_words(timedelta(seconds=one["age_seconds"]))
            merge = f", {age} before the merge {code(str(one['merge_sha'] or '–'))} was done"
        lines += [f"Judged {time(one['judged'])} for {code(str(one['head'] or '–'))}{merge}.", ""]
        lines += [*table(("gate", "standing", "passed", "detail"), [_gate(row) for row in one["gates"]]), ""]
    return lines[:-1]


def _gate(row: Facts) -> tuple[str, str, str, str]:
    told = row.get("passed")
    passed = ("yes" if told else "no") if isinstance(told, bool) else "unknown"
    more = [f"{key} {value}" for key, value in row.items() if key not in ("name", "standing", "passed", "detail")]
    return str(row.get("name", "")), str(row.get("standing", "")), passed, "; ".join([str(row.get("detail", "")), *more])


def _verified(one: Facts) -> str:
    note = f": {literal(one['note'])}" if one["note"] else ""
    return f"- {code(one['sha'])} by {literal(one['by'])}, {time(one['at'])}{note}"


def _said(one: Facts) -> str:
    what = f"**{literal(one['title'])}** {literal(one['kind'])}" if one["title"] else f"**{literal(one['kind'])}**"
    reason = f": {literal(one['reason'])}" if one["reason"] else ""
    who = f", {literal(one['who'])}" if one["who"] else ""
    return f"- {time(one['at'])}{who}: {what}{reason}"


def _taken_back(one: Facts) -> str:
    run = " ".join(code(command) for command in one["commands"])
    return _said(one) + (f" ({run})" if run else "")


def chain_words(chain: Facts) -> str:
    """Return in one sentence what a walk along the audit log found; the hash is the one to note."""
    if not chain["whole"]:
        return f"The chain is broken: {chain['broken']}."
    if not chain["rows"]:
        return "The log is empty: nothing was ever carried out."
    rows = "1 row" if chain["rows"] == 1 else f"{chain['rows']} rows"
    return f"The chain is whole: {rows} from {time(chain['first'])} to {time(chain['last'])}, head {chain['head']}."


def _audit(audit: Facts) -> list[str]:
    lines = [literal(chain_words(audit["chain"]))]
    lines += [
        f"- {literal(d['what'])}: expected {code(d['expected'])}, found {code(d['found'])}" for d in audit["chain"]["differences"]
    ]
    titles = ("row", "time", "who", "what", "step", "hash")
    return [*lines, "", *table(titles, _rows(audit["rows"]))] if audit["rows"] else lines


def _rows(rows: Iterable[Facts]) -> Iterable[tuple[str, ...]]:
    for row in rows:
        yield str(row["row"]), time(row["at"]), row["who"], row["kind"], row["step"], row["hash"]
