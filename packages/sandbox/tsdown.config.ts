import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts', 'src/main.ts'],
  format: 'esm',
  platform: 'node',
  fixedExtension: false,
  target: 'node22',
  unbundle: true,
  dts: true,
  sourcemap: true,
  publint: true,
  attw: { profile: 'esm-only' },
})
