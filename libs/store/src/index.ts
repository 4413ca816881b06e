/**
 * The database: entities, migrations and repositories, on PostgreSQL or on the embedded one, with the states of runs
 * and rows and their legal moves. The database is the truth: whatever is not in here has not happened.
 */
export type { LookupKind, NewOperation, Outlook } from './account.repository.js';
export type { Cause, Causes, OtherCauses, SkipReason } from './cause.repository.js';
export type { Claim, CommandChange, NewBatch, NewCommand, RowChange, RowKey } from './delivery.repository.js';
export { type DirectoryEntry, type Identity, identityKey } from './directory.repository.js';
export type { AccountEntity } from './entities/account.entity.js';
export type { CommandEntity } from './entities/command.entity.js';
export type { ConnectionEntity } from './entities/connection.entity.js';
export type { LinkEntity, Reported, StoredGone } from './entities/link.entity.js';
export type { RowEntity } from './entities/row.entity.js';
export type {
  Forecast,
  IntakeStep,
  RunEntity,
  RunKind,
  StoredInput,
  Waiting,
  WriteBack,
  WriteBackCause,
} from './entities/run.entity.js';
export type { FoldedRow, IntakePage, RowToFold } from './intake.repository.js';
export { bringsTagsAgain } from './left-out-tags.js';
export type { Survivor } from './heir.repository.js';
export type { Acceptance, Holder, LinkKey, Refusal } from './link.repository.js';
export type { Merge } from './merge.repository.js';
export type { Ticked } from './schedule.repository.js';
export type { SharedAcceptance } from './shared-contact.repository.js';
export type { StillToReport } from './write-back.repository.js';
export type { LaterRun } from './retry.repository.js';
export { RowPage } from './row-page.js';
export type { GoneIn, NewRow, RowQuery } from './row.repository.js';
export { hasEnded, type NewRun, type RunNotes, type RunPlace, type StandingRun } from './run.repository.js';
export { type Database, type DatabaseOptions, openDatabase } from './database.js';
export { storableText } from './json.js';
export * from './states.js';
export { Store } from './store.js';
