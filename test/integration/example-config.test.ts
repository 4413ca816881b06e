import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { configJsonSchema, loadConfig } from '@cloudtalk-sync/config';
import { CONNECTORS } from '@cloudtalk-sync/connectors';
import { describe, expect, it } from 'vitest';

const at = (name: string): string => fileURLToPath(new URL(`../../config/${name}`, import.meta.url));

describe('the folder config/', () => {
  it('has a JSON Schema that is up to date (else run: node tools/write-schema.mjs)', async () => {
    expect(JSON.parse(await readFile(at('sync.schema.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(configJsonSchema(CONNECTORS))),
    );
  });

  it('has an example that needs nothing but the sandbox', async () => {
    const config = await loadConfig({ path: at('sync.yaml'), environment: {}, connectors: CONNECTORS });
    expect(config.accounts[0]?.baseUrl).toBe('http://127.0.0.1:8450/api');
    expect(config.connections.map(({ id, connector }) => `${id} ${connector}`)).toEqual(['drop folder']);
  });
});
