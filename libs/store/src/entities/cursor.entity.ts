import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where the next run of a connection resumes reading: the cursor of its last completed run. */
@Entity('cursors')
export class CursorEntity {
  @PrimaryColumn('text', { name: 'connection_id' })
  connectionId!: string;

  @Column('jsonb')
  cursor!: unknown;

  @Column('uuid', { name: 'run_id' })
  runId!: string;

  @Column('timestamptz', { name: 'moved_at' })
  movedAt!: Date;
}
