"""Look-ups that every app shares."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import CharField, ForeignKey, Lookup, TextField, UUIDField
from django.db.models.lookups import PostgresOperatorLookup
from django.db.models.sql.compiler import SQLCompiler


@ForeignKey.register_lookup
@UUIDField.register_lookup
class Among(Lookup):
    """``customer_uuid__among=keys``: one of these UUIDs, which travel as a single parameter.

    ``__in`` gives each key a parameter of its own; from a thousand keys on, preparing and parsing
    them costs more than the query.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        keys = json.dumps([key.hex for key in self.rhs])
        return f"{column} IN (SELECT value FROM json_each(%s))", (*params, keys)  # noqa: S608 # names only

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::uuid[])", (*params, f"{{{','.join(map(str, self.rhs))}}}")


@CharField.register_lookup
class AmongTexts(Lookup):
    """``code__among=codes``: the same for short texts."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        texts = json.dumps(list(self.rhs))
        return f"{column} IN (SELECT value FROM json_each(%s))", (*params, texts)  # noqa: S608 # names only

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::text[])", (*params, list(self.rhs))


@TextField.register_lookup
class WordLike(PostgresOperatorLookup):
    """``text__word_like=word``: a stretch of the text shares enough trigrams with the word.

    PostgreSQL with pg_trgm only; how many is ``pg_trgm.word_similarity_threshold``.
    """

    lookup_name = "word_like"
    postgres_operator = "%%>"
