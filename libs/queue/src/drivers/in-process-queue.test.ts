import { queueContract } from '../../../../test/support/queue-contract.js';
import { InProcessQueue } from './in-process-queue.js';

queueContract('InProcessQueue', (options) => new InProcessQueue(options));
