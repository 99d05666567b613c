"""Reading the layouts of exports from content/layouts."""

from pathlib import Path

from webapp.kit.content import list_folders, load_as
from webapp.staff.rules_layouts import Layout, LayoutDefinition

FOLDER = "layouts"


def load_layouts(content_dir: Path) -> tuple[Layout, ...]:
    """Return all layouts, sorted by folder and name; none where there is no folder. Raises ContentError."""
    folder = content_dir / FOLDER
    places = list_folders(folder) if folder.is_dir() else ()
    return tuple(
        Layout(place.name, path.stem, load_as(path, LayoutDefinition))
        for place in places
        for path in sorted(place.glob("*.yaml"))
    )
