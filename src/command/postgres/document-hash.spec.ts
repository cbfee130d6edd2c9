import { documentHash } from './document-hash.js';

const ROW = { line: 1, text: 'a', title: 't', kept: { year: 2001n } };
const OPTIONS = { inputType: undefined, truncate: 'end' };

it('differs with all that decides what a document becomes, and not with its place in the input', () => {
  const hash = documentHash(ROW, OPTIONS).toString('hex');
  expect(documentHash({ ...ROW, line: 7, id: 'x', file: 'f' }, { ...OPTIONS }).toString('hex')).toBe(hash);
  const others = [
    documentHash({ ...ROW, text: 'b' }, OPTIONS),
    documentHash({ ...ROW, title: 'u' }, OPTIONS),
    documentHash({ line: 1, text: 'a', kept: ROW.kept }, OPTIONS),
    documentHash({ ...ROW, kept: { year: 2002n } }, OPTIONS),
    documentHash(ROW, { ...OPTIONS, inputType: 'query' }),
  ].map((other) => other.toString('hex'));
  expect(new Set([hash, ...others]).size).toBe(6);
});
