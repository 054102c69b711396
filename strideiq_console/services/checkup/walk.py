"""All examinations together, carried out side by side: one that hangs or fails costs its own line alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from strideiq_console.domain.fault import ConsoleError, OutsideError
from strideiq_console.domain.finding import Finding, of_fault
from strideiq_console.domain.reading import Level
from strideiq_console.services.checkup import data, hosts, machine, names, repository, tokens, watching
from strideiq_console.services.checkup.examination import Examination, Patient

AT_ONCE = 8
"""Examinations that run side by side; GitHub asks its clients for few requests at a time."""


def examinations(patient: Patient) -> tuple[Examination, ...]:
    """Return every examination that the configuration allows, in the order of the report."""
    parts = (tokens, repository, hosts, names, watching, data, machine)
    return tuple(examination for part in parts for examination in part.examinations(patient))


async def examine(asked: Sequence[Examination], *, deadline: float) -> tuple[Finding, ...]:
    """Carry examinations out, each for at most ``deadline`` seconds; findings come in the order of the examinations."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(examination: Examination) -> Iterable[Finding]:
        async with places:
            return await _asked(examination, deadline)

    answers = await asyncio.gather(*(one(examination) for examination in asked))
    return tuple(finding for findings in answers for finding in findings)


async def _asked(examination: Examination, deadline: float) -> Iterable[Finding]:
    check, subject = examination.check, examination.subject
    try:
        async with asyncio.timeout(deadline):
            return tuple(await examination.ask())
    except TimeoutError:
        return (Finding(check, subject, Level.UNKNOWN, f"no answer within {deadline:g} s", "run strideiq doctor again"),)
    except OutsideError as error:
        return (of_fault(check, subject, error.fault),)
    except ConsoleError as error:
        return (Finding(check, subject, Level.UNKNOWN, error.cause, error.next_step),)
    except Exception as error:  # noqa: BLE001 - one examination's bug must not hide the others' findings; it is shown as what it is
        cause = f"a fault of the console's own ({type(error).__name__})"
        return (Finding(check, subject, Level.UNKNOWN, cause, "report it with the output of strideiq doctor"),)
