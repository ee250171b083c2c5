"""Readable names for runs that were given none: brave-otter-24."""

from __future__ import annotations

import random

_ADJECTIVES = (
    "able amber ample arctic autumn bold brave breezy bright brisk calm candid clear clever cosmic "
    "crisp curious dapper daring deft eager early earnest fair fancy fearless fleet fond frosty "
    "gentle glad golden grand happy hardy hasty honest humble ideal jolly keen kind lively loyal "
    "lucid lucky mellow merry mighty modest nimble noble patient plucky polite proud quick quiet "
    "rapid ready robust rustic serene sharp shy silent silver sleek smooth snug solid spry stable "
    "steady stout sunny swift tidy tough vivid warm wise witty young zesty"
).split()
_NOUNS = (
    "adder albatross antelope badger bass bear beaver bison bittern boar bream buzzard carp cat "
    "chamois cheetah civet cod condor coyote crane cricket crow curlew deer dingo dolphin dove eagle "
    "eel egret elk falcon ferret finch fox gannet gazelle gecko goose grouse gull hare hawk heron "
    "hornet ibex ibis jackal jay kestrel kite koala lark lemur leopard lion lizard llama lynx magpie "
    "marmot marten mole moose moth newt ocelot orca osprey otter owl panda perch petrel pike plover "
    "puffin python quail rabbit raven robin salmon seal shark shrew skylark snipe sparrow stoat stork "
    "swan swift tapir tern tiger toad trout viper vole walrus wasp weasel whale wolf wombat wren yak "
    "zebra"
).split()

# Its own generator: a script that seeds `random` must neither repeat names nor see its numbers change.
_random = random.SystemRandom()


def readable_name() -> str:
    return f"{_random.choice(_ADJECTIVES)}-{_random.choice(_NOUNS)}-{_random.randrange(100)}"
