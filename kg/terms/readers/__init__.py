"""Readers of terminologies: a file in, ``Term`` after ``Term`` out. One module a format."""
