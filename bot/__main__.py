"""`python -m bot` is `townclerk`."""

from bot.cli import main

if __name__ == "__main__":
    main()
