"""The only place that builds the object graph: settings become a console, live or in the sandbox.

Every import of a provider, the sandbox or the engine stands inside the function that needs it, so that a glance pays for none.
What a world changes is listed in :class:`~strideiq_console.wiring.place.Place`: the clock, the settings' file, the tokens, the
transport, the name server. Nothing else differs.
"""

from strideiq_console.wiring.consoles import Wiring

__all__ = ["Wiring"]
