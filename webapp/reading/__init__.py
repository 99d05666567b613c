"""Reading help: furigana, phrase breaks and the reader settings that use them."""
