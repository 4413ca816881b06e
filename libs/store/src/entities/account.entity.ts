import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One CloudTalk account: a key pair with its own directory, budget and queue of rows. */
@Entity('accounts')
export class AccountEntity {
  @PrimaryColumn('text')
  id!: string;

  /** When the last complete reading of the directory began. */
  @Column('timestamptz', { name: 'directory_read_at', nullable: true })
  directoryReadAt!: Date | null;

  /** What was learned of CloudTalk's limit for it, as the budget wrote it. */
  @Column('jsonb')
  rate!: object;
}
