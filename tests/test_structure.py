"""The structure of src: the rules in CONTRIBUTING.md that other tools do not check."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import textual

SRC = Path(__file__).parents[1] / "src" / "groupstui"
FILES = sorted(SRC.rglob("*.py"))

LAZY_IMPORTS = {
    "textual": {"cli/launch.py"},
    "keyring": {"credentials/keyring_store.py"},
    "httpx and pydantic": {
        *("cli/context.py", "service/service.py", "testmo/client.py", "settings/file.py", "demo/demo.py")
    },
    "the checks of audits": {"cli/parser.py"},
}
"""The lazy boundaries, and the files that may import inside a function because of each."""

PRIVATE_NAMES = {"terminal/diff_renderer.py", "app.py"}
"""The files that may use private names of Textual: the renderer, and the handling of crashes."""

ONE_SYSTEM_ONLY = {"curses", "fcntl", "grp", "msvcrt", "pty", "pwd", "readline", "resource", "termios", "tty"}
"""Modules that only POSIX or only Windows has."""

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


@each_file
def test_imports_are_at_the_top(path: Path) -> None:
    functions = [node for node in nodes(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    imports = {
        node.lineno
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    allowed = set().union(*LAZY_IMPORTS.values())
    assert not imports or str(path.relative_to(SRC)) in allowed, f"imports in lines {sorted(imports)}"


@each_file
def test_annotations_are_not_quoted(path: Path) -> None:
    annotations = [
        annotation
        for node in nodes(path)
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if annotation is not None
    ]
    quoted = [
        node.lineno
        for annotation in annotations
        for node in ast.walk(annotation)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and "Literal" not in ast.unparse(annotation)
    ]
    assert not quoted, f"lines {quoted}"


@pytest.mark.parametrize("path", SRC.rglob("__init__.py"), ids=lambda path: path.parent.name)
def test_packages_define_no_class(path: Path) -> None:
    assert not [node for node in nodes(path) if isinstance(node, ast.ClassDef)]


def defined_names(tree: ast.AST) -> set[str]:
    """Return the names of functions and of attributes of self that are defined in a module or class."""
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                names.add(name)
    return names


def private_names_of_textual() -> set[str]:
    """Return the private names that Textual's app, screen, widgets and driver define."""
    folder = Path(textual.__file__).parent
    modules = ("app", "screen", "widget", "dom", "driver", "message_pump", "scroll_view", "_compositor")
    names = {
        name
        for module in modules
        for name in defined_names(ast.parse((folder / f"{module}.py").read_text(encoding="utf-8")))
    }
    return {name for name in names if name.startswith("_") and not name.startswith("__")}


def test_private_textual_names_stay_in_two_files() -> None:
    private = private_names_of_textual()
    found = []
    for path in FILES:
        if str(path.relative_to(SRC)) in PRIVATE_NAMES:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if "textual" not in {name for node in ast.walk(tree) for name in imported_packages(node)}:
            continue
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        own = {name for node in classes for name in defined_names(node)}
        found += [
            f"{path.relative_to(SRC)}:{node.lineno} {node.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in private and node.attr not in own
        ]
        found += [f"{path.relative_to(SRC)} overrides {name}" for name in own & private]
        found += [
            f"{path.relative_to(SRC)}:{node.lineno} imports {node.module}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual._")
        ]
    assert not found, "\n".join(found)


def imported_packages(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name.partition(".")[0] for alias in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module.partition(".")[0]]
        case _:
            return []


@each_file
def test_removed_packages_are_not_named(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not [name for name in ("httpcore", "msgspec", "starlette", "uvicorn") if name in text]


@each_file
def test_modules_of_one_system_are_imported_only_there(path: Path) -> None:
    guarded = {
        line
        for node in nodes(path)
        if isinstance(node, ast.If) and "sys.platform" in ast.unparse(node.test)
        for line in range(node.lineno, (node.end_lineno or 0) + 1)
    }
    imports = {node.lineno for node in nodes(path) if ONE_SYSTEM_ONLY.intersection(imported_packages(node))}
    assert imports <= guarded
