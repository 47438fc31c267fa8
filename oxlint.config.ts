import { defineConfig, type OxlintOverride } from 'oxlint'

interface Restriction {
  readonly group: string[]
  readonly message: string
  readonly allowTypeImports?: boolean
}

const packagesExcept = (...allowed: string[]): Restriction => ({
  group: ['@authpipe/**', ...allowed.map((name) => `!${name}/**`), ...allowed.map((name) => `!${name}`)],
  message: 'Imports point one way: apps to react and next, those to core (see "Direction of imports" in the architecture).',
})
const forBrowsers: Restriction = {
  group: [...packagesExcept('@authpipe/core').group, '@authpipe/core/server'],
  message: 'Imports point one way, and what holds a credential never points at a browser (see "Direction of imports" in the architecture).',
}
const undici: Restriction = { group: ['undici'], message: 'outboundFetch.ts is the one way out of the server.' }
const zod: Restriction = { group: ['zod', 'zod/*'], message: 'zod stays with options and files; bodies are parsed by the parsers of core.' }
const nextFramework: Restriction = { group: ['next', 'next/*'], message: 'The framework is touched in one file, so that the rest runs in plain Node.' }
const reactLibrary: Restriction = { group: ['react', 'react/*', 'react-dom', 'react-dom/*', '@tanstack/*'], message: 'The client is free of React.' }
const folder = (name: string, message: string, { allowTypeImports = false } = {}): Restriction => ({ group: [`../${name}/*`, `../../${name}/*`], message, allowTypeImports })

/** What the sources of a folder must not import; tests and stories may. */
const inside = (files: string | string[], ...patterns: Restriction[]): OxlintOverride => ({
  files: [files].flat(),
  excludeFiles: ['**/*.test.ts', '**/*.test.tsx', '**/*.stories.tsx'],
  rules: { 'no-restricted-imports': ['error', { patterns }] },
})

const server = [packagesExcept('@authpipe/core'), undici, zod, nextFramework]
const serverExcept = (allowed: Restriction): Restriction[] => server.filter((restriction) => restriction !== allowed)

export default defineConfig({
  plugins: ['typescript', 'react', 'jsx-a11y', 'nextjs', 'import', 'vitest', 'promise', 'unicorn', 'oxc'],
  categories: { correctness: 'error' },
  options: { typeAware: true },
  rules: {
    'typescript/ban-ts-comment': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'react/exhaustive-deps': 'error',
    'react/rules-of-hooks': 'error',
    'import/no-cycle': 'error',
    // Taking members out of an object is how the rest is copied.
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
    // Our interfaces are implemented by plain objects and closures, which need no `this`.
    'typescript/unbound-method': 'off',
    // Effects that set state are how a page reads what only a browser knows.
    'react/set-state-in-effect': 'off',
    'jsx-a11y/prefer-tag-over-role': 'off',
    'vitest/require-mock-type-parameters': 'off',
  },
  // For one file the last entry that names a rule decides, so a folder comes after the package that holds it.
  overrides: [
    {
      files: ['**/*.test.ts', '**/*.test.tsx', '**/test/**'],
      rules: {
        // Tests print, spread and count what nobody else should, to see that it gives nothing away.
        'no-loss-of-precision': 'off',
        'typescript/no-base-to-string': 'off',
        'typescript/no-misused-spread': 'off',
        'typescript/require-array-sort-compare': 'off',
        'vitest/expect-expect': 'off',
        'vitest/no-conditional-expect': 'off',
      },
    },
    { files: ['packages/*/src/**'], excludeFiles: ['packages/sandbox/src/main.ts'], rules: { 'no-console': 'error' } },
    inside('packages/core/src/**', { group: ['*', '!./**', '!../**'], message: 'core has no dependency.' }),
    inside('packages/sandbox/src/**', packagesExcept()),
    inside('packages/react/src/**', forBrowsers),
    inside('packages/react/src/client/**', forBrowsers, reactLibrary),
    inside('packages/node/src/**', { group: ['*', '!./**', '!@authpipe/core', '!@authpipe/core/**'], message: 'The client needs core and what every runtime of servers has.' }),
    inside('packages/cli/src/**', packagesExcept('@authpipe/core', '@authpipe/next', '@authpipe/sandbox'), nextFramework),
    inside('packages/next/src/**', ...server),
    inside('packages/next/src/oauth/**', ...server, folder('vault', 'The protocol does not know the vault.'), folder('store', 'The protocol does not know the database.', { allowTypeImports: true })),
    inside('packages/next/src/vault/**', ...server, folder('oauth', 'The vault knows bytes, not OAuth.'), folder('store', 'The vault knows the database by its interface only.', { allowTypeImports: true })),
    inside('packages/next/src/outboundFetch.ts', ...serverExcept(undici)),
    inside(['packages/next/src/config.ts', 'packages/next/src/tenants/tenantContents.ts'], ...serverExcept(zod)),
    {
      files: ['packages/next/src/**'],
      excludeFiles: ['**/*.test.ts'],
      rules: { 'no-restricted-globals': ['error', { name: 'fetch', message: 'The framework patches it: outboundFetch.ts is the one way out.' }] },
    },
  ],
  ignorePatterns: ['**/dist', '**/.next', 'storybook-static', 'coverage', '**/next-env.d.ts'],
})
