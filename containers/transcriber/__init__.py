"""The container that writes down what is said."""
