import { Prompts } from './prompts.js';

const NOMIC = new Prompts({ search_query: 'search_query: ', search_document: 'search_document: ', clustering: 'clustering: ' }, undefined);
const BGE = new Prompts({ query: 'Represent this: ' }, undefined);
const E5 = new Prompts({ query: 'query: ', passage: 'passage: ' }, undefined);
const JINA = new Prompts({ 'retrieval.query': 'Query: ', 'retrieval.passage': 'Passage: ', 'text-matching': 'Match: ' }, undefined);

describe('the prompt of an input type', () => {
  it.each([
    [NOMIC, 'query', 'search_query: '],
    [NOMIC, 'search_document', 'search_document: '],
    [NOMIC, 'passage', 'search_document: '],
    [NOMIC, 'clustering', 'clustering: '],
    [BGE, 'search_query', 'Represent this: '],
    [BGE, 'document', ''],
    [E5, 'document', 'passage: '],
    [E5, 'retrieval.passage', 'passage: '],
    [JINA, 'query', 'Query: '],
    [JINA, 'retrieval.passage', 'Passage: '],
  ])('is found by the name of the model or an alias: %#', (prompts, inputType, text) => {
    expect(prompts.of(inputType)).toBe(text);
  });

  it.each(['query', 'document', 'search_query', 'passage', 'classification', 'clustering'])(
    'is none for %s where a model has no prompts',
    (inputType) => {
      expect(Prompts.NONE.of(inputType)).toBe('');
    },
  );

  it.each([undefined, null])('is the default of the model for a text without one: %s', (inputType) => {
    expect(BGE.of(inputType)).toBe('');
    expect(new Prompts({ document: 'title: none | text: ' }, 'document').of(inputType)).toBe('title: none | text: ');
  });

  it('is refused for an unknown name, with a list of the known ones', () => {
    expect(() => NOMIC.of('summary')).toThrow(
      'input_type must be one of query, document, search_query, search_document, clustering for this model, not "summary"',
    );
    expect(() => Prompts.NONE.of('constructor')).toThrow('input_type must be one of query, document for this model');
    expect(() => BGE.of('clustering')).toThrow('must be one of query, document for this model');
  });
});
