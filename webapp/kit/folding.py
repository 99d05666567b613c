"""Templates whose constant texts are worked out when they are compiled, not each time they are shown.

Looking a text up through the usual gettext calls costs about 15 microseconds each, most of a page's time. Here a call
with constant arguments becomes a constant of the compiled template; one environment per voice and furigana mode.
"""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, StrictUndefined, nodes
from jinja2.loaders import BaseLoader
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

Say = Callable[..., Any]


class FoldingEnvironment(Environment):
    """A Jinja environment that folds calls and filters of `says` when all their arguments are constant."""

    def __init__(self, loader: BaseLoader, says: Mapping[str, Say], auto_reload: bool) -> None:
        """Make an environment for one voice and mode; `says` are the text functions by the name templates use."""
        super().__init__(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
            auto_reload=auto_reload, cache_size=-1,
        )  # fmt: skip
        self.says = says
        self.globals.update(says)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Parse, then fold."""
        tree: nodes.Template = Folder(self.says).visit(super()._parse(source, name, filename))
        return tree


class Folder(NodeTransformer):
    """Replaces constant text calls by their result."""

    def __init__(self, says: Mapping[str, Say]) -> None:
        """Remember the text functions."""
        self.says = says

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  # named by the visitor of Jinja
        """Fold `_('…')` where nothing in it changes from request to request."""
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.node.name not in self.says or not _is_constant(node):
            return node
        result = self.says[node.node.name](*(arg.as_const() for arg in node.args))
        return _constant(result, node.lineno)


def _is_constant(node: nodes.Call) -> bool:
    """Tell whether a call has only constant positional arguments."""
    changing = node.kwargs or node.dyn_args or node.dyn_kwargs
    return not changing and all(isinstance(arg, nodes.Const) for arg in node.args)


def _constant(result: Any, lineno: int) -> nodes.Expr:
    """Return the node for a finished text: safe markup stays safe, plain text is escaped where it is shown."""
    plain = nodes.Const(str(result), lineno=lineno)
    return nodes.MarkSafe(plain, lineno=lineno) if isinstance(result, Markup) else plain
