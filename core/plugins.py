"""Finding plugins: everything installed under the entry-point group ``tiepsuc``.

A broken one is set aside and named, never fatal.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any

import pluggy

from core import hookspecs

GROUP = "tiepsuc"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Broken:
    """A plugin that could not be used, and why."""

    name: str
    why: str


@dataclass
class Plugins:
    """The plugins of one instance."""

    manager: pluggy.PluginManager
    broken: list[Broken] = field(default_factory=list)

    def ask(self, question: str, **about: Any) -> list[tuple[str, Any]]:
        """Every answer to a hook, as (plugin name, answer); a plugin that raises is set aside and the others
        still answer.
        """
        answers = []
        for implementation in getattr(self.manager.hook, question).get_hookimpls():
            asked = {name: about[name] for name in implementation.argnames}
            try:
                answers += [(implementation.plugin_name, answer) for answer in implementation.function(**asked) or ()]
            except Exception as error:
                self.set_aside(implementation.plugin_name, error)
        return answers

    def set_aside(self, name: str, why: object) -> None:
        """Remember that a plugin is not to be relied on."""
        found = Broken(name, f"{type(why).__name__}: {why}" if isinstance(why, Exception) else str(why))
        if found not in self.broken:
            log.error("plugin %s is set aside: %s", name, found.why)
            self.broken.append(found)


def find(extra: Iterable[tuple[str, Any]] = (), *, installed: bool = True) -> Plugins:
    """The installed plugins and ``extra`` ones given as (name, module or object); one that is both counts once."""
    plugins = Plugins(pluggy.PluginManager(GROUP))
    plugins.manager.add_hookspecs(hookspecs)
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name) if installed else ():
        _register(plugins, entry.name, entry.load)
    for name, plugin in extra:
        if plugins.manager.get_plugin(name) is not plugin:
            _register(plugins, name, functools.partial(_itself, plugin))
    return plugins


def _itself(plugin: Any) -> Any:
    return plugin


def _register(plugins: Plugins, name: str, load: Callable[[], Any]) -> None:
    try:
        plugins.manager.register(load(), name=name)
        plugins.manager.check_pending()
    except Exception as error:
        plugins.set_aside(name, error)
        if plugins.manager.has_plugin(name):  # else every later one would be found faulty for it
            plugins.manager.unregister(name=name)
