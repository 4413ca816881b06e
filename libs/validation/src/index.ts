/** The shared validation library: CloudTalk's contact model and import rules, pure and complete. */
export * from './contact.js';
export * from './issue.js';
