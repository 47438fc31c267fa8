import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts', 'src/providers/index.ts', 'src/server/index.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  unbundle: true,
  dts: true,
  sourcemap: true,
  publint: true,
  attw: { profile: 'esm-only' },
})
