/** What a request is for. */
export type RequestKind = 'token' | 'query' | 'queryMore' | 'describe' | 'update' | 'limits' | 'other';

/** One request so far. */
export interface SalesforceRequest {
  readonly time: Date;
  readonly method: string;
  /** With the SOQL of a query, decoded. */
  readonly path: string;
  readonly kind: RequestKind;
  /** Undefined while it is not answered, or when it never was. */
  status: number | undefined;
  /** What went wrong with it on purpose. */
  fault: string | undefined;
}

const KINDS: readonly (readonly [pattern: RegExp, kind: RequestKind])[] = [
  [/^POST \/services\/oauth2\/token$/, 'token'],
  [/^GET \/services\/data\/v\d+\.0\/query(All)?\/?$/, 'query'],
  [/^GET \/services\/data\/v\d+\.0\/query(All)?\/[^/]+$/, 'queryMore'],
  [/^GET \/services\/data\/v\d+\.0\/sobjects\/\w+\/describe\/?$/, 'describe'],
  [/^PATCH \/services\/data\/v\d+\.0\/composite\/sobjects\/?$/, 'update'],
  [/^GET \/services\/data\/v\d+\.0\/limits\/?$/, 'limits'],
];

export function kindOf(method: string, path: string): RequestKind {
  return KINDS.find(([pattern]) => pattern.test(`${method} ${path}`))?.[1] ?? 'other';
}
