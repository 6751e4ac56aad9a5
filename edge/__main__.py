"""`python -m edge` is the command `gardenwatch`."""

from edge.cli import main

main()
