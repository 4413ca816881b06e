/** An answer before it is sent. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly html?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

const CORRELATION = '5ab4f9e0-0000-4000-8000-000000000000';

export function json(status: number, value: unknown): HttpAnswer {
  return { status, body: JSON.stringify(value) };
}

/** An error in HubSpot's form. */
export function problem(status: number, category: string, message: string, more: object = {}): HttpAnswer {
  return json(status, { status: 'error', message, correlationId: CORRELATION, category, ...more });
}

export function htmlPage(status: number, title: string): HttpAnswer {
  return { status, body: `<html><body><h1>${title}</h1></body></html>`, html: true };
}

export const POLICIES = ['DAILY', 'TEN_SECONDLY_ROLLING', 'SECONDLY'] as const;
export type Policy = (typeof POLICIES)[number];

const LIMIT_WORDS: Readonly<Record<Policy, string>> = {
  DAILY: 'You have reached your daily limit.',
  TEN_SECONDLY_ROLLING: 'You have reached your ten_secondly_rolling limit.',
  SECONDLY: 'You have reached your secondly limit.',
};

/** A refusal by one of the rate limits. */
export function limited(policyName: Policy, retryAfter?: number): HttpAnswer {
  const answer = problem(429, 'RATE_LIMITS', LIMIT_WORDS[policyName], { errorType: 'RATE_LIMIT', policyName });
  return retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': String(retryAfter) } };
}

/** A refusal because the token lacks a scope. */
export function missingScope(scopes: readonly string[]): HttpAnswer {
  const message = "This app hasn't been granted all required scopes to make this call.";
  const error = {
    message: 'One or more of the following scopes are required.',
    context: { requiredGranularScopes: scopes },
  };
  return problem(403, 'MISSING_SCOPES', message, { errors: [error] });
}
