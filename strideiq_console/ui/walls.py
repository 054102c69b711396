"""The walls of the terminal application: nothing raw reaches the terminal, nothing secret leaves it, no stray key acts."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Literal

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.filter import LineFilter
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.untrusted import clean
from strideiq_console.presentation.glyphs import pick
from strideiq_console.ui import crash, legible, links, safe
from strideiq_console.ui.backstop import AsciiGuard, ControlGuard, Styled, self_test
from strideiq_console.ui.keys import key_words
from strideiq_console.ui.screens.dialog import PASSES, Dialog
from strideiq_console.ui.sweeping import Sweeper

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

MOMENT = 0.01
"""Seconds between the answer to a key and the search for garbage that was put off for it."""
HOLD = 0.005
"""Seconds between two looks whether the screen that keys are held for stands."""
LEAVES = frozenset({"ctrl+c", "ctrl+q"})
"""Keys that leave the console, whatever it is about."""
FORBIDDEN = frozenset({"devtools", "debug"})


class WalledApp(App[int], inherit_bindings=False):
    """An application that cleans and redacts all it says, and dies without telling secrets.

    Raises ConfigurationError when the guard of the terminal does not hold, or under Textual's developer tools.
    """

    def __init__(self, services: Console) -> None:
        refuse_devtools(os.environ.get("TEXTUAL", ""), os.environ.get("TEXTUAL_LOG", ""))
        self.services = services
        self.glyphs = pick(services.settings.ui.glyphs, os.environ)
        self._styled, self._ascii, self._guard = Styled(), AsciiGuard(), ControlGuard(self._may_open)
        self._held: list[events.Event] = []
        self.sweeper = Sweeper(services.clock)
        super().__init__()
        self_test(self.get_line_filters())

    def _may_open(self, url: str) -> bool:
        """Say whether an address may be a link on the screen: one that the console would open, and none in a sandbox."""
        return not self.services.sandbox and not links.refusal(url, self.services.settings)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, the one for poor fonts and, as the last one, the guard that no raw character passes."""
        first = [self._styled] if self.no_color else []  # each one costs every line of every frame
        return [*first, *super().get_line_filters(), *([self._ascii] if self.glyphs.name == "ascii" else []), self._guard]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give every theme the console's variables, so that none can break the style sheet."""
        return {**{tone: f"${stand_in}" for tone, stand_in in legible.TONES.items()}, **dict.fromkeys(legible.INKS, "$background")}

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer none of Textual's own commands: a screenshot would hold what the screen holds."""
        return ()

    async def on_event(self, event: events.Event) -> None:
        """Hold keys until the screen that they are meant for stands; drop those that a dialog must not hear yet.

        While the console is still opening nothing but leaving it is heard at once: there is nothing yet that could be done.
        """
        if self.services.opening and isinstance(event, events.MouseEvent):
            event.stop()
        elif self.services.opening and isinstance(event, events.Key) and event.key in LEAVES:
            await super().on_event(event)
        elif isinstance(event, (events.Key, events.Paste)):
            self.call_after_refresh(self._answered, self.sweeper.key())
            if self._held or not self._stands:
                self._held.append(event)
                if len(self._held) == 1:
                    self.set_timer(HOLD, self._let_go)
            elif self._deaf(event):
                event.stop()
            else:
                await super().on_event(event)
        else:
            await super().on_event(event)

    def _answered(self, key: int) -> None:
        """What a key did is painted; what was put off for it follows a moment later."""
        self.sweeper.answered(key)
        self.set_timer(MOMENT, self.sweeper.rest)

    @property
    def _stands(self) -> bool:
        """Say whether the console is open and the screen on top has its widgets: before, a key would find nothing to act on."""
        return not self.services.opening and (not self.screen_stack or self.screen.is_mounted)

    async def _let_go(self) -> None:
        while self._held and self._stands:
            event, self._held[:1] = self._held[0], []
            if not self._deaf(event):
                await super().on_event(event)
        if self._held:
            self.set_timer(HOLD, self._let_go)

    def _deaf(self, event: events.Event) -> bool:
        """Say whether a key was typed before the dialog on top could be seen (RELIABILITY threat T14)."""
        dialog = self.screen if self.screen_stack else None
        if not isinstance(event, events.Key) or not isinstance(dialog, Dialog) or event.key in PASSES:
            return False
        return not dialog.awake

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: Literal["information", "warning", "error"] = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a note; its text is clean, redacted and literal, whatever ``markup`` says."""
        words = clean(self.services.redact(message))
        super().notify(words, title=clean(self.services.redact(title)), severity=severity, timeout=timeout, markup=False)

    def clear_notifications(self) -> None:
        """Take all notes away, with the places they stood in.

        Textual (8.2.8) leaves those, and after a score of them a new note stands out of sight.
        """
        super().clear_notifications()
        for screen in self.screen_stack:
            screen.query("ToastHolder").remove()

    def get_key_display(self, binding: Binding) -> str:
        """Return a key's name as the footer and the help show it."""
        return binding.key_display or key_words(binding.key)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy clean, redacted text."""
        super().copy_to_clipboard(clean(self.services.redact(text)))

    def _fatal_error(self) -> None:
        if self._exit_renderables:  # what follows from the first fault is no news
            return
        error = self._exception or RuntimeError("unknown")
        at = self.services.clock.now()
        path = crash.write_report(crash.report_text(error, self.services.redact, at), self.services.settings.state, at)
        self._exit_renderables.append(safe.printed(crash.farewell(error, path)))
        self._close_messages_no_wait()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what broke in the background; the console goes on."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            error, at = event.worker.error, self.services.clock.now()
            path = crash.write_report(crash.report_text(error, self.services.redact, at), self.services.settings.state, at)
            self.notify(f"A fault of the console ({type(error).__name__}). Report: {path}", severity="error", timeout=10)

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        """Return the screens that shine through the one on top: none where it is opaque.

        Textual (8.2.8) always names the one below, and paints the top anew wherever something changes down there.
        """
        stack = self._screen_stack
        return [] if stack and stack[-1].styles.background.a == 1 else super()._background_screens

    async def _replace_screen(self, screen: Screen[Any]) -> Screen[Any]:
        """Take a screen away. One whose own task was cancelled meanwhile is gone already, and must not take the app with it.

        A worker that another key cancels while it waits for a dialog to close cancels the dialog's task. Textual awaits that task
        here, in the app's own loop, which a cancellation ends without a word: the terminal would answer no key any more.
        """
        try:
            return await super()._replace_screen(screen)
        except asyncio.CancelledError:
            if _meant_for_us():
                raise
            return screen

    def call_next(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Call something in the app's own loop, which a widget's task that somebody cancelled must not end (as above)."""

        async def call() -> None:
            try:
                found = callback(*args, **kwargs)
                if isawaitable(found):
                    await found
            except asyncio.CancelledError:
                if _meant_for_us():
                    raise

        super().call_next(call)


def _meant_for_us() -> bool:
    """Say whether it is the running task itself that was cancelled, and not only one that it waits for."""
    task = asyncio.current_task()
    return task is None or bool(task.cancelling())


def refuse_devtools(features: str, log: str) -> None:
    """Refuse to run under Textual's developer tools, which send screens and logs elsewhere (RELIABILITY threat T8)."""
    if FORBIDDEN & {feature.strip() for feature in features.split(",")} or log:
        raise ConfigurationError(
            "the console does not run with Textual's devtools or its log file",
            consequence="They would carry what the screen holds to another process or file.",
            next_step="Unset TEXTUAL and TEXTUAL_LOG, then start again.",
        )
