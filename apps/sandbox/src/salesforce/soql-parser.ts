import { VendorError } from './vendor-error.js';

/** A value written in a query; a time in ms since 1970. */
export type Literal = string | number | boolean | null | { readonly time: number };
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'compare'; readonly path: string; readonly operator: Operator; readonly value: Literal }
  | { readonly kind: 'in'; readonly path: string; readonly values: readonly Literal[] }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition };

export interface Selected {
  readonly path: string;
  readonly alias?: string;
}

/** The part of SOQL that the stand-in understands. */
export interface Query {
  readonly fields: readonly Selected[];
  readonly object: string;
  readonly where?: Condition;
  readonly groupBy?: string;
  readonly orderBy: readonly { readonly path: string; readonly descending: boolean }[];
  readonly limit?: number;
}

const TOKEN =
  /\s*(?:('(?:[^'\\]|\\.)*')|(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))|(-?\d+(?:\.\d+)?)|([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)|(<=|>=|!=|<>|[=<>(),]))/y;

/** Reads a query; throws MALFORMED_QUERY in Salesforce's words. */
export function parseSoql(text: string): Query {
  const parser = new Parser(tokensOf(text));
  return parser.query();
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let end = 0; text.slice(end).trim() !== ''; end = TOKEN.lastIndex) {
    const match = TOKEN.exec(text);
    if (match === null) throw malformed(text.slice(end).trim().charAt(0));
    tokens.push(match[0].trim());
  }
  return tokens;
}

function malformed(token: string): VendorError {
  return new VendorError(400, 'MALFORMED_QUERY', `unexpected token: '${token === '' ? '<EOF>' : token}'`);
}

class Parser {
  #position = 0;

  constructor(private readonly tokens: readonly string[]) {}

  query(): Query {
    this.#expect('SELECT');
    const fields = this.#list(() => this.#selected());
    this.#expect('FROM');
    const object = this.#name();
    const where = this.#take('WHERE') ? this.#condition() : undefined;
    const groupBy = this.#take('GROUP') ? this.#after('BY', () => this.#name()) : undefined;
    const orderBy = this.#take('ORDER') ? this.#after('BY', () => this.#list(() => this.#direction())) : [];
    const limit = this.#take('LIMIT') ? Number(this.#next()) : undefined;
    if (this.#peek() !== '') throw malformed(this.#peek());
    return {
      fields,
      object,
      orderBy,
      ...(where === undefined ? {} : { where }),
      ...(groupBy === undefined ? {} : { groupBy }),
      ...(limit === undefined ? {} : { limit }),
    };
  }

  #selected(): Selected {
    const path = this.#name();
    const isAlias = /^[A-Za-z]\w*$/.test(this.#peek()) && this.#peek().toUpperCase() !== 'FROM';
    return isAlias ? { path, alias: this.#next() } : { path };
  }

  #direction(): { readonly path: string; readonly descending: boolean } {
    const path = this.#name();
    const descending = this.#take('DESC');
    if (!descending) this.#take('ASC');
    return { path, descending };
  }

  /** AND and OR do not mix without parentheses. */
  #condition(): Condition {
    const first = this.#unit();
    const word = this.#peek().toUpperCase();
    if (word !== 'AND' && word !== 'OR') return first;
    const parts = [first];
    while (this.#take(word)) parts.push(this.#unit());
    if (['AND', 'OR'].includes(this.#peek().toUpperCase())) throw malformed(this.#peek());
    return { kind: word === 'AND' ? 'and' : 'or', parts };
  }

  #unit(): Condition {
    if (this.#take('NOT')) return { kind: 'not', part: this.#unit() };
    if (this.#take('(')) {
      const inside = this.#condition();
      this.#expect(')');
      return inside;
    }
    const path = this.#name();
    if (this.#take('IN')) {
      this.#expect('(');
      const values = this.#list(() => this.#literal());
      this.#expect(')');
      return { kind: 'in', path, values };
    }
    return { kind: 'compare', path, operator: this.#operator(), value: this.#literal() };
  }

  #operator(): Operator {
    const token = this.#next();
    const operator = (['=', '!=', '<', '<=', '>', '>='] as const).find((one) => one === token);
    if (token === '<>') return '!=';
    if (operator === undefined) throw malformed(token);
    return operator;
  }

  #literal(): Literal {
    const token = this.#next();
    if (token.startsWith("'")) return token.slice(1, -1).replace(/\\(.)/g, (_all, character: string) => character);
    if (/^\d{4}-/.test(token)) return { time: Date.parse(token) };
    if (/^-?\d/.test(token)) return Number(token);
    const word = token.toLowerCase();
    if (word === 'null') return null;
    if (word === 'true' || word === 'false') return word === 'true';
    throw malformed(token);
  }

  #list<T>(item: () => T): readonly T[] {
    const items = [item()];
    while (this.#take(',')) items.push(item());
    return items;
  }

  #after<T>(word: string, part: () => T): T {
    this.#expect(word);
    return part();
  }

  #name(): string {
    const token = this.#next();
    if (!/^[A-Za-z]/.test(token) || /^(FROM|WHERE|AND|OR|ORDER|LIMIT)$/i.test(token)) throw malformed(token);
    return token;
  }

  #peek(): string {
    return this.tokens[this.#position] ?? '';
  }

  #next(): string {
    const token = this.#peek();
    if (token === '') throw malformed('');
    this.#position += 1;
    return token;
  }

  #take(word: string): boolean {
    if (this.#peek().toUpperCase() !== word) return false;
    this.#position += 1;
    return true;
  }

  #expect(word: string): void {
    if (!this.#take(word)) throw malformed(this.#peek());
  }
}
