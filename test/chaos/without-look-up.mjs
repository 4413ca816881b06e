/**
 * Loaded into the daemon, takes its look-up away: what is in doubt is sent again at once. With it the storm must find
 * duplicates, or the storm proves nothing.
 */
import { register } from 'node:module';

const HOOKS = `
export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.endsWith('/libs/sync/src/delivery/look-up.js')) return loaded;
  const source = String(loaded.source);
  const broken = source.replace('async verdict(', "async verdict() { return { to: 'ready' }; } async unusedVerdict(");
  if (broken === source) throw new Error('The look-up was not found, so it could not be taken away.');
  return { ...loaded, source: broken };
}`;

register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
