const SERVICE = process.env.EMBEDDING_URL ?? 'http://localhost:8000';
const MOST_TEXTS = 100;

/**
 * The vectors of any number of texts, in their order, and the space that they belong to.
 * `space` = answer only from this one.
 */
export async function embed(texts, space) {
  const vectors = [];
  let answeredSpace = space;
  for (let start = 0; start < texts.length; start += MOST_TEXTS) {
    const answer = await fetch(`${SERVICE}/embed/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(answeredSpace && { 'x-require-embedding-space': answeredSpace }) },
      body: JSON.stringify({ texts: texts.slice(start, start + MOST_TEXTS) }),
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(`${body.statusCode} ${body.message}`);
    answeredSpace = answer.headers.get('x-embedding-space');
    vectors.push(...body.embeddings);
  }
  return { vectors, space: answeredSpace };
}
