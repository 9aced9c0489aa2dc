-- A word is kept before Kafka has it, so that whoever sends it again, from a second click, a second tab, or after a failure
-- of which nobody knows what it left, says the same at the same moment: a service takes one id for one content.
-- The desk before this one names its columns, and gets the default.
-- squawk-ignore ban-new-write-restriction
ALTER TABLE word ADD COLUMN passed_on boolean NOT NULL DEFAULT true;
