"""The page of a run that shows its files: a tree of them, and a look at the one under the cursor. Live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static
from textual.worker import get_current_worker

from logger.store import artifacts
from logger.store.artifacts import Artifact
from logger.store.connection import Reader
from tui_tracker.commands.artifacts import ARTIFACT_COMMANDS
from tui_tracker.messages import CopyArtifactsAsked, OpenArtifactAsked
from tui_tracker.model import formats
from tui_tracker.model.artifact_files import verified
from tui_tracker.model.artifact_tree import Entry, Listing, as_on_disk, listing
from tui_tracker.model.previews.images import INSTALL
from tui_tracker.model.previews.preview import Preview
from tui_tracker.model.previews.reading import read_preview
from tui_tracker.model.run_sheet import RunSheet
from tui_tracker.model.source import Source
from tui_tracker.model.text import clean
from tui_tracker.widgets import terminal_images
from tui_tracker.widgets.aligned import QUIET
from tui_tracker.widgets.artifact_preview import ArtifactPreview
from tui_tracker.widgets.artifact_tree import ArtifactTree
from tui_tracker.widgets.asking import Questions
from tui_tracker.widgets.following import Throttle
from tui_tracker.widgets.run_tab import RunTab

_REFRESH_SECONDS = 0.5
# How often the growth of a file that is being copied is looked at.
_LOOK_SECONDS = 1.0
_EMPTY = (
    "This run has no files yet.\n\n"
    'run.log_artifact("model.pt") keeps a file or a directory; log_text, log_dict, log_table, log_image and\n'
    "log_figure keep what the script has in memory. They appear here as soon as they are logged."
)


class ArtifactTab(RunTab):
    """Files to the left, a look to the right."""

    COMMAND_CLASSES = ARTIFACT_COMMANDS
    DEFAULT_CSS = """
    ArtifactTab {
        layout: vertical;
        & > #artifact-panes { height: 1fr; }
        & #artifact-files { width: 2fr; min-width: 30; max-width: 72; }
        & #artifact-preview { width: 3fr; }
        & #artifact-files, & #artifact-preview {
            height: 1fr;
            border: round $border;
            border-title-color: $secondary;
            &:focus, &:focus-within { border: round $accent; border-title-color: $accent; }
            &:focus { background-tint: transparent 0%; }
        }
        & > #artifact-status { height: 1; padding: 0 1; background: $panel; color: $secondary; }
        & > #artifact-empty { display: none; height: 1fr; padding: 1 2; color: $secondary; }
        &.-empty > #artifact-empty { display: block; }
        &.-empty > #artifact-panes { display: none; }
    }
    """

    def __init__(self, source: Source, run_id: int) -> None:
        super().__init__(source, run_id)
        self.tree_of_files = ArtifactTree(id="artifact-files")
        self.preview = ArtifactPreview(id="artifact-preview")
        self._status = Static(id="artifact-status", markup=False)
        self._questions = Questions(self, source)
        self._refreshing = Throttle(self, _REFRESH_SECONDS, self._read)
        self._uid = ""
        self._found: Sequence[Artifact] = ()
        self._listing = Listing({})
        self._shown: Entry | None = None

    def compose(self) -> ComposeResult:
        with Horizontal(id="artifact-panes"):
            yield self.tree_of_files
            yield self.preview
        yield Static(_EMPTY, id="artifact-empty", markup=False)
        yield self._status

    def on_mount(self) -> None:
        self.tree_of_files.border_title = "Files"
        self.preview.border_title = "Preview"
        self.set_interval(_LOOK_SECONDS, self._look_at_growth)

    # Reading the list of files

    def show_sheet(self, sheet: RunSheet) -> None:
        self._uid = sheet.run.uid
        self._refreshing.request()

    def grew(self) -> None:
        if self.display:
            self._refreshing.request()

    def on_show(self) -> None:
        self._refreshing.request()

    def _look_at_growth(self) -> None:
        if self.display and self._listing.incomplete:
            self._refreshing.request()

    def _read(self) -> None:
        store, uid, run_id = self.source.store, self._uid, self.run_id
        if not uid:
            return

        def question(reader: Reader) -> tuple[Sequence[Artifact], Listing]:
            found = as_on_disk(store, uid, artifacts.of_run(reader, run_id))
            return found, listing(found)

        self._questions.ask("artifacts", question, self._show_files, self.say)

    def _show_files(self, answer: tuple[Sequence[Artifact], Listing]) -> None:
        found, shown = answer
        was_empty = not self._found
        if found == self._found and not was_empty:
            return
        self._found, self._listing = found, shown
        self.set_class(not found, "-empty")
        self.tree_of_files.show_listing(shown)
        if was_empty and found:
            self.tree_of_files.choose_first()
            if self.display and self.screen.focused is None:
                self.tree_of_files.focus()
        elif self._shown is not None and self._shown.artifact is not None:
            newest = next((file for file in found if file.path == self._shown.path), None)
            if newest is not None and newest != self._shown.artifact:
                self._look(replace(self._shown, artifact=newest, size=newest.size))
        self.say("")
        self.refresh_bindings()

    # A look at the file under the cursor

    @on(ArtifactTree.Chosen)
    def _chosen(self, message: ArtifactTree.Chosen) -> None:
        message.stop()
        if self._shown is None or message.entry.path != self._shown.path:
            self._look(message.entry)
            self.refresh_bindings()

    def _look(self, entry: Entry) -> None:
        before, self._shown = self._shown, entry
        store, uid = self.source.store, self._uid
        stays = before is not None and before.path == entry.path
        file = entry.artifact

        def work() -> None:
            look = _folder(entry, self._listing) if file is None else read_preview(store, uid, file)
            if look.picture is not None and not terminal_images.load():
                look = replace(look, picture=None, text=INSTALL)
            if not get_current_worker().is_cancelled:
                self.call_later(self._show_look, entry, look, stays)

        self.run_worker(work, group="preview", exclusive=True, exit_on_error=False, thread=True)

    async def _show_look(self, entry: Entry, look: Preview, stays: bool) -> None:
        if self.is_attached and self._shown is not None and entry.path == self._shown.path:
            await self.preview.show(_facts(entry, look), look, stays=stays)

    # What its commands do

    @property
    def has_entry(self) -> bool:
        return bool(self._found) and self._shown is not None and not self._shown.hidden

    @property
    def has_file(self) -> bool:
        return self.has_entry and self._shown is not None and self._shown.artifact is not None

    def _chosen_files(self) -> list[Artifact]:
        entry = self._shown
        if entry is None:
            return []
        if entry.artifact is not None:
            return [file for file in self._found if file.path == entry.path]
        return [file for file in self._found if file.path.startswith(f"{entry.path}/")]

    def open_elsewhere(self) -> None:
        for file in self._chosen_files()[:1]:
            self.post_message(OpenArtifactAsked(self._uid, file))

    def copy_out(self) -> None:
        if self._shown is not None:
            self.post_message(CopyArtifactsAsked(self._uid, self._shown.path, self._chosen_files(), self.say))

    def copy_path(self) -> None:
        if self._shown is not None:
            path = str(artifacts.directory(self.source.store, self._uid) / self._shown.path)
            self.app.copy_to_clipboard(path)
            self.notify(clean(path), title="Copied", markup=False)

    def verify(self) -> None:
        """Hash every file in a thread; those that differ are marked."""
        store, uid, files = self.source.store, self._uid, [file for file in self._found if file.is_complete]

        def work() -> None:
            worker = get_current_worker()
            verdicts: dict[str, str] = {}
            for place, file in enumerate(files, start=1):
                progress = f"hashing {place:,} of {len(files):,}: {file.path} ({formats.size(file.size)})"
                self.app.call_from_thread(self.say, progress)
                verdicts[file.path] = verified(store, uid, file, lambda: worker.is_cancelled)
                if worker.is_cancelled:
                    return
            self.app.call_from_thread(self._show_verdicts, verdicts)

        self.run_worker(work, group="verify", exclusive=True, exit_on_error=False, thread=True)

    def _show_verdicts(self, verdicts: Mapping[str, str]) -> None:
        self.tree_of_files.show_verdicts(verdicts)
        wrong = [path for path, verdict in verdicts.items() if verdict]
        if wrong:
            self.say(f"{len(wrong):,} of {len(verdicts):,} differ from what was logged, such as {wrong[0]}")
        else:
            self.say(f"{formats.count(len(verdicts))} hashed: they are what was logged")

    def say(self, remark: str) -> None:
        """Tell something in the line below, beside how much there is."""
        total = f"{formats.counted(self._listing.files, 'file')} · {formats.size(self._listing.size)}"
        unfinished = f"{self._listing.incomplete} incomplete" if self._listing.incomplete else ""
        parts = (total if self._found else "", unfinished, remark)
        self._status.update(Content(clean(" · ".join(filter(None, parts)))))


def _facts(entry: Entry, look: Preview) -> Content:
    """What is known of a file, above its preview: its name, then what it is."""
    name = Content.styled(clean(entry.path, 200), "bold")
    kind = entry.artifact.kind if entry.artifact is not None and look.kind == "bytes" else look.kind
    parts = [kind, look.facts]
    if entry.artifact is not None:
        parts += [f"step {entry.artifact.step}" if entry.artifact.step is not None else ""]
        parts += [f"logged {formats.moment(entry.artifact.created)}", f"sha256 {entry.artifact.sha256[:12]}"]
    told = clean(" · ".join(part for part in parts if part.removeprefix("sha256").strip()))
    return Content.assemble(name, "\n", (told, QUIET))


def _folder(entry: Entry, found: Listing) -> Preview:
    lines = [
        f"{formats.size(inner.size):>8}  {clean(inner.name, 120)}{'/' if inner.is_folder else ''}"
        for inner in found.entries(entry.path)
        if not inner.hidden
    ]
    files = f"{formats.counted(entry.files, 'file')}, {formats.size(entry.size)}"
    return Preview("folder", files, "\n".join(lines))
