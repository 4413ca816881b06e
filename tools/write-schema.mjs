/** Writes `config/sync.schema.json` from the schemas in `dist/`, which `node tools/prepare.mjs` brings up to date. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { prepare } from './prepare.mjs';

await prepare();
const built = new URL('../dist/libs/', import.meta.url);
const { configJsonSchema } = await import(new URL('config/src/index.js', built).href);
const { CONNECTORS } = await import(new URL('connectors/src/index.js', built).href);

const path = fileURLToPath(new URL('../config/sync.schema.json', import.meta.url));
const options = { ...(await resolveConfig(path)), parser: 'json' };
writeFileSync(path, await format(JSON.stringify(configJsonSchema(CONNECTORS)), options));
