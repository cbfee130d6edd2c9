import { TokenParser, TokenType } from '@streamparser/json';
import { ServiceError } from '../../errors/index.js';
import { EventLoopTurn } from '../../process/index.js';
import { notJson } from './body-errors.js';
import { JsonTokens, type JsonToken } from './json-tokens.js';

/** Bytes parsed between two looks at the clock. The slowest shapes take 4 ms for them. */
const SLICE_BYTES = 16 * 1024;
/** No route knows as many fields; more are refused before anything looks at them. */
const MOST_FIELDS = 1_000;
/** More than any route takes: 2,048 inputs, or their token ids. */
const MOST_CONTAINERS = 10_000;
const MOST_VALUES = 2_000_000;
const MOST_DEPTH = 100;

/** Read once, because the package looks the enumeration up at each use, and a body has millions of tokens. */
const { COLON, COMMA, LEFT_BRACE, LEFT_BRACKET, RIGHT_BRACE, RIGHT_BRACKET, SEPARATOR, STRING, NUMBER, NULL, TRUE, FALSE } = TokenType;

const SIGNS: Readonly<Record<string, TokenType>> = {
  '{': LEFT_BRACE,
  '}': RIGHT_BRACE,
  '[': LEFT_BRACKET,
  ']': RIGHT_BRACKET,
  ':': COLON,
  ',': COMMA,
};

/**
 * Parses a body for which JSON.parse would hold the event loop, in turns with all other work. Refuses a body with more
 * fields, values or depth than any route takes as soon as they are counted.
 */
export async function parseLargeJson(json: Buffer): Promise<unknown> {
  const turn = new EventLoopTurn();
  const parser = new CountingParser();
  for (let from = 0; from < json.length; from += SLICE_BYTES) {
    parser.write(json.subarray(from, from + SLICE_BYTES));
    if (turn.isOver) await turn.next();
  }
  return parser.end();
}

class CountingParser {
  private readonly tokens = new JsonTokens(Infinity, notJson); // the body is in memory already
  private readonly parser = new TokenParser({ paths: ['$'], keepStack: true });
  private value: unknown;
  private fields = 0;
  private values = 0;
  private containers = 0;
  private depth = 0;

  constructor() {
    this.parser.onValue = ({ value }) => (this.value = value);
  }

  write(bytes: Buffer): void {
    this.read(this.tokens.push(bytes));
  }

  end(): unknown {
    this.read(this.tokens.end());
    if (!this.parser.isEnded) throw notJson();
    return this.value;
  }

  private read(tokens: Iterable<JsonToken>): void {
    try {
      for (const token of tokens) {
        const type = typeOf(token);
        this.count(type);
        this.parser.write({ token: type, value: 'sign' in token ? token.sign : token.value });
      }
    } catch (error) {
      throw error instanceof ServiceError ? error : notJson();
    }
  }

  private count(token: TokenType): void {
    if (token === COLON && ++this.fields > MOST_FIELDS) throw tooMany('fields', MOST_FIELDS);
    if (token === COMMA && ++this.values > MOST_VALUES) throw tooMany('values', MOST_VALUES);
    if (token === LEFT_BRACE || token === LEFT_BRACKET) {
      if (++this.containers > MOST_CONTAINERS) throw tooMany('arrays and objects', MOST_CONTAINERS);
      if (++this.depth > MOST_DEPTH) throw tooMany('levels of arrays and objects', MOST_DEPTH);
    }
    if (token === RIGHT_BRACE || token === RIGHT_BRACKET) this.depth--;
  }
}

function typeOf(token: JsonToken): TokenType {
  if ('sign' in token) return SIGNS[token.sign] ?? SEPARATOR;
  if (typeof token.value === 'string') return STRING;
  if (typeof token.value === 'number') return NUMBER;
  if (token.value === null) return NULL;
  return token.value ? TRUE : FALSE;
}

function tooMany(what: string, most: number): ServiceError {
  return ServiceError.ofFaults('invalid_request', [{ field: 'body', message: `must hold at most ${most} ${what}` }]);
}
