import { openDatabase } from '@cloudtalk-sync/store';

/**
 * Opens the embedded database in the folder named and stores one number after the other, printing each once it is
 * acknowledged.
 */
export async function main([dataDir = '']: readonly string[]): Promise<void> {
  const { dataSource } = await openDatabase({ dataDir });
  await dataSource.query('CREATE TABLE IF NOT EXISTS acknowledged (number int PRIMARY KEY, text text)');
  const rows = await dataSource.query<{ next: number }[]>(
    'SELECT coalesce(max(number), 0) + 1 AS next FROM acknowledged',
  );
  for (let number = rows[0]?.next ?? 1; ; number++) {
    await dataSource.query('INSERT INTO acknowledged VALUES ($1, repeat($2, 2000))', [number, String(number)]);
    process.stdout.write(`${number}\n`);
  }
}
