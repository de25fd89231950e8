"""The demonstration: invented papers, the servers that list them, and a page of inboxes."""
