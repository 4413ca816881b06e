import { ConfigError } from '@cloudtalk-sync/errors';
console.log(new ConfigError([]).name);
