/**
 * The doorbell: tells workers which ids to look at, now instead of at their next look. It carries ids only and may
 * lose or repeat any of them: the database is the truth. One contract, one driver in this process, and a place for
 * drivers over several (`drivers/`).
 */
export { InProcessQueue } from './drivers/in-process-queue.js';
export type { Handler, Handlers, Job, JobQueue, QueueOptions } from './job-queue.js';
