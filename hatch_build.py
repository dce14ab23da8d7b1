"""Builds the man page from the parser of the command line, so that the wheel installs it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MAN_PAGE = "share/man/man1/groupstui.1"


class ManPageHook(BuildHookInterface):
    """Adds the man page to a wheel, unless it is an editable installation."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name == "wheel" and version != "editable":
            self._folder = tempfile.TemporaryDirectory()
            page = Path(self._folder.name, "groupstui.1")
            page.write_text(man_page(Path(self.root, "src")), encoding="utf-8")
            build_data["shared_data"][str(page)] = MAN_PAGE

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if hasattr(self, "_folder"):
            self._folder.cleanup()


def man_page(source: Path) -> str:
    """Return the man page, made from the parser in a source folder."""
    from argparse_manpage.manpage import Manpage

    sys.path.insert(0, str(source))
    from groupstui.cli.parser import build_parser
    from groupstui.version import __version__

    parser = build_parser()
    sections, parser.epilog = str(parser.epilog), None
    page = Manpage(parser)
    page.date = ""  # the same version results in the same page
    page.source = f"groupstui {__version__}"
    page.manual = "User Commands"
    page.description = "show who is in which Testmo group"
    return str(page) + "".join(map(section, sections.split("\n\n")))


def section(text: str) -> str:
    """Return a part of the epilog, whose lines are kept, as a section with its first line as the title."""
    title, _, lines = text.partition("\n")
    lines = lines.replace("\\", "\\e").replace("-", "\\-").rstrip()
    return f".SH {title.rstrip(':').upper()}\n.nf\n{lines}\n.fi\n" if lines else ""
