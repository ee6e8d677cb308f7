"""Every claim about speed, as a script that prints a ratio to a floor measured in the same run."""
