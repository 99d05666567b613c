"""Commands: `python -m webapp run | serve | worker | migrate | content | messages | language | instructor | staff`."""

import sys

from webapp.commands import main

sys.exit(main(sys.argv[1:]))
