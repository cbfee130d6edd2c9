/** Names of one kind of text; the first that a model has a prompt for is used. */
export interface InputTypeAliases {
  readonly names: readonly string[];
  /** Queries and documents: every model takes them, also one that has no prompt for them. */
  readonly isRetrieval: boolean;
}

/**
 * What other services and models call the same kind of text: sentence-transformers (query, document), nomic and Cohere
 * (search_query, ...), E5 (passage), Jina (retrieval.query, ...), Voyage, EmbeddingGemma (Retrieval-query, ...) and arctic.
 */
export const ALIASES_OF_INPUT_TYPES: readonly InputTypeAliases[] = [
  {
    isRetrieval: true,
    names: ['query', 'search_query', 'retrieval.query', 'retrieval_query', 'Retrieval-query', 's2p_query', 'web_search_query'],
  },
  {
    isRetrieval: true,
    names: ['document', 'search_document', 'passage', 'retrieval.passage', 'retrieval_document', 'Retrieval-document', 'corpus', 'text'],
  },
  { isRetrieval: false, names: ['classification', 'Classification'] },
  { isRetrieval: false, names: ['clustering', 'separation', 'Clustering'] },
  { isRetrieval: false, names: ['text-matching', 'STS', 's2s_query', 'semantic_similarity'] },
];
