import { join } from 'node:path'
import type { NextConfig } from 'next'

const config: NextConfig = {
  poweredByHeader: false,
  // Named, so that a lockfile above this repository is not taken for its root.
  turbopack: { root: join(import.meta.dirname, '../..') },
}

export default config
