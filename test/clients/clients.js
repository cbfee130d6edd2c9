/**
 * @typedef {object} Client
 * @property {string} name As the table says it.
 * @property {'node' | 'node24' | 'python' | 'go'} runtime
 * @property {readonly string[]} packages Each with its version; the first is the one that the table names.
 * @property {string} program In programs/.
 */

/** What litellm[proxy] needs of its extra to start: the extra itself also names packages that are not on PyPI. */
const packagesOfLiteLlmProxy = [
  'apscheduler<4',
  'backoff',
  'expression',
  'semver',
  'soundfile',
  'cryptography',
  'fastapi<1',
  'fastapi-sso',
  'gunicorn',
  'httpx2<3',
  'mcp>=2.3.0,<3',
  'orjson',
  'pyjwt',
  'pynacl',
  'python-multipart',
  'restrictedpython',
  'rq',
  'uvicorn<1',
  'uvloop',
  'websockets<16',
];

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
  {
    name: 'LangChain Python OllamaEmbeddings',
    runtime: 'python',
    packages: ['langchain-ollama==1.1.0'],
    program: 'langchain_ollama_client.py',
  },
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
  {
    name: 'LiteLLM proxy, its cache on',
    runtime: 'python',
    packages: ['litellm==1.110.2', ...packagesOfLiteLlmProxy],
    program: 'litellm_proxy_client.py',
  },
  { name: 'go-openai', runtime: 'go', packages: ['github.com/sashabaranov/go-openai@v1.43.0'], program: 'go_openai.go' },
  { name: 'Haystack OpenAIDocumentEmbedder', runtime: 'python', packages: ['haystack-ai==3.4.1'], program: 'haystack_openai_client.py' },
  {
    name: 'Haystack HuggingFaceAPIDocumentEmbedder (TEI)',
    runtime: 'python',
    packages: ['haystack-ai==3.4.1', 'huggingface-api-haystack==3.1.0'],
    program: 'haystack_tei_client.py',
  },
  {
    name: 'Chroma OpenAIEmbeddingFunction',
    runtime: 'python',
    packages: ['chromadb==1.5.9', 'openai'],
    program: 'chroma_openai_client.py',
  },
  {
    name: 'Chroma HuggingFaceEmbeddingServer (TEI)',
    runtime: 'python',
    packages: ['chromadb==1.5.9', 'openai'],
    program: 'chroma_tei_client.py',
  },
  { name: 'LanceDB OpenAIEmbeddings', runtime: 'python', packages: ['lancedb==0.40.0', 'openai'], program: 'lancedb_client.py' },
  { name: 'mem0 OpenAIEmbedding', runtime: 'python', packages: ['mem0ai==2.2.1'], program: 'mem0_client.py' },
  {
    name: 'Semantic Kernel OpenAITextEmbedding',
    runtime: 'python',
    packages: ['semantic-kernel==1.45.0'],
    program: 'semantic_kernel_client.py',
  },
  { name: 'DSPy Embedder', runtime: 'python', packages: ['dspy==3.4.1', 'numpy'], program: 'dspy_client.py' },
  { name: 'llm', runtime: 'python', packages: ['llm==0.36'], program: 'llm_client.py' },
  {
    name: 'LlamaIndex TextEmbeddingsInference (TEI)',
    runtime: 'python',
    packages: ['llama-index-embeddings-text-embeddings-inference==0.6.0'],
    program: 'llama_index_tei_client.py',
  },
];
