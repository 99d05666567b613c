"""Commands: `python -m webapp run | serve | worker | migrate | content | messages | language | instructor`."""

import sys

from webapp.commands import main

sys.exit(main(sys.argv[1:]))
