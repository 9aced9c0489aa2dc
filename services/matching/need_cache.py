"""Needs parsed once per process: reading thousands of documents for each transaction would be most of its cost."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.matching.need_index import NeedIndex
from services.matching.register import NeedDocument

_MOST_DOCUMENTS = 8192


class NeedCache:
    """Documents by revision, and the index of the needs that the last transaction saw.

    A revision is an event's id and its document never changes, so what a rolled-back transaction left here
    is right too.
    """

    def __init__(self, most_documents: int = _MOST_DOCUMENTS) -> None:
        self._most_documents = most_documents
        self._documents: dict[UUID, NeedDocument] = {}
        self._index_key: list[tuple[UUID, UUID]] = []
        self._index = NeedIndex()

    def get(self, revision: UUID) -> NeedDocument | None:
        """The document of a revision, if it is kept."""
        return self._documents.get(revision)

    def keep(self, document: NeedDocument) -> None:
        """Keeps a document, and drops the one that was kept first where there are too many."""
        self._documents[document.revision] = document
        if len(self._documents) > self._most_documents:
            del self._documents[next(iter(self._documents))]

    def index_of(self, needs: Sequence[tuple[UUID, NeedDocument]]) -> NeedIndex:
        """The index of needs in their order, made anew only where they changed; to be copied before a change."""
        key = [(need_id, document.revision) for need_id, document in needs]
        if key != self._index_key:
            self._index = NeedIndex.of((need_id, document.profile) for need_id, document in needs)
            self._index_key = key
        return self._index
