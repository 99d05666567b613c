"""What was sent: applications, their sealed answers, their plain states and how long they are kept."""
