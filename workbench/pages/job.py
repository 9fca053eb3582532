"""Runs work in a thread, shows how far it is, stops it, and shows its error whole."""

from __future__ import annotations

import asyncio
import logging
import threading
from html import escape
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from workbench.context import Context, current
from workbench.errors import Cancelled, WorkbenchError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Job"]

_log = logging.getLogger(__name__)
_TICK_SECONDS = 0.15


class Job(pn.viewable.Viewer):
    """One run at a time, with a progress bar, a stop button and an alert.

    Put it on the page where the news of a run should appear; it takes no room while
    nothing runs.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._stop = threading.Event()
        self._news: tuple[float, float | None, str] = (0.0, None, "")
        self.alert = pmui.Alert(visible=False, sizing_mode="stretch_width", margin=(8, 0))
        self._bar = pmui.LinearProgress(variant="indeterminate", sizing_mode="stretch_width")
        self._message = pmui.Typography("", variant="body2", align="center", min_width=160)
        self._button = pmui.Button(
            label="Stop", icon="stop", variant="outlined", color="error", size="small"
        )
        self._button.on_click(self.stop)
        self._running = pmui.Row(
            self._bar, self._message, self._button, visible=False, sizing_mode="stretch_width"
        )
        if pn.state.curdoc is not None:
            pn.state.on_session_destroyed(lambda _session: self.stop())

    def __panel__(self) -> Any:
        return pmui.Column(self._running, self.alert, sizing_mode="stretch_width", margin=0)

    @property
    def is_running(self) -> bool:
        """Whether a run is under way."""
        return bool(self._running.visible)

    @property
    def message(self) -> str:
        """What is being done, as the page says it."""
        return str(self._message.object)

    @property
    def done(self) -> int:
        """How far the run is, in percent."""
        return int(self._bar.value or 0)

    def stop(self, _event: Any = None) -> None:
        """Ask the run to end; it does at its next report of progress."""
        self._stop.set()
        self._message.object = "stopping …"

    async def run(self, work: Callable[[Context], Any]) -> Any:
        """Run `work` in a thread of its own.

        Parameters
        ----------
        work : callable
            Takes the context that it must report progress to.

        Returns
        -------
        object
            What `work` returned; None when it failed or was stopped, and the page says why.
        """
        if self.is_running:
            return None
        self._stop = threading.Event()
        context = current().replace(on_progress=self._hear, stop=self._stop)
        self._begin()
        task = asyncio.create_task(asyncio.to_thread(work, context))
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=_TICK_SECONDS)
                self._show_news()
            return task.result()
        except WorkbenchError as error:
            self.show_error(error)
        except Exception as error:  # noqa: BLE001  a page survives a defect and shows it
            _log.exception("An operation failed")
            self.show_error(error)
        finally:
            self._running.visible = False
        return None

    def show_error(self, error: Exception) -> None:
        """Say what happened, the value seen and the cure; a defect is called one."""
        if isinstance(error, WorkbenchError):
            seen = f" (got {error.facts()['seen']})" if error.has_seen else ""
            self.alert.param.update(
                title=f"{error.what.rstrip('.')}{seen}",
                object=escape(error.cure, quote=False),
                severity="info" if isinstance(error, Cancelled) else "warning",
                visible=True,
            )
        else:
            self.alert.param.update(
                title="The workbench has a defect",
                object=escape(f"{type(error).__name__}: {error}", quote=False),
                severity="error",
                visible=True,
            )

    def _begin(self) -> None:
        self._news = (0.0, None, "")
        self._message.object = "running …"
        self._bar.variant = "indeterminate"
        self.alert.visible = False
        self._running.visible = True

    def _hear(self, done: float, total: float | None, message: str) -> None:
        self._news = (done, total, message)  # another thread: the page reads it at its next tick

    def _show_news(self) -> None:
        done, total, message = self._news
        if self._stop.is_set():
            return
        if total:
            self._bar.param.update(
                variant="determinate", value=min(100, int(100 * done / total)), max=100
            )
        self._message.object = message or "running …"
