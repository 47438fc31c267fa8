import { InvalidShape } from '@authpipe/core'
import { parseConnectionToImport } from '@authpipe/core/server'
import type { Layout } from './Layout.ts'
import { InvalidRow } from './SourceRow.ts'

/** Rows as `authpipe.importConnection` takes them. The tenant may be left to `--tenant` and its like. */
export const jsonLayout: Layout = {
  tables: [],
  namesTenant: true,
  read(row) {
    try {
      const { tenantId, ...found } = parseConnectionToImport(hasTenant(row) ? row : { ...asObject(row), tenantId: '' }, 'row')
      return tenantId === '' ? found : { ...found, tenantId }
    } catch (error) {
      if (error instanceof InvalidShape) throw new InvalidRow(error.message)
      throw error
    }
  },
}

const hasTenant = (row: unknown): boolean => typeof row === 'object' && row !== null && 'tenantId' in row

function asObject(row: unknown): object {
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row
  throw new InvalidRow('It is not an object.')
}
