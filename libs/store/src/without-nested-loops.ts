import type { EntityManager } from 'typeorm';

/** Asks without nested loops, which a planner takes that expects a single row, and which take hours for a large run. */
export function withoutNestedLoops<T>(
  manager: EntityManager,
  query: string,
  parameters: readonly unknown[],
): Promise<T> {
  return manager.transaction(async (tx) => {
    await tx.query('SET LOCAL enable_nestloop = off');
    return tx.query<T>(query, [...parameters]);
  });
}
