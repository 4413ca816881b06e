import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import tseslint from 'typescript-eslint';

/** What each part may import of the others: a lib only from lower levels, an app from the libs it stands on. */
const ALLOWED = {
  'libs/errors': [],
  'libs/validation': [],
  'libs/mapping': ['errors', 'validation'],
  'libs/connector-kit': ['errors', 'validation'],
  'libs/cloudtalk': ['errors', 'validation'],
  'libs/queue': ['errors'],
  'libs/store': ['errors', 'validation'],
  'libs/config': ['errors', 'validation', 'mapping', 'connector-kit'],
  'libs/connectors': ['errors', 'validation', 'connector-kit'],
  'libs/sync': ['errors', 'validation', 'mapping', 'connector-kit', 'cloudtalk', 'queue', 'store'],
  'apps/sandbox': [],
  'apps/daemon': [
    'errors',
    'validation',
    'mapping',
    'connector-kit',
    'cloudtalk',
    'queue',
    'store',
    'config',
    'connectors',
    'sync',
  ],
  'apps/cli': ['errors', 'validation', 'mapping', 'connector-kit', 'config', 'connectors', 'sync', 'store'],
};
const LIBS = Object.keys(ALLOWED)
  .filter((part) => part.startsWith('libs/'))
  .map((part) => part.slice('libs/'.length));
const NO_NEST = ['errors', 'validation', 'mapping', 'connector-kit'];

/** The folders of libs/connectors/src, one for each kind of source. */
const CONNECTORS = ['csv-drop', 'hubspot', 'salesforce'];

/** What a part may import; `folder` narrows it to one connector, which never imports another. */
function boundaries(part, folder) {
  const allowed = ALLOWED[part];
  const forbidden = LIBS.filter((lib) => !allowed.includes(lib) && part !== `libs/${lib}`);
  const group = forbidden.flatMap((lib) => [`@cloudtalk-sync/${lib}`, `@cloudtalk-sync/${lib}/**`]);
  const patterns = [
    {
      regex: `^(\\.\\./)+(libs/)?(${LIBS.join('|')})/src(/|$)`,
      message: 'Enter a lib by its front door, @cloudtalk-sync/<lib>.',
    },
    ...(group.length ? [{ group, message: `${part} may import only: ${allowed.join(', ') || 'no other lib'}.` }] : []),
    ...(part === 'libs/connectors' || !NO_NEST.includes(part.slice('libs/'.length))
      ? []
      : [{ group: ['@nestjs/*'], message: 'The pure libs never import Nest.' }]),
    ...(part === 'apps/cli'
      ? [
          {
            regex: '^(\\.\\./)+(apps/)?(sandbox|daemon/src/(?!daemon\\.module\\.js$))',
            message: "The CLI may import only the daemon's root module.",
          },
        ]
      : [{ regex: '^(\\.\\./)+(apps/)?(cli|daemon|sandbox)/src(/|$)', message: 'Nothing is imported from an app.' }]),
  ];
  if (folder !== undefined) {
    const others = CONNECTORS.filter((other) => other !== folder).join('|');
    patterns.push({ regex: `^(\\.\\./)+(${others})(/|$)`, message: 'A connector never imports another.' });
  }
  return {
    files: [folder === undefined ? `${part}/**/*.ts` : `${part}/src/${folder}/**/*.ts`],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
}

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'data'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts', '**/*.js', '**/*.mjs'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts', '.js', '.mjs'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createTypeScriptImportResolver({ project: 'tsconfig.json' })],
    },
    rules: {
      'import-x/no-cycle': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['{apps,libs}/**/*.ts'],
    ignores: ['**/*.test.ts', 'apps/sandbox/**'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  {
    files: ['libs/**/*.ts', 'apps/**/*.ts'],
    ignores: ['libs/config/**', '**/*.test.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only libs/config reads the environment.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "ImportDeclaration[source.value=/^(node:)?process$/] ImportSpecifier[imported.name='env']",
          message: 'Only libs/config reads the environment.',
        },
        { selector: 'ImportExpression', message: 'Import at the top, so that the lint can see what depends on what.' },
      ],
    },
  },
  ...Object.keys(ALLOWED).map((part) => boundaries(part)),
  ...CONNECTORS.map((folder) => boundaries('libs/connectors', folder)),
);
