import type { Spoilt } from './batches.js';
import type { HubSpotSandboxOptions } from './options.js';
import type { Portal } from './portal.js';

/** A request to the API. */
export interface ApiRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The body's members; none when the body is no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request with all that its answer depends on. */
export interface Context extends ApiRequest {
  readonly portal: Portal;
  readonly options: HubSpotSandboxOptions;
  /** What stands for `*` in the route. */
  readonly names: readonly string[];
  readonly spoilt: Spoilt | undefined;
}

/** What a request is for. */
export type RequestKind =
  | 'search'
  | 'list'
  | 'contact'
  | 'batch read'
  | 'batch update'
  | 'companies'
  | 'owners'
  | 'properties'
  | 'members'
  | 'account'
  | 'other';
