"""The guided dialogues over the law core: from the facts to the next question, or to what to say.

The bot, the personal sheet and the mediators' desk read the same ones, so that they say the same.
"""

from bot.guides.eligibility import EligibilityGuide
from bot.guides.guide import Guide
from bot.guides.price import PriceGuide
from bot.guides.remedy import RemedyGuide

GUIDES: dict[str, Guide] = {guide.name: guide for guide in (PriceGuide(), EligibilityGuide(), RemedyGuide())}
