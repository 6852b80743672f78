"""Rasa's agent, processor, action call, stores and model loading, with the gaps of the stock ones closed."""
