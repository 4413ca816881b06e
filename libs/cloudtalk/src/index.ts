/**
 * CloudTalk's API as the engine sees it: bulk commands whose fate is always known as done, refused or in doubt, the
 * look-ups, and the budget of operations. Tolerant of what CloudTalk sends, strict in what it hands on; it never
 * repeats a request and never waits, since only the engine knows what may be sent again.
 */
export { type CloudTalkClient, type ContactsQuery, createCloudTalkClient, MAX_PAGE_SIZE } from './client.js';
export {
  type BulkResult,
  type Command,
  type CommandAnswer,
  type ContactData,
  MAX_COMMANDS,
  type RejectedFields,
  type SentList,
} from './command.js';
export type {
  Agent,
  Attribute,
  Country,
  ExternalUrl,
  ListedContact,
  Page,
  ShownAttribute,
  ShownContact,
  Tag,
} from './contact.js';
export { issuesFromRejection } from './issues-from-rejection.js';
export { type BudgetOptions, type Place, RateBudget, type Spending } from './rate-budget.js';
export type { RateReading } from './rate-reading.js';
export type { ClientOptions } from './transport.js';
