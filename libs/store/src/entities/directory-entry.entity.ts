import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One phone number or e-mail that a CloudTalk contact is known to have. */
@Entity('directory')
export class DirectoryEntryEntity {
  @PrimaryColumn('text', { name: 'account_id' })
  accountId!: string;

  @PrimaryColumn('text')
  kind!: 'phone' | 'email';

  /** E.164 with `+`, or an e-mail in lower case. */
  @PrimaryColumn('text')
  value!: string;

  @PrimaryColumn('bigint', { name: 'contact_id' })
  contactId!: number;

  @Column('timestamptz', { name: 'seen_at' })
  seenAt!: Date;
}
