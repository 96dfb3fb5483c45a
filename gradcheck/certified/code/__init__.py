"""Whose code is this, what can it reach, and why could it not be followed?"""
