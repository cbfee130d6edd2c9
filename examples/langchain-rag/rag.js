import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryVectorStore } from '@langchain/classic/vectorstores/memory';
import { Document } from '@langchain/core/documents';
import { PromptTemplate } from '@langchain/core/prompts';
import { OpenAIEmbeddings } from '@langchain/openai';
import { RecursiveCharacterTextSplitter } from '@langchain/textsplitters';

const SERVICE = process.env.EMBEDDING_URL ?? 'http://localhost:8000';
const FOLDER = '../../docs';

const embeddings = new OpenAIEmbeddings({
  model: 'all-MiniLM-L6-v2',
  apiKey: process.env.API_KEY ?? 'none',
  configuration: { baseURL: `${SERVICE}/v1` },
});

const documents = readdirSync(FOLDER, { recursive: true })
  .filter((file) => file.endsWith('.md'))
  .map((file) => new Document({ pageContent: readFileSync(join(FOLDER, file), 'utf8'), metadata: { file } }));
// The model reads 256 tokens: pieces of some 800 characters lose nothing.
const pieces = await RecursiveCharacterTextSplitter.fromLanguage('markdown', { chunkSize: 800, chunkOverlap: 100 }).splitDocuments(
  documents,
);
const store = await MemoryVectorStore.fromDocuments(pieces, embeddings);

const prompt = PromptTemplate.fromTemplate('Answer from these passages only.\n\n{passages}\n\nQuestion: {question}');
const question = process.argv.slice(2).join(' ');
const found = await store.similaritySearch(question, 3);
const passages = found.map(({ pageContent, metadata }) => `[${metadata.file}]\n${pageContent}`).join('\n\n');
console.log(await prompt.format({ passages, question }));
