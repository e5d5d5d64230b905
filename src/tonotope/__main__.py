"""`python -m tonotope`: the command line."""

from tonotope.cli import main

if __name__ == "__main__":
    main()
