import type { ChaosOptions } from './faults.js';

/** An agent of the account. */
export interface SandboxAgent {
  readonly id: number;
  readonly email: string;
  readonly firstname?: string;
  readonly lastname?: string;
}

/** A custom attribute of the account. */
export interface SandboxAttribute {
  readonly id: number;
  readonly title: string;
}

export interface SandboxCountry {
  readonly id: number;
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly country_code: string;
  readonly iso3: string;
  readonly calling_code: string;
}

/** How the stand-in behaves; each member has a default. */
export interface CloudTalkSandboxOptions {
  /** Default 0, any free port. */
  readonly port?: number;
  /** Default `sandbox-key`. */
  readonly accessKeyId?: string;
  /** Default `sandbox-secret`. */
  readonly accessKeySecret?: string;
  /** Default 60, the company limit of the API reference 1.7. */
  readonly operationsPerMinute?: number;
  /** How long its rate window lasts, in ms; default 60,000, as CloudTalk's does. */
  readonly window?: number;
  /** Whether a bulk request costs one operation or one for each command; default `request`. */
  readonly bulkCost?: 'request' | 'command';
  /** Whether a list names one number and e-mail of a contact, as an object, or all, as arrays; default `first`. */
  readonly indexShows?: 'first' | 'all';
  /** Whether an add with a number or e-mail that is already there goes into that contact; default false. */
  readonly mergeOnAdd?: boolean;
  /** Default: two agents of example.com. */
  readonly agents?: readonly SandboxAgent[];
  /** Default: Tier and Birthday. */
  readonly attributes?: readonly SandboxAttribute[];
  /** Default: every country of ISO 3166-1 in English. */
  readonly countries?: readonly SandboxCountry[];
  /** Random faults, the same ones for the same seed and requests. */
  readonly faults?: ChaosOptions;
  /** Default the machine's; the rate window and the times of contacts follow it. */
  readonly clock?: () => Date;
}

export const DEFAULT_AGENTS: readonly SandboxAgent[] = [
  { id: 101, email: 'alice.agent@example.com', firstname: 'Alice', lastname: 'Agent' },
  { id: 102, email: 'bob.agent@example.com', firstname: 'Bob', lastname: 'Agent' },
];

export const DEFAULT_ATTRIBUTES: readonly SandboxAttribute[] = [
  { id: 201, title: 'Tier' },
  { id: 202, title: 'Birthday' },
];
