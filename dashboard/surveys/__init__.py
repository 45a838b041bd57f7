"""The parts of the page where people are asked: opening, links, counts, replies, questionnaires."""
