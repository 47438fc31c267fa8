import { join } from 'node:path'

/** Of this repository. */
export const root: string = join(import.meta.dirname, '../..')
