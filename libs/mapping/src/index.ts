/**
 * From the fields of a source record to a contact that is not checked yet: by the `mapping:` section of a connection
 * (`mappingSchema`, `compileMapping`), or by the columns of CloudTalk's own CSV template (`templateMapping`). Pure: it
 * neither trims nor splits nor checks; that is the validation library's. Also the policies of a connection: what becomes
 * of the lists of a contact that is there already (`listsSchema`), of one whose record is gone (`onDeleteSchema`,
 * `onMergeSchema`), and of people who must not be called (`doNotCallSchema`).
 */
export { type DoNotCall, doNotCallSchema, optOutField } from './do-not-call.js';
export { type ListPolicies, listsSchema } from './list-policies.js';
export { sourceFieldsOf } from './mapping-form.js';
export { mappingSchema, type MappingConfig, type MappingForm, type MappingRule, ruleSchema } from './mapping-schema.js';
export { compileMapping, type Mapping, type MappingExtra } from './mapping.js';
export { type OnDelete, onDeleteSchema, type OnMerge, onMergeSchema } from './record-policies.js';
export { type RepairedColumn, templateMapping, type TemplateMapping } from './template-mapping.js';
export { type SourceFields } from './source-field.js';
