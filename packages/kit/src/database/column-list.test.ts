import { Column, Entity, PrimaryColumn } from 'typeorm';
import { columnList } from './statement';

@Entity('orders')
class Order {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'user_id' })
  userId: string;
}

describe('columnList', () => {
  it('selects each column under the name of its property', () => {
    expect(columnList(Order)).toBe('id AS "id", user_id AS "userId"');
  });

  it('qualifies the columns with the table', () => {
    expect(columnList(Order, { table: 'moved' })).toBe('moved.id AS "id", moved.user_id AS "userId"');
  });

  it('leaves out the properties that are excepted', () => {
    expect(columnList(Order, { except: ['id'] })).toBe('user_id AS "userId"');
  });

  it('throws for a class without columns', () => {
    expect(() => columnList(Date)).toThrow('Date has no @Column: it is not an entity.');
  });
});
