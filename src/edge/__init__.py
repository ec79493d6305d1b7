"""Calls into the Workers runtime; the one package that imports js, pyodide and workers."""
