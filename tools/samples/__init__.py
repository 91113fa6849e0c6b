"""Parts of the sample generator; tools/make_samples.py is the program."""
