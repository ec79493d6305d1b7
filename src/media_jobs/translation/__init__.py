"""What a translation is made with and what it was made of, as documents. Pure.

Nothing is imported here: the app takes what it needs when it needs it.
"""
