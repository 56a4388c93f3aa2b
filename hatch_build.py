"""Compiles the message catalogues into the wheel; a checkout compiles them when first asked."""

import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):
    """Puts `locales/<language>/LC_MESSAGES/messages.mo` under `bot/locales` in the wheel."""

    def initialize(self, version, build_data):
        """Compile every language. An editable install reads the checkout's own files."""
        if version == "editable":
            return
        room = Path(self.root) / "locales"
        self._compiled = tempfile.TemporaryDirectory()
        for source in room.glob("*/LC_MESSAGES/messages.po"):
            inside = source.relative_to(room).with_suffix(".mo")
            target = Path(self._compiled.name) / inside
            target.parent.mkdir(parents=True)
            with source.open("rb") as read, target.open("wb") as written:
                write_mo(written, read_po(read))
            build_data["force_include"][str(target)] = f"bot/locales/{inside.as_posix()}"

    def finalize(self, version, build_data, artifact_path):
        """Remove what was compiled on the way."""
        del build_data, artifact_path
        if version != "editable":
            self._compiled.cleanup()
