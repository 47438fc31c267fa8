import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts', 'src/inspect.ts', 'src/providers.ts', 'src/clientComponent.ts', 'src/unsupportedRuntime.ts', 'src/keys/awsKms.ts', 'src/keys/gcpKms.ts', 'src/keys/vaultTransit.ts'],
  // Without the tests: declarations would be written beside what they import from elsewhere.
  tsconfig: 'tsconfig.build.json',
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
