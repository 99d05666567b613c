"""Reading content: YAML 1.2 files into frozen structs, every fault named with its file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from webapp.kit import yaml12

T = TypeVar("T")


class ContentError(ValueError):
    """A content file that cannot be used; the message names the file and what is wrong with it."""


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every struct that a content file fills: unknown keys are errors, values never change."""


def read_yaml(path: Path) -> Any:
    """Return the plain data of one YAML file (YAML 1.2: `no` stays a string). Raises ContentError."""
    try:
        return yaml12.load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError, yaml12.YAMLError) as error:
        raise ContentError(f"{path}: {error}") from error


def load_as(path: Path, shape: type[T]) -> T:
    """Return one YAML file as `shape` (a struct, or a dict or list of structs). Raises ContentError."""
    return convert_as(path, read_yaml(path), shape)


def convert_as(path: Path, data: Any, shape: type[T]) -> T:
    """Return already read data as `shape`; `path` only names the place in the error. Raises ContentError."""
    try:
        return msgspec.convert(data, shape)
    except msgspec.ValidationError as error:
        raise ContentError(f"{path}: {error}") from error


def list_folders(parent: Path) -> Iterator[Path]:
    """Yield the content folders in `parent` in the order of their names."""
    yield from sorted(path for path in parent.iterdir() if path.is_dir() and not path.name.startswith("."))
