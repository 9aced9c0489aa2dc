"""What a mail is made of: texts, calendar entries, headers, signatures, and the reports that come back."""
