/** What Nest hands out under a name, because it is no class. */
export const ENVIRONMENT = Symbol('environment');
export const CONFIG = Symbol('config');
export const DATABASE = Symbol('database');
export const LOG = Symbol('log');
