"""Understands mails that come back: bounces, complaints, and what is neither."""
