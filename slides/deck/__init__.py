"""What builds the lecture decks: from Markdown and executed notebooks to HTML, PDF and handouts."""
