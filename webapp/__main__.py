"""Commands: `python -m webapp run | serve | worker | migrate | content | messages | language`."""

import sys

from webapp.commands import main

sys.exit(main(sys.argv[1:]))
