"""The pages behind the links of mails: one matter each, for one person in one role, without an account."""
