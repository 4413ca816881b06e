import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

/**
 * What to select so that the rows of a query are an entity's members: what typeorm selects for it, without the building
 * of each query and of each answer anew, which takes as long as the database does.
 */
export function membersOf<T extends ObjectLiteral>(manager: EntityManager, entity: EntityTarget<T>): string {
  const { columns, tableName } = manager.connection.getMetadata(entity);
  return columns
    .map(({ databaseName, propertyName }) => `${tableName}.${databaseName} AS "${propertyName}"`)
    .join(', ');
}
