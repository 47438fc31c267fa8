import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts', 'src/unsupportedRuntime.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2023',
  unbundle: true,
  dts: true,
  sourcemap: true,
  publint: true,
  attw: { profile: 'esm-only' },
})
