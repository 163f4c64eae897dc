"""Plots drawn with characters: axes with round numbers, and curves in braille or ASCII."""
