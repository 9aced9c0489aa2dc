"""Intake: takes in applications, answers every rule of their edition, and flags what a person should see."""
