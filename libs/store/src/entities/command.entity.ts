import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One action for one row and attempt, named by its `command_id`. */
@Entity('commands')
export class CommandEntity {
  @PrimaryColumn('text')
  id!: string;

  @Column('uuid', { name: 'batch_id' })
  batchId!: string;

  @Column('uuid', { name: 'run_id' })
  runId!: string;

  @Column('integer', { name: 'row_number' })
  rowNumber!: number;

  @Column('smallint')
  attempt!: number;

  @Column('text')
  action!: 'add_contact' | 'edit_contact' | 'delete_contact';

  @Column('bigint', { name: 'contact_id', nullable: true })
  contactId!: number | null;

  /** What was sent, to the letter. */
  @Column('jsonb')
  data!: Readonly<Record<string, unknown>>;

  @Column('timestamptz', { name: 'sent_at' })
  sentAt!: Date;

  /** When what came of it may be looked up; set while it is in doubt. */
  @Column('timestamptz', { name: 'look_up_at', nullable: true })
  lookUpAt!: Date | null;

  @Column('text')
  state!: 'sending' | 'in doubt' | 'done';

  /** CloudTalk's answer, for the person who asks what was said. */
  @Column('jsonb', { nullable: true })
  answer!: unknown;
}
