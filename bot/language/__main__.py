"""`python -m bot.language LANGUAGE FOLDER …` learns a language from these folders, and keeps it."""

import sys
from pathlib import Path

from bot.language.engine import Engine
from bot.language.vocabulary import load

if __name__ == "__main__":
    language, *folders = sys.argv[1:]
    Engine(load(Path(folder), language) for folder in folders).learn(language)
