"""Recipes: jobs that take from each other what they make, with a person's reviews in between."""
