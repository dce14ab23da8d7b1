"""Generated sites and questions: what a text matches, by the program and by a naive model."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groupstui.cli.main import main
from groupstui.demo.site import Group, Site, User
from groupstui.directory.search import SearchIndex
from groupstui.errors import AmbiguousMatch, NoMatch

from ..support.site_app import TOKEN, SiteApp
from ..support.site_server import SiteServer

# The model: it shares no code with the program.

LOOKS_LIKE = {"é": "e", "ü": "u", "ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "’": "'", "–": "-"}


def plain(text: str) -> str:
    text = text.lower().replace("\u200d", "").replace("\N{SOFT HYPHEN}", "")
    return " ".join("".join(LOOKS_LIKE.get(letter, letter) for letter in text).split())


def words(text: str) -> list[str]:
    return sorted(plain(text).replace(",", " ").split())


def meant(names: dict[int, list[str]], text: str, *, exact: bool = False) -> set[int]:
    """Return the ids of all that a text may mean; it is a match if there is one."""
    text = text.strip()
    number = text.removeprefix("#")
    if number.isdigit():
        of_name = (
            set() if text.startswith("#") else {id for id in names if plain(text) in map(plain, names[id])}
        )
        return of_name | {id for id in names if str(id) == number}
    if "@" in text:
        address = text.rpartition("<")[2].rstrip(">").lower()
        return {id for id in names if address in map(str.lower, names[id])}
    whole = [
        lambda name: name == text,
        lambda name: plain(name) == plain(text),
        lambda name: words(name) == words(text),
    ]
    parts = [
        lambda name: plain(name).startswith(plain(text)),
        lambda name: plain(text) in plain(name),
        lambda name: all(plain(name).count(word) >= words(text).count(word) for word in words(text)),
    ]
    for reading in (whole if exact else whole + parts) if plain(text) else ():
        if found := {id for id, (name, _) in names.items() if reading(name)}:
            return found
    return set()


# Sites and questions

WORDS = [
    "Ada",
    "Ann",
    "Joann",
    "Annette",
    "Łuk",
    "Søren",
    "O’Brien",
    "Q–A",
    "Weiß",
    "Æsa",
    "2024",
    "42",
    "#42",
    "0042",
]
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
ADDRESSES = st.sampled_from(
    ["ann@x.example", "joann@x.example", "Ann@y.example", "söre@x.example", "a@x.example"]
)
SITES = st.dictionaries(st.integers(1, 60), st.tuples(NAMES, ADDRESSES).map(list), min_size=1, max_size=8)


@st.composite
def questions(draw: st.DrawFn, names: dict[int, list[str]]) -> str:
    """Return a text as a user may type it."""
    id = draw(st.sampled_from(sorted(names)))
    name, address = names[id]
    *first, last = name.split()
    start, end = sorted(draw(st.tuples(st.integers(0, len(name)), st.integers(0, len(name)))))
    asked = st.sampled_from(
        [
            *(
                name,
                name.upper(),
                plain(name),
                f"  {name}\t",
                name.replace(" ", "  "),
                f"{last}, {' '.join(first)}",
            ),
            *(name[:end], name[start:end], plain(name)[start:end], " ".join(reversed(name.split()))),
            *(str(id), f"#{id}", f"#0{id}", f"{id}0", address, address[1:], f"{name} <{address.upper()}>"),
        ]
    )
    return draw(st.one_of(asked, NAMES, ADDRESSES))


@given(data=st.data(), names=SITES, exact=st.booleans())
@settings(max_examples=400, deadline=None)
def test_resolve_agrees_with_the_model(data, names, exact):
    text = data.draw(questions(names))
    users = SearchIndex("user", names, names=names.__getitem__, item=lambda id: id)
    try:
        found = {users.resolve(text, exact=exact)}
    except AmbiguousMatch as error:
        found = set(error.candidates)
        assert len(found) > 1
    except NoMatch:
        found = set()
    assert found == meant(names, text, exact=exact)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, Site]]:
    site = Site()
    with SiteServer(SiteApp(site)) as server:
        yield server.url, site


few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Few, as each example reads a whole site."""


@few
@given(data=st.data(), names=SITES)
def test_commands_agree_with_the_model(served, capsys, monkeypatch, data, names):
    url, site = served
    members = data.draw(st.lists(st.sampled_from(sorted(names)), unique=True))  # the others are in no group
    site.users.clear()
    site.users[1] = User(1, "Admin", "admin@z.example")
    site.users.update({id: User(id, name, address) for id, (name, address) in names.items()})
    site.groups.clear()
    site.groups[1] = Group(1, "QA", tuple(members))
    everybody = {id: [user.name, user.email] for id, user in site.users.items()}
    asked = data.draw(st.lists(questions(names).filter(lambda text: text.strip()), min_size=1, max_size=5))
    lines = list(dict.fromkeys(text.strip() for text in asked))

    def run(*arguments: str) -> tuple[int, str]:
        stdin = io.TextIOWrapper(io.BytesIO("\n".join(asked).encode()))
        monkeypatch.setattr(sys, "stdin", stdin)
        code = main(arguments, {"TESTMO_INSTANCE": url, "TESTMO_TOKEN": TOKEN})
        return code, capsys.readouterr().out

    code, printed = run("lookup", "--format", "json")
    answer = json.loads(printed)
    found = {line: meant(everybody, line) for line in lines}
    assert {each["text"]: {each["id"]} for each in answer["users"]} == {
        line: ids for line, ids in found.items() if len(ids) == 1
    }
    assert answer["unmatched"] == [line for line in lines if not found[line]]
    assert {each["text"]: {user["id"] for user in each["candidates"]} for each in answer["ambiguous"]} == {
        line: ids for line, ids in found.items() if len(ids) > 1
    }
    assert code == (0 if len(answer["users"]) == len(lines) else 6)
    ids = found[lines[0]]
    code, _ = run("check", "--", lines[0], "#1")
    assert code == (6 if len(ids) != 1 else 0 if ids <= set(members) else 1)
