/**
 * Runs a TypeScript file of this repository as a process of its own, for tests that must kill one:
 * `node test/support/run-typescript.mjs FILE ARGUMENT...`. The file's `main(arguments)` is called.
 */
import { fileURLToPath } from 'node:url';
import { createServer, createServerModuleRunner } from 'vite';

const [, , file, ...rest] = process.argv;
const root = fileURLToPath(new URL('../..', import.meta.url));
const server = await createServer({
  root,
  configFile: `${root}/vitest.config.ts`,
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const runner = createServerModuleRunner(server.environments.ssr, { hmr: false });
const { main } = await runner.import(/** @type {string} */ (file));
await main(rest);
await server.close();
