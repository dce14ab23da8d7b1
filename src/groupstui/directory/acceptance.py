"""What is remembered of the findings of audits: what identifies them, and which ones are accepted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # reading the history does not need the checks
    from .audit import Check, Finding

FINGERPRINT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Why and when a user has accepted a finding: it is as it should be."""

    reason: str
    time: datetime


def fingerprint(check: Check, finding: Finding) -> str:
    """Return what identifies a finding: it stays when groups or users are renamed, and contains no names.

    It changes if other groups or users are concerned, or other members in common.
    """
    members = sorted(map(sorted, finding.members))
    more = (finding.about,) if finding.about else ()
    about = repr((check.id, sorted(finding.groups), sorted(finding.users), members, *more))
    return hashlib.blake2b(about.encode(), digest_size=FINGERPRINT_BYTES).hexdigest()
