/**
 * The embedded PostgreSQL, in a thread of its own so that a bulk load does not starve the event loop. Plain JavaScript,
 * because a worker's entry is not compiled when it is started from source. Without `socket` it only makes the folder
 * and ends; with it, it serves the folder until it is told `close`.
 */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

/**
 * @typedef {{ path: string } | { host: string }} Socket
 * @typedef {object} Order
 * @property {string} folder The database's own folder.
 * @property {Socket} [socket] Where to serve it.
 * @property {Int32Array} fsyncs Counts the fsync calls, in its first element.
 * @typedef {{ node: { mount: unknown }, nfd?: number }} Stream
 */

/** With `-F`, PGlite's default, PostgreSQL would never ask for an fsync. */
const START = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync'],
];

/** Connections that may overlap for a moment while the pool replaces its only one; it never uses two at once. */
const CONNECTIONS = 4;

/** The last lines PostgreSQL wrote to its log; they say why it did not start. */
const LOG_LINES = 8;

/**
 * Ends the thread at once: what was not acknowledged until now must never be. PostgreSQL does the same after a failed
 * fsync; the next start recovers from the log.
 * @param {string} doing
 * @param {unknown} error
 * @returns {never}
 */
function die(doing, error) {
  parentPort?.postMessage({ kind: 'died', message: `${doing}: ${error instanceof Error ? error.message : error}` });
  process.exit(1);
}

/** Emscripten's file system on the real one, with the fsync that it lacks. */
class DurableFs extends NodeFS {
  /** @type {Int32Array} */
  #fsyncs;

  /**
   * @param {string} folder
   * @param {Int32Array} fsyncs
   */
  constructor(folder, fsyncs) {
    super(folder);
    this.#fsyncs = fsyncs;
  }

  /**
   * @override
   * @param {import('@electric-sql/pglite').PGlite} pg
   * @param {Parameters<NodeFS['init']>[1]} options
   */
  async init(pg, options) {
    const { emscriptenOpts } = await super.init(pg, options);
    const preRun = Array.isArray(emscriptenOpts.preRun) ? emscriptenOpts.preRun : [];
    return {
      emscriptenOpts: {
        ...emscriptenOpts,
        preRun: [...preRun, (/** @type {any} */ module) => this.#addFsync(module.FS.filesystems.NODEFS)],
        onAbort: (/** @type {unknown} */ reason) => die('PostgreSQL gave up', reason),
      },
    };
  }

  /** @param {{ stream_ops: Record<string, unknown>, realPath(node: unknown): string }} nodeFs */
  #addFsync(nodeFs) {
    nodeFs.stream_ops['fsync'] = (/** @type {Stream} */ stream) => {
      try {
        if (stream.nfd === undefined) syncFolder(nodeFs.realPath(stream.node));
        else fsyncSync(stream.nfd);
      } catch (error) {
        die('The disk did not keep what was written (fsync)', error);
      }
      Atomics.add(this.#fsyncs, 0, 1);
      return 0;
    };
  }
}

/** @param {string} path */
function syncFolder(path) {
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * PGlite goes on after any exception of the WebAssembly code and would answer as if all were well; only those with a
 * status are its own way of handling an SQL error.
 * @param {PGlite} db
 */
function endOnCrash(db) {
  const module = /** @type {{ _PostgresMainLoopOnce: () => void }} */ (/** @type {unknown} */ (db.Module));
  const once = module._PostgresMainLoopOnce;
  module._PostgresMainLoopOnce = () => {
    try {
      once();
    } catch (error) {
      if (/** @type {{ status?: number }} */ (error)?.status === undefined) die('PostgreSQL crashed', error);
      throw error;
    }
  };
}

/**
 * @param {Order} order
 * @param {string[]} log
 */
async function open(order, log) {
  const db = await PGlite.create({
    fs: new DurableFs(order.folder, order.fsyncs),
    startParams: START,
    onStderr: (line) => {
      if (log.push(line) > LOG_LINES) log.shift();
      return false;
    },
  });
  endOnCrash(db);
  return db;
}

/**
 * @param {PGlite} db
 * @param {Socket} socket
 */
async function serve(db, socket) {
  const server = new PGLiteSocketServer({ db, maxConnections: CONNECTIONS, port: 0, ...socket });
  await server.start();
  parentPort?.on('message', async () => {
    await server.stop();
    await db.close();
    process.exit(0);
  });
  parentPort?.postMessage({ kind: 'ready', address: server.getServerConn() });
}

/** @param {Order} order */
async function work(order) {
  /** @type {string[]} */
  const log = [];
  try {
    const db = await open(order, log);
    if (order.socket) await serve(db, order.socket);
    else {
      await db.close();
      parentPort?.postMessage({ kind: 'ready', address: '' });
    }
  } catch (error) {
    die(['PostgreSQL did not start', ...log].join('; '), error);
  }
}

if (!isMainThread) await work(workerData);
