"""Adapts Rasa: agent, processor, action calls, tracker store, model loading and training."""
