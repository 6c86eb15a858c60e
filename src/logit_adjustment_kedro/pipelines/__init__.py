"""Ingestion, modeling and reporting: the ways of an image to a table."""
