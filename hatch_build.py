"""Puts what is compiled into the wheel: message catalogues, and the lexicons of danger.

A checkout compiles both when first asked.
"""

import sys
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileHook(BuildHookInterface):
    """Puts catalogues under `bot/locales` in the wheel, and `lexicons.bin` beside the detector."""

    def initialize(self, version, build_data):
        """Compile all of it. An editable install reads the checkout's own files."""
        if version == "editable":
            return
        self._compiled = tempfile.TemporaryDirectory()
        build_data["force_include"] |= {
            str(file): inside for file, inside in [*self._catalogues(), self._lexicons()]
        }

    def finalize(self, version, build_data, artifact_path):
        """Remove what was compiled on the way."""
        del build_data, artifact_path
        if version != "editable":
            self._compiled.cleanup()

    def _catalogues(self):
        room = Path(self.root) / "locales"
        for source in room.glob("*/LC_MESSAGES/messages.po"):
            inside = source.relative_to(room).with_suffix(".mo")
            target = Path(self._compiled.name) / inside
            target.parent.mkdir(parents=True)
            with source.open("rb") as read, target.open("wb") as written:
                write_mo(written, read_po(read))
            yield target, f"bot/locales/{inside.as_posix()}"

    def _lexicons(self):
        # The program's own code, which needs nothing but Python: it is not installed yet.
        sys.path.insert(0, self.root)
        from bot.crisis.compiled import COMPILED
        from bot.crisis.compiling import compiled_from_files

        target = Path(self._compiled.name) / COMPILED
        target.write_bytes(compiled_from_files().to_bytes())
        return target, f"bot/crisis/{COMPILED}"
