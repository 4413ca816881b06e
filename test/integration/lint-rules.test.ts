import { ESLint } from 'eslint';
import { describe, expect, it, vi } from 'vitest';

// The first text makes ESLint read the whole project.
vi.setConfig({ testTimeout: 120_000 });

const eslint = new ESLint();

/** The rules that a text breaks when it stands in that file. */
async function broken(filePath: string, text: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(text, { filePath });
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
}

const imports = (from: string): string => `import { x } from '${from}';\nexport const y = x;\n`;

describe('the lint rules refuse', () => {
  it.each([
    ['a pure lib importing another level', 'libs/mapping/src/mapping.ts', '@cloudtalk-sync/config'],
    ['a lib importing its own level', 'libs/cloudtalk/src/client.ts', '@cloudtalk-sync/store'],
    ['the engine importing the connectors', 'libs/sync/src/engine.ts', '@cloudtalk-sync/connectors'],
    ['a connector importing the engine', 'libs/connectors/src/index.ts', '@cloudtalk-sync/sync'],
    ['the store importing the engine', 'libs/store/src/store.ts', '@cloudtalk-sync/sync'],
    ['Nest in the validation', 'libs/validation/src/name.ts', '@nestjs/common'],
    ['Nest in the mapping', 'libs/mapping/src/mapping.ts', '@nestjs/common'],
    ['Nest in the contract of connectors', 'libs/connector-kit/src/connector.ts', '@nestjs/core'],
    ['the back door of a lib', 'apps/daemon/src/main.ts', '../../../libs/store/src/store.js'],
    ['the back door of a lib from another lib', 'libs/sync/src/engine.ts', '../../connectors/src/index.js'],
    ['an app importing another app', 'apps/daemon/src/main.ts', '../../sandbox/src/index.js'],
    ['the daemon importing the commands', 'apps/daemon/src/main.ts', '../../cli/src/main.js'],
    ['the commands importing the sandbox', 'apps/cli/src/main.ts', '../../sandbox/src/index.js'],
    ['the commands importing the daemon past its root module', 'apps/cli/src/main.ts', '../../daemon/src/log.js'],
    ['a lib importing an app', 'libs/errors/src/reason.ts', '../../../apps/daemon/src/log.js'],
    ['the back door of a lib by its name', 'libs/mapping/src/mapping.ts', '@cloudtalk-sync/config/src/units.js'],
    ['a connector importing another', 'libs/connectors/src/hubspot/hubspot.ts', '../salesforce/soql.js'],
    ['a connector importing a file drop', 'libs/connectors/src/salesforce/soql.ts', '../csv-drop/csv-kind.js'],
    ['the sandbox importing a lib', 'apps/sandbox/src/main.ts', '@cloudtalk-sync/errors'],
  ])('%s', async (_, file, from) => {
    expect(await broken(file, imports(from))).toContain('no-restricted-imports');
  });

  it('a cycle', async () => {
    expect(await broken('libs/sync/src/engine.ts', `export { LocalOperator } from './index.js';\n`)).toEqual([
      'import-x/no-cycle',
    ]);
  });

  it.each(['libs/sync/src/engine.ts', 'libs/store/src/store.ts', 'apps/daemon/src/main.ts', 'apps/cli/src/main.ts'])(
    'the environment in %s',
    async (file) => {
      expect(await broken(file, 'export const port = process.env.PORT;\n')).toEqual(['no-restricted-properties']);
    },
  );

  it('the environment by its import', async () => {
    const text = `import { env } from 'node:process';\nexport const port = env['PORT'];\n`;
    expect(await broken('libs/sync/src/engine.ts', text)).toEqual(['no-restricted-syntax']);
  });

  it('an import that no reader of the first lines sees', async () => {
    const text = `export const later = import('pg');\n`;
    expect(await broken('libs/sync/src/engine.ts', text)).toEqual(['no-restricted-syntax']);
  });

  it('a promise that nobody waits for', async () => {
    const text = 'export function begin(): void {\n  Promise.resolve();\n}\n';
    expect(await broken('libs/sync/src/engine.ts', text)).toEqual(['@typescript-eslint/no-floating-promises']);
  });
});

describe('the lint rules allow', () => {
  it.each([
    ['a lower level', 'libs/sync/src/engine.ts', '@cloudtalk-sync/store'],
    ['the daemon every lib', 'apps/daemon/src/main.ts', '@cloudtalk-sync/sync'],
    ['the commands the daemon’s root module', 'apps/cli/src/local-operator.ts', '../../daemon/src/daemon.module.js'],
  ])('%s', async (_, file, from) => {
    expect(await broken(file, imports(from))).toEqual([]);
  });

  it('libs/config the environment', async () => {
    expect(await broken('libs/config/src/environment.ts', 'export const port = process.env.PORT;\n')).toEqual([]);
  });
});
