import { z } from 'zod';

/** An answer of Salesforce that is none: a refusal, a redirect, or a 200 that is not what it should be. */
export class VendorRefusal extends Error {
  override readonly name = 'VendorRefusal';

  constructor(
    /** The HTTP status. */
    readonly status: number,
    /** Salesforce's own code, `redirected`, `junk` or `http_<status>`. */
    readonly code: string,
    /** What Salesforce said, cut; never more than a line. */
    message: string,
    /** The fields that Salesforce names with it. */
    readonly fields: readonly string[] = [],
  ) {
    super(message);
  }
}

/** Nothing whole came within the time that a call may take. */
export class CallTimeout extends Error {
  override readonly name = 'CallTimeout';

  constructor(
    /** Milliseconds. */
    readonly timeout: number,
  ) {
    super(`No whole answer came within ${timeout / 1000} s.`);
  }
}

const restError = z.object({
  errorCode: z.string(),
  message: z.string().default(''),
  fields: z.array(z.string()).nullish(),
});
const tokenError = z.object({ error: z.string(), error_description: z.string().default('') });

/** The longest piece of a vendor's words that is passed on; characters. */
const LONGEST_WORDS = 400;

/** Reads an answer with an error status, in the shape of the REST API or of the token endpoint, or in none. */
export function readRefusal(status: number, body: string): VendorRefusal {
  const json = parsed(body);
  const rest = z.array(restError).min(1).safeParse(json);
  const [first] = rest.data ?? [];
  if (first) return new VendorRefusal(status, first.errorCode, oneLine(first.message), first.fields ?? []);
  const token = tokenError.safeParse(json);
  if (token.success) return new VendorRefusal(status, token.data.error, oneLine(token.data.error_description));
  return new VendorRefusal(status, `http_${status}`, '');
}

/** The JSON of a text; undefined when it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The words alone: not the query that Salesforce draws above some of them. */
function oneLine(text: string): string {
  const words = text.replace(/^[\s\S]*\bERROR at Row:\d+:Column:\d+\s*/, '').replace(/\s+/g, ' ');
  return words.trim().slice(0, LONGEST_WORDS);
}
