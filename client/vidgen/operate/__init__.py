"""The operator's commands. They work on a clone of the project: its configs, migrations, tools."""
