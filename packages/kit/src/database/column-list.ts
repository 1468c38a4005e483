import { getMetadataArgsStorage } from 'typeorm';

/**
 * The columns of an entity under the names of its properties, for SELECT and RETURNING in statements
 * that TypeORM does not write: `orders.user_id AS "userId", orders.step AS "step"`.
 *
 * @param table the table or its alias; without it the columns are not qualified
 * @param except properties to leave out
 * @throws Error if the class has no columns, so is not an entity
 */
export function columnList<Entity extends object>(
  entity: new () => Entity,
  { table, except = [] }: { table?: string; except?: readonly (keyof Entity & string)[] } = {},
): string {
  const columns = getMetadataArgsStorage().filterColumns([entity]);
  if (columns.length === 0) throw new Error(`${entity.name} has no @Column: it is not an entity.`);
  return columns
    .filter(({ propertyName }) => !(except as readonly string[]).includes(propertyName))
    .map(({ propertyName, options }) => {
      const name = options.name ?? propertyName;
      return `${table ? `${table}.` : ''}${name} AS "${propertyName}"`;
    })
    .join(', ');
}
