import type { Issue, TagsLeftOut, ValidContact, Warning } from '@cloudtalk-sync/validation';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RowState } from '../states.js';
import type { StoredGone } from './link.entity.js';

/** One record's passage through one run. */
@Entity('rows')
export class RowEntity {
  @PrimaryColumn('uuid', { name: 'run_id' })
  runId!: string;

  /** Counts the records of the run from 1. */
  @PrimaryColumn('integer')
  number!: number;

  @Column('text')
  state!: RowState;

  @Column('text', { name: 'record_id', nullable: true })
  recordId!: string | null;

  /** The key of its link; absent when neither the record nor the contact has an identity. */
  @Column('text', { name: 'link_key', nullable: true })
  linkKey!: string | null;

  @Column('integer', { nullable: true })
  line!: number | null;

  /** In a retry: the number of its row in the run that read the record from the source. */
  @Column('integer', { name: 'origin_row', nullable: true })
  originRow!: number | null;

  @Column('jsonb')
  raw!: Readonly<Record<string, unknown>>;

  @Column('jsonb', { nullable: true })
  contact!: ValidContact | null;

  @Column('text', { nullable: true })
  fingerprint!: string | null;

  @Column('jsonb')
  issues!: readonly Issue[];

  /** It has failed as it had before: that was reported, and counts no second time. */
  @Column('boolean', { name: 'is_known' })
  isKnown!: boolean;

  @Column('jsonb')
  warnings!: readonly Warning[];

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('bigint', { name: 'contact_id', nullable: true })
  contactId!: number | null;

  @Column('integer', { name: 'folded_into', nullable: true })
  foldedInto!: number | null;

  /** The number of the last row that was folded into it. */
  @Column('integer', { name: 'last_folded', nullable: true })
  lastFolded!: number | null;

  @Column('smallint')
  attempts!: number;

  @Column('timestamptz', { name: 'not_before', nullable: true })
  notBefore!: Date | null;

  /** How many commands its batch may have; halved while a whole request is refused. */
  @Column('smallint', { name: 'batch_limit' })
  batchLimit!: number;

  /** True when what we knew of its contact proved wrong: it is looked up live before it is sent again. */
  @Column('boolean', { name: 'search_first' })
  searchFirst!: boolean;

  /** What became of the record, when the source says that it is no more. */
  @Column('jsonb', { nullable: true })
  gone!: StoredGone | null;

  /** What the record itself leaves out of the tags, whatever was folded into it. */
  @Column('jsonb', { name: 'tags_left_out', nullable: true })
  tagsLeftOut!: TagsLeftOut | null;
}
