"""People: members of workspaces, the invitations that make them, and their sessions."""
