import type { ChaosOptions } from './chaos.js';

/** How the stand-in behaves; each member has a default. */
export interface HubSpotSandboxOptions {
  /** Default 0, any free port. */
  readonly port?: number;
  /** Default `sandbox-token`. */
  readonly accessToken?: string;
  /** Other tokens that open the portal too; default none. */
  readonly otherTokens?: readonly string[];
  /** Default 4242. */
  readonly portalId?: number;
  /** IANA name; the day of the daily limit ends at its midnight. Default `Europe/Bratislava`. */
  readonly timeZone?: string;
  /** Whether ids are ordered as numbers or as texts; default `numeric` (reference: HubSpot does not say which). */
  readonly idOrder?: IdOrder;
  /** How long after a write the search shows it, in ms of the clock; default 0. */
  readonly searchDelay?: number;
  /** The results of one search, behind which it cannot be paged further; default 10,000 (HubSpot's documentation). */
  readonly mostResults?: number;
  /** Whether a page of the search may be short or empty and still have a next one; default false. */
  readonly shortPages?: boolean;
  /** Requests in any 10 s, searches not counted; default 190 (HubSpot Professional). */
  readonly requestsPer10Seconds?: number;
  /** Searches in any second; default 5 (HubSpot's changelog). */
  readonly searchesPerSecond?: number;
  /** Requests of a day of the portal; default 650,000 (HubSpot Professional). */
  readonly requestsPerDay?: number;
  /** Scopes that the token lacks; default none. */
  readonly missingScopes?: readonly string[];
  /** Whether an update names ids that do not exist in a 207, or drops them without a word; default `dropped`. */
  readonly unknownIds?: 'dropped' | 'named';
  /** Random faults, the same ones for the same seed and requests. */
  readonly faults?: ChaosOptions;
  /** Default the machine's; limits, delays and the times of records follow it. */
  readonly clock?: () => Date;
}

export type IdOrder = 'numeric' | 'lexicographic';

/** An owner, as people of the portal are called. */
export interface SandboxOwner {
  readonly id: string;
  readonly email: string;
  readonly firstName?: string;
  readonly lastName?: string;
}
