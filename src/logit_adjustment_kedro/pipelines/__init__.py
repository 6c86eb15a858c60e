"""The ways of an image to a table: wiring alone."""

HELD_OUT = "_held_out"  # ends the names of trainings with images held out
