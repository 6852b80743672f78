"""The law of the duplicate: eligibility, fees, remedies and plates, computed from dated parameters.

No Rasa, no web and no clock in here: the date of the question is always an argument (``on=``).
"""
