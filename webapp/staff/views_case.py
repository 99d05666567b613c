"""One application as its section sees it, after saying why; its history, files, messages and papers."""
