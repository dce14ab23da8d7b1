"""Strategies for responses: valid pages with wrong values in some places, or any bytes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

names = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="\x00\x07\x1b\x9b\x9d\u202e\u2066\u200d\u0301\ufe0f[]/@=+-\t\r\n🚀品é", max_size=60),
    st.sampled_from(
        ["\x1b]52;c;aGk=\x07", "[/x]", "[@click=app.quit]x[/]", "=cmd|' /C calc'!A0", "a" * 10_000]
    ),
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    names,
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=4)),
    max_leaves=8,
)
ids = st.one_of(st.integers(1, 12), st.integers(1, 12), anything)
stamps = st.one_of(st.just("2026-01-02T03:04:05.678Z"), st.none(), names, anything)

groups = st.fixed_dictionaries(
    {
        "id": ids,
        "name": st.one_of(names, names, anything),
        "members": st.one_of(st.lists(ids, max_size=6), anything),
    },
    optional={
        "created_at": stamps,
        "created_by": ids,
        "updated_at": stamps,
        "updated_by": ids,
        "odd": anything,
    },
)
users = st.fixed_dictionaries({"id": ids, "name": st.one_of(names, anything)}, optional={"odd": anything})
counts = st.one_of(st.integers(0, 3), st.none(), anything)

pages = st.fixed_dictionaries(
    {"result": st.one_of(st.lists(groups, max_size=6), st.lists(groups, max_size=6), anything)},
    optional={
        "page": counts,
        "prev_page": counts,
        "next_page": counts,
        "last_page": counts,
        "per_page": counts,
        "total": counts,
        "expands": st.one_of(st.fixed_dictionaries({"users": st.lists(users, max_size=6)}), anything),
    },
)
errors = st.fixed_dictionaries({"message": st.one_of(names, anything)})


def _encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


bodies = st.one_of(pages.map(_encoded), pages.map(_encoded), errors.map(_encoded), st.binary(max_size=60))
statuses = st.sampled_from([200] * 8 + [401, 403, 404, 418, 422, 500, 503])
responses = st.tuples(statuses, bodies)
"""Status and body."""
