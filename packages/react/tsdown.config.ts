import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts', 'src/queries.ts', 'src/testing/index.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  // One output file per module, so that 'use client' stays on the files that need it and no others.
  unbundle: true,
  inputOptions: { checks: { moduleLevelDirective: false } },
  dts: true,
  sourcemap: true,
  copy: [{ from: 'src/styles.css', to: 'dist' }],
  publint: true,
  attw: { profile: 'esm-only', excludeEntrypoints: ['styles.css'] },
})
