import type { ChaosOptions } from './chaos.js';
import type { IdOrder } from './ids.js';
import type { SandboxField } from './object-types.js';

/** The value of a field as it goes over the wire. */
export type WireValue = string | number | boolean | null;
export type WireFields = Readonly<Record<string, WireValue>>;

/** Looks at a record as it would become; says why it must not. */
export type ValidationRule = (fields: WireFields) => string | undefined;

/** How the stand-in behaves; each member has a default. */
export interface SalesforceSandboxOptions {
  /** Default 0, any free port. */
  readonly port?: number;
  /** Default the machine's; stamps, tokens, locators and the daily limit follow it. */
  readonly clock?: () => Date;
  /** Default true; false: as behind a proxy that takes the Date header away. */
  readonly tellsTime?: boolean;
  /** The id of the org, 18 characters; default `00D000000000001EAA`. */
  readonly organizationId?: string;
  /** Default `sandbox-client`. */
  readonly clientId?: string;
  /** Default `sandbox-secret`. */
  readonly clientSecret?: string;
  /** Default `integration@example.com`. */
  readonly username?: string;
  /** With the security token at its end; default `sandbox-password`. */
  readonly password?: string;
  /** PEM of the key that JWT assertions are signed with; without it there is no JWT login. */
  readonly publicKey?: string;
  /** After so many ms a token is refused; default 2 hours, as a new org has it. */
  readonly tokenLifetime?: number;
  /** After so many requests a token is refused; default: never. */
  readonly tokenRequests?: number;
  /** After so many ms a query locator is refused; default 15 minutes. */
  readonly locatorLifetime?: number;
  /** REST calls in 24 hours; default 15,000, as a small org has. */
  readonly dailyRequests?: number;
  /** A query page never has more records than this, whatever was asked; default 2,000. */
  readonly longestPage?: number;
  /** Default `bytes`. */
  readonly idOrder?: IdOrder;
  /** Custom fields by object; one with the name of a standard field takes its place. */
  readonly fields?: Readonly<Record<string, readonly SandboxField[]>>;
  /** Validation rules by object. */
  readonly validationRules?: Readonly<Record<string, ValidationRule>>;
  /** Random faults, the same ones for the same seed and requests. */
  readonly faults?: ChaosOptions;
}
