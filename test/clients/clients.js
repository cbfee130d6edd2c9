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
  { name: 'ollama (JavaScript)', runtime: 'node24', packages: ['ollama@0.6.4'], program: 'ollama.mjs' },
  { name: 'ollama (Python)', runtime: 'python', packages: ['ollama==0.6.3'], program: 'ollama_client.py' },
  { name: 'cohere (JavaScript)', runtime: 'node24', packages: ['cohere-ai@8.1.0'], program: 'cohere.mjs' },
  { name: 'cohere (Python)', runtime: 'python', packages: ['cohere==7.3.1'], program: 'cohere_client.py' },
  {
    name: '@huggingface/inference (TEI)',
    runtime: 'node24',
    packages: ['@huggingface/inference@4.13.30'],
    program: 'huggingface.mjs',
  },
  {
    name: 'huggingface_hub InferenceClient (TEI)',
    runtime: 'python',
    packages: ['huggingface_hub==2.4.0', 'numpy'],
    program: 'huggingface_hub_client.py',
  },
  { name: 'voyageai (Python)', runtime: 'python', packages: ['voyageai==0.5.0'], program: 'voyage_client.py' },
  { name: 'LiteLLM', runtime: 'python', packages: ['litellm==1.110.2'], program: 'litellm_client.py' },
];
