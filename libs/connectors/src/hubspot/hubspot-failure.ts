import { z } from 'zod';

/** HubSpot answered with an error. */
export class RefusedAnswer extends Error {
  override readonly name = 'RefusedAnswer';
  /** Of the body, as far as it is HubSpot's own. */
  readonly #body: RefusalBody;

  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    text: string,
  ) {
    super(`HubSpot answered ${status}`);
    this.#body = refusalBody.parse(parsed(text));
  }

  get category(): string {
    return this.#body.category;
  }

  /** HubSpot's own words, at most 300 characters; empty for a page of the edge. */
  get words(): string {
    return this.#body.message.slice(0, 300);
  }

  /** The limit behind a 429: DAILY, TEN_SECONDLY_ROLLING, SECONDLY, or empty. */
  get policy(): string {
    return this.#body.policyName;
  }

  /** The scopes of which a 403 says that one is needed. */
  get scopes(): readonly string[] {
    return this.#body.errors.flatMap(({ context }) => context.requiredGranularScopes);
  }

  /** The codes of a 400, such as PROPERTY_DOESNT_EXIST: those of its errors, and those inside its message. */
  get codes(): readonly string[] {
    const inside = [...this.#body.message.matchAll(/"error":"([A-Z_]+)"/g)].map(([, code = '']) => code);
    return [...new Set([...this.#body.errors.flatMap(({ code }) => code ?? []), ...inside])];
  }

  /** The properties that a 400 names. */
  get properties(): readonly string[] {
    const inside = [...this.#body.message.matchAll(/"name":"([^"]+)"/g)].map(([, name = '']) => name);
    return [...new Set([...this.#body.errors.flatMap(({ context }) => context.propertyName), ...inside])];
  }

  /** What `Retry-After` asks for, in ms; undefined when it is absent or no number of seconds. */
  get retryAfter(): number | undefined {
    const text = this.headers['retry-after'];
    return text !== undefined && /^\d{1,7}$/.test(text.trim()) ? Number(text) * 1_000 : undefined;
  }
}

/** HubSpot's answer came, and is not what HubSpot answers. */
export class JunkAnswer extends Error {
  override readonly name = 'JunkAnswer';
}

/** No whole answer came in time. */
export class LateAnswer extends Error {
  override readonly name = 'LateAnswer';
}

/** The answer was a redirect to another host; nothing was sent there. */
export class LeftHost extends Error {
  override readonly name = 'LeftHost';
  /** The client hides an error of its agent behind one of its own, which has the same code and quotes the message. */
  readonly code = 'ERR_LEFT_HOST';

  constructor(readonly host: string) {
    super(`redirected to ${host}`);
  }

  /** The one that the client has hidden behind another error; any other error as it is. */
  static unhidden(error: unknown): unknown {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_LEFT_HOST') return error;
    return new LeftHost(/redirected to (\S+)$/.exec(error.message)?.[1] ?? 'another host');
  }
}

const texts = z.array(z.string()).catch([]);
const refusalBody = z
  .object({
    category: z.string().catch(''),
    message: z.string().catch(''),
    policyName: z.string().catch(''),
    errors: z
      .array(
        z.object({
          code: z.string().optional().catch(undefined),
          context: z
            .object({ requiredGranularScopes: texts, propertyName: texts })
            .catch({ requiredGranularScopes: [], propertyName: [] }),
        }),
      )
      .catch([]),
  })
  .catch({ category: '', message: '', policyName: '', errors: [] });
type RefusalBody = z.infer<typeof refusalBody>;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
