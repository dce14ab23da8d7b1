"""What is remembered of the audits of one instance."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime

from ..directory.acceptance import Acceptance
from ..errors import HistoryUnavailable
from ..history.audit_store import LastAudit
from ..history.history import History
from ..testmo.rate_limit import Clock


class AuditMemory:
    """Which findings are accepted, and which ones the last audit has found.

    It is kept in the history; without one, or if that cannot be written, for this run only.
    """

    def __init__(self, history: History | None, clock: Clock, at: datetime | None = None) -> None:
        """Prepare the memory; nothing is read yet.

        Args:
            history: Where it is kept.
            clock: Used instead of the system's clock.
            at: The time of an earlier audit: what was accepted then is known, and no finding is new.
        """
        self._history = history
        self._clock = clock
        self._at = at
        self.accepted: Mapping[str, Acceptance] = {}
        """The accepted findings by their fingerprints."""
        self.visited: set[Hashable] = set()
        """The findings that the user has opened in this run."""
        self._unsaved: dict[str, Acceptance | None] = {}
        """What was accepted, or withdrawn (None), for this run only."""
        self._saved: LastAudit = {}
        self._compared: LastAudit | None = None
        """What new findings are compared with; None until it is read."""

    @property
    def is_past(self) -> bool:
        """Whether this is about an earlier time, at which nothing can be accepted any more."""
        return self._at is not None

    async def load(self) -> None:
        """Read the accepted findings, which another program may have changed, and once the last audit."""
        await asyncio.to_thread(self._load)

    def _load(self) -> None:
        stored: Mapping[str, Acceptance | None] = self.accepted
        try:
            if self._history is not None:
                stored = self._history.acceptances(self._at)
                if self._compared is None and not self.is_past:
                    self._saved = self._history.last_audit()
        except HistoryUnavailable:
            pass  # what is known already stays; an attempt to write reports the reason
        if self._compared is None:
            self._compared = self._saved
        self._replace_accepted({**stored, **self._unsaved})

    def _replace_accepted(self, changed: Mapping[str, Acceptance | None]) -> None:
        self.accepted = {each: acceptance for each, acceptance in changed.items() if acceptance is not None}

    def is_new(self, check_id: str, fingerprint: str) -> bool:
        """Return whether a finding is missing in the last audit of an earlier run.

        What was not checked then is compared with the first audit of this run.
        """
        before = (self._compared or {}).get(check_id)
        return before is not None and fingerprint not in before

    async def remember(self, audit: LastAudit) -> None:
        """Store the findings of an audit by the ids of the checks that were run; not those of the past."""
        if self.is_past:
            return
        self._compared = {**audit, **(self._compared or {})}
        saved = {**self._saved, **audit}
        if saved != self._saved and not await self._write(lambda history: history.save_audit(audit)):
            self._saved = saved

    async def accept(self, fingerprints: Iterable[str], reason: str) -> str:
        """Accept findings; return why that is for this run only, or an empty text."""
        return await self._change(fingerprints, Acceptance(reason, self._clock.now()))

    async def withdraw(self, fingerprints: Iterable[str]) -> str:
        """Accept findings no longer; return why that is for this run only, or an empty text."""
        return await self._change(fingerprints, None)

    async def _change(self, fingerprints: Iterable[str], acceptance: Acceptance | None) -> str:
        changed = dict.fromkeys(fingerprints, acceptance)
        if acceptance is not None:
            failure = await self._write(lambda history: history.accept(changed, acceptance))
        else:
            failure = await self._write(lambda history: history.withdraw(changed, self._clock.now()))
        for each in changed:
            self._unsaved.pop(each, None)
        if failure:
            self._unsaved |= changed
        self._replace_accepted({**self.accepted, **changed})
        return failure

    async def _write(self, work: Callable[[History], None]) -> str:
        """Write to the history; return why it keeps nothing, or an empty text."""
        history = self._history
        if history is None:
            return "there is no history"
        try:
            await asyncio.to_thread(work, history)
        except HistoryUnavailable as error:
            return str(error)
        return "" if history.path is not None else "the history is not kept"
