"""`python -m training` is `gardenwatch-train`."""

from training.cli import main

if __name__ == "__main__":
    main()
