"""The ways of an image to a table: wiring alone."""
