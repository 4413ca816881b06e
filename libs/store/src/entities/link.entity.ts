import type { Issue, TagsLeftOut, ValidContact } from '@cloudtalk-sync/validation';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One per source record ever read: its contact, and what was last accepted, refused and reported. */
@Entity('links')
export class LinkEntity {
  @Column('text', { name: 'account_id' })
  accountId!: string;

  @PrimaryColumn('text', { name: 'connection_id' })
  connectionId!: string;

  /** The record's id, or where it has none the contact's first number, else its first e-mail. */
  @PrimaryColumn('text')
  key!: string;

  @Column('bigint', { name: 'contact_id', nullable: true })
  contactId!: number | null;

  @Column('jsonb', { nullable: true })
  accepted!: ValidContact | null;

  @Column('text', { name: 'accepted_fingerprint', nullable: true })
  acceptedFingerprint!: string | null;

  /** Null: what was accepted is not known to be in the contact, which is another one since, or was changed by another record. */
  @Column('timestamptz', { name: 'accepted_at', nullable: true })
  acceptedAt!: Date | null;

  @Column('text', { name: 'refused_fingerprint', nullable: true })
  refusedFingerprint!: string | null;

  @Column('jsonb', { name: 'refused_issues', nullable: true })
  refusedIssues!: readonly Issue[] | null;

  /** What was last written back to the source. */
  @Column('jsonb', { nullable: true })
  reported!: Reported | null;

  /** What is still to be written back; null when the source has it. */
  @Column('jsonb', { name: 'to_report', nullable: true })
  toReport!: Reported | null;

  /** What became of the record, once that was dealt with; null while it lives. */
  @Column('jsonb', { nullable: true })
  gone!: StoredGone | null;

  /** The tag that we put on its contact at the record's end; null once a record of the connection has taken it off. */
  @Column('text', { name: 'end_tag', nullable: true })
  endTag!: string | null;

  /** What the record itself leaves out of its contact's tags, as it was accepted; null: nothing. */
  @Column('jsonb', { name: 'tags_left_out', nullable: true })
  tagsLeftOut!: TagsLeftOut | null;

  /** The tags that it brought to its contact, now and before, but for those that were taken off since they are left out. */
  @Column('jsonb', { nullable: true })
  brought!: readonly string[] | null;
}

/** What a source is told of a record, as far as a change of it is worth a write. */
export interface Reported {
  readonly status: 'imported' | 'failed' | 'skipped';
  readonly code: string;
  readonly message: string;
  readonly contactId: string;
  /** The names of the fields that take it. */
  readonly fields: string;
  /** Tells what is to be told again from the same that is being told just now. */
  readonly again?: string;
}

/** What became of a record that is no more, as its connector said it. */
export interface StoredGone {
  readonly how: 'deleted' | 'merged' | 'converted';
  /** The id of the record that it went into. */
  readonly into?: string;
}
