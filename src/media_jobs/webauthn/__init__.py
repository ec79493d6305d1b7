"""What a passkey says, read and checked (Web Authentication, Level 3); signatures by a port."""
