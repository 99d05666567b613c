"""What a WSGI server loads: the finished app, its readings warmed so that the first resident does not wait."""

from webapp.app import create_app
from webapp.reading import furigana

app = create_app()
furigana.warm()
