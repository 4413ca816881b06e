import type { SourceRecord } from '@cloudtalk-sync/connector-kit';

/** A record as a run reads it: from its source, or from what an earlier run stored. */
export interface ReadRecord extends SourceRecord {
  readonly stored?: StoredBefore;
}

/** What an earlier run knows of a record that is tried again. */
export interface StoredBefore {
  /** The number of its row in the run that read it from the source. */
  readonly row: number;
  /** The fingerprint with which it failed, null for a damaged row; undefined when it was not processed. */
  readonly failedAs: string | null | undefined;
}
