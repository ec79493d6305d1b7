"""What an OpenID provider says, read and checked (OpenID Connect); signatures by a port."""
