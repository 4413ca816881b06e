import type { Issue, ValidContact } from '@cloudtalk-sync/validation';
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

  @Column('timestamptz', { name: 'accepted_at', nullable: true })
  acceptedAt!: Date | null;

  @Column('text', { name: 'refused_fingerprint', nullable: true })
  refusedFingerprint!: string | null;

  @Column('jsonb', { name: 'refused_issues', nullable: true })
  refusedIssues!: readonly Issue[] | null;

  /** Status, code, message and contact id as last written back to the source. */
  @Column('jsonb', { nullable: true })
  reported!: unknown;
}
