/**
 * @typedef {object} Client
 * @property {string} name As the table says it.
 * @property {'node' | 'node24' | 'python'} runtime
 * @property {readonly string[]} packages Each with its version; the first is the one that the table names.
 * @property {string} program In programs/.
 */

/** @type {readonly Client[]} */
export const clients = [
  { name: 'openai (Node)', runtime: 'node24', packages: ['openai@7.57.0'], program: 'openai.mjs' },
  { name: 'openai (Node), the major before', runtime: 'node24', packages: ['openai@6.30.1'], program: 'openai.mjs' },
  { name: 'openai (Node), the major before', runtime: 'node', packages: ['openai@6.30.1'], program: 'openai.mjs' },
  { name: 'openai (Python)', runtime: 'python', packages: ['openai==3.57.0'], program: 'openai_client.py' },
  {
    name: 'LangChain JS OpenAIEmbeddings',
    runtime: 'node24',
    packages: ['@langchain/openai@1.6.0', '@langchain/core'],
    program: 'langchain.mjs',
  },
  {
    name: 'LangChain Python OpenAIEmbeddings',
    runtime: 'python',
    packages: ['langchain-openai==1.7.4'],
    program: 'langchain_client.py',
  },
  {
    name: 'LlamaIndex OpenAIEmbedding',
    runtime: 'python',
    packages: ['llama-index-embeddings-openai==0.7.0'],
    program: 'llama_index_client.py',
  },
  { name: 'Vercel AI SDK embedMany', runtime: 'node24', packages: ['ai@7.0.173', '@ai-sdk/openai@4.0.118'], program: 'ai-sdk.mjs' },
  { name: 'LiteLLM', runtime: 'python', packages: ['litellm==1.110.2'], program: 'litellm_client.py' },
];
