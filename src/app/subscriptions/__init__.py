"""Subscriptions: lists that are looked at by schedule, whose new videos start a recipe."""
