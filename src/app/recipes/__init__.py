"""Recipes of workspaces, their runs, and the reviews in these."""
