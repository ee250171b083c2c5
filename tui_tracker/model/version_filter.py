"""The filter language as it is spoken of model versions: what is a filter, and what may stand at the cursor."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from logger.store import registry, search
from logger.store.fields import ATTRIBUTES, Field, Names
from logger.store.query import Completion, compile_for, complete
from logger.store.registry.vocabulary import VERSION_ATTRIBUTES, VersionVocabulary, version_vocabulary

_ALIAS = "alias"


@dataclass(frozen=True)
class VersionLanguage:
    """The names in use at one moment."""

    vocabulary: VersionVocabulary
    models: tuple[str, ...]
    aliases: tuple[str, ...]

    def check(self, text: str) -> None:
        """Raises FilterError for what is no filter of versions."""
        compile_for(self.vocabulary, text)

    def complete(self, connection: sqlite3.Connection, text: str, cursor: int) -> Completion:
        """What may stand at the cursor. A version's own properties are offered as its tags are."""
        names = self.vocabulary.names
        own = self.vocabulary.tags | VERSION_ATTRIBUTES.keys() | {_ALIAS}
        known = Names(names.metrics, names.params, names.tags | (own - ATTRIBUTES.keys()))

        def values(field: Field) -> Sequence[str]:
            if field.key == "stage":
                return registry.STAGES
            if field.key == "name":
                return self.models
            return self.aliases if field.key == _ALIAS else search.values_of(connection, field)

        return complete(text, cursor, known, values)


def read_language(connection: sqlite3.Connection) -> VersionLanguage:
    """The language of the versions in a store."""
    models = registry.models(connection)
    aliases = sorted({alias for model in models for alias in model.aliases})
    return VersionLanguage(
        version_vocabulary(connection), tuple(model.name for model in models), tuple(aliases)
    )
