"""What leaves the house: applications as CSV or JSON in a layout, with a report of what could not be written."""
