import { defineConfig } from 'tsdown'
import { writeStyles } from './writeStyles.ts'

export default defineConfig({
  entry: ['src/index.ts', 'src/queries.ts', 'src/testing/index.ts', 'src/locales/??.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  // One output file per module, so that 'use client' stays on the files that need it and no others.
  unbundle: true,
  inputOptions: { checks: { moduleLevelDirective: false } },
  // Without the tests: declarations would be written beside what they import from elsewhere.
  tsconfig: 'tsconfig.build.json',
  dts: true,
  sourcemap: true,
  hooks: { 'build:before': writeStyles },
  publint: true,
  attw: { profile: 'esm-only', excludeEntrypoints: ['styles.css', 'styles-unlayered.css', 'tailwind.css'] },
})
