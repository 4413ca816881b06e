import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One configured connection, as far as the database must remember it between runs. */
@Entity('connections')
export class ConnectionEntity {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'account_id' })
  accountId!: string;

  @Column('text')
  connector!: string;

  /** Of the mapping and policies of the last completed run; another hash makes the next run read in full. */
  @Column('text', { name: 'settings_hash', nullable: true })
  settingsHash!: string | null;

  @Column('uuid', { name: 'completed_run_id', nullable: true })
  completedRunId!: string | null;

  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt!: Date | null;

  /** The time of the last tick of its schedule that was dealt with. */
  @Column('timestamptz', { name: 'ticked_at', nullable: true })
  tickedAt!: Date | null;

  /** The schedule whose ticks are dealt with until then; null before one is kept, and since versions that did not say. */
  @Column('text', { name: 'ticked_schedule', nullable: true })
  tickedSchedule!: string | null;

  /** When the last completed run began that read everything, not only what had changed. */
  @Column('timestamptz', { name: 'read_in_full_at', nullable: true })
  readInFullAt!: Date | null;

  /** The org or portal that its records are of; null before the first one, and where its source has none. */
  @Column('text', { nullable: true })
  org!: string | null;
}
