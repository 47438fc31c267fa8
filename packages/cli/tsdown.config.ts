import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/main.ts', 'src/doctor/appProcess.ts', 'src/app/authpipeProcess.ts'],
  format: 'esm',
  platform: 'node',
  fixedExtension: false,
  target: 'node22',
  unbundle: true,
  dts: false,
  sourcemap: true,
  publint: true,
})
