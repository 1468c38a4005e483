import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of `__table__`. */
@Entity('__table__')
export class __Entity__ {
  /** UUIDv7: in order of creation. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  title: string;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;
}
