"""Agents: what they may propose, the offline ones, and those that ask a language model. Names load when first used."""
