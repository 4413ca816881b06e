import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Up to ten commands sent in one request; belongs to an account and, until its lease runs out, to one owner. */
@Entity('batches')
export class BatchEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text', { name: 'account_id' })
  accountId!: string;

  @Column('uuid')
  owner!: string;

  @Column('timestamptz', { name: 'lease_until' })
  leaseUntil!: Date;

  /** `answered` also when the answer was that nothing is known: then its commands are in doubt. */
  @Column('text')
  state!: 'sending' | 'answered';

  @Column('timestamptz', { name: 'sent_at' })
  sentAt!: Date;

  @Column('timestamptz', { name: 'answered_at', nullable: true })
  answeredAt!: Date | null;
}
