"""Reading YAML as version 1.2 has it, by libyaml: content is read at every start, and a parser in C is ten times as fast.

PyYAML's own rules are those of YAML 1.1, where `no` is false and `12:30` a number; here only what the core schema of 1.2
names is more than a string (https://yaml.org/spec/1.2.2/#103-core-schema), and a day such as 2026-11-27, which sources are
confirmed on. A key that stands twice is an error.
"""

import re
from collections.abc import Hashable
from typing import Any

import yaml

CORE = (
    ("tag:yaml.org,2002:null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("tag:yaml.org,2002:int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("tag:yaml.org,2002:float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("tag:yaml.org,2002:timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", list("0123456789")),
)
YAMLError = yaml.YAMLError
_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fast):  # type: ignore[misc]  # which of the two parsers it is depends on the machine
    """A loader of plain data under the core schema."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # the library's own name for it


for _tag, _shape, _first in CORE:
    _Loader.add_implicit_resolver(_tag, re.compile(rf"(?:{_shape})\Z"), _first)


def _make_mapping(loader: Any, node: Any) -> dict[Any, Any]:
    """Return a mapping; a key that stands twice would silently hide what the first one says."""
    made: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, Hashable) or key in made:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", key_node.start_mark)
        made[key] = loader.construct_object(value_node, deep=True)
    return made


def _make_number(loader: Any, node: Any) -> int:
    """Return a decimal number; 0 before it means nothing, as in 1.2."""
    return int(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:map", _make_mapping)
_Loader.add_constructor("tag:yaml.org,2002:int", _make_number)


def load(text: str) -> Any:
    """Return the plain data of one document. Raises YAMLError with the line and column."""
    return yaml.load(text, _Loader)  # noqa: S506  # a safe loader with fewer types than the safe one
